//! The host of an executor: what executors record goes into the database, under the term that carries the execution on.

use std::sync::OnceLock;
use std::time::Duration;

use async_trait::async_trait;

use super::{Engine, told};
use crate::domain::artefacts::ArtefactFault;
use crate::domain::execution::Moment;
use crate::domain::ids::{ExecutionId, ReleaseId};
use crate::executors::{FoundFile, Host, Stop, TargetChange, TargetIndex, TargetRecord};
use crate::runlog::{MAX_LINE_LEN, Record, RecordKind, stamp};
use crate::store::{AttemptKey, LogKey, StoreError, Target, TargetOwner, Term};

/// Pause before what the database did not take is tried again.
const RETRY_DELAY: Duration = Duration::from_millis(500);

/// Of one attempt, while a worker works on it.
pub(super) struct AttemptHost {
    pub(super) engine: Engine,
    pub(super) term: Term,
    pub(super) execution: ExecutionId,
    pub(super) release: ReleaseId,
    pub(super) attempt: AttemptKey,
    pub(super) key: String,
    pub(super) stop: Stop,
}

impl AttemptHost {
    fn log_key(&self, target: TargetIndex) -> LogKey {
        LogKey { attempt: self.attempt, target }
    }

    /// What the database has of a target.
    async fn known(&self, target: TargetIndex) -> Target {
        loop {
            match self.engine.0.app.store.target(self.log_key(target)).await {
                Ok(found) => return found,
                Err(error) => self.pause(&error).await,
            }
        }
    }

    async fn pause(&self, error: &StoreError) {
        tracing::warn!(error = told(error), "could not reach what is recorded of attempt; will retry");
        self.engine.0.spawner.sleep(RETRY_DELAY).await;
    }
}

#[async_trait]
impl Host for AttemptHost {
    fn key(&self) -> &str {
        &self.key
    }

    fn stop(&self) -> &Stop {
        &self.stop
    }

    fn now(&self) -> Moment {
        self.engine.0.app.clock.now()
    }

    async fn sleep(&self, time: Duration) {
        self.engine.0.spawner.sleep(time).await;
    }

    async fn recorded(&self, target: TargetIndex) -> TargetRecord {
        let Target { handle, before, progress, outcome, lines: _ } = self.known(target).await;
        TargetRecord { handle, before, progress, outcome }
    }

    async fn has_kept(&self) -> bool {
        loop {
            match self.engine.0.app.store.artefacts_of(&[self.attempt.task_run_id]).await {
                Ok(kept) => return kept.values().flatten().any(|one| one.attempt == self.attempt),
                Err(error) => self.pause(&error).await,
            }
        }
    }

    async fn keep(&self, files: Vec<FoundFile>) -> Result<(), ArtefactFault> {
        self.keep_files(files).await
    }

    async fn record(&self, target: TargetIndex, change: TargetChange) {
        let TargetRecord { handle, before, progress, outcome } = change.record;
        let added = u64::try_from(change.lines.len()).unwrap_or(u64::MAX);
        let record = Target { handle, before, progress, outcome, lines: added };
        let stamp = stamp(self.now());
        let owner = TargetOwner {
            term: &self.term,
            execution: self.execution,
            release: self.release,
            key: self.log_key(target),
        };
        // How many lines there were at the first try: if the answer to a commit was lost, these may be there already.
        let first = OnceLock::new();
        loop {
            let bytes = |known: u64| bytes(&change.lines, *first.get_or_init(|| known), &stamp);
            if let Some(first) = first.get()
                && added > 0
                && self.known(target).await.lines > *first
            {
                return self.engine.0.app.live.touch(self.release);
            }
            match self.engine.0.app.store.record_target(owner, &record, bytes).await {
                Ok(()) => return self.engine.0.app.live.touch(self.release),
                Err(StoreError::Fenced) => {
                    // The worker is dropped when this replica hears that its term is over.
                    tracing::warn!("attempt was taken over by another replica; its worker waits for its end");
                    loop {
                        self.engine.0.spawner.sleep(RETRY_DELAY).await;
                    }
                }
                Err(error) => self.pause(&error).await,
            }
        }
    }
}

/// Lines as a log has them, after so many others. What is longer than a line of a log may be is cut.
fn bytes(lines: &[String], known: u64, stamp: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (number, line) in (known + 1..).zip(lines) {
        let line = line.replace(['\n', '\r'], " ");
        let end = line.floor_char_boundary(MAX_LINE_LEN);
        Record::write(&mut bytes, stamp, number, RecordKind::End, &line[..end]);
    }
    bytes
}
