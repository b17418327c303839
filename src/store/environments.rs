//! Environments of teams in regions, each with its numbered versions.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::codec::{self, column, count};
use super::connect::Store;
use super::entities::{component, environment, environment_version as versions};
use super::environment_options::lent_to;
use super::error::{Result, StoreError};
use super::write::{Stamp, WriteTx};
use crate::domain::environment::{EnvironmentOptions, EnvironmentSettings};
use crate::domain::execution::Moment;
use crate::domain::ids::{EnvironmentId, RegionId, TeamId};
use crate::domain::people::Actor;

/// An environment in its newest version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// Key.
    pub id: EnvironmentId,
    /// The team that owns it.
    pub team_id: TeamId,
    /// The region that it is in.
    pub region_id: RegionId,
    /// Its name, which never changes.
    pub name: String,
    /// What people say of it.
    pub description: String,
    /// The number of the newest version.
    pub version: u32,
    /// What that is made of.
    pub settings: EnvironmentSettings,
    /// What its manager says of releases to it.
    pub options: EnvironmentOptions,
    /// How often that was changed.
    pub options_version: u32,
}

/// A version of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentVersion {
    /// 1, 2, 3 …
    pub number: u32,
    /// What it is made of.
    pub settings: EnvironmentSettings,
    /// When it was saved.
    pub saved_at: Moment,
    /// By whom.
    pub saved_by: Actor,
}

fn version(row: versions::Model) -> Result<EnvironmentVersion> {
    Ok(EnvironmentVersion {
        number: count("environment_versions.number", row.number)?,
        settings: codec::from_json("environment_versions.settings", &row.settings)?,
        saved_at: row.saved_at,
        saved_by: codec::actor(row.saved_by_id, row.saved_by_name),
    })
}

fn joined((row, newest): (environment::Model, Option<versions::Model>)) -> Result<Environment> {
    let newest = newest.ok_or_else(|| codec::unreadable("environments.version", &row.version.to_string()))?;
    Ok(Environment {
        id: row.id,
        team_id: row.team_id,
        region_id: row.region_id,
        options: options(&row)?,
        options_version: count("environments.options_version", row.options_version)?,
        name: row.name,
        description: row.description,
        version: count("environments.version", row.version)?,
        settings: version(newest)?.settings,
    })
}

pub(super) fn options(row: &environment::Model) -> Result<EnvironmentOptions> {
    let approval = row.approval.as_deref();
    Ok(EnvironmentOptions {
        lock: codec::from_word("environments.release_lock", &row.release_lock)?,
        approval: approval.map(|rule| codec::from_json("environments.approval", rule)).transpose()?,
    })
}

/// Environments with their newest version, in one query.
fn newest() -> sea_orm::SelectTwo<environment::Entity, versions::Entity> {
    environment::Entity::find().filter(environment::Column::RemovedAt.is_null()).find_also_related(versions::Entity)
}

async fn one(db: &impl ConnectionTrait, id: EnvironmentId) -> Result<Option<Environment>> {
    newest().filter(environment::Column::Id.eq(id)).one(db).await?.map(joined).transpose()
}

impl Store {
    /// The environments of a region that belong to one of these teams, by name.
    pub async fn environments(&self, region: RegionId, teams: &[TeamId]) -> Result<Vec<Environment>> {
        let some = newest()
            .filter(environment::Column::RegionId.eq(region))
            .filter(environment::Column::TeamId.is_in(teams.iter().copied()))
            .order_by_asc(environment::Column::Name);
        some.all(&self.reader).await?.into_iter().map(joined).collect()
    }

    /// The environments of a region that other teams lend to one of these, by name.
    pub async fn lent_environments(&self, region: RegionId, teams: &[TeamId]) -> Result<Vec<Environment>> {
        let some = newest()
            .filter(environment::Column::RegionId.eq(region))
            .filter(environment::Column::TeamId.is_not_in(teams.iter().copied()))
            .filter(environment::Column::Id.in_subquery(lent_to(teams)))
            .order_by_asc(environment::Column::Name);
        some.all(&self.reader).await?.into_iter().map(joined).collect()
    }

    /// The environment of that key, unless it was deleted.
    pub async fn environment(&self, id: EnvironmentId) -> Result<Option<Environment>> {
        one(&self.reader, id).await
    }

