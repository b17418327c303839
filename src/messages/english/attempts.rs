//! Attempts at a task.

use super::cause::failure_cause;
use crate::domain::execution::AttemptKind;
use crate::domain::outcome::Outcome;
use crate::format::written_duration;

/// Its name in a list.
pub fn attempt(kind: AttemptKind, number: u32) -> String {
    match kind {
        AttemptKind::Do => format!("Attempt {number}"),
        AttemptKind::Undo => format!("Roll back, attempt {number}"),
    }
}

/// The word for how it ended, or that it goes on.
pub fn attempt_status(outcome: Option<&Outcome>, kind: AttemptKind) -> &'static str {
    match (outcome, kind) {
        (None, AttemptKind::Do) => "Running",
        (None, AttemptKind::Undo) => "Rolling back",
        (Some(Outcome::Succeeded { .. }), AttemptKind::Do) => "Successful",
        (Some(Outcome::Succeeded { .. }), AttemptKind::Undo) => "Rolled back",
        (Some(Outcome::Failed { .. }), _) => "Failed",
        (Some(Outcome::TimedOut { .. }), _) => "Timed out",
        (Some(Outcome::Errored { .. }), _) => "Errored",
        (Some(Outcome::Interrupted { .. }), _) => "Interrupted",
        (Some(Outcome::Stopped), _) => "Stopped",
    }
}

/// On its bar in the timeline, before how long it took.
pub fn attempt_took(outcome: Option<&Outcome>, kind: AttemptKind, number: u32) -> String {
    let how = match outcome {
        None => "runs for",
        Some(Outcome::Succeeded { .. }) => "succeeded after",
        Some(Outcome::Failed { .. }) => "failed after",
        Some(Outcome::TimedOut { .. }) => "timed out after",
        Some(Outcome::Errored { .. }) => "could not be done, after",
        Some(Outcome::Interrupted { .. }) => "was lost sight of after",
        Some(Outcome::Stopped) => "was stopped after",
    };
    let what = match kind {
        AttemptKind::Do => "Attempt",
        AttemptKind::Undo => "Undoing, attempt",
    };
    format!("{what} {number} {how}")
}

/// What is said of an attempt that did not succeed, beside the word for its outcome.
pub fn outcome(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Failed { cause } | Outcome::Errored { cause } | Outcome::Interrupted { cause } => {
            Some(failure_cause(cause))
        }
        Outcome::TimedOut { seconds } => {
            Some(format!("It took longer than its timeout of {}.", written_duration(*seconds)))
        }
        Outcome::Succeeded { .. } | Outcome::Stopped => None,
    }
}
