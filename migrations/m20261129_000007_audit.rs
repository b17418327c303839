//! The audit of accounts is found without reading that of all releases: it is looked at alone, and thinned out.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let of_accounts = Expr::col("about").eq("account");
        let index =
            Index::create().name("events_of_accounts").table("events").col("id").and_where(of_accounts).to_owned();
        manager.create_index(index).await
    }
}
