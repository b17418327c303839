//! Sources of builds: the commit that the ref of each led to when its execution started.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{text_null, timestamp_with_time_zone_null, uuid};

use super::refers;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sources = Table::create()
            .table("task_sources")
            .col(uuid("task_run_id").primary_key())
            .col(uuid("execution_id"))
            .col(text_null("commit_id"))
            .col(text_null("fault"))
            .col(timestamp_with_time_zone_null("looked_at"))
            .foreign_key(&mut refers("task_sources", "task_run_id", "task_runs"))
            .foreign_key(&mut refers("task_sources", "execution_id", "executions"))
            .to_owned();
        manager.create_table(sources).await?;
        // What was not looked at yet is asked for with each tick.
        let looked = Index::create().name("task_sources_looked").table("task_sources").col("looked_at").to_owned();
        manager.create_index(looked).await?;
        let execution =
            Index::create().name("task_sources_execution").table("task_sources").col("execution_id").to_owned();
        manager.create_index(execution).await
    }
}
