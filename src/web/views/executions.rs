//! Execution Records: every execution of a release task, newest first, each with its own page.

use askama::Template;

use super::{Elapsed, Look, Status, When, part};

/// The list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "executions/_index.html")]
pub struct ExecutionsView {
    /// Newest first.
    pub rows: Vec<ExecutionRow>,
    /// Newer ones.
    pub newer: Option<String>,
    /// Older ones.
    pub older: Option<String>,
}

/// One execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecutionRow {
    /// 1 and up in its release task.
    pub number: u32,
    /// Its page.
    pub url: String,
    /// How it stands.
    pub status: Status,
    /// The look of each phase.
    pub phases: Vec<Look>,
    /// The phases in words.
    pub phases_told: String,
    /// The version it is bound to.
    pub version: u32,
    /// Who or what started it.
    pub started_by: String,
    /// When it started.
    pub started: When,
    /// How long it took, or has taken.
    pub time: Elapsed,
}

part!(ExecutionsView);
