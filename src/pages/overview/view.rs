//! Overview: three lists, each with how many there are.

use askama::Template;

use crate::pages::components::{Action, Chrome, Link, Look, Status, When, part};

/// The whole page.
#[derive(Debug, Template)]
#[template(path = "overview/index.html")]
pub struct OverviewPage {
    /// Around it.
    pub chrome: Chrome,
    /// The part that refreshes itself.
    pub live: OverviewLive,
}

/// The lists: come back alone when something changed.
#[derive(Debug, Default, Template)]
#[template(path = "overview/_live.html")]
pub struct OverviewLive {
    /// What runs, what was started last first.
    pub running: Vec<OverviewRow>,
    /// How many there are, and how many of them are shown where that is not all.
    pub running_count: String,
    /// What waits for a decision, longest first.
    pub waiting: Vec<WaitingRow>,
    /// How many.
    pub waiting_count: String,
    /// Whether the reader can decide any of them.
    pub has_operation: bool,
    /// What failed lately, newest first.
    pub failed: Vec<OverviewRow>,
    /// How many.
    pub failed_count: String,
    /// For how many days what failed is shown.
    pub failed_days: i64,
    /// Where release tasks are executed.
    pub release_tasks: Option<Link>,
    /// Answers this fragment anew, or 204 when nothing changed.
    pub refresh: Option<String>,
}

/// A release task with its last execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverviewRow {
    /// Unique and stable.
    pub id: String,
    /// Its name, with the process.
    pub release: Link,
    /// "storefront · eu-west".
    pub belongs: String,
    /// Its status.
    pub status: Status,
    /// What failed, a sentence each; at most three, then how many more there are.
    pub why: Vec<String>,
    /// The phases.
    pub phases: Vec<Look>,
    /// The same in words.
    pub phases_told: String,
    /// The number of the execution and who started it.
    pub execution: String,
    /// When it was started, or when it ended.
    pub when: When,
}

/// A checkpoint that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingRow {
    /// Unique and stable.
    pub id: String,
    /// The checkpoint, with its page.
    pub task: Link,
    /// The release task and execution, with the process.
    pub release: Link,
    /// "storefront · eu-west".
    pub belongs: String,
    /// Whom it asks, by name or role.
    pub deciders: String,
    /// Who of these may decide it now.
    pub able: Option<String>,
    /// Since when it waits.
    pub since: Option<When>,
    /// Until when it can be decided, if it has a deadline.
    pub deadline: Option<When>,
    /// Approve, where it waits for the reader.
    pub action: Option<Action>,
}

part!(OverviewLive);
