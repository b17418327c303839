//! Execution records, and the attempts in an execution.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
};

use super::cursor::{Cursor, Paged};
use crate::domain::execution::{AttemptKind, FailReason, Moment};
use crate::domain::ids::{ExecutionId, ReleaseId, TaskRunId};
use crate::domain::lengths::Rest;
use crate::domain::outcome::Outcome;
use crate::domain::phase_summary::{self, PhaseSummary};
use crate::domain::status::{ReleaseStatus, TaskStatus};
use crate::store::codec::{self, bound, count};
use crate::store::connect::Store;
use crate::store::entities::{attempt as attempts, event as events, execution as executions, task_run};
use crate::store::error::Result;

/// An execution in the records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedExecution {
    /// 1, 2, 3 … in its release task.
    pub number: u32,
    /// Its status.
    pub status: ReleaseStatus,
    /// Why it failed, where it was no task that did.
    pub why: Option<FailReason>,
    /// The status of each phase.
    pub segments: Vec<TaskStatus>,
    /// The version that it runs.
    pub version: u32,
    /// Who started it.
    pub started_by: String,
    /// When.
    pub started_at: Moment,
    /// When it ended, if it is over.
    pub ended_at: Option<Moment>,
    /// When it had ended before, until it went on.
    pub rests: Vec<Rest>,
}

/// An attempt at a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedAttempt {
    /// Index of the task in its execution.
    pub task: usize,
    /// 1, 2, 3 … in its task.
    pub number: u32,
    /// Whether it did or undid.
    pub kind: AttemptKind,
    /// When it started.
    pub started_at: Moment,
    /// When it ended, if it has.
    pub ended_at: Option<Moment>,
    /// How it ended, if it has.
    pub outcome: Option<Outcome>,
    /// On the machine of which replica it runs, or ran; none if it only let time pass.
    pub replica: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    id: ExecutionId,
    number: i32,
    status: i32,
    segments: String,
    version: i32,
    started_by_name: String,
    started_at: Moment,
    ended_at: Option<Moment>,
}

#[derive(FromQueryResult)]
struct Try {
    ordinal: i32,
    number: i32,
    kind: String,
    started_at: Moment,
    ended_at: Option<Moment>,
    outcome: Option<String>,
    replica: Option<String>,
}

impl Store {
    /// The execution that has a task of that key.
    pub async fn execution_of_task(&self, id: TaskRunId) -> Result<Option<ExecutionId>> {
        let one = task_run::Entity::find_by_id(id).select_only().column(task_run::Column::ExecutionId);
        Ok(one.into_tuple().one(&self.reader).await?)
    }

    /// A page of the executions of a release task, newest first, turned by their numbers.
    pub async fn executions_of(
        &self,
        release_id: ReleaseId,
        turn: Cursor<u32>,
        limit: u64,
    ) -> Result<Paged<ListedExecution, u32>> {
        let mut select = executions::Entity::find()
            .select_only()
            .columns([
                executions::Column::Id,
                executions::Column::Number,
                executions::Column::Status,
                executions::Column::Segments,
                executions::Column::Version,
                executions::Column::StartedByName,
                executions::Column::StartedAt,
                executions::Column::EndedAt,
            ])
            .filter(executions::Column::ReleaseId.eq(release_id))
            .limit(limit + 1);
        select = match turn {
            Cursor::Newest => select.order_by_desc(executions::Column::Number),
            Cursor::Older(than) => {
                select.filter(executions::Column::Number.lt(bound(than))).order_by_desc(executions::Column::Number)
            }
            Cursor::Newer(than) => {
                select.filter(executions::Column::Number.gt(bound(than))).order_by_asc(executions::Column::Number)
            }
        };
        let rows: Vec<Row> = select.into_model().all(&self.reader).await?;
        let ids: Vec<ExecutionId> = rows.iter().map(|row| row.id).collect();
        let mut rests = self.rests_of(&ids).await?;
        let with_rests = |row: Row| {
            let its = rests.remove(&row.id).unwrap_or_default();
            row.into_execution(its)
        };
        let rows = rows.into_iter().map(with_rests).collect::<Result<_>>()?;
        Ok(Paged::cut(rows, turn, limit, |row: &ListedExecution| row.number))
    }

