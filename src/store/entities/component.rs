//! The table `components`.

use sea_orm::entity::prelude::*;

use crate::domain::ids::{ApplicationId, ComponentId, EnvironmentId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "components")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ComponentId,
    pub application_id: ApplicationId,
    pub environment_id: EnvironmentId,
    pub name: String,
    pub description: String,
    pub status: String,
    pub status_data: String,
    pub status_at: DateTimeUtc,
    pub current_revision: Option<i32>,
    pub last_revision: i32,
    pub created_at: DateTimeUtc,
    pub removed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::revision::Entity",
        from = "(Column::Id, Column::CurrentRevision)",
        to = "(super::revision::Column::ComponentId, super::revision::Column::Number)"
    )]
    Current,
}

impl Related<super::revision::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Current.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
