//! Requests that were admitted under a key of the caller's, so that one that is sent again is not done again.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{text, timestamp_with_time_zone};

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
                    .table("idempotency_keys")
                    .col(text("caller"))
                    .col(text("key"))
                    .col(text("fingerprint"))
                    .col(text("answer"))
                    .col(timestamp_with_time_zone("admitted_at"))
                    .primary_key(Index::create().col("caller").col("key"))
                    .to_owned(),
            )
            .await?;
        let by_time =
            Index::create().name("idempotency_keys_by_time").table("idempotency_keys").col("admitted_at").to_owned();
        manager.create_index(by_time).await
    }
}
