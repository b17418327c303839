//! Why a task failed, in one line.

use crate::domain::execution::{FailReason, TaskRun, TaskState, Verdict};

use super::cause::failure_cause;
use super::grammar::unended;

/// What is said of one task that failed, or could not be undone.
pub fn failed_task(task: &TaskRun) -> Option<String> {
    let name = &task.name;
    let (reason, cause) = task.state.failure()?;
    let sentence = failure_cause(cause);
    let (message, undoing) = (unended(&sentence), matches!(task.state, TaskState::RollbackFailed { .. }));
    let what = if undoing { format!("The roll back of {name}") } else { name.clone() };
    let sentence = match reason {
        FailReason::Failed => format!("{what} failed: {message}"),
        FailReason::TimedOut => format!("{what} timed out: {message}"),
        FailReason::Errored => format!("{what} could not be carried out: {message}"),
        FailReason::Interrupted => format!("{what} was interrupted: {message}"),
        FailReason::Expired => format!("{what} expired: {message}"),
        FailReason::Terminated => format!("{what} was stopped: {message}"),
        FailReason::Superseded => format!("{what} was superseded: {message}"),
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
