//! The table `storage_measures`.

use sea_orm::entity::prelude::*;

use crate::domain::ids::RegionId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "storage_measures")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub place: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub region_id: RegionId,
    pub executions: i64,
    pub files: i64,
    pub bytes: i64,
    pub due_executions: i64,
    pub due_bytes: i64,
    pub measured_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
