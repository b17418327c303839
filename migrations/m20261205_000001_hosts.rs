//! Hosts of environments: the keys that people pinned for them, and which host a target of an attempt is.

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
        let mut host = text_null("host");
        manager.alter_table(Table::alter().table("attempt_targets").add_column(&mut host).to_owned()).await?;
        let keys = Table::create()
            .table("host_keys")
            .col(uuid("environment_id"))
            .col(text("address"))
            .col(text("key"))
            .col(timestamp_with_time_zone("pinned_at"))
            .col(uuid_null("pinned_by_id"))
            .col(text("pinned_by_name"))
            .primary_key(Index::create().col("environment_id").col("address").col("key"))
            .foreign_key(&mut refers("host_keys", "environment_id", "environments"))
            .to_owned();
        manager.create_table(keys).await
    }
}
