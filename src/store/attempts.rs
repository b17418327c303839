//! Attempts: started before their work begins, on the machine of one replica, closed with their outcome.

use sea_orm::sea_query::{CaseStatement, Expr, IntoCondition, Query};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
};

use super::codec::{self, column, count};
use super::connect::Store;
use super::entities::{attempt as attempts, execution as executions, task_run};
use super::error::Result;
use super::replicas::{Term, belongs_to};
use super::write::{Stamp, WriteTx};
use crate::domain::event::Event;
use crate::domain::execution::{AttemptKind, Execution, Moment};
use crate::domain::ids::{ExecutionId, TaskRunId};
use crate::domain::outcome::Outcome;
use crate::domain::placement::Placement;

/// Which attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AttemptKey {
    /// The task in its execution.
    pub task_run_id: TaskRunId,
    /// The number of the attempt.
    pub number: u32,
}

/// An attempt that was started and has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveAttempt {
    /// The execution.
    pub execution_id: ExecutionId,
    /// Its place among the tasks of the execution.
    pub task: usize,
    /// Which attempt.
    pub key: AttemptKey,
    /// Whether it does or undoes.
    pub kind: AttemptKind,
    /// When it was started.
    pub started_at: Moment,
    /// Where its work lives; nothing if it only lets time pass.
    pub placement: Option<Placement>,
    /// The replica on whose machine it runs, if its work lives on a machine.
    pub replica: Option<String>,
}

#[derive(FromQueryResult)]
struct LiveRow {
    execution_id: ExecutionId,
    ordinal: i32,
    task_run_id: TaskRunId,
    number: i32,
    kind: String,
    started_at: Moment,
    placement: Option<String>,
    replica: Option<String>,
}

impl Store {
    /// Every attempt that was started and has not ended, execution by execution.
    pub async fn live_attempts(&self) -> Result<Vec<LiveAttempt>> {
        self.live(attempts::Column::EndedAt.is_null().into_condition()).await
    }

    /// Those of the executions that this term carries on.
    pub async fn attempts_under(&self, term: &Term) -> Result<Vec<LiveAttempt>> {
        self.live(under(term)).await
    }

    /// Whether any of them was started on another machine.
    pub async fn has_foreign_attempts(&self, term: &Term) -> Result<bool> {
        let elsewhere = under(term).add(attempts::Column::Replica.ne(&term.replica));
        Ok(!self.live(elsewhere).await?.is_empty())
    }

