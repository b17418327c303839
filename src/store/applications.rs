//! Applications of teams, their components and the revisions of those.

use sea_orm::sea_query::{Expr, ExprTrait as _, Func, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait as _, QueryFilter, QueryOrder, QuerySelect};

use super::codec::{self, column, count};
use super::connect::Store;
use super::entities::{application, component, component_lock, environment, revision};
use super::error::{Result, StoreError};
use super::write::WriteTx;
use crate::domain::component::{Component, ComponentStatus, RevisionState};
use crate::domain::execution::Moment;
use crate::domain::ids::{ApplicationId, ComponentId, EnvironmentId, ExecutionId, RegionId, TeamId};
use crate::domain::specification::Specification;

/// An application of a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamApplication {
    /// Key.
    pub id: ApplicationId,
    /// The team that owns it.
    pub team_id: TeamId,
    /// Its name, which never changes.
    pub name: String,
    /// What people say of it.
    pub description: String,
}

/// A component with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedComponent {
    /// The component.
    pub component: Component,
    /// What people say of it.
    pub description: String,
    /// Since when its status is so.
    pub status_at: Moment,
    /// The version of its current revision.
    pub version: Option<String>,
}

/// What a component and the places that it belongs to are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentPlace {
    /// The team of its application.
    pub team_id: TeamId,
    /// Its application.
    pub application_id: ApplicationId,
    /// The name of that.
    pub application: String,
    /// Its own name.
    pub component: String,
    /// Where it runs.
    pub environment_id: EnvironmentId,
    /// The name of that.
    pub environment: String,
    /// The team that owns it.
    pub environment_team_id: TeamId,
    /// The region of that.
    pub region_id: RegionId,
}

/// A revision of a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// 1, 2, 3 … in its component.
    pub number: u32,
    /// Its version.
    pub version: String,
    /// What is to run.
    pub specification: Specification,
    /// What became of it.
    pub state: RevisionState,
    /// The execution that made it.
    pub execution_id: Option<ExecutionId>,
    /// The name of the task that made it.
    pub task: String,
    /// When it was made.
    pub made_at: Moment,
}

impl From<application::Model> for TeamApplication {
    fn from(row: application::Model) -> Self {
        let application::Model { id, team_id, name, description, .. } = row;
        Self { id, team_id, name, description }
    }
}

pub(super) fn component(row: &component::Model) -> Result<Component> {
    let status: ComponentStatus = codec::from_json("components.status_data", &row.status_data)?;
    let current = row.current_revision.map(|number| count("components.current_revision", number)).transpose()?;
    Ok(Component {
        id: row.id,
        application: row.application_id,
        environment: row.environment_id,
        name: row.name.clone(),
        status,
        current,
        last: count("components.last_revision", row.last_revision)?,
    })
}

pub(super) fn revision(row: revision::Model) -> Result<Revision> {
    Ok(Revision {
        number: count("revisions.number", row.number)?,
        version: row.version,
        specification: codec::from_json("revisions.specification", &row.specification)?,
        state: codec::from_word("revisions.state", &row.state)?,
        execution_id: row.execution_id,
        task: row.task,
        made_at: row.made_at,
    })
}

pub(super) fn listed((row, current): (component::Model, Option<revision::Model>)) -> Result<ListedComponent> {
    let component = component(&row)?;
    let version = current.map(|current| current.version);
    Ok(ListedComponent { component, description: row.description, status_at: row.status_at, version })
}

pub(super) fn place(of: &application::Model, name: &str, there: &environment::Model) -> ComponentPlace {
    ComponentPlace {
        team_id: of.team_id,
        application_id: of.id,
        application: of.name.clone(),
        component: name.to_owned(),
        environment_id: there.id,
        environment: there.name.clone(),
        environment_team_id: there.team_id,
        region_id: there.region_id,
    }
}

async fn one_application(db: &impl ConnectionTrait, id: ApplicationId) -> Result<Option<TeamApplication>> {
    let one = application::Entity::find_by_id(id).filter(application::Column::RemovedAt.is_null());
    Ok(one.one(db).await?.map(TeamApplication::from))
}

async fn one_revision(db: &impl ConnectionTrait, component: ComponentId, number: u32) -> Result<Option<Revision>> {
    revision::Entity::find_by_id((component, column(number))).one(db).await?.map(revision).transpose()
}

impl Store {
    /// The applications of these teams, by name.
    pub async fn applications(&self, teams: &[TeamId]) -> Result<Vec<TeamApplication>> {
        let some = application::Entity::find()
            .filter(application::Column::TeamId.is_in(teams.iter().copied()))
            .filter(application::Column::RemovedAt.is_null())
            .order_by_asc(application::Column::Name);
        Ok(some.all(&self.reader).await?.into_iter().map(TeamApplication::from).collect())
    }

    /// The application of that key, unless it was deleted.
    pub async fn application(&self, id: ApplicationId) -> Result<Option<TeamApplication>> {
        one_application(&self.reader, id).await
    }

