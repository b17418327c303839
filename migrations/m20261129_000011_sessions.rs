//! Sessions begin anew: a session is always somebody's, and its cookie is signed. Those of the version before end.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{binary, text_null, timestamp_with_time_zone, uuid};

use super::refers;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite cannot make a column of a table that is there NOT NULL, and nothing in this one is kept.
        manager.drop_table(Table::drop().table("sessions").to_owned()).await?;
        manager
            .create_table(
                Table::create()
                    .table("sessions")
                    .col(uuid("id").primary_key())
                    .col(binary("key_hash").unique_key())
                    .col(uuid("user_id"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("last_seen_at"))
                    .col(timestamp_with_time_zone("expires_at"))
                    .col(text_null("address"))
                    .col(text_null("user_agent"))
                    .foreign_key(&mut refers("sessions", "user_id", "users"))
                    .to_owned(),
            )
            .await?;
        for (name, column) in [("sessions_of_user", "user_id"), ("sessions_by_end", "expires_at")] {
            manager.create_index(Index::create().name(name).table("sessions").col(column).to_owned()).await?;
        }
        Ok(())
    }
}
