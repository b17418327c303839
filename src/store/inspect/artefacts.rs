//! Artefacts as `check` looks at them: each with where it belongs, and pieces that belong to nothing.

use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::domain::ids::TaskRunId;
use crate::store::attempts::AttemptKey;
use crate::store::codec::{column, count};
use crate::store::connect::Store;
use crate::store::entities::{artefact, artefact_chunk as chunks, attempt, execution, release, task_run};
use crate::store::error::Result;
use crate::store::{KeptArtefact, StoreError};

/// A build that left artefacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtefactPlace {
    /// The name of its release task.
    pub release: String,
    /// The number of its execution.
    pub number: u32,
    /// Its name.
    pub task: String,
}

impl Store {
    /// So many artefacts after that one, in an order of their own.
    pub async fn some_artefacts(&self, after: Option<&KeptArtefact>, most: u64) -> Result<Vec<KeptArtefact>> {
        let key = [artefact::Column::TaskRunId, artefact::Column::Number, artefact::Column::Position];
        let mut some = artefact::Entity::find();
        for column in key {
            some = some.order_by_asc(column);
        }
        if let Some(KeptArtefact { attempt, position, .. }) = after {
            let last: [Expr; 3] = [
                attempt.task_run_id.into(),
                column::<i32, _>(attempt.number).into(),
                column::<i32, _>(*position).into(),
            ];
            some = some.filter(Expr::tuple(key.map(ColumnTrait::into_expr)).gt(Expr::tuple(last)));
        }
        some.limit(most).all(&self.reader).await?.into_iter().map(KeptArtefact::try_from).collect()
    }

    /// Where artefacts of that task belong.
    pub async fn artefact_place(&self, task: TaskRunId) -> Result<Option<ArtefactPlace>> {
        let own = |column: execution::Column| Expr::col((execution::Entity, column));
        let select = Query::select()
            .column((release::Entity, release::Column::Name))
            .column((execution::Entity, execution::Column::Number))
            .column((task_run::Entity, task_run::Column::Name))
            .from(task_run::Entity)
            .inner_join(
                execution::Entity,
                own(execution::Column::Id).equals((task_run::Entity, task_run::Column::ExecutionId)),
            )
            .inner_join(
                release::Entity,
                own(execution::Column::ReleaseId).equals((release::Entity, release::Column::Id)),
            )
            .and_where(Expr::col((task_run::Entity, task_run::Column::Id)).eq(task))
            .to_owned();
        let Some(row) = self.reader.query_one(&select).await? else { return Ok(None) };
        let number = count("executions.number", row.try_get_by_index::<i32>(1)?)?;
        Ok(Some(ArtefactPlace { release: row.try_get_by_index(0)?, number, task: row.try_get_by_index(2)? }))
    }

    /// Attempts that are over and have pieces of artefacts without an artefact, and are not being removed.
    pub async fn stray_artefacts(&self) -> Result<Vec<AttemptKey>> {
        let own = |column: chunks::Column| Expr::col((chunks::Entity, column));
        let same = Query::select()
            .expr(Expr::val(1))
            .from(artefact::Entity)
            .and_where(Expr::col((artefact::Entity, artefact::Column::TaskRunId)).eq(own(chunks::Column::TaskRunId)))
            .and_where(Expr::col((artefact::Entity, artefact::Column::Number)).eq(own(chunks::Column::Number)))
            .and_where(Expr::col((artefact::Entity, artefact::Column::Position)).eq(own(chunks::Column::Position)))
            .take();
        let over = Query::select()
            .expr(Expr::val(1))
            .from(attempt::Entity)
            .inner_join(
                task_run::Entity,
                Expr::col((attempt::Entity, attempt::Column::TaskRunId))
                    .equals((task_run::Entity, task_run::Column::Id)),
            )
            .and_where(Expr::col((attempt::Entity, attempt::Column::TaskRunId)).eq(own(chunks::Column::TaskRunId)))
            .and_where(Expr::col((attempt::Entity, attempt::Column::Number)).eq(own(chunks::Column::Number)))
            .and_where(Expr::col((attempt::Entity, attempt::Column::EndedAt)).is_not_null())
            .and_where(Expr::col((task_run::Entity, task_run::Column::RemovedAttempts)).lt(own(chunks::Column::Number)))
            .take();
        let stray = chunks::Entity::find()
            .select_only()
            .columns([chunks::Column::TaskRunId, chunks::Column::Number])
            .distinct()
            .filter(Expr::exists(over))
            .filter(Expr::exists(same).not());
        let rows: Vec<(TaskRunId, i32)> = stray.into_tuple().all(&self.reader).await?;
        rows.into_iter()
            .map(|(task_run_id, number)| {
                Ok(AttemptKey { task_run_id, number: count("artefact_chunks.number", number)? })
            })
            .collect::<std::result::Result<_, StoreError>>()
    }
}
