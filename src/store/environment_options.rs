//! Options of environments, the teams that they are lent to, and what each team can use.

use std::collections::{BTreeMap, HashMap};

use sea_orm::sea_query::{Expr, ExprTrait as _, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::codec::{self, column, count};
use super::connect::Store;
use super::entities::{application, component, environment, environment_team as lent, team};
use super::environments::options;
use super::error::{Result, StoreError};
use super::write::{Stamp, WriteTx};
use crate::domain::environment::{EnvironmentOptions, UsableEnvironment};
use crate::domain::execution::Moment;
use crate::domain::ids::{EnvironmentId, RegionId, TeamId};
use crate::domain::kinds::ComponentName;
use crate::domain::people::Actor;

/// A team that may release to an environment of another team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LentTeam {
    /// The team.
    pub team: TeamId,
    /// Since when.
    pub at: Moment,
    /// Who said so.
    pub by: Actor,
}

/// The options of an environment as they are to be saved.
#[derive(Debug, Clone, Copy)]
pub struct OptionsRow<'o> {
    /// Which environment.
    pub id: EnvironmentId,
    /// How often they had been changed when the caller began.
    pub seen: u32,
    /// They.
    pub options: &'o EnvironmentOptions,
    /// The teams that it is lent to, all of them.
    pub teams: &'o [TeamId],
}

async fn lent_teams(db: &impl ConnectionTrait, id: EnvironmentId) -> Result<Vec<LentTeam>> {
    let rows = lent::Entity::find().filter(lent::Column::EnvironmentId.eq(id)).order_by_asc(lent::Column::TeamId);
    let read = |row: lent::Model| LentTeam {
        team: row.team_id,
        at: row.lent_at,
        by: codec::actor(row.lent_by_id, row.lent_by_name),
    };
    Ok(rows.all(db).await?.into_iter().map(read).collect())
}

/// Keys of the environments that are lent to one of these teams.
pub(super) fn lent_to(teams: &[TeamId]) -> SelectStatement {
    Query::select()
        .column(lent::Column::EnvironmentId)
        .from(lent::Entity)
        .and_where(lent::Column::TeamId.is_in(teams.iter().copied()))
        .to_owned()
}

/// What a team can use in a region.
fn usable_in(team: TeamId, region: RegionId) -> Condition {
    Condition::all().add(environment::Column::RegionId.eq(region)).add(
        Condition::any()
            .add(environment::Column::TeamId.eq(team))
            .add(environment::Column::Id.in_subquery(lent_to(&[team]))),
    )
}

async fn usable(db: &impl ConnectionTrait, which: Condition) -> Result<Vec<UsableEnvironment>> {
    let rows = environment::Entity::find()
        .filter(which)
        .filter(environment::Column::RemovedAt.is_null())
        .order_by_asc(environment::Column::Name)
        .order_by_asc(environment::Column::Id)
        .all(db)
        .await?;
    let names: HashMap<TeamId, String> = team::Entity::find()
        .select_only()
        .columns([team::Column::Id, team::Column::Name])
        .filter(team::Column::Id.is_in(rows.iter().map(|row| row.team_id)))
        .into_tuple::<(TeamId, String)>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    let read = |row: environment::Model| {
        Ok(UsableEnvironment {
            options: options(&row)?,
            id: row.id,
            team_id: row.team_id,
            team: names.get(&row.team_id).cloned().unwrap_or_default(),
            name: row.name,
            version: count("environments.version", row.version)?,
        })
    };
    rows.into_iter().map(read).collect()
}

impl Store {
    /// The teams that an environment is lent to.
    pub async fn lent_teams(&self, id: EnvironmentId) -> Result<Vec<LentTeam>> {
        lent_teams(&self.reader, id).await
    }

    /// The environments that release tasks of a team can name in a region: its own, and those that are lent to it.
    pub async fn usable_environments(&self, team: TeamId, region: RegionId) -> Result<Vec<UsableEnvironment>> {
        usable(&self.reader, usable_in(team, region)).await
    }
}

