//! The table `attempts`.

use sea_orm::entity::prelude::*;

use crate::domain::ids::TaskRunId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attempts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub task_run_id: TaskRunId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    pub kind: String,
    pub started_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
    pub outcome: Option<String>,
    pub replica: Option<String>,
    pub left_behind: bool,
    pub placement: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::task_run::Entity", from = "Column::TaskRunId", to = "super::task_run::Column::Id")]
    TaskRun,
}

impl ActiveModelBehavior for ActiveModel {}
