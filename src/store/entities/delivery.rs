//! The table `deliveries`.

use sea_orm::entity::prelude::*;

use crate::domain::ids::{DeliveryId, NoticeId, RecipientId, TeamId, TokenId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "deliveries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DeliveryId,
    pub kind: String,
    pub notice_id: Option<NoticeId>,
    pub team_id: Option<TeamId>,
    pub channel: String,
    pub recipient: RecipientId,
    pub state: String,
    pub created_at: DateTimeUtc,
    pub due_at: DateTimeUtc,
    pub attempts: i32,
    pub failure: Option<String>,
    pub claimed_by: Option<String>,
    pub claimed_epoch: Option<i64>,
    pub digest_id: Option<DeliveryId>,
    pub ended_at: Option<DateTimeUtc>,
    pub token_id: Option<TokenId>,
    pub body: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::outbox::Entity", from = "Column::NoticeId", to = "super::outbox::Column::Id")]
    Notice,
}

impl ActiveModelBehavior for ActiveModel {}
