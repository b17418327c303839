//! The table `dry_runs`.

use sea_orm::entity::prelude::*;

use crate::domain::ids::{DryRunId, ReleaseId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "dry_runs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DryRunId,
    pub release_id: ReleaseId,
    pub execution: Option<i32>,
    pub version: i32,
    pub variables: String,
    pub made_at: DateTimeUtc,
    pub made_by_id: Option<UserId>,
    pub made_by_name: String,
    pub tasks: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
