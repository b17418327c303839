//! Hosts of executors: what an executor works through. It keeps what must outlive the replica that works on an attempt.

use std::fs::File;
use std::time::Duration;

use async_trait::async_trait;

use super::Stop;
use crate::domain::artefacts::ArtefactFault;
use crate::domain::execution::Moment;
use crate::domain::outcome::Outcome;
use crate::domain::placement::TargetIndex;

/// What an executor works through, for one attempt.
#[async_trait]
pub trait Host: Send + Sync {
    /// The key of the attempt: the same however often it is looked at, and no other attempt has it. A script knows it as
    /// `TOLLGATE_KEY`.
    fn key(&self) -> &str;

    /// Is cancelled when the work is to stop.
    fn stop(&self) -> &Stop;

    /// The time.
    fn now(&self) -> Moment;

    /// Lets time pass.
    async fn sleep(&self, time: Duration);

    /// What is recorded of a target, by this replica or by one that worked on the attempt before. Waits for a database that
    /// is away.
    async fn recorded(&self, target: TargetIndex) -> TargetRecord;

    /// Whether files of the attempt are kept already.
    async fn has_kept(&self) -> bool {
        false
    }

    /// Keeps files that the attempt left, all or none, for later tasks and for people. Waits for a database that is away.
    async fn keep(&self, _files: Vec<FoundFile>) -> Result<(), ArtefactFault> {
        Ok(())
    }

    /// Records what changed of a target and adds lines to its log, both or nothing. Waits for a database that is away, and
    /// never comes back where another replica has the attempt now.
    async fn record(&self, target: TargetIndex, change: TargetChange);
}

/// A file that an attempt left, open to be read.
#[derive(Debug)]
pub struct FoundFile {
    /// Where it is in the working folder.
    pub path: String,
    /// Its bytes when it was opened.
    pub size: u64,
    /// The file.
    pub file: File,
}

/// What is recorded of a target; each text is the executor's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TargetRecord {
    /// Under what its work is known where it is done: the name of a job, the id of a delivery.
    pub handle: Option<String>,
    /// What was there before, for roll back.
    pub before: Option<String>,
    /// How far it is.
    pub progress: Option<String>,
    /// How it ended.
    pub outcome: Option<Outcome>,
}

/// What changed of a target. What is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TargetChange {
    /// Of the record.
    pub record: TargetRecord,
    /// New lines of its log.
    pub lines: Vec<String>,
}
