//! Regions, teams, users, what they may do, their sessions, and the settings of this installation.

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
        for table in ["regions", "teams"] {
            manager
                .create_table(
                    Table::create()
                        .table(table)
                        .col(uuid("id").primary_key())
                        .col(text("name").unique_key())
                        .col(timestamp_with_time_zone("created_at"))
                        .to_owned(),
                )
                .await?;
        }
        manager
            .create_table(
                Table::create()
                    .table("users")
                    .col(uuid("id").primary_key())
                    .col(text("name"))
                    .col(text("name_folded").unique_key())
                    .col(text("password_hash"))
                    .col(boolean("administrator"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone_null("disabled_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("memberships")
                    .col(uuid("user_id"))
                    .col(uuid("team_id"))
                    .col(text("role"))
                    .primary_key(Index::create().col("user_id").col("team_id").col("role"))
                    .foreign_key(&mut refers("memberships", "user_id", "users"))
                    .foreign_key(&mut refers("memberships", "team_id", "teams"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(Index::create().name("memberships_of_team").table("memberships").col("team_id").to_owned())
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("sessions")
                    .col(uuid("id").primary_key())
                    .col(binary("key_hash").unique_key())
                    .col(uuid_null("user_id"))
                    .col(text("state"))
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
        manager
            .create_table(
                Table::create().table("settings").col(text("key").primary_key()).col(text("value")).to_owned(),
            )
            .await
    }
}
