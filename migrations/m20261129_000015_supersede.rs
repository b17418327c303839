//! Of which release tasks a new execution may take the place of one that waits for a person. Until now of none.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::boolean;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = boolean("supersedes").default(false).take();
        manager.alter_table(Table::alter().table("releases").add_column(column).to_owned()).await
    }
}
