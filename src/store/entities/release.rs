//! The table `releases`.

use sea_orm::entity::prelude::*;

use crate::domain::ids::{RegionId, ReleaseId, TeamId, UserId};

#[expect(clippy::struct_excessive_bools, reason = "these are columns")]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "releases")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReleaseId,
    pub region_id: RegionId,
    pub team_id: TeamId,
    pub name: String,
    pub name_folded: String,
    pub description: String,
    pub searched: String,
    pub created_by_id: Option<UserId>,
    pub created_by_name: String,
    pub created_at: DateTimeUtc,
    pub version: i32,
    pub deleted_at: Option<DateTimeUtc>,
    pub rev: i64,
    pub status: i32,
    pub segments: String,
    pub terminating: bool,
    pub last_number: i32,
    pub last_version: Option<i32>,
    pub last_executed_at: Option<DateTimeUtc>,
    pub execute_runs_scripts: bool,
    pub retry_runs_scripts: bool,
    pub roll_back_runs_scripts: bool,
    pub purged_at: Option<DateTimeUtc>,
    pub supersedes: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::region::Entity", from = "Column::RegionId", to = "super::region::Column::Id")]
    Region,
}

impl ActiveModelBehavior for ActiveModel {}
