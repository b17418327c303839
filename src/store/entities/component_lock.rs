//! The table `component_locks`.

use sea_orm::entity::prelude::*;

use crate::domain::ids::{ComponentId, ExecutionId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "component_locks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub component_id: ComponentId,
    pub execution_id: ExecutionId,
    pub taken_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
