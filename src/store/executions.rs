//! Saving executions: what changed in them, what happened, and what the lists show of it, all in one transaction.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::codec::{self, column};
use super::entities::{decision, execution as executions, release as releases, task_run};
use super::error::{Result, StoreError};
use super::replicas::{Term, lasting};
use super::write::{Stamp, WriteTx};
use crate::domain::event::Event;
use crate::domain::execution::{Execution, TaskRun};
use crate::domain::schedule;
use crate::domain::scripts::ScriptNeeds;

impl WriteTx {
    /// Writes down a new execution with what happened as it began. [`StoreError::AlreadyActive`] if the release
    /// task has one that is not over.
    pub async fn insert_execution(&self, execution: &Execution, stamp: &Stamp, happened: &[Event]) -> Result<()> {
        self.news.execution(execution.id, execution.release_id);
        let (owner, owner_epoch) = columns(self.next_owner(None).await?);
        let row = executions::Model { owner, owner_epoch, ..row(execution)? };
        executions::Entity::insert(executions::ActiveModel::from(row)).exec_without_returning(&self.tx).await?;
        let rows = execution.tasks.iter().enumerate().map(|(ordinal, task)| task_row(execution, ordinal, task));
        self.save_tasks(rows.collect::<Result<_>>()?).await?;
        self.save_attempts(execution, stamp, happened).await?;
        self.save_decisions(execution, happened).await?;
        self.execution_events(stamp, execution, happened).await?;
        self.save_summary(execution).await
    }

    /// Writes down what became of an execution: `before` as it was loaded, `after` as it is now, and the events
    /// between them. [`StoreError::Stale`] if somebody else saved it since it was loaded, [`StoreError::Fenced`] if the
    /// term is over under which it is saved.
    pub async fn save_execution(
        &self,
        before: &Execution,
        after: &Execution,
        stamp: &Stamp,
        happened: &[Event],
    ) -> Result<()> {
        self.news.execution(after.id, after.release_id);
        self.save_head(before, after).await?;
        let changed = after.tasks.iter().enumerate().filter(|(ordinal, task)| differs(&before.tasks[*ordinal], task));
        let rows = changed.map(|(ordinal, task)| task_row(after, ordinal, task)).collect::<Result<_>>()?;
        self.save_tasks(rows).await?;
        self.save_attempts(after, stamp, happened).await?;
        self.save_decisions(after, happened).await?;
        self.execution_events(stamp, after, happened).await?;
        // One that ended and is rolled back by its policy at once keeps what it works on.
        if after.ended_at.is_some() && happened.iter().any(|event| matches!(event, Event::Ended { .. })) {
            self.free_components(after.id).await?;
            self.leave_environments(after.id, None, stamp.at).await?;
        }
        if summary(before)? == summary(after)? { Ok(()) } else { self.save_summary(after).await }
    }

    async fn save_head(&self, before: &Execution, after: &Execution) -> Result<()> {
        let row = row(after)?;
        let expected: i64 = column(before.rev);
        let mut save = executions::Entity::update_many()
            .col_expr(executions::Column::Starters, Expr::value(row.starters))
            .col_expr(executions::Column::EndedAt, Expr::value(row.ended_at))
            .col_expr(executions::Column::Direction, Expr::value(row.direction))
            .col_expr(executions::Column::Asked, Expr::value(row.asked))
            .col_expr(executions::Column::AskedSince, Expr::value(row.asked_since))
            .col_expr(executions::Column::Status, Expr::value(row.status))
            .col_expr(executions::Column::Segments, Expr::value(row.segments))
            .col_expr(executions::Column::WakeAt, Expr::value(row.wake_at))
            .col_expr(executions::Column::Rev, Expr::value(expected + 1))
            .filter(executions::Column::Id.eq(after.id))
            .filter(executions::Column::Rev.eq(expected));
        if after.ended_at.is_none() {
            // Not read from `after`: what removes files of an execution that is over does not count as a save of it.
            save = save.col_expr(executions::Column::FilesRemovedAt, Expr::value(row.files_removed_at));
        }
        let owner = match &self.term {
            Some(term) => {
                save = save.filter(Expr::exists(lasting(term)));
                Some(self.term.clone())
            }
            // Whoever carried it on may be in another term by now, or gone: nobody would go on with it at once.
            None if before.ended_at.is_some() && after.ended_at.is_none() => {
                Some(self.next_owner(Some(after.id)).await?)
            }
            None => None,
        };
        if let Some(owner) = owner {
            let (owner, epoch) = columns(owner);
            save = save
                .col_expr(executions::Column::Owner, Expr::value(owner))
                .col_expr(executions::Column::OwnerEpoch, Expr::value(epoch));
        }
        let saved = save.exec(&self.tx).await?;
        if saved.rows_affected == 1 {
            return Ok(());
        }
        Err(if self.is_over().await? { StoreError::Fenced } else { StoreError::Stale })
    }

    /// Whether the term is over under which this is written.
    async fn is_over(&self) -> Result<bool> {
        let Some(term) = &self.term else { return Ok(false) };
        Ok(self.tx.query_one(&lasting(term)).await?.is_none())
    }

