//! Why a release failed, in one line: its headline.

use crate::domain::execution::{Execution, FailReason, TaskRun, TaskState, Verdict};

use super::{counted, unended};

/// Why the release failed; nothing when it did not. `terminated_by` is who terminated it, if that is known.
pub fn failure(execution: &Execution, terminated_by: Option<&str>) -> Option<String> {
    if execution.was_terminated() {
        return Some(match terminated_by {
            Some(name) => format!("Terminated by {name}."),
            None => "Terminated.".to_owned(),
        });
    }
    let failed = |task: &&TaskRun| matches!(task.state, TaskState::Failed { .. });
    headline(execution.tasks.iter().filter(failed).filter_map(failed_task).collect())
}

/// Why a roll back failed; nothing when it did not.
pub fn undone_failure(execution: &Execution) -> Option<String> {
    let failed = |task: &&TaskRun| matches!(task.state, TaskState::RollbackFailed { .. });
    headline(execution.tasks.iter().filter(failed).filter_map(failed_task).collect())
}

fn headline(sentences: Vec<String>) -> Option<String> {
    let more = sentences.len().saturating_sub(1);
    let first = sentences.into_iter().next()?;
    let others = if more == 1 { "one more task" } else { &counted(more, "more task") };
    Some(if more == 0 { first } else { format!("{first} And {others} failed.") })
}

/// What is said of one task that failed, or could not be undone.
pub fn failed_task(task: &TaskRun) -> Option<String> {
    let name = &task.name;
    let (reason, message) = task.state.failure()?;
    let (message, undoing) = (unended(message), matches!(task.state, TaskState::RollbackFailed { .. }));
    let what = if undoing { format!("The roll back of {name}") } else { name.clone() };
    let sentence = match reason {
        FailReason::Failed => format!("{what} failed: {message}"),
        FailReason::TimedOut => format!("{what} timed out: {message}"),
        FailReason::Errored => format!("{what} could not be carried out: {message}"),
        FailReason::Interrupted => format!("{what} was interrupted: {message}"),
        FailReason::Expired => format!("{what} expired: {message}"),
        FailReason::Terminated => format!("{what} was stopped: {message}"),
        FailReason::Rejected => return Some(rejected(task)),
    };
    Some(format!("{sentence}."))
}

fn rejected(task: &TaskRun) -> String {
    let name = &task.name;
    let Some(decision) = task.current_decisions().find(|decision| decision.verdict == Verdict::Reject) else {
        return format!("{name} was rejected.");
    };
    let by = decision.by.name();
    if decision.comment.is_empty() {
        format!("{name} was rejected by {by}.")
    } else {
        format!("{name} was rejected by {by}: “{}”", decision.comment)
    }
}
