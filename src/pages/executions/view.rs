//! Execution Records: every execution of a release task, newest first, each with its own page.

use askama::Template;

use super::variables_view::VariableFields;
use crate::pages::components::{ChangeList, Elapsed, Hidden, Look, Notice, Status, When, part};

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

/// Execute: which tasks.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "executions/new.html")]
pub struct ExecuteDialog {
    /// "Execute", or with the version where one was named.
    pub title: String,
    /// The release task.
    pub release: String,
    /// The version that will be bound.
    pub version: u32,
    /// Takes the POST: `task`, once for each chosen one, and `variable` and `value`, once for each variable.
    pub url: String,
    /// Sent along.
    pub hidden: Vec<Hidden>,
    /// Back to the release task.
    pub cancel_url: String,
    /// What to know first.
    pub notices: Vec<Notice>,
    /// What changed since the last execution.
    pub changes: ChangeList,
    /// That the choice is that of the last execution.
    pub before: Option<ChoiceBefore>,
    /// The fields of the variables.
    pub variables: VariableFields,
    /// What a dry run with these choices found.
    pub dry_run: DryRunView,
    /// The tree.
    pub phases: Vec<PickPhase>,
    /// Which tasks are skipped.
    pub skipped: String,
    /// The words on the button.
    pub button: String,
    /// What is wrong with what was sent.
    pub error: Option<String>,
}

/// What a dry run found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "executions/_dry_run.html")]
pub struct DryRunView {
    /// "What will change".
    pub title: &'static str,
    /// What a dry run is, where there is none.
    pub lead: &'static str,
    /// The words on the button.
    pub button: &'static str,
    /// When it was made.
    pub made: Option<When>,
    /// How many tasks do what.
    pub sums: Vec<Status>,
    /// What each does.
    pub rows: Vec<ForecastRow>,
    /// That something would fail.
    pub note: Option<String>,
}

/// What a task would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ForecastRow {
    /// The phase that begins with it.
    pub phase: Option<String>,
    /// Its name.
    pub task: String,
    /// The word.
    pub status: Status,
    /// In a sentence.
    pub sentence: String,
    /// Whether its lines are shown at once.
    pub is_open: bool,
    /// The values that change.
    pub lines: Vec<ValueLine>,
}

/// A value before or after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueLine {
    /// `add` or `del`.
    pub style: &'static str,
    /// With its sign and its field.
    pub text: String,
}

/// The choice of the last execution, offered again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceBefore {
    /// Whose it is.
    pub sentence: String,
    /// The words of the link that chooses all.
    pub all: String,
    /// The dialog with all tasks chosen.
    pub all_url: String,
}

/// A phase to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PickPhase {
    /// 1 and up.
    pub number: usize,
    /// Its name.
    pub name: String,
    /// Its groups.
    pub groups: Vec<PickGroup>,
}

/// A group to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PickGroup {
    /// Its tasks.
    pub tasks: Vec<PickTask>,
}

/// A task to choose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PickTask {
    /// Its name, which is what is sent.
    pub name: String,
    /// Its type in words.
    pub kind: String,
    /// Of a change of a component: from which version to which.
    pub change: Option<String>,
    /// Of a checkpoint: for whom it will wait.
    pub waits: Option<String>,
    /// Whether it is chosen.
    pub chosen: bool,
}

part!(ExecutionsView, ExecuteDialog, DryRunView);
