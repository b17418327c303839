//! The table `regions`.

use sea_orm::entity::prelude::*;

use crate::domain::ids::RegionId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "regions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RegionId,
    pub name: String,
    pub created_at: DateTimeUtc,
    pub keep_successful_days: i32,
    pub keep_successful_executions: i32,
    pub keep_unsuccessful_days: i32,
    pub keep_unsuccessful_executions: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
