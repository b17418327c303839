//! The table `environment_versions`.

use sea_orm::entity::prelude::*;

use crate::domain::ids::{EnvironmentId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "environment_versions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub environment_id: EnvironmentId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    pub settings: String,
    pub saved_at: DateTimeUtc,
    pub saved_by_id: Option<UserId>,
    pub saved_by_name: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
