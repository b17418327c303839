//! Changes of components by tasks, locks of components by executions, and waits for those and for environments.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::sea_query::{Expr, ExprTrait as _, LockType, Query};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::codec::{self, column, count};
use super::connect::Store;
use super::entities::{component, component_change as changes, component_lock as locks, execution, release, task_run};
use super::error::Result;
use super::replicas::{Term, belongs_to};
use super::write::WriteTx;
use crate::domain::component::ComponentChange;
use crate::domain::component_wait::{Holder, LockedObject, closes_circle};
use crate::domain::execution::Moment;
use crate::domain::ids::{ApplicationId, ComponentId, EnvironmentId, ExecutionId, TaskRunId};

/// What a task changed, or is changing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskChange {
    /// It made an application.
    Application {
        /// Which.
        id: ApplicationId,
        /// Whether that is undone.
        undone: bool,
    },
    /// It brings a revision of a component.
    Component {
        /// Which.
        id: ComponentId,
        /// What of it.
        change: ComponentChange,
        /// The version of the environment whose scripts are run.
        environment_version: u32,
    },
    /// It works in an environment, at no component.
    Work {
        /// Which.
        environment: EnvironmentId,
        /// The version of it.
        environment_version: u32,
    },
}

fn change(row: &changes::Model) -> Result<TaskChange> {
    let number = |column, number: i32| count(column, number);
    if let (Some(environment), Some(version)) = (row.environment_id, row.environment_version) {
        let environment_version = number("component_changes.environment_version", version)?;
        return Ok(TaskChange::Work { environment, environment_version });
    }
    match (row.application_id, row.component_id, row.revision, row.environment_version) {
        (Some(id), ..) => Ok(TaskChange::Application { id, undone: row.undone }),
        (None, Some(id), Some(revision), Some(version)) => Ok(TaskChange::Component {
            id,
            change: ComponentChange {
                revision: number("component_changes.revision", revision)?,
                before: row.before.map(|before| number("component_changes.before", before)).transpose()?,
                created: row.created,
                undone: row.undone,
            },
            environment_version: number("component_changes.environment_version", version)?,
        }),
        _ => Err(codec::unreadable("component_changes", &row.task_run_id.to_string())),
    }
}

fn row(task_run_id: TaskRunId, change: &TaskChange) -> changes::Model {
    match *change {
        TaskChange::Application { id, undone } => changes::Model {
            task_run_id,
            application_id: Some(id),
            component_id: None,
            revision: None,
            before: None,
            environment_id: None,
            environment_version: None,
            created: true,
            undone,
        },
        TaskChange::Component { id, change, environment_version } => changes::Model {
            task_run_id,
            application_id: None,
            component_id: Some(id),
            revision: Some(column(change.revision)),
            before: change.before.map(column),
            environment_id: None,
            environment_version: Some(column(environment_version)),
            created: change.created,
            undone: change.undone,
        },
        TaskChange::Work { environment, environment_version } => changes::Model {
            task_run_id,
            application_id: None,
            component_id: None,
            revision: None,
            before: None,
            environment_id: Some(environment),
            environment_version: Some(column(environment_version)),
            created: false,
            undone: false,
        },
    }
}

async fn of_task(db: &impl ConnectionTrait, task: TaskRunId) -> Result<Option<TaskChange>> {
    changes::Entity::find_by_id(task).one(db).await?.as_ref().map(change).transpose()
}

impl Store {
    /// What that task changed, or is changing.
    pub async fn task_change(&self, task: TaskRunId) -> Result<Option<TaskChange>> {
        of_task(&self.reader, task).await
    }

    /// What each of these tasks changed, or is changing.
    pub async fn task_changes(&self, tasks: &[TaskRunId]) -> Result<BTreeMap<TaskRunId, TaskChange>> {
        let some = changes::Entity::find().filter(changes::Column::TaskRunId.is_in(tasks.iter().copied()));
        some.all(&self.reader).await?.iter().map(|row| Ok((row.task_run_id, change(row)?))).collect()
    }

    /// The executions of that term of which a task waits for a component or an environment that its holder has let go, or waits
    /// in a circle; `None` if nothing waits for any.
    pub async fn component_line(&self, term: &Term) -> Result<Option<BTreeSet<ExecutionId>>> {
        let waiting = waiting(&self.reader).await?;
        if waiting.is_empty() {
            return Ok(None);
        }
        let waits = waits_of(&waiting);
        let holders = waits.values().flatten().copied();
        let over: Vec<ExecutionId> = ids(
            Condition::all().add(execution::Column::Id.is_in(holders)).add(execution::Column::EndedAt.is_not_null()),
            &self.reader,
        )
        .await?;
        let is_due = |(waiting, held_by): &(&ExecutionId, &BTreeSet<ExecutionId>)| {
            held_by.iter().any(|holder| over.contains(holder) || closes_circle(&waits, **waiting, *holder))
        };
        let mut due: BTreeSet<ExecutionId> = waits.iter().filter(is_due).map(|(waiting, _)| *waiting).collect();
        due.extend(self.freed_waiters(&waiting).await?);
        let own =
            ids(Condition::all().add(execution::Column::Id.is_in(due)).add(belongs_to(term)), &self.reader).await?;
        Ok(Some(own.into_iter().collect()))
    }
}