impl WriteTx {
    /// The same as they are in this write.
    pub async fn usable_environments(&self, team: TeamId, region: RegionId) -> Result<Vec<UsableEnvironment>> {
        usable(&self.tx, usable_in(team, region)).await
    }

    /// The teams that an environment is lent to.
    pub async fn lent_teams(&self, id: EnvironmentId) -> Result<Vec<LentTeam>> {
        lent_teams(&self.tx, id).await
    }

    /// In which environments those of these components of a team run that there are.
    pub async fn component_environments(
        &self,
        team: TeamId,
        names: &[ComponentName],
    ) -> Result<BTreeMap<String, EnvironmentId>> {
        if names.is_empty() {
            return Ok(BTreeMap::new());
        }
        let select = Query::select()
            .column((application::Entity, application::Column::Name))
            .column((component::Entity, component::Column::Name))
            .column((component::Entity, component::Column::EnvironmentId))
            .from(component::Entity)
            .inner_join(
                application::Entity,
                Expr::col((component::Entity, component::Column::ApplicationId))
                    .equals((application::Entity, application::Column::Id)),
            )
            .and_where(Expr::col((application::Entity, application::Column::TeamId)).eq(team))
            .and_where(Expr::col((component::Entity, component::Column::RemovedAt)).is_null())
            .and_where(
                Expr::col((application::Entity, application::Column::Name))
                    .is_in(names.iter().map(|name| name.parts().0)),
            )
            .and_where(
                Expr::col((component::Entity, component::Column::Name)).is_in(names.iter().map(|name| name.parts().1)),
            )
            .to_owned();
        let read = |row: sea_orm::QueryResult| {
            let (application, name): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            Ok((format!("{application}/{name}"), row.try_get_by_index(2)?))
        };
        self.tx.query_all(&select).await?.into_iter().map(read).collect()
    }

    /// The name of a team, and whether it may have scripts run on the server.
    pub async fn team_runs_scripts(&self, id: TeamId) -> Result<(String, bool)> {
        let found = team::Entity::find_by_id(id).one(&self.tx).await?;
        let found = found.ok_or_else(|| codec::unreadable("teams", &id.to_string()))?;
        Ok((found.name, found.runs_scripts))
    }

    /// Saves the options of an environment. [`StoreError::Stale`] if somebody else saved some since.
    pub async fn save_environment_options(&self, row: OptionsRow<'_>, stamp: &Stamp) -> Result<()> {
        let OptionsRow { id, seen, options, teams } = row;
        let approval = options.approval.as_ref().map(codec::json).transpose()?;
        let update = environment::Entity::update_many()
            .col_expr(environment::Column::ReleaseLock, Expr::value(codec::word(&options.lock)?))
            .col_expr(environment::Column::Approval, Expr::value(approval))
            .col_expr(environment::Column::OptionsVersion, Expr::value(column::<i32, _>(seen + 1)))
            .filter(environment::Column::Id.eq(id))
            .filter(environment::Column::OptionsVersion.eq(column::<i32, _>(seen)))
            .filter(environment::Column::RemovedAt.is_null());
        if update.exec(&self.tx).await?.rows_affected != 1 {
            return Err(StoreError::Stale);
        }
        lent::Entity::delete_many()
            .filter(lent::Column::EnvironmentId.eq(id))
            .filter(lent::Column::TeamId.is_not_in(teams.iter().copied()))
            .exec(&self.tx)
            .await?;
        let rows = teams.iter().map(|team| {
            lent::ActiveModel::from(lent::Model {
                environment_id: id,
                team_id: *team,
                lent_at: stamp.at,
                lent_by_id: stamp.actor.id(),
                lent_by_name: stamp.actor.name().to_owned(),
            })
        });
        if !teams.is_empty() {
            lent::Entity::insert_many(rows)
                .on_conflict_do_nothing_on([lent::Column::EnvironmentId, lent::Column::TeamId])
                .exec_without_returning(&self.tx)
                .await?;
        }
        Ok(())
    }
}
