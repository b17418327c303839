//! Operations that people ask for on a release task.

use serde::{Deserialize, Serialize};

/// What a person can ask of a release task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Save a new version.
    Edit,
    /// Start an execution.
    Execute,
    /// Decide a checkpoint.
    Decide,
    /// Start nothing more.
    Pause,
    /// Go on after a pause.
    Continue,
    /// Stop everything.
    Terminate,
    /// Run again what failed.
    Retry,
    /// As retry, without one failed task.
    Skip,
    /// Undo what the last execution changed.
    RollBack,
    /// Make a copy.
    Clone,
    /// Remove it from the lists.
    Delete,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Operation; 11] = [
        Self::Edit,
        Self::Execute,
        Self::Decide,
        Self::Pause,
        Self::Continue,
        Self::Terminate,
        Self::Retry,
        Self::Skip,
        Self::RollBack,
        Self::Clone,
        Self::Delete,
    ];

    /// The word in addresses, whatever the language of the screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Edit => "edit",
            Self::Execute => "execute",
            Self::Decide => "decision",
            Self::Pause => "pause",
            Self::Continue => "continue",
            Self::Terminate => "terminate",
            Self::Retry => "retry",
            Self::Skip => "skip",
            Self::RollBack => "roll-back",
            Self::Clone => "clone",
            Self::Delete => "delete",
        }
    }
}
