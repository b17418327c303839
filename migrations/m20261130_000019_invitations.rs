//! Invitations to teams, and links that set a new password. Of the secret in a link the hash alone is kept.

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
                    .table("invitations")
                    .col(uuid("id").primary_key())
                    .col(uuid("team_id"))
                    .col(text("name"))
                    .col(text("name_folded"))
                    .col(text("roles"))
                    .col(binary("secret_hash").unique_key())
                    .col(uuid_null("by_id"))
                    .col(text("by_name"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("expires_at"))
                    .foreign_key(&mut refers("invitations", "team_id", "teams"))
                    .foreign_key(&mut refers("invitations", "by_id", "users"))
                    .to_owned(),
            )
            .await?;
        let once = Index::create()
            .name("invitations_once")
            .table("invitations")
            .col("team_id")
            .col("name_folded")
            .unique()
            .to_owned();
        manager.create_index(once).await?;
        for (name, column) in [("invitations_of_name", "name_folded"), ("invitations_by_end", "expires_at")] {
            manager.create_index(Index::create().name(name).table("invitations").col(column).to_owned()).await?;
        }
        manager
            .create_table(
                Table::create()
                    .table("password_resets")
                    .col(uuid("user_id").primary_key())
                    .col(binary("secret_hash").unique_key())
                    .col(uuid_null("team_id"))
                    .col(uuid_null("by_id"))
                    .col(text("by_name"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("expires_at"))
                    .foreign_key(&mut refers("password_resets", "user_id", "users"))
                    .foreign_key(&mut refers("password_resets", "team_id", "teams"))
                    .foreign_key(&mut refers("password_resets", "by_id", "users"))
                    .to_owned(),
            )
            .await
    }
}
