//! The text of a version, a draft and a step of it, where somebody wrote one.

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
        for table in ["release_versions", "drafts", "draft_steps"] {
            let text = Table::alter().table(table).add_column(text_null("text")).to_owned();
            manager.alter_table(text).await?;
        }
        Ok(())
    }
}
