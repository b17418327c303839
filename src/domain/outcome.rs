//! How an attempt ended, in words that keep apart who is to blame.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::failure_cause::FailureCause;

/// The named values that a task gave to later tasks.
pub type Outputs = BTreeMap<String, String>;

/// How one attempt at a task ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The work was done.
    Succeeded {
        /// What it gave to later tasks.
        outputs: Outputs,
    },
    /// The work said no: a script ended with another status than 0.
    Failed {
        /// What it said.
        #[serde(rename = "message")]
        cause: FailureCause,
    },
    /// The work did not end within the task's timeout and was stopped.
    TimedOut {
        /// The timeout, in seconds.
        seconds: u64,
    },
    /// The work could not be done at all: no such folder, no process.
    Errored {
        /// Why.
        #[serde(rename = "message")]
        cause: FailureCause,
    },
    /// The work was lost sight of: whether it ended, and how, is not known.
    Interrupted {
        /// Why.
        #[serde(rename = "message")]
        cause: FailureCause,
    },
    /// A person stopped it.
    Stopped,
}
