//! The table `removals`.

use sea_orm::entity::prelude::*;

use crate::domain::ids::ExecutionId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "removals")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub execution_id: ExecutionId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub place: String,
    pub asked_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
