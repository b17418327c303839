//! Uses of environments: which execution works in which, and when it did. Where one release at a time works, it is a lock.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::sea_query::{Expr, ExprTrait as _, LockType, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::codec::{self, count};
use super::component_reads::RevisionMaker;
use super::connect::Store;
use super::entities::{
    component, component_change as changes, environment, environment_use as uses, execution, release,
};
use super::error::Result;
use super::new_id;
use super::write::WriteTx;
use crate::domain::component_wait::{Holder, LockedObject};
use crate::domain::environment::ReleaseLock;
use crate::domain::execution::Moment;
use crate::domain::ids::{EnvironmentId, ExecutionId, TaskRunId};

/// A stretch of time in which an execution worked in an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentUse {
    /// Which execution.
    pub maker: RevisionMaker,
    /// From when.
    pub taken_at: Moment,
    /// Until when; nothing while it goes on.
    pub freed_at: Option<Moment>,
}

impl Store {
    /// The last uses of an environment, the newest first.
    pub async fn environment_uses(&self, id: EnvironmentId, most: u64) -> Result<Vec<EnvironmentUse>> {
        let rows = uses::Entity::find()
            .filter(uses::Column::EnvironmentId.eq(id))
            .order_by_desc(uses::Column::TakenAt)
            .order_by_desc(uses::Column::Id)
            .limit(most)
            .all(&self.reader)
            .await?;
        let executions: Vec<ExecutionId> = rows.iter().map(|row| row.execution_id).collect();
        let makers = self.makers(&executions).await?;
        let read = |row: uses::Model| {
            let maker = makers.get(&row.execution_id)?.clone();
            Some(EnvironmentUse { maker, taken_at: row.taken_at, freed_at: row.freed_at })
        };
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// Those that wait for an environment whose holder is there no more, or that takes several releases by now.
    pub(super) async fn freed_waiters(&self, waiting: &[(ExecutionId, Holder)]) -> Result<BTreeSet<ExecutionId>> {
        let wanted: Vec<(ExecutionId, EnvironmentId, ExecutionId)> = waiting
            .iter()
            .filter_map(|(waiting, holder)| match &holder.object {
                LockedObject::Environment { id, .. } => Some((*waiting, *id, holder.execution)),
                LockedObject::Component(_) => None,
            })
            .collect();
        if wanted.is_empty() {
            return Ok(BTreeSet::new());
        }
        let ids: BTreeSet<EnvironmentId> = wanted.iter().map(|(_, id, _)| *id).collect();
        let locked: Vec<EnvironmentId> = environment::Entity::find()
            .select_only()
            .column(environment::Column::Id)
            .filter(environment::Column::Id.is_in(ids.iter().copied()))
            .filter(environment::Column::RemovedAt.is_null())
            .filter(environment::Column::ReleaseLock.ne(codec::word(&ReleaseLock::Shared)?))
            .into_tuple()
            .all(&self.reader)
            .await?;
        let open: BTreeSet<(EnvironmentId, ExecutionId)> = uses::Entity::find()
            .select_only()
            .columns([uses::Column::EnvironmentId, uses::Column::ExecutionId])
            .filter(uses::Column::EnvironmentId.is_in(ids))
            .filter(uses::Column::FreedAt.is_null())
            .into_tuple::<(EnvironmentId, ExecutionId)>()
            .all(&self.reader)
            .await?
            .into_iter()
            .collect();
        let is_free = |id: EnvironmentId, holder| !locked.contains(&id) || !open.contains(&(id, holder));
        Ok(wanted.into_iter().filter(|(_, id, holder)| is_free(*id, *holder)).map(|(waiting, ..)| waiting).collect())
    }
}

/// Which executions work in these environments, those first that came first.
pub(super) async fn holders(
    db: &impl ConnectionTrait,
    environments: &[EnvironmentId],
) -> Result<BTreeMap<EnvironmentId, Vec<Holder>>> {
    let select = Query::select()
        .column((uses::Entity, uses::Column::EnvironmentId))
        .column((environment::Entity, environment::Column::Name))
        .column((execution::Entity, execution::Column::Id))
        .column((execution::Entity, execution::Column::Number))
        .column((release::Entity, release::Column::Name))
        .from(uses::Entity)
        .inner_join(
            environment::Entity,
            Expr::col((uses::Entity, uses::Column::EnvironmentId))
                .equals((environment::Entity, environment::Column::Id)),
        )
        .inner_join(
            execution::Entity,
            Expr::col((uses::Entity, uses::Column::ExecutionId)).equals((execution::Entity, execution::Column::Id)),
        )
        .inner_join(
            release::Entity,
            Expr::col((execution::Entity, execution::Column::ReleaseId)).equals((release::Entity, release::Column::Id)),
        )
        .and_where(Expr::col((uses::Entity, uses::Column::EnvironmentId)).is_in(environments.iter().copied()))
        .and_where(Expr::col((uses::Entity, uses::Column::FreedAt)).is_null())
        .order_by((uses::Entity, uses::Column::TakenAt), sea_orm::Order::Asc)
        .order_by((uses::Entity, uses::Column::Id), sea_orm::Order::Asc)
        .to_owned();
    let mut holders: BTreeMap<EnvironmentId, Vec<Holder>> = BTreeMap::new();
    for row in db.query_all(&select).await? {
        let id: EnvironmentId = row.try_get_by_index(0)?;
        let object = LockedObject::Environment { id, name: row.try_get_by_index(1)? };
        let execution: ExecutionId = row.try_get_by_index(2)?;
        let number = count("executions.number", row.try_get_by_index::<i32>(3)?)?;
        let release = row.try_get_by_index(4)?;
        holders.entry(id).or_default().push(Holder { object, execution, release, number });
    }
    Ok(holders)
}

impl WriteTx {
    /// Keeps others from beginning to work in these environments until the end of this write, and from changing them. In one
    /// order, so that no two wait for each other. SQLite has one writer at a time and needs no lock.
    pub async fn hold_environments(&self, environments: &[EnvironmentId]) -> Result<()> {
        if self.tx.get_database_backend() == DbBackend::Postgres && !environments.is_empty() {
            let mut rows = environment::Entity::find()
                .filter(environment::Column::Id.is_in(environments.iter().copied()))
                .order_by_asc(environment::Column::Id);
            QuerySelect::query(&mut rows).lock(LockType::NoKeyUpdate);
            rows.all(&self.tx).await?;
        }
        Ok(())
    }

