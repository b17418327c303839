//! Exit codes of the subcommands that wait for an execution: scripts go by them, and `docs/pipelines.md` has them as a table.

use crate::client::ExecutionAnswer;

/// How waiting for an execution came to an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitReason {
    /// It is Release failed.
    Failed,
    /// It is Release failed because a checkpoint was rejected, or nobody decided it in time.
    Rejected,
    /// It is not over, and the time to wait is.
    TimedOut,
    /// It is not over, and nobody waits any longer: a signal came, or the server was away for long.
    NoLongerWaiting,
    /// It was rolled back.
    RolledBack,
    /// Its roll back failed.
    RollbackFailed,
}

impl ExitReason {
    /// The status that the program ends with. 0 is Successful, 1 any error, and 2 a wrong argument.
    pub fn status(self) -> u8 {
        match self {
            Self::Failed => 3,
            Self::Rejected => 4,
            Self::TimedOut => 5,
            Self::NoLongerWaiting => 6,
            Self::RolledBack => 7,
            Self::RollbackFailed => 8,
        }
    }

    /// Why an execution that is over is no success; nothing if it is one.
    pub fn of(execution: &ExecutionAnswer) -> Option<Self> {
        let is_rejected = |reason: Option<&str>| matches!(reason, Some("rejected" | "expired"));
        match execution.status_word.as_str() {
            "successful" => None,
            "rolled-back" => Some(Self::RolledBack),
            "rollback-failed" => Some(Self::RollbackFailed),
            _ if execution.tasks().any(|(_, task)| is_rejected(task.reason.as_deref())) => Some(Self::Rejected),
            _ => Some(Self::Failed),
        }
    }
}

/// The end of a subcommand with a status of its own.
#[derive(Debug, thiserror::Error)]
#[error("{said}")]
pub struct Ended {
    /// Why.
    pub reason: ExitReason,
    /// The same in a sentence.
    pub said: String,
}
