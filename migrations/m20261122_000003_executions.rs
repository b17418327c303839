//! Executions, their tasks, the attempts at them, and the decisions on their checkpoints.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, boolean, integer, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
    uuid_null,
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
        for table in [executions(), task_runs(), attempts(), decisions()] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn executions() -> TableCreateStatement {
    Table::create()
        .table("executions")
        .col(uuid("id").primary_key())
        .col(uuid("release_id"))
        .col(uuid("team_id"))
        .col(integer("number"))
        .col(integer("version"))
        .col(uuid_null("started_by_id"))
        .col(text("started_by_name"))
        .col(timestamp_with_time_zone("started_at"))
        .col(timestamp_with_time_zone_null("ended_at"))
        .col(text("direction"))
        .col(text("asked"))
        .col(timestamp_with_time_zone_null("asked_since"))
        .col(big_integer("rev"))
        .col(integer("status"))
        .col(text("segments"))
        .col(timestamp_with_time_zone_null("wake_at"))
        .foreign_key(
            ForeignKey::create()
                .from_tbl("executions")
                .from_col("release_id")
                .from_col("version")
                .to_tbl("release_versions")
                .to_col("release_id")
                .to_col("number"),
        )
        .foreign_key(&mut refers("executions", "team_id", "teams"))
        .foreign_key(&mut refers("executions", "started_by_id", "users"))
        .to_owned()
}

fn task_runs() -> TableCreateStatement {
    Table::create()
        .table("task_runs")
        .col(uuid("id").primary_key())
        .col(uuid("execution_id"))
        .col(integer("ordinal"))
        .col(integer("phase"))
        .col(integer("lane"))
        .col(integer("position"))
        .col(text("name"))
        .col(text("state"))
        .col(text("state_data"))
        .col(timestamp_with_time_zone_null("started_at"))
        .col(integer("attempt"))
        .col(integer("tries"))
        .col(boolean("begun"))
        .col(integer("round"))
        .col(text("outputs"))
        .foreign_key(&mut refers("task_runs", "execution_id", "executions"))
        .to_owned()
}

fn attempts() -> TableCreateStatement {
    Table::create()
        .table("attempts")
        .col(uuid("task_run_id"))
        .col(integer("number"))
        .col(text("kind"))
        .col(timestamp_with_time_zone("started_at"))
        .col(timestamp_with_time_zone_null("ended_at"))
        .col(text_null("outcome"))
        .col(text_null("lease_owner"))
        .col(timestamp_with_time_zone_null("lease_until"))
        .primary_key(Index::create().col("task_run_id").col("number"))
        .foreign_key(&mut refers("attempts", "task_run_id", "task_runs"))
        .to_owned()
}

fn decisions() -> TableCreateStatement {
    Table::create()
        .table("decisions")
        .col(uuid("id").primary_key())
        .col(uuid("execution_id"))
        .col(uuid("task_run_id"))
        .col(integer("round"))
        .col(uuid_null("user_id"))
        .col(text("user_name"))
        .col(text("verdict"))
        .col(text("standing"))
        .col(text("comment"))
        .col(timestamp_with_time_zone("decided_at"))
        .foreign_key(&mut refers("decisions", "execution_id", "executions"))
        .foreign_key(&mut refers("decisions", "task_run_id", "task_runs"))
        .foreign_key(&mut refers("decisions", "user_id", "users"))
        .to_owned()
}

fn indexes() -> Vec<IndexCreateStatement> {
    let unique = |name: &str, table: &'static str| Index::create().name(name).table(table).unique().to_owned();
    let plain = |name: &str, table: &'static str| Index::create().name(name).table(table).to_owned();
    vec![
        unique("executions_number", "executions").col("release_id").col("number").to_owned(),
        unique("executions_one_active", "executions")
            .col("release_id")
            .and_where(Expr::col("ended_at").is_null())
            .to_owned(),
        plain("executions_to_wake", "executions").col("wake_at").and_where(Expr::col("ended_at").is_null()).to_owned(),
        unique("task_runs_name", "task_runs").col("execution_id").col("name").to_owned(),
        plain("task_runs_open", "task_runs")
            .col("execution_id")
            .and_where(Expr::col("state").eq("to_be_approved"))
            .to_owned(),
        unique("attempts_one_live", "attempts")
            .col("task_run_id")
            .and_where(Expr::col("ended_at").is_null())
            .to_owned(),
        unique("decisions_once", "decisions").col("task_run_id").col("round").col("user_id").to_owned(),
        plain("decisions_of_execution", "decisions").col("execution_id").to_owned(),
    ]
}
