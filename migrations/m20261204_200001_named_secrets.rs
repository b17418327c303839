//! Secrets that tasks are given by name: whether a team's is for all of its tasks, and which attempt was given which.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{boolean, integer, text, timestamp_with_time_zone, uuid};

use super::refers;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut for_tasks = boolean("for_tasks").default(false).to_owned();
        manager.alter_table(Table::alter().table("secrets").add_column(&mut for_tasks).to_owned()).await?;
        let uses = Table::create()
            .table("secret_uses")
            .col(uuid("task_run_id"))
            .col(integer("attempt"))
            .col(text("owner_kind"))
            .col(text("owner_id"))
            .col(text("name"))
            .col(timestamp_with_time_zone("used_at"))
            .primary_key(
                Index::create().col("task_run_id").col("attempt").col("owner_kind").col("owner_id").col("name"),
            )
            .foreign_key(&mut refers("secret_uses", "task_run_id", "task_runs"))
            .to_owned();
        manager.create_table(uses).await?;
        let last = Index::create()
            .name("secret_uses_last")
            .table("secret_uses")
            .col("owner_kind")
            .col("owner_id")
            .col("name")
            .col("used_at")
            .to_owned();
        manager.create_index(last).await
    }
}
