//! The audit: who did what, and what was refused.

use askama::Template;

use crate::pages::components::{Chrome, Status, When};

/// The whole page.
#[derive(Debug, Default, Template)]
#[template(path = "audit/index.html")]
pub struct AuditPage {
    /// Around it.
    pub chrome: Chrome,
    /// What it shows and for how long, in two sentences.
    pub lead: String,
    /// Whether only refusals are shown.
    pub refused: bool,
    /// Everything.
    pub everything_url: String,
    /// What was refused alone.
    pub refused_url: String,
    /// Newest first.
    pub rows: Vec<AuditRow>,
    /// Newer ones.
    pub newer: Option<String>,
    /// Older ones.
    pub older: Option<String>,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Who: a name, or "Tollgate".
    pub who: String,
    /// The key of the account that it is about.
    pub user_id: Option<String>,
    /// What, going on after the name.
    pub sentence: String,
    /// What they said.
    pub comment: Option<String>,
    /// The release task and execution.
    pub place: Option<String>,
    /// From where.
    pub address: Option<String>,
    /// With which token, if with one.
    pub token: Option<String>,
    /// Says so if it was refused.
    pub refused: Option<Status>,
    /// When.
    pub when: When,
}
