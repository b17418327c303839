//! Retention: how long regions keep logs and run folders, what is waiting to be removed, how much room everything takes, and
//! which release tasks were deleted for good.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, integer, text, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
};

use super::refers;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in columns() {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        for table in [removals(), measures()] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn columns() -> Vec<(&'static str, ColumnDef)> {
    let kept = |name: &'static str, default: i32| ("regions", integer(name).default(default).take());
    vec![
        kept("keep_successful_days", 90),
        kept("keep_successful_executions", 50),
        kept("keep_unsuccessful_days", 90),
        kept("keep_unsuccessful_executions", 50),
        ("releases", timestamp_with_time_zone_null("purged_at")),
        ("executions", timestamp_with_time_zone_null("files_removed_at")),
        ("replicas", big_integer_null("disk_free")),
        ("replicas", big_integer_null("disk_total")),
        ("replicas", big_integer_null("disk_least")),
    ]
}

/// A row for each place where something of an execution is still to be removed.
fn removals() -> TableCreateStatement {
    Table::create()
        .table("removals")
        .col(uuid("execution_id"))
        .col(text("place"))
        .col(timestamp_with_time_zone("asked_at"))
        .primary_key(Index::create().col("execution_id").col("place"))
        .foreign_key(&mut refers("removals", "execution_id", "executions"))
        .to_owned()
}

fn measures() -> TableCreateStatement {
    Table::create()
        .table("storage_measures")
        .col(text("place"))
        .col(uuid("region_id"))
        .col(big_integer("executions"))
        .col(big_integer("files"))
        .col(big_integer("bytes"))
        .col(big_integer("due_executions"))
        .col(big_integer("due_bytes"))
        .col(timestamp_with_time_zone("measured_at"))
        .primary_key(Index::create().col("place").col("region_id"))
        .foreign_key(&mut refers("storage_measures", "region_id", "regions"))
        .to_owned()
}

fn indexes() -> Vec<IndexCreateStatement> {
    let plain = |name: &str, table: &'static str| Index::create().name(name).table(table).to_owned();
    vec![
        plain("executions_with_files", "executions")
            .col("release_id")
            .col("number")
            .and_where(Expr::col("files_removed_at").is_null())
            .to_owned(),
        plain("releases_deleted", "releases")
            .col("deleted_at")
            .and_where(Expr::col("deleted_at").is_not_null())
            .to_owned(),
        plain("removals_of_place", "removals").col("place").to_owned(),
        plain("drafts_untouched", "drafts").col("changed_at").to_owned(),
    ]
}
