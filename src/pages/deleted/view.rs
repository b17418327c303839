//! Deleted release tasks: the list with what can be restored.

use askama::Template;

use crate::pages::components::{Action, Chrome, When};

/// The whole page.
#[derive(Debug, Default, Template)]
#[template(path = "deleted/index.html")]
pub struct DeletedPage {
    /// Around it.
    pub chrome: Chrome,
    /// What it shows, in two sentences.
    pub lead: String,
    /// The one that was deleted last first.
    pub rows: Vec<DeletedRow>,
    /// Those that were deleted later.
    pub newer: Option<String>,
    /// Those that were deleted before.
    pub older: Option<String>,
}

/// A deleted release task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletedRow {
    /// Its name.
    pub name: String,
    /// Its page, which administrators can still read.
    pub url: String,
    /// Its team.
    pub team: String,
    /// Its region.
    pub region: String,
    /// Who deleted it; empty if that is not known.
    pub by: String,
    /// When.
    pub when: When,
    /// Until when it can be restored, or could be.
    pub until: When,
    /// Restores it; none when it is too late.
    pub restore: Option<Action>,
}
