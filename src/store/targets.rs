//! Targets of attempts: what executors record of them while they work. A target has a row when something of it was recorded;
//! of a script nothing is, since its run folder knows all of it.

use sea_orm::sea_query::{LockType, OnConflict};
use sea_orm::{EntityTrait, QueryFilter, QuerySelect};

use super::attempts::AttemptKey;
use super::codec::{self, column, count};
use super::connect::Store;
use super::entities::{attempt_target as targets, execution as executions};
use super::error::{Result, StoreError};
use super::logs::{LogChunk, LogKey};
use super::replicas::{Term, belongs_to};
use super::write::WriteTx;
use crate::domain::ids::{ExecutionId, ReleaseId, TaskRunId};
use crate::domain::outcome::Outcome;

/// What is recorded of a target; each text is its executor's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    /// Under what its work is known where it is done.
    pub handle: Option<String>,
    /// What was there before.
    pub before: Option<String>,
    /// How far it is.
    pub progress: Option<String>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// How many lines its log has.
    pub lines: u64,
}

/// A target of an attempt, of an execution that a replica carries on.
#[derive(Debug, Clone, Copy)]
pub struct TargetOwner<'a> {
    /// The replica in its term.
    pub term: &'a Term,
    /// The execution.
    pub execution: ExecutionId,
    /// Its release task, whose pages show the log.
    pub release: ReleaseId,
    /// The target.
    pub key: LogKey,
}

impl Store {
    /// What is recorded of a target.
    pub async fn target(&self, key: LogKey) -> Result<Target> {
        let row = targets::Entity::find_by_id(id(key)).one(&self.reader).await?;
        row.map_or_else(|| Ok(Target::default()), targets::Model::into_target)
    }

    /// Records what changed of a target, and adds to its log what `lines` makes of the number of lines that it has; both or
    /// nothing. [`StoreError::Fenced`] if the execution belongs to another term: two replicas never write one log.
    pub async fn record_target(
        &self,
        owner: TargetOwner<'_>,
        change: &Target,
        lines: impl FnOnce(u64) -> Vec<u8> + Send,
    ) -> Result<()> {
        let tx = self.begin_write().await?;
        tx.check_owner(owner).await?;
        let known = targets::Entity::find_by_id(id(owner.key)).one(&tx.tx).await?;
        let known = known.map_or_else(|| Ok(Target::default()), targets::Model::into_target)?;
        let Target { handle, before, progress, outcome, lines: added } = change.clone();
        let now = Target {
            handle: handle.or(known.handle),
            before: before.or(known.before),
            progress: progress.or(known.progress),
            outcome: outcome.or(known.outcome),
            lines: known.lines + added,
        };
        let columns = [
            targets::Column::Handle,
            targets::Column::Before,
            targets::Column::Progress,
            targets::Column::Outcome,
            targets::Column::Lines,
        ];
        let key = [targets::Column::TaskRunId, targets::Column::Number, targets::Column::Target];
        targets::Entity::insert(targets::ActiveModel::from(now.into_row(owner.key)?))
            .on_conflict(OnConflict::columns(key).update_columns(columns).to_owned())
            .exec_without_returning(&tx.tx)
            .await?;
        let bytes = lines(known.lines);
        if !bytes.is_empty() {
            tx.append_to_log(owner.key, owner.release, bytes).await?;
        }
        tx.commit().await
    }
}

impl WriteTx {
    /// Until the end of this write nobody takes the execution over.
    async fn check_owner(&self, owner: TargetOwner<'_>) -> Result<()> {
        let found = executions::Entity::find_by_id(owner.execution)
            .select_only()
            .column(executions::Column::Id)
            .filter(belongs_to(owner.term))
            .lock(LockType::Share)
            .into_tuple::<ExecutionId>()
            .one(&self.tx)
            .await?;
        found.map(drop).ok_or(StoreError::Fenced)
    }

    async fn append_to_log(&self, key: LogKey, release: ReleaseId, bytes: Vec<u8>) -> Result<()> {
        let at = self.log_length(key).await?;
        self.add_chunk(LogChunk { of: key, release, at, bytes, dropped: None }).await
    }
}

impl targets::Model {
    fn into_target(self) -> Result<Target> {
        let outcome = self.outcome.map(|text| codec::from_json("attempt_targets.outcome", &text)).transpose()?;
        Ok(Target {
            handle: self.handle,
            before: self.before,
            progress: self.progress,
            outcome,
            lines: count("attempt_targets.lines", self.lines)?,
        })
    }
}

impl Target {
    fn into_row(self, key: LogKey) -> Result<targets::Model> {
        let (task_run_id, number, target) = id(key);
        Ok(targets::Model {
            task_run_id,
            number,
            target,
            handle: self.handle,
            before: self.before,
            progress: self.progress,
            outcome: self.outcome.as_ref().map(codec::json).transpose()?,
            lines: column(self.lines),
        })
    }
}

fn id(key: LogKey) -> (TaskRunId, i32, i32) {
    let LogKey { attempt: AttemptKey { task_run_id, number }, target } = key;
    (task_run_id, column(number), column(target))
}
