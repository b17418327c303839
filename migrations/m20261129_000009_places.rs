//! Places for scripts: which tasks wait for one since when, and which team had the last turn on which server.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer_null, text, timestamp_with_time_zone_null, uuid};

use super::refers;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // One column in each statement: SQLite takes no more.
        for column in [timestamp_with_time_zone_null("place_asked_at"), integer_null("place_running")] {
            manager.alter_table(Table::alter().table("task_runs").add_column(column).to_owned()).await?;
        }
        let mut line = Index::create().name("task_runs_in_line").table("task_runs").col("execution_id").to_owned();
        manager.create_index(line.and_where(Expr::col("place_asked_at").is_not_null()).to_owned()).await?;
        manager
            .create_table(Table::create().table("script_places").col(text("replica").primary_key()).to_owned())
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("script_turns")
                    .col(text("replica"))
                    .col(uuid("team_id"))
                    .col(big_integer("turn"))
                    .primary_key(Index::create().col("replica").col("team_id"))
                    .foreign_key(&mut refers("script_turns", "team_id", "teams"))
                    .to_owned(),
            )
            .await
    }
}
