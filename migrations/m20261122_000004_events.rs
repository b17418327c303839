//! The audit: what happened, who caused it, when, from where. Rows are added and never changed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{text, text_null, timestamp_with_time_zone, uuid, uuid_null};

use super::refers;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("events")
                    .col(uuid("id").primary_key())
                    .col(timestamp_with_time_zone("happened_at"))
                    .col(uuid_null("actor_id"))
                    .col(text("actor_name"))
                    .col(text_null("address"))
                    .col(uuid_null("team_id"))
                    .col(uuid_null("release_id"))
                    .col(uuid_null("execution_id"))
                    .col(text_null("task"))
                    .col(text("about"))
                    .col(text("kind"))
                    .col(text("data"))
                    .foreign_key(&mut refers("events", "actor_id", "users"))
                    .foreign_key(&mut refers("events", "team_id", "teams"))
                    .foreign_key(&mut refers("events", "release_id", "releases"))
                    .foreign_key(&mut refers("events", "execution_id", "executions"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("events_of_release").table("events").col("release_id").col("id").to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("events_of_execution").table("events").col("execution_id").col("id").to_owned(),
            )
            .await
    }
}