    async fn save_tasks(&self, rows: Vec<task_run::Model>) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let known = OnConflict::column(task_run::Column::Id)
            .update_columns([
                task_run::Column::State,
                task_run::Column::StateData,
                task_run::Column::StartedAt,
                task_run::Column::Attempt,
                task_run::Column::Tries,
                task_run::Column::Begun,
                task_run::Column::Round,
                task_run::Column::Outputs,
                task_run::Column::PlaceAskedAt,
                task_run::Column::PlaceRunning,
                task_run::Column::ComponentAskedAt,
                task_run::Column::ComponentHolder,
            ])
            .to_owned();
        task_run::Entity::insert_many(rows.into_iter().map(task_run::ActiveModel::from))
            .on_conflict(known)
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }

    async fn save_decisions(&self, execution: &Execution, happened: &[Event]) -> Result<()> {
        if !happened.iter().any(|event| matches!(event, Event::Decided { .. })) {
            return Ok(());
        }
        let mut rows = Vec::new();
        let mut ids = self.ids_after_events_of(execution.release_id).await?;
        for event in happened {
            if let Event::Decided { task, decision, .. } = event {
                rows.push(decision::ActiveModel::from(decision::Model {
                    id: ids.next(),
                    execution_id: execution.id,
                    task_run_id: execution.tasks[*task].id,
                    round: column(decision.round),
                    user_id: decision.by.id(),
                    user_name: decision.by.name().to_owned(),
                    verdict: codec::word(&decision.verdict)?,
                    standing: codec::word(&decision.standing)?,
                    comment: decision.comment.clone(),
                    decided_at: decision.at,
                    environments: Some(&decision.environments)
                        .filter(|seen| !seen.is_empty())
                        .map(codec::json)
                        .transpose()?,
                }));
            }
        }
        if !rows.is_empty() {
            decision::Entity::insert_many(rows).exec_without_returning(&self.tx).await?;
        }
        Ok(())
    }

    /// What lists show of the release task's last execution. An older execution never changes, so this is the last.
    async fn save_summary(&self, execution: &Execution) -> Result<()> {
        let summary = summary(execution)?;
        releases::Entity::update_many()
            .col_expr(releases::Column::Status, Expr::value(summary.status))
            .col_expr(releases::Column::Segments, Expr::value(summary.segments))
            .col_expr(releases::Column::Terminating, Expr::value(summary.terminating))
            .col_expr(releases::Column::RetryRunsScripts, Expr::value(summary.scripts.retry))
            .col_expr(releases::Column::RollBackRunsScripts, Expr::value(summary.scripts.roll_back))
            .col_expr(releases::Column::LastNumber, Expr::value(column::<i32, _>(execution.number)))
            .col_expr(releases::Column::LastVersion, Expr::value(column::<i32, _>(execution.version)))
            .col_expr(releases::Column::LastExecutedAt, Expr::value(execution.started_at))
            .filter(releases::Column::Id.eq(execution.release_id))
            .exec(&self.tx)
            .await?;
        Ok(())
    }
}

/// What lists show of an execution and what changes in its course.
#[derive(PartialEq, Eq)]
struct Summary {
    status: i32,
    segments: String,
    terminating: bool,
    scripts: ScriptNeeds,
}

fn summary(execution: &Execution) -> Result<Summary> {
    Ok(Summary {
        status: i32::from(execution.status().code()),
        segments: codec::json(&execution.segments())?,
        terminating: execution.ended_at.is_none() && execution.was_terminated(),
        scripts: ScriptNeeds::of_execution(execution),
    })
}

/// Whether anything of a task but its decisions, which have rows of their own, is another than before.
fn differs(before: &TaskRun, after: &TaskRun) -> bool {
    before.state != after.state
        || before.started_at != after.started_at
        || before.attempt != after.attempt
        || before.tries != after.tries
        || before.begun != after.begun
        || before.round != after.round
        || before.outputs != after.outputs
        || before.waits != after.waits
        || before.held != after.held
}

/// `owner` and `owner_epoch`.
fn columns(owner: Option<Term>) -> (Option<String>, Option<i64>) {
    owner.map(|Term { replica, epoch }| (replica, column(epoch))).unzip()
}

fn row(execution: &Execution) -> Result<executions::Model> {
    let (asked, asked_since) = codec::asked(execution.intent);
    let summary = summary(execution)?;
    Ok(executions::Model {
        id: execution.id,
        release_id: execution.release_id,
        team_id: execution.team_id,
        number: column(execution.number),
        version: column(execution.version),
        variables: codec::json(&execution.variables)?,
        started_by_id: execution.started_by.id(),
        started_by_name: execution.started_by.name().to_owned(),
        starters: codec::json(&execution.starters)?,
        started_at: execution.started_at,
        ended_at: execution.ended_at,
        direction: codec::word(&execution.direction)?,
        asked: asked.to_owned(),
        asked_since,
        rev: column(execution.rev),
        status: summary.status,
        segments: summary.segments,
        wake_at: schedule::wake_at(execution),
        owner: None,
        owner_epoch: None,
        files_removed_at: execution.files_removed_at,
    })
}

fn task_row(execution: &Execution, ordinal: usize, task: &TaskRun) -> Result<task_run::Model> {
    Ok(task_run::Model {
        id: task.id,
        execution_id: execution.id,
        ordinal: column(ordinal),
        phase: column(task.place.phase),
        lane: column(task.place.group),
        position: column(task.place.position),
        name: task.name.clone(),
        state: codec::state_word(&task.state).to_owned(),
        state_data: codec::json(&task.state)?,
        started_at: task.started_at,
        attempt: column(task.attempt),
        tries: column(task.tries),
        begun: task.begun,
        round: column(task.round),
        outputs: codec::json(&task.outputs)?,
        place_asked_at: task.waits.map(|waits| waits.since),
        place_running: task.waits.map(|waits| column(waits.running)),
        component_asked_at: task.held.as_ref().map(|held| held.since),
        component_holder: task.held.as_ref().map(|held| codec::json(&held.holder)).transpose()?,
        removed_attempts: task.removed.map(|removed| column(removed.last)).unwrap_or_default(),
        files_removed_at: task.removed.map(|removed| removed.at),
    })
}