async fn ids(which: Condition, db: &impl ConnectionTrait) -> Result<Vec<ExecutionId>> {
    let some = execution::Entity::find().select_only().column(execution::Column::Id).filter(which);
    Ok(some.into_tuple().all(db).await?)
}

/// Every execution of which a task waits for a component or an environment, with who holds that.
async fn waiting(db: &impl ConnectionTrait) -> Result<Vec<(ExecutionId, Holder)>> {
    let rows: Vec<(ExecutionId, Option<String>)> = task_run::Entity::find()
        .select_only()
        .columns([task_run::Column::ExecutionId, task_run::Column::ComponentHolder])
        .filter(task_run::Column::ComponentAskedAt.is_not_null())
        .into_tuple()
        .all(db)
        .await?;
    let read = |(execution, holder): (ExecutionId, Option<String>)| {
        Ok((execution, codec::from_json("task_runs.component_holder", holder.as_deref().unwrap_or_default())?))
    };
    rows.into_iter().map(read).collect()
}

/// For which executions each execution waits.
fn waits_of(waiting: &[(ExecutionId, Holder)]) -> BTreeMap<ExecutionId, BTreeSet<ExecutionId>> {
    let mut waits: BTreeMap<ExecutionId, BTreeSet<ExecutionId>> = BTreeMap::new();
    for (execution, holder) in waiting {
        waits.entry(*execution).or_default().insert(holder.execution);
    }
    waits
}

/// Which execution works on each of these components, by its key; the name in a holder is empty.
pub(super) async fn holders(
    db: &impl ConnectionTrait,
    components: &[ComponentId],
) -> Result<BTreeMap<ComponentId, Holder>> {
    let select = Query::select()
        .column((locks::Entity, locks::Column::ComponentId))
        .column((execution::Entity, execution::Column::Id))
        .column((execution::Entity, execution::Column::Number))
        .column((release::Entity, release::Column::Name))
        .from(locks::Entity)
        .inner_join(
            execution::Entity,
            Expr::col((locks::Entity, locks::Column::ExecutionId)).equals((execution::Entity, execution::Column::Id)),
        )
        .inner_join(
            release::Entity,
            Expr::col((execution::Entity, execution::Column::ReleaseId)).equals((release::Entity, release::Column::Id)),
        )
        .and_where(locks::Column::ComponentId.is_in(components.iter().copied()))
        .to_owned();
    let rows = db.query_all(&select).await?;
    let holder = |row: sea_orm::QueryResult| {
        let (component, execution): (ComponentId, ExecutionId) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let number = count("executions.number", row.try_get_by_index::<i32>(2)?)?;
        let release = row.try_get_by_index(3)?;
        let object = LockedObject::Component(String::new());
        Ok((component, Holder { object, execution, release, number }))
    };
    rows.into_iter().map(holder).collect()
}

impl WriteTx {
    /// What that task changed, or is changing.
    pub async fn task_change(&self, task: TaskRunId) -> Result<Option<TaskChange>> {
        of_task(&self.tx, task).await
    }

    /// Writes down what a task changes.
    pub async fn save_task_change(&self, task: TaskRunId, change: &TaskChange) -> Result<()> {
        changes::Entity::delete_by_id(task).exec(&self.tx).await?;
        let row = changes::ActiveModel::from(row(task, change));
        changes::Entity::insert(row).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Keeps others from beginning to work on these components until the end of this write. In one order, so that no two
    /// wait for each other. SQLite has one writer at a time and needs no lock.
    pub async fn hold_components(&self, components: &[ComponentId]) -> Result<()> {
        if self.tx.get_database_backend() == DbBackend::Postgres && !components.is_empty() {
            let mut rows = component::Entity::find()
                .filter(component::Column::Id.is_in(components.iter().copied()))
                .order_by_asc(component::Column::Id);
            QuerySelect::query(&mut rows).lock(LockType::NoKeyUpdate);
            rows.all(&self.tx).await?;
        }
        Ok(())
    }

    /// Which execution works on each of these components, by the component's key; the name in a holder is empty.
    pub async fn component_holders(&self, components: &[ComponentId]) -> Result<BTreeMap<ComponentId, Holder>> {
        holders(&self.tx, components).await
    }

    /// That execution works on a component from now on, if it does not already.
    pub async fn lock_component(&self, id: ComponentId, execution: ExecutionId, at: Moment) -> Result<()> {
        let row = locks::ActiveModel::from(locks::Model { component_id: id, execution_id: execution, taken_at: at });
        locks::Entity::insert(row)
            .on_conflict_do_nothing_on([locks::Column::ComponentId])
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }

    /// For which executions each execution waits whose tasks wait for components or environments.
    pub async fn component_waits(&self) -> Result<BTreeMap<ExecutionId, BTreeSet<ExecutionId>>> {
        Ok(waits_of(&waiting(&self.tx).await?))
    }

    /// An execution that is over works on nothing any more; answers whether it did.
    pub(super) async fn free_components(&self, execution: ExecutionId) -> Result<bool> {
        let freed =
            locks::Entity::delete_many().filter(locks::Column::ExecutionId.eq(execution)).exec(&self.tx).await?;
        Ok(freed.rows_affected > 0)
    }
}
