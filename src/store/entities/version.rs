//! The table `release_versions`.

use sea_orm::entity::prelude::*;

use crate::domain::ids::{ReleaseId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "release_versions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub release_id: ReleaseId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    pub definition: String,
    pub created_by_id: Option<UserId>,
    pub created_by_name: String,
    pub created_at: DateTimeUtc,
    pub note: Option<String>,
    pub text: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
