//! Catalog of what the tasks of a team's release tasks name, and the versions that tasks of executions changed.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Func, Order, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::connect::Store;
use super::entities::{application, component, component_change as changes, environment, revision};
use super::error::Result;
use crate::domain::catalog::{Catalog, CatalogComponent, MAX_OFFERED_NAMES};
use crate::domain::environment::written_names;
use crate::domain::ids::{RegionId, TaskRunId, TeamId};
use crate::domain::version_change::VersionChange;

impl Store {
    /// What there is of a team for release tasks of a region: the components of applications of these names, whatever
    /// their case, and as many others of the region as are offered to choose from.
    pub async fn catalog(&self, team: TeamId, region: RegionId, applications: &[String]) -> Result<Catalog> {
        let names = application::Entity::find()
            .select_only()
            .column(application::Column::Name)
            .filter(application::Column::TeamId.eq(team))
            .filter(application::Column::RemovedAt.is_null())
            .order_by_asc(application::Column::Name);
        let environments: Vec<(String, RegionId)> = environment::Entity::find()
            .select_only()
            .columns([environment::Column::Name, environment::Column::RegionId])
            .filter(environment::Column::TeamId.eq(team))
            .filter(environment::Column::RemovedAt.is_null())
            .order_by_asc(environment::Column::Name)
            .into_tuple()
            .all(&self.reader)
            .await?;
        let usable = self.usable_environments(team, region).await?;
        let named = applications.iter().map(|name| name.to_lowercase());
        let named = Expr::expr(Func::lower(Expr::col((application::Entity, application::Column::Name)))).is_in(named);
        let mut components = self.catalog_components(team, region, (named, None)).await?;
        let here = Expr::col((environment::Entity, environment::Column::RegionId)).eq(region);
        let others = self.catalog_components(team, region, (here, Some(MAX_OFFERED_NAMES))).await?;
        components.extend(others);
        components.sort_by(|one, other| one.name.cmp(&other.name));
        components.dedup();
        let elsewhere = environments.into_iter().filter(|(_, of)| *of != region);
        Ok(Catalog {
            applications: names.into_tuple().all(&self.reader).await?,
            components,
            environments: written_names(team, &usable),
            elsewhere: elsewhere.map(|(name, _)| name).collect(),
        })
    }

    async fn catalog_components(
        &self,
        team: TeamId,
        region: RegionId,
        (which, most): (Expr, Option<usize>),
    ) -> Result<Vec<CatalogComponent>> {
        let mut select = components();
        select
            .and_where(Expr::col((application::Entity, application::Column::TeamId)).eq(team))
            .and_where(Expr::col((component::Entity, component::Column::RemovedAt)).is_null())
            .and_where(which)
            .order_by((application::Entity, application::Column::Name), Order::Asc)
            .order_by((component::Entity, component::Column::Name), Order::Asc);
        if let Some(most) = most {
            select.limit(u64::try_from(most).unwrap_or(u64::MAX));
        }
        let rows = self.reader.query_all(&select).await?;
        let read = |row: sea_orm::QueryResult| {
            let (application, name): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            let there: RegionId = row.try_get_by_index(3)?;
            Ok(CatalogComponent {
                name: format!("{application}/{name}"),
                environment: row.try_get_by_index(2)?,
                is_here: there == region,
                version: row.try_get_by_index(4)?,
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// From which version to which these tasks have taken components, or are taking them.
    pub async fn version_changes(&self, tasks: &[TaskRunId]) -> Result<BTreeMap<TaskRunId, VersionChange>> {
        let (after, before) = (Alias::new("after"), Alias::new("former"));
        let of = |revisions: &Alias, number: changes::Column| {
            let number_column = (changes::Entity, number);
            Condition::all()
                .add(
                    Expr::col((revisions.clone(), revision::Column::ComponentId))
                        .equals((changes::Entity, changes::Column::ComponentId)),
                )
                .add(Expr::col((revisions.clone(), revision::Column::Number)).equals(number_column))
        };
        let select = Query::select()
            .column((changes::Entity, changes::Column::TaskRunId))
            .column((application::Entity, application::Column::Name))
            .column((component::Entity, component::Column::Name))
            .column((environment::Entity, environment::Column::Name))
            .column((before.clone(), revision::Column::Version))
            .column((after.clone(), revision::Column::Version))
            .from(changes::Entity)
            .inner_join(
                component::Entity,
                Expr::col((changes::Entity, changes::Column::ComponentId))
                    .equals((component::Entity, component::Column::Id)),
            )
            .inner_join(
                application::Entity,
                Expr::col((component::Entity, component::Column::ApplicationId))
                    .equals((application::Entity, application::Column::Id)),
            )
            .inner_join(
                environment::Entity,
                Expr::col((component::Entity, component::Column::EnvironmentId))
                    .equals((environment::Entity, environment::Column::Id)),
            )
            .join_as(
                sea_orm::JoinType::InnerJoin,
                revision::Entity,
                after.clone(),
                of(&after, changes::Column::Revision),
            )
            .join_as(
                sea_orm::JoinType::LeftJoin,
                revision::Entity,
                before.clone(),
                of(&before, changes::Column::Before),
            )
            .and_where(Expr::col((changes::Entity, changes::Column::TaskRunId)).is_in(tasks.iter().copied()))
            .to_owned();
        let rows = self.reader.query_all(&select).await?;
        let read = |row: sea_orm::QueryResult| {
            let (application, name): (String, String) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
            let change = VersionChange {
                component: format!("{application}/{name}"),
                environment: Some(row.try_get_by_index(3)?),
                from: row.try_get_by_index(4)?,
                to: Some(row.try_get_by_index(5)?),
            };
            Ok((row.try_get_by_index::<TaskRunId>(0)?, change))
        };
        rows.into_iter().map(read).collect()
    }
}

/// Components with the names of their places, and the versions of their current revisions.
fn components() -> SelectStatement {
    Query::select()
        .column((application::Entity, application::Column::Name))
        .column((component::Entity, component::Column::Name))
        .column((environment::Entity, environment::Column::Name))
        .column((environment::Entity, environment::Column::RegionId))
        .column((revision::Entity, revision::Column::Version))
        .from(component::Entity)
        .inner_join(
            application::Entity,
            Expr::col((component::Entity, component::Column::ApplicationId))
                .equals((application::Entity, application::Column::Id)),
        )
        .inner_join(
            environment::Entity,
            Expr::col((component::Entity, component::Column::EnvironmentId))
                .equals((environment::Entity, environment::Column::Id)),
        )
        .left_join(
            revision::Entity,
            Condition::all()
                .add(
                    Expr::col((revision::Entity, revision::Column::ComponentId))
                        .equals((component::Entity, component::Column::Id)),
                )
                .add(
                    Expr::col((revision::Entity, revision::Column::Number))
                        .equals((component::Entity, component::Column::CurrentRevision)),
                ),
        )
        .to_owned()
}
