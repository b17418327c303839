//! The table `events`.

use sea_orm::entity::prelude::*;

use crate::domain::ids::{EventId, ExecutionId, ReleaseId, TeamId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EventId,
    pub happened_at: DateTimeUtc,
    pub actor_id: Option<UserId>,
    pub actor_name: String,
    pub address: Option<String>,
    pub credential: Option<String>,
    pub road: Option<String>,
    pub team_id: Option<TeamId>,
    pub release_id: Option<ReleaseId>,
    pub execution_id: Option<ExecutionId>,
    pub task: Option<String>,
    pub about: String,
    pub kind: String,
    pub data: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::execution::Entity",
        from = "Column::ExecutionId",
        to = "super::execution::Column::Id"
    )]
    Execution,
    #[sea_orm(belongs_to = "super::release::Entity", from = "Column::ReleaseId", to = "super::release::Column::Id")]
    Release,
    #[sea_orm(belongs_to = "super::team::Entity", from = "Column::TeamId", to = "super::team::Column::Id")]
    Team,
}

impl ActiveModelBehavior for ActiveModel {}
