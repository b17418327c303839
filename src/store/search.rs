//! Search of applications, components and environments by a piece of their names.

use sea_orm::sea_query::{Expr, ExprTrait as _, Func, Query};
use sea_orm::{ColumnTrait, EntityTrait, IntoSimpleExpr as _, QueryFilter, QueryOrder, QuerySelect};

use super::applications::{ListedComponent, TeamApplication, listed};
use super::connect::Store;
use super::entities::{application, component, environment, revision};
use super::error::Result;
use super::reads::containing;
use crate::domain::ids::{EnvironmentId, RegionId, TeamId};

/// An environment that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundEnvironment {
    /// Key.
    pub id: EnvironmentId,
    /// The team that owns it.
    pub team_id: TeamId,
    /// Its name.
    pub name: String,
}

/// Whether a column has that text in it, whatever its case; the text is taken letter by letter.
fn has(column: impl ColumnTrait, text: &str) -> Expr {
    Expr::expr(Func::lower(column.into_simple_expr())).like(containing(text))
}

impl Store {
    /// The first applications of these teams that have the text in their names.
    pub async fn search_applications(&self, teams: &[TeamId], text: &str, most: u64) -> Result<Vec<TeamApplication>> {
        let some = application::Entity::find()
            .filter(application::Column::TeamId.is_in(teams.iter().copied()))
            .filter(application::Column::RemovedAt.is_null())
            .filter(has(application::Column::Name, text))
            .order_by_asc(application::Column::Name)
            .order_by_asc(application::Column::Id)
            .limit(most);
        Ok(some.all(&self.reader).await?.into_iter().map(TeamApplication::from).collect())
    }

    /// The first components of these teams in environments of a region that have the text in their names.
    pub async fn search_components(
        &self,
        (region, teams): (RegionId, &[TeamId]),
        text: &str,
        most: u64,
    ) -> Result<Vec<ListedComponent>> {
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
            .filter(has(component::Column::Name, text))
            .find_also_related(revision::Entity)
            .order_by_asc(component::Column::Name)
            .order_by_asc(component::Column::Id)
            .limit(most);
        some.all(&self.reader).await?.into_iter().map(listed).collect()
    }

    /// The first environments of these teams in a region that have the text in their names.
    pub async fn search_environments(
        &self,
        (region, teams): (RegionId, &[TeamId]),
        text: &str,
        most: u64,
    ) -> Result<Vec<FoundEnvironment>> {
        let some = environment::Entity::find()
            .filter(environment::Column::RegionId.eq(region))
            .filter(environment::Column::TeamId.is_in(teams.iter().copied()))
            .filter(environment::Column::RemovedAt.is_null())
            .filter(has(environment::Column::Name, text))
            .order_by_asc(environment::Column::Name)
            .order_by_asc(environment::Column::Id)
            .limit(most);
        let found = |row: environment::Model| FoundEnvironment { id: row.id, team_id: row.team_id, name: row.name };
        Ok(some.all(&self.reader).await?.into_iter().map(found).collect())
    }
}
