//! Artefacts of builds: a row for each file that is kept, and its pieces.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary, integer, text, timestamp_with_time_zone, uuid};

use super::refers;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let artefacts = Table::create()
            .table("artefacts")
            .col(uuid("task_run_id"))
            .col(integer("number"))
            .col(integer("position"))
            .col(text("path"))
            .col(big_integer("size"))
            .col(text("sha256"))
            .col(timestamp_with_time_zone("kept_at"))
            .primary_key(Index::create().col("task_run_id").col("number").col("position"))
            .foreign_key(&mut refers("artefacts", "task_run_id", "task_runs"))
            .to_owned();
        manager.create_table(artefacts).await?;
        let pieces = Table::create()
            .table("artefact_chunks")
            .col(uuid("task_run_id"))
            .col(integer("number"))
            .col(integer("position"))
            .col(big_integer("begins_at"))
            .col(binary("data"))
            .primary_key(Index::create().col("task_run_id").col("number").col("position").col("begins_at"))
            .foreign_key(&mut refers("artefact_chunks", "task_run_id", "task_runs"))
            .to_owned();
        manager.create_table(pieces).await
    }
}