    /// The components of these applications, by name.
    pub async fn components_of(&self, applications: &[ApplicationId]) -> Result<Vec<ListedComponent>> {
        let some = component::Entity::find()
            .filter(component::Column::ApplicationId.is_in(applications.iter().copied()))
            .filter(component::Column::RemovedAt.is_null())
            .find_also_related(revision::Entity)
            .order_by_asc(component::Column::Name);
        some.all(&self.reader).await?.into_iter().map(listed).collect()
    }

    /// The components in an environment, by name.
    pub async fn components_in(&self, environment: EnvironmentId) -> Result<Vec<ListedComponent>> {
        let some = component::Entity::find()
            .filter(component::Column::EnvironmentId.eq(environment))
            .filter(component::Column::RemovedAt.is_null())
            .find_also_related(revision::Entity)
            .order_by_asc(component::Column::Name);
        some.all(&self.reader).await?.into_iter().map(listed).collect()
    }

    /// The component of that key, unless it was deleted.
    pub async fn component(&self, id: ComponentId) -> Result<Option<ListedComponent>> {
        let one = component::Entity::find_by_id(id)
            .filter(component::Column::RemovedAt.is_null())
            .find_also_related(revision::Entity);
        one.one(&self.reader).await?.map(listed).transpose()
    }

    /// The newest revisions of a component, the newest first.
    pub async fn revisions(&self, id: ComponentId, most: u64) -> Result<Vec<Revision>> {
        let theirs = revision::Entity::find().filter(revision::Column::ComponentId.eq(id));
        let some = theirs.order_by_desc(revision::Column::Number).limit(most);
        some.all(&self.reader).await?.into_iter().map(revision).collect()
    }

    /// One revision of a component.
    pub async fn revision(&self, id: ComponentId, number: u32) -> Result<Option<Revision>> {
        one_revision(&self.reader, id, number).await
    }

    /// What a component and the places that it belongs to are called, also of one that was deleted.
    pub async fn component_place(&self, id: ComponentId) -> Result<Option<ComponentPlace>> {
        let Some(row) = component::Entity::find_by_id(id).one(&self.reader).await? else { return Ok(None) };
        let application = application::Entity::find_by_id(row.application_id).one(&self.reader).await?;
        let environment = environment::Entity::find_by_id(row.environment_id).one(&self.reader).await?;
        let Some((application, environment)) = application.zip(environment) else { return Ok(None) };
        Ok(Some(place(&application, &row.name, &environment)))
    }
}

impl WriteTx {
    /// The applications of a team.
    pub async fn applications_of(&self, team: TeamId) -> Result<Vec<TeamApplication>> {
        let theirs = application::Entity::find()
            .filter(application::Column::TeamId.eq(team))
            .filter(application::Column::RemovedAt.is_null());
        Ok(theirs.all(&self.tx).await?.into_iter().map(TeamApplication::from).collect())
    }

    /// The application of that key, unless it was deleted.
    pub async fn application(&self, id: ApplicationId) -> Result<Option<TeamApplication>> {
        one_application(&self.tx, id).await
    }

    /// The application of a team that has the name, in whatever case.
    pub async fn application_named(&self, team: TeamId, name: &str) -> Result<Option<TeamApplication>> {
        let theirs = application::Entity::find()
            .filter(application::Column::TeamId.eq(team))
            .filter(application::Column::RemovedAt.is_null())
            .filter(Expr::expr(Func::lower(Expr::col(application::Column::Name))).eq(name.to_lowercase()));
        Ok(theirs.one(&self.tx).await?.map(TeamApplication::from))
    }

    /// The component of an application that has the name, in whatever case.
    pub async fn component_named(&self, of: ApplicationId, name: &str) -> Result<Option<Component>> {
        let theirs = component::Entity::find()
            .filter(component::Column::ApplicationId.eq(of))
            .filter(component::Column::RemovedAt.is_null())
            .filter(Expr::expr(Func::lower(Expr::col(component::Column::Name))).eq(name.to_lowercase()));
        theirs.one(&self.tx).await?.as_ref().map(component).transpose()
    }

    /// How many components an application has.
    pub async fn count_components(&self, of: ApplicationId) -> Result<usize> {
        let theirs = component::Entity::find()
            .filter(component::Column::ApplicationId.eq(of))
            .filter(component::Column::RemovedAt.is_null());
        Ok(usize::try_from(theirs.count(&self.tx).await?).unwrap_or(usize::MAX))
    }

