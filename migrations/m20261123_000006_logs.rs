//! Logs of scripts, on a database that several machines share: pieces of logs, compressed, at their offsets. Rows are
//! added and never changed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary, integer, uuid};

use super::refers;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("log_chunks")
                    .col(uuid("task_run_id"))
                    .col(integer("number"))
                    .col(big_integer("begins_at"))
                    .col(big_integer("ends_at"))
                    .col(binary("data"))
                    .primary_key(Index::create().col("task_run_id").col("number").col("begins_at"))
                    .foreign_key(&mut refers("log_chunks", "task_run_id", "task_runs"))
                    .to_owned(),
            )
            .await
    }
}
