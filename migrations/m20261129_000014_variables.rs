//! The values of the variables of an execution. Older ones had none.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::text;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let variables = text("variables").default("{}").take();
        manager.alter_table(Table::alter().table("executions").add_column(variables).to_owned()).await
    }
}
