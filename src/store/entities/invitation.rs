//! The table `invitations`.

use sea_orm::entity::prelude::*;

use crate::domain::ids::{InvitationId, TeamId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InvitationId,
    pub team_id: TeamId,
    pub name: String,
    pub name_folded: String,
    pub roles: String,
    pub secret_hash: Vec<u8>,
    pub by_id: Option<UserId>,
    pub by_name: String,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::team::Entity", from = "Column::TeamId", to = "super::team::Column::Id")]
    Team,
}

impl ActiveModelBehavior for ActiveModel {}
