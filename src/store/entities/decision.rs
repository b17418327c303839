//! The table `decisions`.

use sea_orm::entity::prelude::*;

use crate::domain::ids::{DecisionId, ExecutionId, TaskRunId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "decisions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DecisionId,
    pub execution_id: ExecutionId,
    pub task_run_id: TaskRunId,
    pub round: i32,
    pub user_id: Option<UserId>,
    pub user_name: String,
    pub verdict: String,
    pub standing: String,
    pub comment: String,
    pub decided_at: DateTimeUtc,
    pub environments: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
