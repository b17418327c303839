//! Sentences of the dialogs that ask before an operation.

use crate::domain::execution::{Execution, Start, Starter, TaskRun};
use crate::domain::kinds::{Deciders, Gate, OnDeadline};
use crate::domain::status::ReleaseStatus;

use super::{Locale, counted, listed, release_status};

/// Before Terminate.
pub fn terminate(execution: &Execution) -> String {
    let end = if execution.status() == ReleaseStatus::RollingBack {
        ReleaseStatus::RollbackFailed
    } else {
        ReleaseStatus::ReleaseFailed
    };
    let end = release_status(end, Locale::default());
    format!("What runs is stopped, and nothing more is started. The release task ends as {end}.")
}

/// Before the list of what Terminate stops.
pub const WILL_BE_STOPPED: &str = "Will be stopped:";

/// One line of that list: what runs, what waits for a person, what is due later. Nothing for all else.
pub fn stopped(task: &TaskRun) -> Option<String> {
    let name = &task.name;
    if task.state.in_flight().is_some() {
        Some(name.clone())
    } else if task.state.asking().is_some() {
        Some(format!("{name} (waits for a decision)"))
    } else {
        task.state.delayed_until().map(|_| format!("{name} (its next attempt)"))
    }
}

/// Before Roll Back, of that many tasks to undo.
pub fn roll_back(number: u32, tasks: usize) -> String {
    if tasks == 0 {
        return format!(
            "There is nothing to undo: no task of execution {number} that was begun has a roll-back script, or all of \
             them are undone already. The release task becomes Rolled back, and nothing is changed."
        );
    }
    format!(
        "What execution {number} changed is undone, newest first, phase by phase, by the roll-back scripts of {}. \
         Nobody is asked on the way.",
        counted(tasks, "task")
    )
}

/// Before the list of what Roll Back undoes.
pub const WILL_BE_UNDONE: &str = "Will be undone, in this order:";

/// One line of that list.
pub fn undone(task: &str, kind: &str) -> String {
    format!("{task} ({kind}): its roll-back script runs")
}

/// Before Delete.
pub const DELETE: &str = "It disappears from the lists, and its name is free again. Its executions, decisions and \
                          activity stay readable to administrators.";

/// Before Skip.
pub fn skip(task: &str) -> String {
    format!(
        "{task} failed. When it is skipped it counts as Skipped, and the release goes on as with Retry: the other \
         failed tasks and those that never ran are executed."
    )
}

/// After Execute.
pub fn executed(name: &str, number: u32) -> String {
    format!("{name} is being released: execution {number} has started.")
}

/// After Clone.
pub fn cloned(from: &str, name: &str) -> String {
    format!("{name} is a copy of {from}, and was never executed.")
}

/// After Delete.
pub fn deleted(name: &str) -> String {
    format!("{name} is deleted.")
}

/// The name for a copy is taken.
pub const NAME_TAKEN: &str = "Another release task of the team has this name.";

/// The region holds as many release tasks as it may.
pub const REGION_FULL: &str = "The region has as many release tasks as it may have. Delete one that is not needed.";

/// The team holds as many release tasks in the region as it may.
pub const TEAM_FULL: &str = "Your team has as many release tasks in this region as it may have: the room that is left \
                             is kept for other teams. Delete one that is not needed.";

/// Who may decide a gate; "and" where it takes all of those that it lists.
pub fn deciders(gate: Gate<'_>) -> String {
    match gate.deciders {
        Deciders::Listed { users, roles } => {
            let everybody = roles.is_empty() && gate.needed() == users.len();
            let roles = roles.iter().map(|role| format!("every {} of the team", role.word()));
            let all: Vec<String> = users.iter().cloned().chain(roles).collect();
            listed(all.iter().map(String::as_str), if everybody { "and" } else { "or" })
        }
        Deciders::Team => "every operator or approver of the team".to_owned(),
    }
}

/// A version that is not the first.
pub fn changed_since(version: u32, before: u32) -> String {
    format!("{version}, what changed since {before}")
}

/// Who started an execution, and whoever counts as a starter beside them.
pub fn starters(execution: &Execution) -> String {
    let also = execution.starters.iter().map(|Starter { who, how }| {
        let did = match how {
            Start::Executed => "executed",
            Start::Edited => "version saved",
            Start::Retried => "retried",
            Start::Skipped => "a task skipped",
        };
        format!("; {did} by {}", who.name())
    });
    also.fold(execution.started_by.name().to_owned(), |all, one| all + &one)
}

/// Before the names of who may decide a checkpoint.
pub const ABLE: &str = "May decide it now";

/// Who may decide a checkpoint.
pub fn able<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.collect();
    if names.is_empty() { "nobody".to_owned() } else { listed(names, "and") }
}

/// After the refusal of somebody who may not decide.
pub fn who_may(approvers: &str, able: Option<&str>) -> String {
    let now = able.map(|names| format!(" {ABLE}: {names}.")).unwrap_or_default();
    format!("It is decided by {approvers}.{now}")
}

/// What happens at a deadline, before the time.
pub fn at_deadline(on: OnDeadline) -> &'static str {
    match on {
        OnDeadline::Reject => "Expires",
        OnDeadline::Stay => "Due",
    }
}

/// In what to check, in the place of a value that a task did not give.
pub const NOT_KNOWN: &str = "(not known)";
