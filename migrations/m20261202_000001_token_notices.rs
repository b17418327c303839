//! When the owner of a token is told next that it ends, and of which token a delivery tells.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{timestamp_with_time_zone_null, uuid_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let due = timestamp_with_time_zone_null("notice_due_at");
        manager.alter_table(Table::alter().table("tokens").add_column(due).to_owned()).await?;
        // Without a foreign key: a token may be forgotten while what was told of it is remembered.
        manager.alter_table(Table::alter().table("deliveries").add_column(uuid_null("token_id")).to_owned()).await?;
        let index = Index::create().name("tokens_notice_due").table("tokens").col("notice_due_at").to_owned();
        manager.create_index(index).await?;
        // Nobody was told of these yet: they are looked at once, and then each has its next moment.
        let known = Query::update()
            .table("tokens")
            .value("notice_due_at", Expr::col("created_at"))
            .and_where(Expr::col("revoked_at").is_null())
            .to_owned();
        manager.get_connection().execute(&known).await?;
        // Who has an address has not declined to be told of what could not be chosen.
        let events = Expr::col("events").binary(BinOper::Custom("||"), Expr::val(" token_ends"));
        let told =
            Query::update().table("contacts").value("events", events).and_where(Expr::col("events").ne("")).to_owned();
        manager.get_connection().execute(&told).await?;
        Ok(())
    }
}
