//! Regions, teams, users and versions, as pages name them.

use sea_orm::sea_query::{Condition, ExprTrait, Order, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};

use crate::domain::definition::Definition;
use crate::domain::execution::Moment;
use crate::domain::ids::{RegionId, ReleaseId, TeamId};
use crate::store::codec::{self, count};
use crate::store::connect::Store;
use crate::store::entities::{region, release as releases, team, version};
use crate::store::error::Result;
use crate::store::write::WriteTx;

/// A region, a team or a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdAndName<I> {
    /// Key.
    pub id: I,
    /// Its name.
    pub name: String,
}

/// Where a release task belongs.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct ReleasePlace {
    /// The region.
    pub region_id: RegionId,
    /// That region's name.
    pub region: String,
    /// The team that owns it.
    pub team_id: TeamId,
    /// That team's name.
    pub team: String,
    /// Its own name.
    pub name: String,
    /// When it was deleted.
    pub deleted_at: Option<Moment>,
}

/// A release task in its newest version, with what its places are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedRelease {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What it releases.
    pub definition: Definition,
    /// The text that somebody wrote of it.
    pub text: Option<String>,
    /// The team that owns it.
    pub team_id: TeamId,
    /// That team's name.
    pub team: String,
    /// Name of its region.
    pub region: String,
}

/// A version of a release task's definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedVersion {
    /// 1, 2, 3 … in its release task.
    pub number: u32,
    /// Who saved it.
    pub created_by: String,
    /// When.
    pub created_at: Moment,
    /// What its author says of it.
    pub note: Option<String>,
}

impl Store {
    /// Every region, by name.
    pub async fn regions(&self) -> Result<Vec<IdAndName<RegionId>>> {
        let regions = region::Entity::find().select_only().columns([region::Column::Id, region::Column::Name]);
        let rows: Vec<(RegionId, String)> =
            regions.order_by_asc(region::Column::Name).into_tuple().all(&self.reader).await?;
        Ok(rows.into_iter().map(|(id, name)| IdAndName { id, name }).collect())
    }

    /// Every team, by name.
    pub async fn teams(&self) -> Result<Vec<IdAndName<TeamId>>> {
        let teams = team::Entity::find().select_only().columns([team::Column::Id, team::Column::Name]);
        let rows: Vec<(TeamId, String)> = teams.order_by_asc(team::Column::Name).into_tuple().all(&self.reader).await?;
        Ok(rows.into_iter().map(|(id, name)| IdAndName { id, name }).collect())
    }

    /// The name of a team.
    pub async fn team_name(&self, id: TeamId) -> Result<Option<String>> {
        let named = team::Entity::find_by_id(id).select_only().column(team::Column::Name);
        Ok(named.into_tuple().one(&self.reader).await?)
    }

    /// Where a release task belongs; of deleted ones too.
    pub async fn release_place(&self, id: ReleaseId) -> Result<Option<ReleasePlace>> {
        release_place(&self.reader, id).await
    }

    /// The newest version of every release task that is not deleted, by region, team and name.
    pub async fn exported_releases(&self) -> Result<Vec<ExportedRelease>> {
        self.exported(Condition::all()).await
    }

    /// The same of these release tasks of a region.
    pub async fn chosen_exports(&self, region_id: RegionId, ids: &[ReleaseId]) -> Result<Vec<ExportedRelease>> {
        let chosen = releases::Column::Id.is_in(ids.iter().copied());
        self.exported(Condition::all().add(releases::Column::RegionId.eq(region_id)).add(chosen)).await
    }

    async fn exported(&self, condition: Condition) -> Result<Vec<ExportedRelease>> {
        let mut select = Query::select();
        select
            .column(releases::Column::Name.as_column_ref())
            .column(releases::Column::Description.as_column_ref())
            .column(version::Column::Definition.as_column_ref())
            .column(version::Column::Text.as_column_ref())
            .column(releases::Column::TeamId.as_column_ref())
            .expr_as(team::Column::Name.into_expr(), "team")
            .expr_as(region::Column::Name.into_expr(), "region")
            .from(releases::Entity)
            .inner_join(
                version::Entity,
                version::Column::ReleaseId
                    .into_expr()
                    .equals(releases::Column::Id.as_column_ref())
                    .and(version::Column::Number.into_expr().equals(releases::Column::Version.as_column_ref())),
            )
            .inner_join(
                region::Entity,
                region::Column::Id.into_expr().equals(releases::Column::RegionId.as_column_ref()),
            )
            .inner_join(team::Entity, team::Column::Id.into_expr().equals(releases::Column::TeamId.as_column_ref()))
            .cond_where(condition.add(releases::Column::DeletedAt.is_null()))
            .order_by(region::Column::Name.as_column_ref(), Order::Asc)
            .order_by(team::Column::Name.as_column_ref(), Order::Asc)
            .order_by(releases::Column::Name.as_column_ref(), Order::Asc);
        let rows = self.reader.query_all(&select).await?;
        rows.iter()
            .map(|row| {
                let definition: String = row.try_get("", "definition")?;
                Ok(ExportedRelease {
                    name: row.try_get("", "name")?,
                    description: row.try_get("", "description")?,
                    definition: codec::from_json("release_versions.definition", &definition)?,
                    text: row.try_get("", "text")?,
                    team_id: row.try_get("", "team_id")?,
                    team: row.try_get("", "team")?,
                    region: row.try_get("", "region")?,
                })
            })
            .collect()
    }

    /// The versions of a release task's definition, newest first.
    pub async fn versions_of(&self, release_id: ReleaseId) -> Result<Vec<ListedVersion>> {
        let rows: Vec<(i32, String, Moment, Option<String>)> = version::Entity::find()
            .select_only()
            .columns([
                version::Column::Number,
                version::Column::CreatedByName,
                version::Column::CreatedAt,
                version::Column::Note,
            ])
            .filter(version::Column::ReleaseId.eq(release_id))
            .order_by_desc(version::Column::Number)
            .into_tuple()
            .all(&self.reader)
            .await?;
        let row = |(number, created_by, created_at, note)| {
            Ok(ListedVersion { number: count("release_versions.number", number)?, created_by, created_at, note })
        };
        rows.into_iter().map(row).collect()
    }
}

impl WriteTx {
    /// Where a release task belongs; of deleted ones too.
    pub async fn release_place(&self, id: ReleaseId) -> Result<Option<ReleasePlace>> {
        release_place(&self.tx, id).await
    }
}

async fn release_place(db: &impl ConnectionTrait, id: ReleaseId) -> Result<Option<ReleasePlace>> {
    let mut select = Query::select();
    select
        .column(releases::Column::RegionId.as_column_ref())
        .expr_as(region::Column::Name.into_expr(), "region")
        .column(releases::Column::TeamId.as_column_ref())
        .expr_as(team::Column::Name.into_expr(), "team")
        .column(releases::Column::Name.as_column_ref())
        .column(releases::Column::DeletedAt.as_column_ref())
        .from(releases::Entity)
        .inner_join(region::Entity, region::Column::Id.into_expr().equals(releases::Column::RegionId.as_column_ref()))
        .inner_join(team::Entity, team::Column::Id.into_expr().equals(releases::Column::TeamId.as_column_ref()))
        .and_where(releases::Column::Id.eq(id));
    let row = db.query_one(&select).await?;
    Ok(row.map(|row| ReleasePlace::from_query_result(&row, "")).transpose()?)
}
