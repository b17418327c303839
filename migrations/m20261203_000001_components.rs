//! Environments in numbered versions, applications, their components in numbered revisions, what tasks changed of them, which
//! execution works on one, and which task waits for one.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    boolean, integer, integer_null, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
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
        environments(manager).await?;
        applications(manager).await?;
        changes(manager).await?;
        for mut column in [timestamp_with_time_zone_null("component_asked_at"), text_null("component_holder")] {
            let task_runs = Table::alter().table("task_runs").add_column(&mut column).to_owned();
            manager.alter_table(task_runs).await?;
        }
        let mut waiting = Index::create();
        waiting.name("task_runs_wait_for_component").table("task_runs").col("execution_id");
        manager.create_index(waiting.and_where(Expr::col("component_asked_at").is_not_null()).to_owned()).await
    }
}

async fn environments(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let environments = Table::create()
        .table("environments")
        .col(uuid("id").primary_key())
        .col(uuid("team_id"))
        .col(uuid("region_id"))
        .col(text("kind"))
        .col(text("name"))
        .col(text("description"))
        .col(integer("version"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("removed_at"))
        .foreign_key(&mut refers("environments", "team_id", "teams"))
        .foreign_key(&mut refers("environments", "region_id", "regions"))
        .to_owned();
    manager.create_table(environments).await?;
    let mut once = Index::create();
    once.name("environments_once").table("environments").col("team_id").col("region_id").col("name").unique();
    manager.create_index(once.and_where(Expr::col("removed_at").is_null()).to_owned()).await?;
    let versions = Table::create()
        .table("environment_versions")
        .col(uuid("environment_id"))
        .col(integer("number"))
        .col(text("settings"))
        .col(timestamp_with_time_zone("saved_at"))
        .col(uuid_null("saved_by_id"))
        .col(text("saved_by_name"))
        .primary_key(Index::create().col("environment_id").col("number"))
        .foreign_key(&mut refers("environment_versions", "environment_id", "environments"))
        .to_owned();
    manager.create_table(versions).await
}

async fn applications(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let applications = Table::create()
        .table("applications")
        .col(uuid("id").primary_key())
        .col(uuid("team_id"))
        .col(text("name"))
        .col(text("description"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("removed_at"))
        .foreign_key(&mut refers("applications", "team_id", "teams"))
        .to_owned();
    manager.create_table(applications).await?;
    let mut once = Index::create();
    once.name("applications_once").table("applications").col("team_id").col("name").unique();
    manager.create_index(once.and_where(Expr::col("removed_at").is_null()).to_owned()).await?;
    let components = Table::create()
        .table("components")
        .col(uuid("id").primary_key())
        .col(uuid("application_id"))
        .col(uuid("environment_id"))
        .col(text("name"))
        .col(text("description"))
        .col(text("status"))
        .col(text("status_data"))
        .col(timestamp_with_time_zone("status_at"))
        .col(integer_null("current_revision"))
        .col(integer("last_revision"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("removed_at"))
        .foreign_key(&mut refers("components", "application_id", "applications"))
        .foreign_key(&mut refers("components", "environment_id", "environments"))
        .to_owned();
    manager.create_table(components).await?;
    let mut once = Index::create();
    once.name("components_once").table("components").col("application_id").col("name").unique();
    manager.create_index(once.and_where(Expr::col("removed_at").is_null()).to_owned()).await?;
    let of_environment =
        Index::create().name("components_by_environment").table("components").col("environment_id").to_owned();
    manager.create_index(of_environment).await?;
    let revisions = Table::create()
        .table("revisions")
        .col(uuid("component_id"))
        .col(integer("number"))
        .col(text("version"))
        .col(text("specification"))
        .col(text("state"))
        .col(uuid_null("execution_id"))
        .col(text("task"))
        .col(timestamp_with_time_zone("made_at"))
        .primary_key(Index::create().col("component_id").col("number"))
        .foreign_key(&mut refers("revisions", "component_id", "components"))
        .to_owned();
    manager.create_table(revisions).await
}

async fn changes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let changes = Table::create()
        .table("component_changes")
        .col(uuid("task_run_id").primary_key())
        .col(uuid_null("application_id"))
        .col(uuid_null("component_id"))
        .col(integer_null("revision"))
        .col(integer_null("before"))
        .col(integer_null("environment_version"))
        .col(boolean("created"))
        .col(boolean("undone"))
        .foreign_key(&mut refers("component_changes", "task_run_id", "task_runs"))
        .to_owned();
    manager.create_table(changes).await?;
    let locks = Table::create()
        .table("component_locks")
        .col(uuid("component_id").primary_key())
        .col(uuid("execution_id"))
        .col(timestamp_with_time_zone("taken_at"))
        .foreign_key(&mut refers("component_locks", "component_id", "components"))
        .foreign_key(&mut refers("component_locks", "execution_id", "executions"))
        .to_owned();
    manager.create_table(locks).await?;
    let of_execution =
        Index::create().name("component_locks_by_execution").table("component_locks").col("execution_id").to_owned();
    manager.create_index(of_execution).await
}
