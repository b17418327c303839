//! The table `executions`.

use sea_orm::entity::prelude::*;

use crate::domain::ids::{ExecutionId, ReleaseId, TeamId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "executions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ExecutionId,
    pub release_id: ReleaseId,
    pub team_id: TeamId,
    pub number: i32,
    pub version: i32,
    pub variables: String,
    pub started_by_id: Option<UserId>,
    pub started_by_name: String,
    pub starters: String,
    pub started_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
    pub direction: String,
    pub asked: String,
    pub asked_since: Option<DateTimeUtc>,
    pub rev: i64,
    pub status: i32,
    pub segments: String,
    pub wake_at: Option<DateTimeUtc>,
    pub owner: Option<String>,
    pub owner_epoch: Option<i64>,
    pub files_removed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
