//! The table `environment_teams`.

use sea_orm::entity::prelude::*;

use crate::domain::ids::{EnvironmentId, TeamId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "environment_teams")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub environment_id: EnvironmentId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub team_id: TeamId,
    pub lent_at: DateTimeUtc,
    pub lent_by_id: Option<UserId>,
    pub lent_by_name: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