    /// Attempts that this replica worked on when it was taken over, and that another has ended since.
    pub async fn pending_cleanup(&self, replica: &str) -> Result<Vec<LiveAttempt>> {
        // As the index says it, and no parameter: else SQLite reads every attempt there ever was.
        let left =
            Condition::all().add(Expr::cust(r#""attempts"."left_behind""#)).add(attempts::Column::Replica.eq(replica));
        self.live(left).await
    }

    /// Nothing of an attempt that was left behind runs any more.
    pub async fn mark_cleaned(&self, key: AttemptKey) -> Result<()> {
        attempts::Entity::update_many()
            .col_expr(attempts::Column::LeftBehind, Expr::value(false))
            .filter(attempts::Column::TaskRunId.eq(key.task_run_id))
            .filter(attempts::Column::Number.eq(column::<i32, _>(key.number)))
            .exec(&self.writer)
            .await?;
        Ok(())
    }

    async fn live(&self, which: Condition) -> Result<Vec<LiveAttempt>> {
        let rows: Vec<LiveRow> = attempts::Entity::find()
            .select_only()
            .columns([
                attempts::Column::TaskRunId,
                attempts::Column::Number,
                attempts::Column::Kind,
                attempts::Column::StartedAt,
                attempts::Column::Placement,
                attempts::Column::Replica,
            ])
            .column(task_run::Column::ExecutionId)
            .column(task_run::Column::Ordinal)
            .join(JoinType::InnerJoin, attempts::Relation::TaskRun.def())
            .filter(which)
            .order_by_asc(task_run::Column::ExecutionId)
            .order_by_asc(task_run::Column::Ordinal)
            .into_model()
            .all(&self.reader)
            .await?;
        rows.into_iter().map(LiveRow::into_live).collect()
    }
}

/// Attempts whose work lives on the machine of a replica.
pub(super) fn on_a_machine() -> Expr {
    // As [`Placement`] is stored.
    attempts::Column::Placement.eq("this_machine")
}

/// Live attempts of the executions that the term carries on.
fn under(term: &Term) -> Condition {
    let own =
        Query::select().column(executions::Column::Id).from(executions::Entity).cond_where(belongs_to(term)).to_owned();
    Condition::all().add(attempts::Column::EndedAt.is_null()).add(task_run::Column::ExecutionId.in_subquery(own))
}

impl LiveRow {
    fn into_live(self) -> Result<LiveAttempt> {
        Ok(LiveAttempt {
            execution_id: self.execution_id,
            task: count("task_runs.ordinal", self.ordinal)?,
            key: AttemptKey { task_run_id: self.task_run_id, number: count("attempts.number", self.number)? },
            kind: codec::from_word("attempts.kind", &self.kind)?,
            started_at: self.started_at,
            placement: self.placement.map(|word| codec::from_word("attempts.placement", &word)).transpose()?,
            replica: self.replica,
        })
    }
}

impl WriteTx {
    /// Whether that attempt did or undid; nothing if there was none.
    pub async fn attempt_kind(&self, of: AttemptKey) -> Result<Option<AttemptKind>> {
        let found = attempts::Entity::find_by_id((of.task_run_id, column(of.number))).one(&self.tx).await?;
        found.map(|row| codec::from_word("attempts.kind", &row.kind)).transpose()
    }

    /// Closes the attempts that ended and opens those that started, in this order: a task has one live attempt.
    pub(super) async fn save_attempts(&self, execution: &Execution, stamp: &Stamp, happened: &[Event]) -> Result<()> {
        let mut started: Vec<attempts::Model> = Vec::new();
        for event in happened {
            match event {
                Event::AttemptStarted { task, attempt, kind, placement, .. } => {
                    started.push(attempts::Model {
                        task_run_id: execution.tasks[*task].id,
                        number: column(*attempt),
                        kind: codec::word(kind)?,
                        started_at: stamp.at,
                        ended_at: None,
                        outcome: None,
                        replica: match placement {
                            Some(Placement::ThisMachine) => self.term.as_ref().map(|term| term.replica.clone()),
                            Some(Placement::Anywhere) | None => None,
                        },
                        left_behind: false,
                        placement: placement.as_ref().map(codec::word).transpose()?,
                    });
                }
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
                | Event::Superseded(_)
                | Event::PlaceAsked { .. }
                | Event::ComponentAwaited { .. }
                | Event::CheckpointOpened { .. }
                | Event::Decided { .. }
                | Event::CheckpointExpired { .. }
                | Event::TaskCancelled { .. }
                | Event::PauseAsked
                | Event::Continued
                | Event::TerminateAsked
                | Event::RetryAsked { .. }
                | Event::TaskSkipped { .. }
                | Event::RollBackAsked
                | Event::PolicyRollBack { .. }
                | Event::AlsoStartedBy { .. }
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
        // Its own machine has to hear that it is over.
        let elsewhere = match &self.term {
            Some(term) => Condition::all()
                .add(attempts::Column::Replica.is_not_null())
                .add(attempts::Column::Replica.ne(&term.replica)),
            None => Condition::all().add(Expr::value(false)),
        };
        let left_behind = CaseStatement::new().case(elsewhere, true).finally(false);
        attempts::Entity::update_many()
            .col_expr(attempts::Column::EndedAt, Expr::value(stamp.at))
            .col_expr(attempts::Column::Outcome, Expr::value(codec::json(outcome)?))
            .col_expr(attempts::Column::LeftBehind, left_behind.into())
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
