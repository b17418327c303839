//! Secrets, encrypted by a key that is not in the database.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{binary, text, timestamp_with_time_zone, uuid, uuid_null};

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
                    .table("secrets")
                    .col(uuid("id").primary_key())
                    .col(text("owner_kind"))
                    // Of whatever that kind is; empty for the installation.
                    .col(text("owner_id"))
                    .col(text("purpose"))
                    .col(text("name"))
                    .col(binary("ciphertext"))
                    .col(text("key_id"))
                    .col(timestamp_with_time_zone("set_at"))
                    .col(uuid_null("set_by"))
                    .col(text("set_by_name"))
                    .foreign_key(&mut refers("secrets", "set_by", "users"))
                    .to_owned(),
            )
            .await?;
        let of_slot = Index::create()
            .name("secrets_of_slot")
            .table("secrets")
            .col("owner_kind")
            .col("owner_id")
            .col("purpose")
            .col("name")
            .unique()
            .to_owned();
        manager.create_index(of_slot).await?;
        manager.create_index(Index::create().name("secrets_of_key").table("secrets").col("key_id").to_owned()).await
    }
}