    /// The names of all environments, those that were deleted too.
    pub async fn environment_names(&self) -> Result<HashMap<EnvironmentId, String>> {
        let all = environment::Entity::find()
            .select_only()
            .columns([environment::Column::Id, environment::Column::Name])
            .into_tuple::<(EnvironmentId, String)>();
        Ok(all.all(&self.reader).await?.into_iter().collect())
    }

    /// Every version of an environment, the newest first.
    pub async fn environment_versions(&self, id: EnvironmentId) -> Result<Vec<EnvironmentVersion>> {
        let every = versions::Entity::find()
            .filter(versions::Column::EnvironmentId.eq(id))
            .order_by_desc(versions::Column::Number);
        every.all(&self.reader).await?.into_iter().map(version).collect()
    }

    /// One version of an environment.
    pub async fn environment_version(&self, id: EnvironmentId, number: u32) -> Result<Option<EnvironmentSettings>> {
        let one = versions::Entity::find_by_id((id, column(number))).one(&self.reader).await?;
        one.map(|row| Ok(version(row)?.settings)).transpose()
    }
}

impl WriteTx {
    /// The environment of that key, unless it was deleted.
    pub async fn environment(&self, id: EnvironmentId) -> Result<Option<Environment>> {
        one(&self.tx, id).await
    }

    /// The environments of a team in a region.
    pub async fn environments_of(&self, team: TeamId, region: RegionId) -> Result<Vec<Environment>> {
        let theirs = newest()
            .filter(environment::Column::TeamId.eq(team))
            .filter(environment::Column::RegionId.eq(region))
            .order_by_asc(environment::Column::Name);
        theirs.all(&self.tx).await?.into_iter().map(joined).collect()
    }

    /// Keeps a new environment with its first version. [`StoreError::NameTaken`] if the team has one of that name there.
    pub async fn insert_environment(&self, made: &Environment, stamp: &Stamp) -> Result<()> {
        let row = environment::Model {
            id: made.id,
            team_id: made.team_id,
            region_id: made.region_id,
            kind: made.settings.kind().to_owned(),
            name: made.name.clone(),
            description: made.description.clone(),
            version: column(made.version),
            release_lock: codec::word(&made.options.lock)?,
            approval: made.options.approval.as_ref().map(codec::json).transpose()?,
            options_version: column(made.options_version),
            created_at: stamp.at,
            removed_at: None,
        };
        environment::Entity::insert(environment::ActiveModel::from(row)).exec_without_returning(&self.tx).await?;
        self.insert_environment_version(made, stamp).await
    }

    /// Keeps a newer version of an environment, and its description. [`StoreError::Stale`] if somebody else saved one since.
    pub async fn save_environment(&self, changed: &Environment, before: u32, stamp: &Stamp) -> Result<()> {
        let update = environment::Entity::update_many()
            .col_expr(environment::Column::Description, Expr::value(&changed.description))
            .col_expr(environment::Column::Version, Expr::value(column::<i32, _>(changed.version)))
            .filter(environment::Column::Id.eq(changed.id))
            .filter(environment::Column::Version.eq(column::<i32, _>(before)))
            .filter(environment::Column::RemovedAt.is_null());
        if update.exec(&self.tx).await?.rows_affected != 1 {
            return Err(StoreError::Stale);
        }
        if changed.version == before { Ok(()) } else { self.insert_environment_version(changed, stamp).await }
    }

    /// Takes an environment away if no component is in it. Its rows stay, for what was deployed there.
    pub async fn remove_environment(&self, id: EnvironmentId, at: Moment) -> Result<bool> {
        let inside = Query::select()
            .column(component::Column::EnvironmentId)
            .from(component::Entity)
            .and_where(component::Column::RemovedAt.is_null())
            .to_owned();
        let update = environment::Entity::update_many()
            .col_expr(environment::Column::RemovedAt, Expr::value(at))
            .filter(environment::Column::Id.eq(id))
            .filter(environment::Column::Id.not_in_subquery(inside))
            .filter(environment::Column::RemovedAt.is_null());
        Ok(update.exec(&self.tx).await?.rows_affected == 1)
    }

    async fn insert_environment_version(&self, of: &Environment, stamp: &Stamp) -> Result<()> {
        let row = versions::Model {
            environment_id: of.id,
            number: column(of.version),
            settings: codec::json(&of.settings)?,
            saved_at: stamp.at,
            saved_by_id: stamp.actor.id(),
            saved_by_name: stamp.actor.name().to_owned(),
        };
        versions::Entity::insert(versions::ActiveModel::from(row)).exec_without_returning(&self.tx).await?;
        Ok(())
    }
}
