//! The table `attempt_targets`.

use sea_orm::entity::prelude::*;

use crate::domain::ids::TaskRunId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attempt_targets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub task_run_id: TaskRunId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    #[sea_orm(primary_key, auto_increment = false)]
    pub target: i32,
    pub handle: Option<String>,
    pub before: Option<String>,
    pub progress: Option<String>,
    pub outcome: Option<String>,
    pub lines: i64,
    pub host: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