    /// How many releases work in each of these environments at a time.
    pub async fn release_locks(&self, environments: &[EnvironmentId]) -> Result<BTreeMap<EnvironmentId, ReleaseLock>> {
        if environments.is_empty() {
            return Ok(BTreeMap::new());
        }
        let rows = environment::Entity::find()
            .select_only()
            .columns([environment::Column::Id, environment::Column::ReleaseLock])
            .filter(environment::Column::Id.is_in(environments.iter().copied()))
            .into_tuple::<(EnvironmentId, String)>();
        let read =
            |(id, lock): (EnvironmentId, String)| Ok((id, codec::from_word("environments.release_lock", &lock)?));
        rows.all(&self.tx).await?.into_iter().map(read).collect()
    }

    /// Which executions work in these environments, those first that came first.
    pub async fn environment_holders(
        &self,
        environments: &[EnvironmentId],
    ) -> Result<BTreeMap<EnvironmentId, Vec<Holder>>> {
        holders(&self.tx, environments).await
    }

    /// That execution works in an environment from now on, if it does not already.
    pub async fn use_environment(
        &self,
        (id, lock): (EnvironmentId, ReleaseLock),
        execution: ExecutionId,
        at: Moment,
    ) -> Result<()> {
        let open = uses::Entity::find()
            .filter(uses::Column::EnvironmentId.eq(id))
            .filter(uses::Column::ExecutionId.eq(execution))
            .filter(uses::Column::FreedAt.is_null());
        if open.one(&self.tx).await?.is_some() {
            return Ok(());
        }
        let row = uses::Model {
            id: new_id(),
            environment_id: id,
            execution_id: execution,
            exclusive: lock.is_exclusive(),
            taken_at: at,
            freed_at: None,
        };
        uses::Entity::insert(uses::ActiveModel::from(row)).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// The environments in which that execution works and that it lets go while a checkpoint of it waits.
    pub async fn environments_to_let_go(&self, execution: ExecutionId) -> Result<Vec<EnvironmentId>> {
        let some = uses::Entity::find()
            .select_only()
            .column(uses::Column::EnvironmentId)
            .filter(uses::Column::ExecutionId.eq(execution))
            .filter(uses::Column::FreedAt.is_null())
            .filter(
                uses::Column::EnvironmentId.in_subquery(
                    Query::select()
                        .column(environment::Column::Id)
                        .from(environment::Entity)
                        .and_where(environment::Column::ReleaseLock.eq(codec::word(&ReleaseLock::LetGo)?))
                        .to_owned(),
                ),
            );
        Ok(some.into_tuple().all(&self.tx).await?)
    }

    /// In which environments these tasks work: at components of theirs, or at none.
    pub async fn environments_of_tasks(&self, tasks: &[TaskRunId]) -> Result<BTreeSet<EnvironmentId>> {
        let select = Query::select()
            .column((component::Entity, component::Column::EnvironmentId))
            .from(changes::Entity)
            .inner_join(
                component::Entity,
                Expr::col((changes::Entity, changes::Column::ComponentId))
                    .equals((component::Entity, component::Column::Id)),
            )
            .and_where(Expr::col((changes::Entity, changes::Column::TaskRunId)).is_in(tasks.iter().copied()))
            .to_owned();
        let rows = self.tx.query_all(&select).await?;
        let mut found: BTreeSet<EnvironmentId> =
            rows.into_iter().map(|row| Ok(row.try_get_by_index(0)?)).collect::<Result<_>>()?;
        let work: Vec<Option<EnvironmentId>> = changes::Entity::find()
            .select_only()
            .column(changes::Column::EnvironmentId)
            .filter(changes::Column::TaskRunId.is_in(tasks.iter().copied()))
            .into_tuple()
            .all(&self.tx)
            .await?;
        found.extend(work.into_iter().flatten());
        Ok(found)
    }

    /// An execution works there no more: in one environment, or in none at all.
    pub async fn leave_environments(
        &self,
        execution: ExecutionId,
        only: Option<&[EnvironmentId]>,
        at: Moment,
    ) -> Result<()> {
        let mut leave = uses::Entity::update_many()
            .col_expr(uses::Column::FreedAt, Expr::value(at))
            .filter(uses::Column::ExecutionId.eq(execution))
            .filter(uses::Column::FreedAt.is_null());
        if let Some(only) = only {
            leave = leave.filter(uses::Column::EnvironmentId.is_in(only.iter().copied()));
        }
        leave.exec(&self.tx).await?;
        Ok(())
    }
}
