//! Tokens, accounts for services that sign in with them, and with which token something was done.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    binary, boolean, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
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
        let service = boolean("service").default(false).to_owned();
        manager.alter_table(Table::alter().table("users").add_column(service).to_owned()).await?;
        manager.alter_table(Table::alter().table("events").add_column(text_null("credential")).to_owned()).await?;
        manager
            .create_table(
                Table::create()
                    .table("tokens")
                    .col(uuid("id").primary_key())
                    .col(binary("secret_hash").unique_key())
                    .col(text("prefix"))
                    .col(text("name"))
                    .col(uuid("user_id"))
                    .col(uuid_null("team_id"))
                    .col(text("scopes"))
                    .col(text("answerable"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("expires_at"))
                    .col(timestamp_with_time_zone_null("revoked_at"))
                    .col(timestamp_with_time_zone_null("last_used_at"))
                    .col(text_null("last_used_from"))
                    .foreign_key(&mut refers("tokens", "user_id", "users"))
                    .foreign_key(&mut refers("tokens", "team_id", "teams"))
                    .to_owned(),
            )
            .await?;
        for (name, column) in [("tokens_of_user", "user_id"), ("tokens_of_team", "team_id")] {
            manager.create_index(Index::create().name(name).table("tokens").col(column).to_owned()).await?;
        }
        Ok(())
    }
}
