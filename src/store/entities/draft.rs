//! The table `drafts`.

use sea_orm::entity::prelude::*;

use crate::domain::ids::{DraftId, RegionId, ReleaseId, TeamId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "drafts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DraftId,
    pub user_id: UserId,
    pub team_id: TeamId,
    pub region_id: RegionId,
    pub release_id: Option<ReleaseId>,
    pub based_on: Option<i32>,
    pub content: String,
    pub base: Option<String>,
    pub text: Option<String>,
    pub typed_text: Option<String>,
    pub steps_done: i64,
    pub rev: i64,
    pub created_at: DateTimeUtc,
    pub changed_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
