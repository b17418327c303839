//! Executions of each replica, for the page of replicas.

use std::collections::HashMap;

use sea_orm::sea_query::{ExprTrait, Order, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, FromQueryResult};

use crate::domain::ids::{ExecutionId, ReleaseId};
use crate::domain::status::ReleaseStatus;
use crate::store::attempts::on_a_machine;
use crate::store::codec;
use crate::store::connect::Store;
use crate::store::entities::{attempt as attempts, execution as executions, region, release as releases, task_run};
use crate::store::error::Result;

/// An execution that is not over, and who carries it on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Carried {
    /// Its key.
    pub id: ExecutionId,
    /// The replica that carries it on; none if nobody does yet.
    pub owner: Option<String>,
    /// The release task.
    pub release_id: ReleaseId,
    /// The name of the release task.
    pub release: String,
    /// The name of its region.
    pub region: String,
    /// Its status.
    pub status: ReleaseStatus,
    /// The tasks whose attempts are under way, and on the machine of which replica.
    pub tasks: Vec<CarriedTask>,
}

/// A task that runs, and where.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CarriedTask {
    /// Its name.
    pub name: String,
    /// The replica on whose machine.
    pub replica: String,
}

#[derive(FromQueryResult)]
struct Row {
    id: ExecutionId,
    owner: Option<String>,
    release_id: ReleaseId,
    release: String,
    region: String,
    status: i32,
}

impl Store {
    /// Every execution that is not over, the newest first.
    pub async fn carried(&self) -> Result<Vec<Carried>> {
        let mut tasks = self.at_work().await?;
        let select = Query::select()
            .expr_as(releases::Column::Name.into_expr(), "release")
            .expr_as(region::Column::Name.into_expr(), "region")
            .expr_as(executions::Column::Id.into_expr(), "id")
            .expr_as(executions::Column::Owner.into_expr(), "owner")
            .expr_as(executions::Column::ReleaseId.into_expr(), "release_id")
            .expr_as(executions::Column::Status.into_expr(), "status")
            .from(executions::Entity)
            .inner_join(
                releases::Entity,
                releases::Column::Id.into_expr().equals(executions::Column::ReleaseId.as_column_ref()),
            )
            .inner_join(
                region::Entity,
                region::Column::Id.into_expr().equals(releases::Column::RegionId.as_column_ref()),
            )
            .and_where(executions::Column::EndedAt.is_null())
            .order_by((executions::Entity, executions::Column::Id), Order::Desc)
            .to_owned();
        let mut carried = Vec::new();
        for row in self.reader.query_all(&select).await? {
            let row = Row::from_query_result(&row, "")?;
            carried.push(Carried {
                tasks: tasks.remove(&row.id).unwrap_or_default(),
                id: row.id,
                owner: row.owner,
                release_id: row.release_id,
                release: row.release,
                region: row.region,
                status: codec::status("executions.status", row.status)?,
            });
        }
        Ok(carried)
    }

    /// The names of the tasks that run, and on whose machine, by execution.
    async fn at_work(&self) -> Result<HashMap<ExecutionId, Vec<CarriedTask>>> {
        let select = Query::select()
            .expr_as(task_run::Column::ExecutionId.into_expr(), "execution_id")
            .expr_as(task_run::Column::Name.into_expr(), "name")
            .expr_as(attempts::Column::Replica.into_expr(), "replica")
            .from(attempts::Entity)
            .inner_join(
                task_run::Entity,
                task_run::Column::Id.into_expr().equals(attempts::Column::TaskRunId.as_column_ref()),
            )
            .and_where(attempts::Column::EndedAt.is_null())
            .and_where(on_a_machine())
            .order_by((task_run::Entity, task_run::Column::Ordinal), Order::Asc)
            .to_owned();
        let mut found: HashMap<ExecutionId, Vec<CarriedTask>> = HashMap::new();
        for row in self.reader.query_all(&select).await? {
            let task = CarriedTask { name: row.try_get("", "name")?, replica: row.try_get("", "replica")? };
            found.entry(row.try_get("", "execution_id")?).or_default().push(task);
        }
        Ok(found)
    }
}
