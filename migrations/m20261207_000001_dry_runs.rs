//! Dry runs of release tasks.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{integer, integer_null, text, timestamp_with_time_zone, uuid, uuid_null};

use super::refers;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut id = uuid("id");
        let runs = Table::create()
            .table("dry_runs")
            .col(id.primary_key())
            .col(uuid("release_id"))
            .col(integer_null("execution"))
            .col(integer("version"))
            .col(text("variables"))
            .col(timestamp_with_time_zone("made_at"))
            .col(uuid_null("made_by_id"))
            .col(text("made_by_name"))
            .col(text("tasks"))
            .foreign_key(&mut refers("dry_runs", "release_id", "releases"))
            .to_owned();
        manager.create_table(runs).await?;
        let of_release =
            Index::create().name("dry_runs_of_release").table("dry_runs").col("release_id").col("made_at").to_owned();
        manager.create_index(of_release).await
    }
}
