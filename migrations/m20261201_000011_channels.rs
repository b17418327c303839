//! Channels of teams, to which notices go, and the addresses of people.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    binary_null, boolean, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
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
        let channels = Table::create()
            .table("channels")
            .col(uuid("id").primary_key())
            .col(uuid("team_id"))
            .col(text("kind"))
            .col(text("name"))
            .col(text_null("address"))
            .col(text("events"))
            .col(boolean("enabled"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone_null("rotated_at"))
            .col(timestamp_with_time_zone_null("removed_at"))
            .foreign_key(&mut refers("channels", "team_id", "teams"))
            .to_owned();
        manager.create_table(channels).await?;
        let mut once = Index::create();
        once.name("channels_once").table("channels").col("team_id").col("name").unique();
        manager.create_index(once.and_where(Expr::col("removed_at").is_null()).to_owned()).await?;
        let contacts = Table::create()
            .table("contacts")
            .col(uuid("user_id").primary_key())
            .col(text_null("address"))
            .col(text_null("asked_address"))
            .col(binary_null("secret_hash"))
            .col(timestamp_with_time_zone_null("asked_until"))
            .col(text("events"))
            .foreign_key(&mut refers("contacts", "user_id", "users"))
            .to_owned();
        manager.create_table(contacts).await
    }
}
