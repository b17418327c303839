//! The table `component_changes`.

use sea_orm::entity::prelude::*;

use crate::domain::ids::{ApplicationId, ComponentId, EnvironmentId, TaskRunId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "component_changes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub task_run_id: TaskRunId,
    pub application_id: Option<ApplicationId>,
    pub component_id: Option<ComponentId>,
    pub revision: Option<i32>,
    pub before: Option<i32>,
    pub environment_version: Option<i32>,
    pub environment_id: Option<EnvironmentId>,
    pub created: bool,
    pub undone: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
