//! Saving release tasks and the versions of their definitions.

use std::collections::HashMap;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::codec::{self, column};
use super::entities::{release as releases, team, version};
use super::error::{Result, StoreError};
use super::load;
use super::write::{Stamp, WriteTx};
use crate::domain::event::ReleaseEvent;
use crate::domain::ids::{RegionId, ReleaseId, TeamId};
use crate::domain::release::Release;
use crate::domain::scripts;
use crate::domain::share::HeldShare;
use crate::domain::status::{ReleaseStatus, TaskStatus};

impl WriteTx {
    /// Writes down a new release task that was never executed. [`StoreError::NameTaken`] if its team has one of
    /// that very name: `app` refuses one that differs in upper and lower case only.
    pub async fn insert_release(&self, release: &Release, stamp: &Stamp, happened: &ReleaseEvent) -> Result<()> {
        self.news.release(release.id);
        let row = releases::ActiveModel::from(releases::Model {
            id: release.id,
            region_id: release.region_id,
            team_id: release.team_id,
            name: release.name.clone(),
            name_folded: release.name.to_lowercase(),
            description: release.description.clone(),
            searched: searched(&release.name, &release.description),
            created_by_id: release.created_by.id(),
            created_by_name: release.created_by.name().to_owned(),
            created_at: release.created_at,
            version: column(release.version),
            deleted_at: None,
            rev: column(release.rev),
            status: i32::from(ReleaseStatus::ToRelease.code()),
            segments: waiting(release)?,
            terminating: false,
            last_number: 0,
            last_version: None,
            last_executed_at: None,
            execute_runs_scripts: scripts::runs_scripts(&release.definition),
            retry_runs_scripts: false,
            roll_back_runs_scripts: false,
            purged_at: None,
            supersedes: release.definition.supersede,
        });
        releases::Entity::insert(row).exec_without_returning(&self.tx).await?;
        self.insert_version(release, stamp, None).await?;
        self.release_event(stamp, release.team_id, release.id, happened).await
    }

    /// Writes down what became of a release task itself; a version that is new gets its row.
    /// [`StoreError::Stale`] if somebody else saved it since it was loaded.
    pub async fn save_release(
        &self,
        before: &Release,
        after: &Release,
        stamp: &Stamp,
        happened: &ReleaseEvent,
    ) -> Result<()> {
        self.news.release(after.id);
        let expected: i64 = column(before.rev);
        let mut update = releases::Entity::update_many()
            .col_expr(releases::Column::Name, Expr::value(&after.name))
            .col_expr(releases::Column::NameFolded, Expr::value(after.name.to_lowercase()))
            .col_expr(releases::Column::Description, Expr::value(&after.description))
            .col_expr(releases::Column::Searched, Expr::value(searched(&after.name, &after.description)))
            .col_expr(releases::Column::Version, Expr::value(column::<i32, _>(after.version)))
            .col_expr(releases::Column::DeletedAt, Expr::value(after.deleted_at))
            .col_expr(releases::Column::ExecuteRunsScripts, Expr::value(scripts::runs_scripts(&after.definition)))
            .col_expr(releases::Column::Supersedes, Expr::value(after.definition.supersede))
            .col_expr(releases::Column::Rev, Expr::value(expected + 1))
            .filter(releases::Column::Id.eq(after.id))
            .filter(releases::Column::Rev.eq(expected));
        if after.last.is_none() {
            update = update.col_expr(releases::Column::Segments, Expr::value(waiting(after)?));
        }
        if update.exec(&self.tx).await?.rows_affected == 0 {
            return Err(StoreError::Stale);
        }
        if after.version > before.version {
            let note = match happened {
                ReleaseEvent::Edited { note, .. } => note.as_deref(),
                ReleaseEvent::Created { .. }
                | ReleaseEvent::Restored { .. }
                | ReleaseEvent::Described { .. }
                | ReleaseEvent::Cloned { .. }
                | ReleaseEvent::SecretsGiven { .. }
                | ReleaseEvent::Deleted
                | ReleaseEvent::Undeleted
                | ReleaseEvent::ValueBlanked(_)
                | ReleaseEvent::Purged => None,
            };
            self.insert_version(after, stamp, note).await?;
        }
        self.release_event(stamp, after.team_id, after.id, happened).await
    }

    /// The release task of that name in the team, if there is one that is not deleted.
    pub async fn release_named(&self, team_id: TeamId, name: &str) -> Result<Option<ReleaseId>> {
        let id = releases::Entity::find()
            .select_only()
            .column(releases::Column::Id)
            .filter(releases::Column::TeamId.eq(team_id))
            .filter(releases::Column::Name.eq(name))
            .filter(releases::Column::DeletedAt.is_null())
            .into_tuple()
            .one(&self.tx)
            .await?;
        Ok(id)
    }

    /// The names of the other release tasks of the team that are that name, whatever the case. Until the end of this write
    /// nobody else asks, to take a name that differs in the case only.
    pub async fn names_like(&self, team_id: TeamId, name: &str, but: Option<ReleaseId>) -> Result<Vec<String>> {
        load::lock_team(&self.tx, team_id).await?;
        let mut select = releases::Entity::find()
            .select_only()
            .column(releases::Column::Name)
            .filter(releases::Column::TeamId.eq(team_id))
            .filter(releases::Column::NameFolded.eq(name.to_lowercase()))
            .filter(releases::Column::DeletedAt.is_null());
        if let Some(own) = but {
            select = select.filter(releases::Column::Id.ne(own));
        }
        Ok(select.into_tuple().all(&self.tx).await?)
    }

    /// How many release tasks each team that there is has in the region. Until the end of this write nobody else counts
    /// them to add one more.
    pub async fn count_releases(&self, region_id: RegionId) -> Result<Vec<HeldShare>> {
        load::lock_region(&self.tx, region_id).await?;
        let living: Vec<(TeamId, i64)> = releases::Entity::find()
            .select_only()
            .column(releases::Column::TeamId)
            .column_as(releases::Column::Id.count(), "count")
            .filter(releases::Column::RegionId.eq(region_id))
            .filter(releases::Column::DeletedAt.is_null())
            .group_by(releases::Column::TeamId)
            .into_tuple()
            .all(&self.tx)
            .await?;
        let living: HashMap<TeamId, i64> = living.into_iter().collect();
        let teams: Vec<TeamId> =
            team::Entity::find().select_only().column(team::Column::Id).into_tuple().all(&self.tx).await?;
        let held = |team: TeamId| {
            let releases = codec::count("releases.team_id", living.get(&team).copied().unwrap_or(0))?;
            Ok(HeldShare { team, releases })
        };
        teams.into_iter().map(held).collect()
    }

    async fn insert_version(&self, release: &Release, stamp: &Stamp, note: Option<&str>) -> Result<()> {
        let row = version::ActiveModel::from(version::Model {
            release_id: release.id,
            number: column(release.version),
            definition: codec::json(&*release.definition)?,
            created_by_id: stamp.actor.id(),
            created_by_name: stamp.actor.name().to_owned(),
            created_at: stamp.at,
            note: note.map(str::to_owned),
            text: None,
        });
        version::Entity::insert(row).exec_without_returning(&self.tx).await?;
        Ok(())
    }
}

/// What a search looks in: lower case by our own rules, since SQLite knows those of ASCII only.
pub(super) fn searched(name: &str, description: &str) -> String {
    format!("{name}\n{description}").to_lowercase()
}

/// The segments of a release task that was never executed.
fn waiting(release: &Release) -> Result<String> {
    codec::json(&vec![TaskStatus::Waiting; release.definition.phases.len()])
}
