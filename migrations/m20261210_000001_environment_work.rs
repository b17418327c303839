//! Work of tasks in environments that is not about a component: in which environment it is.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::uuid_null;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut environment = uuid_null("environment_id");
        manager.alter_table(Table::alter().table("component_changes").add_column(&mut environment).to_owned()).await
    }
}
