//! The table `draft_steps`.

use sea_orm::entity::prelude::*;

use crate::domain::ids::DraftId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "draft_steps")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub draft_id: DraftId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    pub step: String,
    pub bytes: i64,
    pub text: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
