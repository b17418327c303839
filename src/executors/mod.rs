//! Executors do the work of an attempt. An executor has no database and changes no state: it works and reports the outcome.
//!
//! The contract of every executor:
//! - `run` may be called again for an attempt that was started before, by this process or by one that is gone: it then
//!   picks the work up and reports its outcome. It never does the work twice.
//! - Dropping the future of `run` does not stop the work. Only `stop` does, and `run` still reports how it ended, which
//!   may be that the work was done before the stop reached it.
//! - The run folder was made before the attempt was claimed: where it is missing, somebody took it away, and nothing is
//!   started on a guess.
//! - `run` always ends in an outcome: what cannot be done is Errored, what was lost sight of is Interrupted.

pub mod command;
mod lease;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;

use crate::domain::outcome::Outcome;

pub use lease::Lease;

/// Tells an executor to stop the work.
pub type Stop = tokio_util::sync::CancellationToken;

/// What an executor needs to do or undo one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobSpec {
    /// The run folder of this attempt and of no other, as an absolute path; its log is the file `log` in it.
    pub folder: PathBuf,
    /// The script; run by `/bin/sh` unless it starts with `#!`.
    pub script: String,
    /// Where the script runs: absolute, then it must exist, or relative to `workspace`. Without it, the default folder.
    pub working_folder: Option<String>,
    /// The folder that the tasks of an execution share; made if need be.
    pub default_folder: PathBuf,
    /// Where relative working folders lie, which are made if need be.
    pub workspace: PathBuf,
    /// Further folders that the script may use, where there are such.
    pub others: Vec<PathBuf>,
    /// The folder for the script's temporary files, which goes with the attempt.
    pub temporary: PathBuf,
    /// The task's own variables and those that the engine gives.
    pub environment: BTreeMap<String, String>,
    /// How long the work may take.
    pub timeout: Duration,
    /// How long the work may take to end after it was told to.
    pub grace: Duration,
    /// How many bytes of log are kept.
    pub log_limit: u64,
    /// Whether processes that are left when the script ends by itself go on.
    pub leave_running: bool,
}

/// Does the work of attempts.
#[async_trait]
pub trait Executor: Send + Sync {
    /// Starts the attempt, or picks it up again when it was started before, and waits for its outcome.
    async fn run(&self, order: &JobSpec, stop: &Stop) -> Outcome;
}
