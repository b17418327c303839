//! Release tasks and the versions of their definitions.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, boolean, integer, integer_null, text, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
    uuid_null,
};
use sea_orm_migration::sea_orm::DbBackend;

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
                    .table("releases")
                    .col(uuid("id").primary_key())
                    .col(uuid("region_id"))
                    .col(uuid("team_id"))
                    .col(text("name"))
                    .col(text("name_folded"))
                    .col(text("description"))
                    .col(text("searched"))
                    .col(uuid_null("created_by_id"))
                    .col(text("created_by_name"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(integer("version"))
                    .col(timestamp_with_time_zone_null("deleted_at"))
                    .col(big_integer("rev"))
                    .col(integer("status"))
                    .col(text("segments"))
                    .col(boolean("terminating"))
                    .col(integer("last_number"))
                    .col(integer_null("last_version"))
                    .col(timestamp_with_time_zone_null("last_executed_at"))
                    .foreign_key(&mut refers("releases", "region_id", "regions"))
                    .foreign_key(&mut refers("releases", "team_id", "teams"))
                    .foreign_key(&mut refers("releases", "created_by_id", "users"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("releases_name_in_team")
                    .table("releases")
                    .unique()
                    .col("team_id")
                    .col("name")
                    .and_where(Expr::col("deleted_at").is_null())
                    .to_owned(),
            )
            .await?;
        // The list in its two usual orders, and what it can be filtered by.
        for (name, columns) in [
            ("releases_by_name", ["region_id", "name_folded", "id"]),
            ("releases_by_team", ["region_id", "team_id", "created_by_name"]),
        ] {
            let mut index = Index::create().name(name).table("releases").to_owned();
            for column in columns {
                index.col(column);
            }
            manager.create_index(index.and_where(Expr::col("deleted_at").is_null()).to_owned()).await?;
        }
        // What was never executed comes last in the list: where SQLite sorts it by itself, PostgreSQL is to be told.
        let last = if manager.get_database_backend() == DbBackend::Postgres { " NULLS LAST" } else { "" };
        let by_execution = format!(
            "CREATE INDEX releases_by_execution ON releases (region_id, last_executed_at DESC{last}, id DESC) \
             WHERE deleted_at IS NULL"
        );
        manager.get_connection().execute_unprepared(&by_execution).await?;
        manager
            .create_table(
                Table::create()
                    .table("release_versions")
                    .col(uuid("release_id"))
                    .col(integer("number"))
                    .col(text("definition"))
                    .col(uuid_null("created_by_id"))
                    .col(text("created_by_name"))
                    .col(timestamp_with_time_zone("created_at"))
                    .primary_key(Index::create().col("release_id").col("number"))
                    .foreign_key(&mut refers("release_versions", "release_id", "releases"))
                    .foreign_key(&mut refers("release_versions", "created_by_id", "users"))
                    .to_owned(),
            )
            .await
    }
}
