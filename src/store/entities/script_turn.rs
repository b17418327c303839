//! The table `script_turns`.

use sea_orm::entity::prelude::*;

use crate::domain::ids::TeamId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "script_turns")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub replica: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub team_id: TeamId,
    pub turn: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