    /// Keeps a new application. [`StoreError::NameTaken`] if the team has one of that name.
    pub async fn insert_application(&self, made: &TeamApplication, at: Moment) -> Result<()> {
        let TeamApplication { id, team_id, name, description } = made.clone();
        let row = application::Model { id, team_id, name, description, created_at: at, removed_at: None };
        application::Entity::insert(application::ActiveModel::from(row)).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Changes the description of an application.
    pub async fn describe_application(&self, id: ApplicationId, description: &str) -> Result<bool> {
        let update = application::Entity::update_many()
            .col_expr(application::Column::Description, Expr::value(description))
            .filter(application::Column::Id.eq(id))
            .filter(application::Column::RemovedAt.is_null());
        Ok(update.exec(&self.tx).await?.rows_affected == 1)
    }

    /// Takes an application away if it has no component.
    pub async fn remove_application(&self, id: ApplicationId, at: Moment) -> Result<bool> {
        let full = Query::select()
            .column(component::Column::ApplicationId)
            .from(component::Entity)
            .and_where(component::Column::RemovedAt.is_null())
            .to_owned();
        let update = application::Entity::update_many()
            .col_expr(application::Column::RemovedAt, Expr::value(at))
            .filter(application::Column::Id.eq(id))
            .filter(application::Column::Id.not_in_subquery(full))
            .filter(application::Column::RemovedAt.is_null());
        Ok(update.exec(&self.tx).await?.rows_affected == 1)
    }

    /// The component of that key, also one that was deleted.
    pub async fn component(&self, id: ComponentId) -> Result<Option<Component>> {
        component::Entity::find_by_id(id).one(&self.tx).await?.as_ref().map(component).transpose()
    }

    /// Keeps a new component. [`StoreError::NameTaken`] if the application has one of that name.
    pub async fn insert_component(&self, made: &Component, at: Moment) -> Result<()> {
        let row = component::Model {
            id: made.id,
            application_id: made.application,
            environment_id: made.environment,
            name: made.name.clone(),
            description: String::new(),
            status: made.status.word().to_owned(),
            status_data: codec::json(&made.status)?,
            status_at: at,
            current_revision: made.current.map(column),
            last_revision: column(made.last),
            created_at: at,
            removed_at: None,
        };
        component::Entity::insert(component::ActiveModel::from(row)).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Writes down what became of a component.
    pub async fn save_component(&self, changed: &Component, at: Moment) -> Result<()> {
        let update = component::Entity::update_many()
            .col_expr(component::Column::Status, Expr::value(changed.status.word()))
            .col_expr(component::Column::StatusData, Expr::value(codec::json(&changed.status)?))
            .col_expr(component::Column::StatusAt, Expr::value(at))
            .col_expr(component::Column::CurrentRevision, Expr::value(changed.current.map(column::<i32, _>)))
            .col_expr(component::Column::LastRevision, Expr::value(column::<i32, _>(changed.last)))
            .filter(component::Column::Id.eq(changed.id));
        if update.exec(&self.tx).await?.rows_affected == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }

    /// Takes a component away. Its rows stay, for what was deployed of it.
    pub async fn remove_component(&self, id: ComponentId, at: Moment) -> Result<()> {
        let update = component::Entity::update_many()
            .col_expr(component::Column::RemovedAt, Expr::value(at))
            .filter(component::Column::Id.eq(id));
        update.exec(&self.tx).await?;
        Ok(())
    }

    /// Changes the description of a component, unless it was deleted.
    pub async fn describe_component(&self, id: ComponentId, description: &str) -> Result<bool> {
        let update = component::Entity::update_many()
            .col_expr(component::Column::Description, Expr::value(description))
            .filter(component::Column::Id.eq(id))
            .filter(component::Column::RemovedAt.is_null());
        Ok(update.exec(&self.tx).await?.rows_affected == 1)
    }

    /// Takes a component away of which nothing runs and on which no execution works.
    pub async fn remove_idle_component(&self, id: ComponentId, at: Moment) -> Result<bool> {
        self.hold_components(&[id]).await?;
        let held = Query::select().column(component_lock::Column::ComponentId).from(component_lock::Entity).to_owned();
        let update = component::Entity::update_many()
            .col_expr(component::Column::RemovedAt, Expr::value(at))
            .filter(component::Column::Id.eq(id))
            .filter(component::Column::Status.eq(ComponentStatus::NotDeployed.word()))
            .filter(component::Column::Id.not_in_subquery(held))
            .filter(component::Column::RemovedAt.is_null());
        Ok(update.exec(&self.tx).await?.rows_affected == 1)
    }

    /// One revision of a component.
    pub async fn revision(&self, id: ComponentId, number: u32) -> Result<Option<Revision>> {
        one_revision(&self.tx, id, number).await
    }

    /// Keeps a new revision of a component, which never changes but for its state.
    pub async fn insert_revision(&self, id: ComponentId, made: &Revision) -> Result<()> {
        let row = revision::Model {
            component_id: id,
            number: column(made.number),
            version: made.version.clone(),
            specification: codec::json(&made.specification)?,
            state: codec::word(&made.state)?,
            execution_id: made.execution_id,
            task: made.task.clone(),
            made_at: made.made_at,
        };
        revision::Entity::insert(revision::ActiveModel::from(row)).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Says what became of a revision.
    pub async fn set_revision_state(&self, id: ComponentId, number: u32, state: RevisionState) -> Result<()> {
        let update = revision::Entity::update_many()
            .col_expr(revision::Column::State, Expr::value(codec::word(&state)?))
            .filter(revision::Column::ComponentId.eq(id))
            .filter(revision::Column::Number.eq(column::<i32, _>(number)));
        update.exec(&self.tx).await?;
        Ok(())
    }
}
