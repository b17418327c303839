//! Drafts of release tasks with the history of what was done in them, and a note beside each version.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, integer_null, text, text_null, timestamp_with_time_zone, uuid, uuid_null,
};

use super::refers;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let note = Table::alter().table("release_versions").add_column(text_null("note")).to_owned();
        manager.alter_table(note).await?;
        manager
            .create_table(
                Table::create()
                    .table("drafts")
                    .col(uuid("id").primary_key())
                    .col(uuid("user_id"))
                    .col(uuid("team_id"))
                    .col(uuid("region_id"))
                    .col(uuid_null("release_id"))
                    .col(integer_null("based_on"))
                    .col(text("content"))
                    .col(text_null("base"))
                    .col(big_integer("steps_done"))
                    .col(big_integer("rev"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("changed_at"))
                    .foreign_key(&mut refers("drafts", "user_id", "users"))
                    .foreign_key(&mut refers("drafts", "team_id", "teams"))
                    .foreign_key(&mut refers("drafts", "region_id", "regions"))
                    .foreign_key(&mut refers("drafts", "release_id", "releases"))
                    .to_owned(),
            )
            .await?;
        // Of a release task one has one draft. Those of release tasks that are not there yet have none: NULLs differ.
        let one = Index::create()
            .name("drafts_one_each")
            .table("drafts")
            .col("user_id")
            .col("release_id")
            .unique()
            .to_owned();
        manager.create_index(one).await?;
        let of_release = Index::create().name("drafts_release").table("drafts").col("release_id").to_owned();
        manager.create_index(of_release).await?;
        manager
            .create_table(
                Table::create()
                    .table("draft_steps")
                    .col(uuid("draft_id"))
                    .col(big_integer("number"))
                    .col(text("step"))
                    .col(big_integer("bytes"))
                    .primary_key(Index::create().col("draft_id").col("number"))
                    .foreign_key(&mut refers("draft_steps", "draft_id", "drafts"))
                    .to_owned(),
            )
            .await
    }
}
