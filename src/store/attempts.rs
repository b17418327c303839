//! Attempts: started before their work begins, leased to the process that works on them, closed with their outcome.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
};
use uuid::Uuid;

use super::codec::{self, column, count};
use super::connect::Store;
use super::entities::{attempt as attempts, task_run};
use super::error::Result;
use super::write::{Stamp, WriteTx};
use crate::domain::event::Event;
use crate::domain::execution::{AttemptKind, Execution, Moment};
use crate::domain::outcome::Outcome;

/// Who works on an attempt, and until when others leave it to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The process.
    pub owner: String,
    /// When it is over, unless renewed.
    pub until: Moment,
}

/// Which attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AttemptKey {
    /// The task in its execution.
    pub task_run_id: Uuid,
    /// The number of the attempt.
    pub number: u32,
}

/// An attempt that was started and has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveAttempt {
    /// The execution.
    pub execution_id: Uuid,
    /// Its place among the tasks of the execution.
    pub task: usize,
    /// Which attempt.
    pub key: AttemptKey,
    /// Whether it does or undoes.
    pub kind: AttemptKind,
    /// When it was started.
    pub started_at: Moment,
    /// Who works on it.
    pub lease: Option<Lease>,
}

#[derive(FromQueryResult)]
struct LiveRow {
    execution_id: Uuid,
    ordinal: i32,
    task_run_id: Uuid,
    number: i32,
    kind: String,
    started_at: Moment,
    lease_owner: Option<String>,
    lease_until: Option<Moment>,
}

impl Store {
    /// Every attempt that was started and has not ended, whoever works on it, execution by execution.
    pub async fn live_attempts(&self) -> Result<Vec<LiveAttempt>> {
        let rows: Vec<LiveRow> = attempts::Entity::find()
            .select_only()
            .columns([
                attempts::Column::TaskRunId,
                attempts::Column::Number,
                attempts::Column::Kind,
                attempts::Column::StartedAt,
                attempts::Column::LeaseOwner,
                attempts::Column::LeaseUntil,
            ])
            .column(task_run::Column::ExecutionId)
            .column(task_run::Column::Ordinal)
            .join(JoinType::InnerJoin, attempts::Relation::TaskRun.def())
            .filter(attempts::Column::EndedAt.is_null())
            .order_by_asc(task_run::Column::ExecutionId)
            .order_by_asc(task_run::Column::Ordinal)
            .into_model()
            .all(&self.reader)
            .await?;
        rows.into_iter().map(LiveRow::into_live).collect()
    }

    /// Renews the lease on everything that its owner works on; answers how many attempts that is.
    pub async fn renew_leases(&self, lease: &Lease) -> Result<u64> {
        let renewed = attempts::Entity::update_many()
            .col_expr(attempts::Column::LeaseUntil, Expr::value(lease.until))
            .filter(attempts::Column::LeaseOwner.eq(&lease.owner))
            .filter(attempts::Column::EndedAt.is_null())
            .exec(&self.writer)
            .await?;
        Ok(renewed.rows_affected)
    }

    /// Takes over an attempt whose lease is over at `now`, or that has none; `false` if another was faster.
    pub async fn take_over(&self, key: AttemptKey, lease: &Lease, now: Moment) -> Result<bool> {
        let free = Condition::any()
            .add(attempts::Column::LeaseUntil.is_null())
            .add(attempts::Column::LeaseUntil.lt(now))
            .add(attempts::Column::LeaseOwner.eq(&lease.owner));
        let taken = attempts::Entity::update_many()
            .col_expr(attempts::Column::LeaseOwner, Expr::value(&lease.owner))
            .col_expr(attempts::Column::LeaseUntil, Expr::value(lease.until))
            .filter(attempts::Column::TaskRunId.eq(key.task_run_id))
            .filter(attempts::Column::Number.eq(column::<i32, _>(key.number)))
            .filter(attempts::Column::EndedAt.is_null())
            .filter(free)
            .exec(&self.writer)
            .await?;
        Ok(taken.rows_affected == 1)
    }
}

impl LiveRow {
    fn into_live(self) -> Result<LiveAttempt> {
        Ok(LiveAttempt {
            execution_id: self.execution_id,
            task: count("task_runs.ordinal", self.ordinal)?,
            key: AttemptKey { task_run_id: self.task_run_id, number: count("attempts.number", self.number)? },
            kind: codec::from_word("attempts.kind", &self.kind)?,
            started_at: self.started_at,
            lease: self.lease_owner.zip(self.lease_until).map(|(owner, until)| Lease { owner, until }),
        })
    }
}

impl WriteTx {
    /// Whoever starts attempts in this write works on them: says so before the execution is saved.
    pub fn work_under(&mut self, lease: Lease) {
        self.lease = Some(lease);
    }

    /// Closes the attempts that ended and opens those that started, in this order: a task has one live attempt.
    pub(super) async fn save_attempts(&self, execution: &Execution, stamp: &Stamp, happened: &[Event]) -> Result<()> {
        let mut started: Vec<attempts::Model> = Vec::new();
        for event in happened {
            match event {
                Event::AttemptStarted { task, attempt, kind, .. } => started.push(attempts::Model {
                    task_run_id: execution.tasks[*task].id,
                    number: column(*attempt),
                    kind: codec::word(kind)?,
                    started_at: stamp.at,
                    ended_at: None,
                    outcome: None,
                    lease_owner: self.lease.as_ref().map(|lease| lease.owner.clone()),
                    lease_until: self.lease.as_ref().map(|lease| lease.until),
                }),
                Event::AttemptEnded { task, attempt, outcome, .. } => {
                    let key = AttemptKey { task_run_id: execution.tasks[*task].id, number: *attempt };
                    match started.iter_mut().find(|row| is_of(row, key)) {
                        Some(row) => {
                            row.ended_at = Some(stamp.at);
                            row.outcome = Some(codec::json(outcome)?);
                        }
                        None => self.close_attempt(key, stamp, outcome).await?,
                    }
                }
                Event::Executed { .. }
                | Event::CheckpointOpened { .. }
                | Event::Decided { .. }
                | Event::CheckpointExpired { .. }
                | Event::TaskCancelled { .. }
                | Event::PauseAsked
                | Event::Continued
                | Event::TerminateAsked
                | Event::RetryAsked
                | Event::TaskSkipped { .. }
                | Event::RollBackAsked
                | Event::Resumed
                | Event::Ended { .. } => {}
            }
        }
        if !started.is_empty() {
            let rows = started.into_iter().map(attempts::ActiveModel::from);
            attempts::Entity::insert_many(rows).exec_without_returning(&self.tx).await?;
        }
        Ok(())
    }

    async fn close_attempt(&self, key: AttemptKey, stamp: &Stamp, outcome: &Outcome) -> Result<()> {
        attempts::Entity::update_many()
            .col_expr(attempts::Column::EndedAt, Expr::value(stamp.at))
            .col_expr(attempts::Column::Outcome, Expr::value(codec::json(outcome)?))
            .col_expr(attempts::Column::LeaseOwner, Expr::value(None::<String>))
            .col_expr(attempts::Column::LeaseUntil, Expr::value(None::<Moment>))
            .filter(attempts::Column::TaskRunId.eq(key.task_run_id))
            .filter(attempts::Column::Number.eq(column::<i32, _>(key.number)))
            .filter(attempts::Column::EndedAt.is_null())
            .exec(&self.tx)
            .await?;
        Ok(())
    }
}

fn is_of(row: &attempts::Model, key: AttemptKey) -> bool {
    row.task_run_id == key.task_run_id && row.number == column::<i32, _>(key.number)
}
