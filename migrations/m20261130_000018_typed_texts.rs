//! The text of a draft that somebody typed and that is not applied yet.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::text_null;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // As JSON: it may have bytes in it, such as zero, that PostgreSQL takes in no text.
        let typed = Table::alter().table("drafts").add_column(text_null("typed_text")).to_owned();
        manager.alter_table(typed).await
    }
}
