//! Components as pages show them: of a region, with the names of their places, and with who made each revision.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::sea_query::{Expr, ExprTrait as _, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::applications::{ComponentPlace, ListedComponent, Revision, listed, place};
use super::codec::count;
use super::connect::Store;
use super::entities::{
    application, component, component_lock as locks, environment, execution, region, release, revision,
};
use super::error::Result;
use crate::domain::ids::{ApplicationId, ComponentId, EnvironmentId, ExecutionId, RegionId, ReleaseId, TeamId};

/// The execution that made a revision, or that works on a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionMaker {
    /// The team of its release task.
    pub team_id: TeamId,
    /// Its release task.
    pub release_id: ReleaseId,
    /// The name of that.
    pub release: String,
    /// The number of the execution.
    pub number: u32,
    /// The region of the release task.
    pub region: String,
}

impl Store {
    /// How many components are in each environment.
    pub async fn component_counts(&self) -> Result<BTreeMap<EnvironmentId, usize>> {
        let rows: Vec<(EnvironmentId, i64)> = component::Entity::find()
            .select_only()
            .column(component::Column::EnvironmentId)
            .column_as(component::Column::Id.count(), "count")
            .filter(component::Column::RemovedAt.is_null())
            .group_by(component::Column::EnvironmentId)
            .into_tuple()
            .all(&self.reader)
            .await?;
        rows.into_iter().map(|(id, number)| Ok((id, count("components", number)?))).collect()
    }

    /// The components of these teams that are in environments of a region, by name.
    pub async fn components_of_region(&self, region: RegionId, teams: &[TeamId]) -> Result<Vec<ListedComponent>> {
        let there = Query::select()
            .column(environment::Column::Id)
            .from(environment::Entity)
            .and_where(environment::Column::RegionId.eq(region))
            .to_owned();
        let theirs = Query::select()
            .column(application::Column::Id)
            .from(application::Entity)
            .and_where(application::Column::TeamId.is_in(teams.iter().copied()))
            .to_owned();
        let some = component::Entity::find()
            .filter(component::Column::EnvironmentId.in_subquery(there))
            .filter(component::Column::ApplicationId.in_subquery(theirs))
            .filter(component::Column::RemovedAt.is_null())
            .find_also_related(revision::Entity)
            .order_by_asc(component::Column::Name);
        some.all(&self.reader).await?.into_iter().map(listed).collect()
    }

    /// The components of an application with the names of their places, by name.
    pub async fn placed_components(&self, id: ApplicationId) -> Result<Vec<(ListedComponent, ComponentPlace)>> {
        self.with_places(self.components_of(&[id]).await?).await
    }

    /// The components of a team with the names of their places, by name.
    pub async fn team_components(&self, id: TeamId) -> Result<Vec<(ListedComponent, ComponentPlace)>> {
        let theirs = self.applications(&[id]).await?;
        let ids: Vec<ApplicationId> = theirs.iter().map(|application| application.id).collect();
        self.with_places(self.components_of(&ids).await?).await
    }

    /// These components with the names of their places.
    pub async fn with_places(
        &self,
        components: Vec<ListedComponent>,
    ) -> Result<Vec<(ListedComponent, ComponentPlace)>> {
        let ids: BTreeSet<_> = components.iter().map(|listed| listed.component.application).collect();
        let applications = application::Entity::find().filter(application::Column::Id.is_in(ids));
        let applications = applications.all(&self.reader).await?;
        let ids: BTreeSet<_> = components.iter().map(|listed| listed.component.environment).collect();
        let environments = environment::Entity::find().filter(environment::Column::Id.is_in(ids));
        let environments = environments.all(&self.reader).await?;
        let placed = |listed: ListedComponent| {
            let there = environments.iter().find(|row| row.id == listed.component.environment)?;
            let of = applications.iter().find(|row| row.id == listed.component.application)?;
            let place = place(of, &listed.component.name, there);
            Some((listed, place))
        };
        Ok(components.into_iter().filter_map(placed).collect())
    }

    /// The newest revisions of a component, the newest first, each with the execution that made it.
    pub async fn made_revisions(&self, id: ComponentId, most: u64) -> Result<Vec<(Revision, Option<RevisionMaker>)>> {
        let revisions = self.revisions(id, most).await?;
        let ids: Vec<ExecutionId> = revisions.iter().filter_map(|revision| revision.execution_id).collect();
        let makers = self.makers(&ids).await?;
        let made = |revision: Revision| {
            let maker = revision.execution_id.and_then(|id| makers.get(&id).cloned());
            (revision, maker)
        };
        Ok(revisions.into_iter().map(made).collect())
    }

    /// The execution that works on a component, if one does.
    pub async fn component_holder(&self, id: ComponentId) -> Result<Option<RevisionMaker>> {
        let Some(lock) = locks::Entity::find_by_id(id).one(&self.reader).await? else { return Ok(None) };
        Ok(self.makers(&[lock.execution_id]).await?.remove(&lock.execution_id))
    }

    pub(super) async fn makers(&self, ids: &[ExecutionId]) -> Result<BTreeMap<ExecutionId, RevisionMaker>> {
        let rows = self.reader.query_all(&makers(ids)).await?;
        let maker = |row: sea_orm::QueryResult| {
            let id: ExecutionId = row.try_get_by_index(0)?;
            let number = count("executions.number", row.try_get_by_index::<i32>(1)?)?;
            let (release_id, release, region) =
                (row.try_get_by_index(2)?, row.try_get_by_index(3)?, row.try_get_by_index(4)?);
            let team_id = row.try_get_by_index(5)?;
            Ok((id, RevisionMaker { team_id, release_id, release, number, region }))
        };
        rows.into_iter().map(maker).collect()
    }
}

fn makers(ids: &[ExecutionId]) -> SelectStatement {
    Query::select()
        .column((execution::Entity, execution::Column::Id))
        .column((execution::Entity, execution::Column::Number))
        .column((release::Entity, release::Column::Id))
        .column((release::Entity, release::Column::Name))
        .column((region::Entity, region::Column::Name))
        .column((release::Entity, release::Column::TeamId))
        .from(execution::Entity)
        .inner_join(
            release::Entity,
            Expr::col((execution::Entity, execution::Column::ReleaseId)).equals((release::Entity, release::Column::Id)),
        )
        .inner_join(
            region::Entity,
            Expr::col((release::Entity, release::Column::RegionId)).equals((region::Entity, region::Column::Id)),
        )
        .and_where(Expr::col((execution::Entity, execution::Column::Id)).is_in(ids.iter().copied()))
        .to_owned()
}
