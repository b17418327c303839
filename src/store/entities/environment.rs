//! The table `environments`.

use sea_orm::entity::prelude::*;

use crate::domain::ids::{EnvironmentId, RegionId, TeamId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "environments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EnvironmentId,
    pub team_id: TeamId,
    pub region_id: RegionId,
    pub kind: String,
    pub name: String,
    pub description: String,
    pub version: i32,
    pub release_lock: String,
    pub approval: Option<String>,
    pub options_version: i32,
    pub created_at: DateTimeUtc,
    pub removed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::environment_version::Entity",
        from = "(Column::Id, Column::Version)",
        to = "(super::environment_version::Column::EnvironmentId, super::environment_version::Column::Number)"
    )]
    Newest,
}

impl Related<super::environment_version::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Newest.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
