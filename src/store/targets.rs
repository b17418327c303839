//! Targets of attempts: what executors record of them while they work. A target has a row when something of it was recorded;
//! of a script nothing is, since its run folder knows all of it.

use std::collections::{BTreeSet, HashMap};

use sea_orm::sea_query::{LockType, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::attempts::AttemptKey;
use super::codec::{self, column, count};
use super::connect::Store;
use super::entities::{attempt_target as targets, execution as executions};
use super::error::{Result, StoreError};
use super::logs::{LogChunk, LogKey};
use super::replicas::{Term, belongs_to};
use super::write::WriteTx;
use crate::domain::ids::{ExecutionId, ReleaseId, TaskRunId};
use crate::domain::outcome::{Outcome, Outputs};
use crate::domain::ssh::{HostCount, SshHost};

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

/// A host on which an attempt works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostTarget {
    /// Which host it is, see [`SshHost::label`].
    pub host: String,
    /// What is recorded of it.
    pub target: Target,
    /// Whether an earlier attempt did the work there.
    pub is_done_before: bool,
}

impl HostTarget {
    /// Its name, and the account and where it is found.
    pub fn parts(&self) -> (&str, &str) {
        self.host.split_once(' ').unwrap_or((&self.host, ""))
    }

    /// How far these are.
    pub fn count(hosts: &[Self]) -> HostCount {
        let mut count = HostCount { all: hosts.len(), ..HostCount::default() };
        for host in hosts {
            match host.target.outcome {
                None => {}
                Some(Outcome::Succeeded { .. }) => count.done += 1,
                Some(_) => count.failed += 1,
            }
        }
        count
    }
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

    /// The hosts of an attempt, in their order; none if it does not work on hosts.
    pub async fn host_targets(&self, attempt: AttemptKey) -> Result<Vec<HostTarget>> {
        hosts_of(&self.reader, attempt).await
    }

    /// The hosts of these attempts, by their tasks; nothing of attempts that do not work on hosts.
    pub async fn hosts_of(&self, attempts: &[AttemptKey]) -> Result<HashMap<TaskRunId, Vec<HostTarget>>> {
        let ids = attempts.iter().map(|attempt| attempt.task_run_id);
        let rows = targets::Entity::find()
            .filter(targets::Column::TaskRunId.is_in(ids))
            .filter(targets::Column::Host.is_not_null())
            .order_by_asc(targets::Column::Target);
        let mut found: HashMap<TaskRunId, Vec<HostTarget>> = HashMap::new();
        for row in rows.all(&self.reader).await? {
            let number = count("attempt_targets.number", row.number)?;
            let task_run_id = row.task_run_id;
            if attempts.contains(&AttemptKey { task_run_id, number }) {
                found.entry(task_run_id).or_default().push(host(row)?);
            }
        }
        Ok(found)
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

fn host(row: targets::Model) -> Result<HostTarget> {
    let host = row.host.clone().unwrap_or_default();
    let target = row.into_target()?;
    let is_done = matches!(target.outcome, Some(Outcome::Succeeded { .. }));
    Ok(HostTarget { host, is_done_before: is_done && target.progress.is_none(), target })
}

async fn hosts_of(db: &impl ConnectionTrait, of: AttemptKey) -> Result<Vec<HostTarget>> {
    let number: i32 = column(of.number);
    let rows = targets::Entity::find()
        .filter(targets::Column::TaskRunId.eq(of.task_run_id))
        .filter(targets::Column::Number.eq(number))
        .filter(targets::Column::Host.is_not_null())
        .order_by_asc(targets::Column::Target);
    rows.all(db).await?.into_iter().map(host).collect()
}

impl WriteTx {
    /// The hosts on which that attempt and those before it, which did the same, have done their work.
    pub async fn done_hosts(&self, attempt: AttemptKey) -> Result<BTreeSet<String>> {
        let hosts = hosts_of(&self.tx, attempt).await?;
        let is_done = |host: &HostTarget| matches!(host.target.outcome, Some(Outcome::Succeeded { .. }));
        Ok(hosts.into_iter().filter(is_done).map(|host| host.host).collect())
    }

    /// How far the hosts of an attempt are; nothing of one that does not work on hosts.
    pub async fn host_count(&self, attempt: AttemptKey) -> Result<Option<HostCount>> {
        let hosts = hosts_of(&self.tx, attempt).await?;
        Ok((!hosts.is_empty()).then(|| HostTarget::count(&hosts)))
    }

    /// Writes down on which hosts an attempt is going to work, and where that was done before.
    pub async fn plan_hosts(&self, attempt: AttemptKey, hosts: &[SshHost], done: &BTreeSet<String>) -> Result<()> {
        let rows: Result<Vec<_>> = (0..)
            .zip(hosts)
            .map(|(at, host)| {
                let label = host.label();
                let outcome = done.contains(&label).then(|| Outcome::Succeeded { outputs: Outputs::new() });
                let row = Target { outcome, ..Target::default() }.into_row(LogKey { attempt, target: at })?;
                Ok(targets::ActiveModel::from(targets::Model { host: Some(label), ..row }))
            })
            .collect();
        let rows = rows?;
        if !rows.is_empty() {
            targets::Entity::insert_many(rows).exec_without_returning(&self.tx).await?;
        }
        Ok(())
    }

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
            host: None,
        })
    }
}

fn id(key: LogKey) -> (TaskRunId, i32, i32) {
    let LogKey { attempt: AttemptKey { task_run_id, number }, target } = key;
    (task_run_id, column(number), column(target))
}
