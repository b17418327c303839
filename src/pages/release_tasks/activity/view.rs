//! Activity: who did what to a release task, newest first.

use askama::Template;

use crate::pages::components::{Look, When, part};

/// The list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "release_tasks/_activity.html")]
pub struct ActivityView {
    /// Newest first.
    pub entries: Vec<ActivityEntry>,
    /// Newer ones.
    pub newer: Option<String>,
    /// Older ones.
    pub older: Option<String>,
}

/// One event as a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityEntry {
    /// Icon and colour.
    pub look: Look,
    /// Who: a name, or "Tollgate".
    pub who: String,
    /// What, going on after the name: "agreed to go-live".
    pub sentence: String,
    /// With which token, if with one.
    pub token: Option<String>,
    /// What they said.
    pub comment: Option<String>,
    /// When.
    pub when: When,
    /// The execution or task that it is about.
    pub url: Option<String>,
}

part!(ActivityView);
