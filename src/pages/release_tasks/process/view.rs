//! The Release Process View: phases from left to right, groups as lanes, tasks as cards.

use askama::Template;

use crate::pages::components::{Action, Elapsed, Look, Status, When, part};
use crate::pages::executions::variables_view::VariableLines;

/// The whole view.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "release_tasks/_process.html")]
pub struct ProcessView {
    /// The values of the variables of the execution; without any nothing is shown.
    pub variables: VariableLines,
    /// In order.
    pub phases: Vec<PhaseView>,
}

/// A phase.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PhaseView {
    /// 1 and up.
    pub number: usize,
    /// Its name.
    pub name: String,
    /// Rolled up from its tasks.
    pub status: Status,
    /// How long it took, or has taken.
    pub time: Option<Elapsed>,
    /// Whether this is where the release is: it is scrolled into view.
    pub live: bool,
    /// Its groups.
    pub lanes: Vec<Lane>,
}

/// A group of a phase.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lane {
    /// Its tasks, one after the other.
    pub cards: Vec<Card>,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Card {
    /// Its name, unique in the release task.
    pub name: String,
    /// Its task run; none before the first execution.
    pub url: Option<String>,
    /// Its type in words: "Manual Approval".
    pub kind: String,
    /// Its status.
    pub status: Status,
    /// How long it took, or has taken.
    pub time: Option<Elapsed>,
    /// What it changes, and from which version to which.
    pub change: Option<String>,
    /// How many of its hosts are done.
    pub hosts: Option<String>,
    /// More about how it goes: "attempt 2 of 3", "next attempt in 5 s".
    pub note: Option<String>,
    /// The last line of the log of a task that runs or failed.
    pub last_line: Option<String>,
    /// Why it failed.
    pub why: Option<String>,
    /// Who agreed, how many are needed, until when.
    pub checkpoint: Option<CheckpointView>,
    /// Approve, Skip.
    pub actions: Vec<Action>,
}

impl Card {
    /// Its id on the page: stable, so that a refresh finds it.
    pub fn id(&self) -> String {
        format!("task-{}", self.name)
    }

    /// Whether it is not to be done.
    pub fn is_off(&self) -> bool {
        self.status.look == Look::Skipped
    }
}

/// A checkpoint on its card.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CheckpointView {
    /// How many agreed.
    pub agreed: usize,
    /// How many must.
    pub needed: usize,
    /// One sentence each: "approver agreed: budget fine".
    pub decisions: Vec<SaidLine>,
    /// Why it cannot be passed now, if too few people can decide it.
    pub impasse: Option<String>,
    /// Until when, while it waits.
    pub deadline: Option<When>,
    /// What then happens, before the time: "reject by".
    pub then: String,
}

/// What somebody said, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidLine {
    /// Who, what and why.
    pub words: String,
    /// When.
    pub when: When,
}

impl CheckpointView {
    /// One mark for each person needed: whether somebody agreed.
    pub fn marks(&self) -> impl Iterator<Item = bool> + '_ {
        (0..self.needed).map(|mark| mark < self.agreed)
    }
}

part!(ProcessView);
