//! Notices of executions, written together with the events that they tell of, and the deliveries of each.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer_null, integer, integer_null, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null,
    uuid, uuid_null,
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
        let outbox = Table::create()
            .table("outbox")
            .col(uuid("id").primary_key())
            .col(uuid("event_id"))
            .col(text("kind"))
            .col(uuid("execution_id"))
            .col(integer_null("task"))
            .col(integer_null("round"))
            .col(timestamp_with_time_zone("happened_at"))
            .col(timestamp_with_time_zone("due_at"))
            .col(timestamp_with_time_zone_null("addressed_at"))
            .foreign_key(&mut refers("outbox", "execution_id", "executions"))
            .to_owned();
        manager.create_table(outbox).await?;
        let once = Index::create().name("outbox_once").table("outbox").col("event_id").col("kind").unique().to_owned();
        manager.create_index(once).await?;
        let mut due = Index::create().name("outbox_due").table("outbox").col("due_at").to_owned();
        manager.create_index(due.and_where(Expr::col("addressed_at").is_null()).to_owned()).await?;

        let deliveries = Table::create()
            .table("deliveries")
            .col(uuid("id").primary_key())
            .col(text("kind"))
            .col(uuid_null("notice_id"))
            .col(uuid_null("team_id"))
            .col(text("channel"))
            .col(uuid("recipient"))
            .col(text("state"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("due_at"))
            .col(integer("attempts"))
            .col(text_null("failure"))
            .col(text_null("claimed_by"))
            .col(big_integer_null("claimed_epoch"))
            .col(uuid_null("digest_id"))
            .col(timestamp_with_time_zone_null("ended_at"))
            .foreign_key(&mut refers("deliveries", "notice_id", "outbox"))
            .foreign_key(&mut refers("deliveries", "team_id", "teams"))
            .foreign_key(&mut refers("deliveries", "digest_id", "deliveries"))
            .to_owned();
        manager.create_table(deliveries).await?;
        let once = Index::create()
            .name("deliveries_once")
            .table("deliveries")
            .col("notice_id")
            .col("channel")
            .col("recipient")
            .unique()
            .to_owned();
        manager.create_index(once).await?;
        let mut due = Index::create().name("deliveries_due").table("deliveries").col("due_at").to_owned();
        manager.create_index(due.and_where(Expr::col("state").eq("pending")).to_owned()).await?;
        let mut failed = Index::create().name("deliveries_failed").table("deliveries").col("ended_at").to_owned();
        manager.create_index(failed.and_where(Expr::col("state").eq("undeliverable")).to_owned()).await?;
        let last =
            Index::create().name("deliveries_of_recipient").table("deliveries").col("recipient").col("id").to_owned();
        manager.create_index(last).await?;
        let digested = Index::create().name("deliveries_in_digest").table("deliveries").col("digest_id").to_owned();
        manager.create_index(digested).await
    }
}
