//! The table `task_runs`.

use sea_orm::entity::prelude::*;

use crate::domain::ids::{ExecutionId, TaskRunId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "task_runs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TaskRunId,
    pub execution_id: ExecutionId,
    pub ordinal: i32,
    pub phase: i32,
    pub lane: i32,
    pub position: i32,
    pub name: String,
    pub state: String,
    pub state_data: String,
    pub started_at: Option<DateTimeUtc>,
    pub attempt: i32,
    pub tries: i32,
    pub begun: bool,
    pub round: i32,
    pub outputs: String,
    pub component_asked_at: Option<DateTimeUtc>,
    pub component_holder: Option<String>,
    pub place_asked_at: Option<DateTimeUtc>,
    pub place_running: Option<i32>,
    pub removed_attempts: i32,
    pub files_removed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::execution::Entity",
        from = "Column::ExecutionId",
        to = "super::execution::Column::Id"
    )]
    Execution,
}

impl ActiveModelBehavior for ActiveModel {}