    /// The version that the execution of that number runs or ran.
    pub async fn executed_version(&self, release_id: ReleaseId, number: u32) -> Result<Option<u32>> {
        let version: Option<i32> = executions::Entity::find()
            .select_only()
            .column(executions::Column::Version)
            .filter(executions::Column::ReleaseId.eq(release_id))
            .filter(executions::Column::Number.eq(bound(number)))
            .into_tuple()
            .one(&self.reader)
            .await?;
        version.map(|version| count("executions.version", version)).transpose()
    }

    /// The times in which those executions had ended before they went on, in order.
    pub async fn rests_of(&self, ids: &[ExecutionId]) -> Result<HashMap<ExecutionId, Vec<Rest>>> {
        const ENDED: &str = "ended";
        const WENT_ON: [&str; 3] = ["retry_asked", "task_skipped", "roll_back_asked"];
        let rows: Vec<(Option<ExecutionId>, String, Moment)> = events::Entity::find()
            .select_only()
            .columns([events::Column::ExecutionId, events::Column::Kind, events::Column::HappenedAt])
            .filter(events::Column::ExecutionId.is_in(ids.iter().copied()))
            .filter(events::Column::Kind.is_in(WENT_ON.into_iter().chain([ENDED])))
            .order_by_asc(events::Column::Id)
            .into_tuple()
            .all(&self.reader)
            .await?;
        let (mut rests, mut ended): (HashMap<ExecutionId, Vec<Rest>>, HashMap<ExecutionId, Moment>) =
            Default::default();
        for (id, kind, at) in rows.into_iter().filter_map(|(id, kind, at)| Some((id?, kind, at))) {
            if kind == ENDED {
                ended.insert(id, at);
            } else if let Some(from) = ended.remove(&id) {
                rests.entry(id).or_default().push(Rest { from, until: at });
            }
        }
        Ok(rests)
    }

    /// Every attempt in an execution, by task and number.
    pub async fn attempts_of(&self, execution_id: ExecutionId) -> Result<Vec<ListedAttempt>> {
        self.attempts(task_run::Column::ExecutionId.eq(execution_id)).await
    }

    /// Every attempt at one task of an execution, by number.
    pub async fn attempts_of_task(&self, task_run_id: TaskRunId) -> Result<Vec<ListedAttempt>> {
        self.attempts(attempts::Column::TaskRunId.eq(task_run_id)).await
    }

    async fn attempts(&self, of: sea_orm::sea_query::Expr) -> Result<Vec<ListedAttempt>> {
        let rows: Vec<Try> = attempts::Entity::find()
            .select_only()
            .column(task_run::Column::Ordinal)
            .columns([
                attempts::Column::Number,
                attempts::Column::Kind,
                attempts::Column::StartedAt,
                attempts::Column::EndedAt,
                attempts::Column::Outcome,
                attempts::Column::Replica,
            ])
            .join(JoinType::InnerJoin, attempts::Relation::TaskRun.def())
            .filter(of)
            .order_by_asc(task_run::Column::Ordinal)
            .order_by_asc(attempts::Column::Number)
            .into_model()
            .all(&self.reader)
            .await?;
        rows.into_iter().map(Try::into_attempt).collect()
    }
}

impl Row {
    fn into_execution(self, rests: Vec<Rest>) -> Result<ListedExecution> {
        let status = codec::status("executions.status", self.status)?;
        let segments: Vec<PhaseSummary> = codec::from_json("executions.segments", &self.segments)?;
        Ok(ListedExecution {
            number: count("executions.number", self.number)?,
            status,
            why: phase_summary::why_failed(status, &segments),
            segments: segments.into_iter().map(PhaseSummary::status).collect(),
            version: count("executions.version", self.version)?,
            started_by: self.started_by_name,
            started_at: self.started_at,
            ended_at: self.ended_at,
            rests,
        })
    }
}

impl Try {
    fn into_attempt(self) -> Result<ListedAttempt> {
        let outcome = self.outcome.map(|outcome| codec::from_json("attempts.outcome", &outcome));
        Ok(ListedAttempt {
            task: count("task_runs.ordinal", self.ordinal)?,
            number: count("attempts.number", self.number)?,
            kind: codec::from_word("attempts.kind", &self.kind)?,
            started_at: self.started_at,
            ended_at: self.ended_at,
            outcome: outcome.transpose()?,
            replica: self.replica,
        })
    }
}
