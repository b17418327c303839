//! The table `revisions`.

use sea_orm::entity::prelude::*;

use crate::domain::ids::{ComponentId, ExecutionId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "revisions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub component_id: ComponentId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    pub version: String,
    pub specification: String,
    pub state: String,
    pub execution_id: Option<ExecutionId>,
    pub task: String,
    pub made_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
