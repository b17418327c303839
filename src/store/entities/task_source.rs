//! The table `task_sources`.

use sea_orm::entity::prelude::*;

use crate::domain::execution::Moment;
use crate::domain::ids::{ExecutionId, TaskRunId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "task_sources")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub task_run_id: TaskRunId,
    pub execution_id: ExecutionId,
    pub commit_id: Option<String>,
    pub fault: Option<String>,
    pub looked_at: Option<Moment>,
    pub commits_since: Option<String>,
    pub compared_at: Option<Moment>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
