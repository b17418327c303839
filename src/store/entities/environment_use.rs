//! The table `environment_uses`.

use sea_orm::entity::prelude::*;

use crate::domain::ids::{EnvironmentId, EnvironmentUseId, ExecutionId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "environment_uses")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EnvironmentUseId,
    pub environment_id: EnvironmentId,
    pub execution_id: ExecutionId,
    pub exclusive: bool,
    pub taken_at: DateTimeUtc,
    pub freed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
