//! The table `connection_tests`.

use sea_orm::entity::prelude::*;

use crate::domain::ids::{EnvironmentId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "connection_tests")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub environment_id: EnvironmentId,
    pub version: i32,
    pub asked_at: DateTimeUtc,
    pub asked_by_id: Option<UserId>,
    pub asked_by_name: String,
    pub replica: Option<String>,
    pub epoch: Option<i64>,
    pub ended_at: Option<DateTimeUtc>,
    pub targets: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
