//! The table `host_keys`.

use sea_orm::entity::prelude::*;

use crate::domain::ids::{EnvironmentId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "host_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub environment_id: EnvironmentId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub address: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    pub pinned_at: DateTimeUtc,
    pub pinned_by_id: Option<UserId>,
    pub pinned_by_name: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
