//! Rows of the overview: release tasks that run or failed lately, over all regions and teams that a reader may read, by a query for
//! each, with how many there are.

use std::collections::HashMap;

use sea_orm::sea_query::{Condition, Expr, ExprTrait, Order, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QueryResult};

use super::releases::{ListedRelease, Row, rows};
use super::scope::Scope;
use crate::domain::execution::{Moment, TaskRun};
use crate::domain::ids::{ExecutionId, RegionId};
use crate::domain::status::ReleaseStatus;
use crate::store::codec::count;
use crate::store::connect::Store;
use crate::store::entities::{execution as executions, region, release as releases, task_run};
use crate::store::error::Result;
use crate::store::load;

/// The most rows of each.
const MAX_OVERVIEW: u64 = 50;

/// A release task with its last execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverviewRelease {
    /// The release task.
    pub release: ListedRelease,
    /// Name of its region.
    pub region: String,
    /// Who started the execution.
    pub started_by: String,
    /// When.
    pub started_at: Moment,
    /// When it ended, if it did.
    pub ended_at: Option<Moment>,
    /// The tasks that failed, or could not be undone, in order; of those that run, nothing.
    pub failures: Vec<TaskRun>,
    execution: ExecutionId,
}

/// The first of them, and how many there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OverviewPart {
    /// At most fifty.
    pub rows: Vec<OverviewRelease>,
    /// All of them.
    pub count: u64,
}

/// What runs, and what failed lately.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverviewRows {
    /// Active, and not only waiting for a decision: what was started last comes first.
    pub running: OverviewPart,
    /// Failed since that moment, with nothing that came after it: what ended last comes first.
    pub failed: OverviewPart,
}

impl Store {
    /// What the reader may see of it, in that region or in all, as far as it ended after `since`.
    pub async fn overview(&self, scope: &Scope, region: Option<RegionId>, since: Moment) -> Result<OverviewRows> {
        let here = || {
            let visible = scope.condition(releases::Column::TeamId).add(releases::Column::DeletedAt.is_null());
            visible.add_option(region.map(|region| releases::Column::RegionId.eq(region)))
        };
        let is_running = |status: &ReleaseStatus| status.is_active() && *status != ReleaseStatus::ToBeApproved;
        let running = in_status(ReleaseStatus::ALL.into_iter().filter(is_running));
        let failed = in_status([ReleaseStatus::ReleaseFailed, ReleaseStatus::RollbackFailed].into_iter());
        let failed = failed.add(executions::Column::EndedAt.gte(since));
        let running = self.part(here().add(running), executions::Column::StartedAt).await?;
        let mut failed = self.part(here().add(failed), executions::Column::EndedAt).await?;
        self.add_failures(&mut failed.rows).await?;
        Ok(OverviewRows { running, failed })
    }

    /// What failed in the last execution of each, with what was decided on it.
    async fn add_failures(&self, of: &mut [OverviewRelease]) -> Result<()> {
        if of.is_empty() {
            return Ok(());
        }
        let ids: Vec<ExecutionId> = of.iter().map(|row| row.execution).collect();
        let mut these = Query::select();
        these.column(executions::Column::Id).from(executions::Entity);
        these.and_where(executions::Column::Id.is_in(ids.iter().copied()));
        let mut decided = load::decisions(&self.reader, these).await?;
        let failed = task_run::Entity::find()
            .filter(task_run::Column::ExecutionId.is_in(ids))
            .filter(task_run::Column::State.is_in(["failed", "rollback_failed"]))
            .order_by_asc(task_run::Column::Ordinal);
        let mut failures: HashMap<ExecutionId, Vec<TaskRun>> = HashMap::new();
        for row in failed.all(&self.reader).await? {
            let decisions = decided.remove(&row.id).unwrap_or_default();
            failures.entry(row.execution_id).or_default().push(load::task(row, decisions)?);
        }
        for row in of {
            row.failures = failures.remove(&row.execution).unwrap_or_default();
        }
        Ok(())
    }

    async fn part(&self, which: Condition, newest_by: executions::Column) -> Result<OverviewPart> {
        let mut select = rows(which);
        let last = executions::Column::ReleaseId
            .into_expr()
            .equals(releases::Column::Id.as_column_ref())
            .and(executions::Column::Number.into_expr().equals(releases::Column::LastNumber.as_column_ref()));
        select
            .expr_as(Expr::cust("COUNT(*) OVER ()"), "matching")
            .expr_as(Expr::val(0_i64), "in_region")
            .expr_as(region::Column::Name.into_expr(), "region")
            .expr_as(executions::Column::Id.into_expr(), "execution_id")
            .column(executions::Column::StartedByName.as_column_ref())
            .column(executions::Column::StartedAt.as_column_ref())
            .column(executions::Column::EndedAt.as_column_ref())
            .inner_join(executions::Entity, last)
            .inner_join(
                region::Entity,
                region::Column::Id.into_expr().equals(releases::Column::RegionId.as_column_ref()),
            )
            .order_by(newest_by.as_column_ref(), Order::Desc)
            .order_by(releases::Column::Id.as_column_ref(), Order::Desc)
            .limit(MAX_OVERVIEW);
        let found = self.reader.query_all(&select).await?;
        let matching = found.first().map_or(Ok(0_i64), |row| row.try_get("", "matching"))?;
        Ok(OverviewPart {
            rows: found.iter().map(overview_release).collect::<Result<_>>()?,
            count: count("matching", matching)?,
        })
    }
}

fn overview_release(row: &QueryResult) -> Result<OverviewRelease> {
    Ok(OverviewRelease {
        release: Row::from_query_result(row, "")?.into_release()?,
        region: row.try_get("", "region")?,
        started_by: row.try_get("", "started_by_name")?,
        started_at: row.try_get("", "started_at")?,
        ended_at: row.try_get("", "ended_at")?,
        failures: Vec::new(),
        execution: row.try_get("", "execution_id")?,
    })
}

fn in_status(statuses: impl Iterator<Item = ReleaseStatus>) -> Condition {
    Condition::all().add(releases::Column::Status.is_in(statuses.map(|status| i32::from(status.code()))))
}
