//! Sources of builds: a row for each task of an execution that has one, and in it the commit that its ref led to. Once there
//! is a commit it never changes, whatever becomes of the ref.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel as _, QueryFilter, QuerySelect};

use super::codec;
use super::connect::Store;
use super::entities::{execution as executions, task_source as sources};
use super::error::Result;
use super::replicas::{Term, open_to};
use super::write::WriteTx;
use crate::domain::execution::{Execution, Intent, Moment, TaskState};
use crate::domain::failure_cause::FailureCause;
use crate::domain::git::{Commit, SourceState};
use crate::domain::ids::{ExecutionId, TaskRunId};

/// What is not known yet of the sources of an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unresolved {
    /// Where a ref leads: the execution is not carried on before.
    References,
    /// What is new in a commit.
    Commits,
}

impl Store {
    /// The executions that may be carried on under this term, and are not to end, of which a ref was not looked at yet, or a commit
    /// not compared with what runs now; and whether a ref is among that.
    pub async fn unresolved_executions(&self, term: &Term) -> Result<BTreeMap<ExecutionId, Unresolved>> {
        let open = Query::select()
            .column(executions::Column::Id)
            .from(executions::Entity)
            .cond_where(executions::Column::EndedAt.is_null())
            .and_where(executions::Column::Asked.ne(codec::asked(Intent::Terminate).0))
            .cond_where(open_to(term))
            .to_owned();
        let not_compared = sources::Column::ComparedAt.is_null().and(sources::Column::CommitId.is_not_null());
        let found: Vec<(ExecutionId, Option<Moment>)> = sources::Entity::find()
            .select_only()
            .columns([sources::Column::ExecutionId, sources::Column::LookedAt])
            .filter(sources::Column::LookedAt.is_null().or(not_compared))
            .filter(sources::Column::ExecutionId.in_subquery(open))
            .into_tuple()
            .all(&self.reader)
            .await?;
        let mut unresolved = BTreeMap::new();
        for (execution, looked_at) in found {
            let state = unresolved.entry(execution).or_insert(Unresolved::Commits);
            if looked_at.is_none() {
                *state = Unresolved::References;
            }
        }
        Ok(unresolved)
    }

    /// The sources of an execution, by their tasks.
    pub async fn sources_of(&self, execution: ExecutionId) -> Result<BTreeMap<TaskRunId, SourceState>> {
        let rows = sources::Entity::find().filter(sources::Column::ExecutionId.eq(execution)).all(&self.reader).await?;
        rows.into_iter().map(|row| Ok((row.task_run_id, row.into_state()?))).collect()
    }

    /// Writes down where the ref of each of these tasks leads, unless a commit is known already.
    pub async fn record_sources(
        &self,
        tasks: &[TaskRunId],
        found: &std::result::Result<Commit, FailureCause>,
        now: Moment,
    ) -> Result<()> {
        let tx = self.begin_write().await?;
        let fault = found.as_ref().err().map(codec::json).transpose()?;
        sources::Entity::update_many()
            .col_expr(sources::Column::CommitId, Expr::value(found.as_ref().ok().map(|commit| commit.id().to_owned())))
            .col_expr(sources::Column::Fault, Expr::value(fault))
            .col_expr(sources::Column::LookedAt, Expr::value(now))
            .filter(sources::Column::TaskRunId.is_in(tasks.iter().copied()))
            .filter(sources::Column::CommitId.is_null())
            .exec(&tx.tx)
            .await?;
        tx.commit().await
    }
}

impl WriteTx {
    /// Makes the rows of a new execution: of each task that is to run and has a source.
    pub async fn insert_sources(&self, execution: &Execution) -> Result<()> {
        let with_source =
            execution.tasks.iter().enumerate().filter(|(index, run)| {
                run.state == TaskState::Waiting && execution.spec(*index).kind.source().is_some()
            });
        let rows: Vec<sources::ActiveModel> = with_source
            .map(|(_, run)| {
                sources::Model {
                    task_run_id: run.id,
                    execution_id: execution.id,
                    commit_id: None,
                    fault: None,
                    looked_at: None,
                    commits_since: None,
                    compared_at: None,
                }
                .into_active_model()
            })
            .collect();
        if !rows.is_empty() {
            sources::Entity::insert_many(rows).exec_without_returning(&self.tx).await?;
        }
        Ok(())
    }
}

impl sources::Model {
    fn into_state(self) -> Result<SourceState> {
        if let Some(id) = &self.commit_id {
            let commit = Commit::read(id).ok_or_else(|| codec::unreadable("task_sources.commit_id", id))?;
            return Ok(SourceState::Commit(commit));
        }
        let fault = self.fault.map(|text| codec::from_json("task_sources.fault", &text)).transpose()?;
        Ok(fault.map_or(SourceState::Pending, SourceState::Unknown))
    }
}
