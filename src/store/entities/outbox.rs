//! The table `outbox`.

use sea_orm::entity::prelude::*;

use crate::domain::ids::{EventId, ExecutionId, NoticeId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NoticeId,
    pub event_id: EventId,
    pub kind: String,
    pub execution_id: ExecutionId,
    pub task: Option<i32>,
    pub round: Option<i32>,
    pub happened_at: DateTimeUtc,
    pub due_at: DateTimeUtc,
    pub addressed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
