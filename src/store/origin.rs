//! Names that belong to a release task but are kept elsewhere, and the way from a name to a release task.

use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, RelationTrait};
use uuid::Uuid;

use super::connect::Store;
use super::entities::{region, release as releases, team};
use super::error::Result;
use super::write::WriteTx;

/// What a release task and its places are called.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Origin {
    /// The release task.
    pub release: String,
    /// Its region.
    pub region: String,
    /// Its team.
    pub team: String,
}

impl Store {
    /// What the release task and its places are called.
    pub async fn origin(&self, release_id: Uuid) -> Result<Option<Origin>> {
        let named = releases::Entity::find_by_id(release_id)
            .select_only()
            .column_as(releases::Column::Name, "release")
            .column_as(region::Column::Name, "region")
            .column_as(team::Column::Name, "team")
            .join(JoinType::InnerJoin, releases::Relation::Region.def())
            .join(JoinType::InnerJoin, releases::Relation::Team.def())
            .into_model()
            .one(&self.reader)
            .await?;
        Ok(named)
    }
}

impl WriteTx {
    /// The release task of that name in the team, if there is one that is not deleted.
    pub async fn release_named(&self, team_id: Uuid, name: &str) -> Result<Option<Uuid>> {
        let id = releases::Entity::find()
            .select_only()
            .column(releases::Column::Id)
            .filter(releases::Column::TeamId.eq(team_id))
            .filter(releases::Column::Name.eq(name))
            .filter(releases::Column::DeletedAt.is_null())
            .into_tuple()
            .one(&self.tx)
            .await?;
        Ok(id)
    }
}
