//! Targets of attempts, where the work of each attempt lives, and logs by target. Only logs of one target were there before,
//! and only attempts on the machine of a replica had work.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary, integer, text_null, uuid};
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
        let placement = Table::alter().table("attempts").add_column(text_null("placement")).to_owned();
        manager.alter_table(placement).await?;
        let update = Query::update()
            .table("attempts")
            .value("placement", "this_machine")
            .and_where(Expr::col("replica").is_not_null())
            .to_owned();
        manager.execute(update).await?;
        manager
            .create_table(
                Table::create()
                    .table("attempt_targets")
                    .col(uuid("task_run_id"))
                    .col(integer("number"))
                    .col(integer("target"))
                    .col(text_null("handle"))
                    .col(text_null("before"))
                    .col(text_null("progress"))
                    .col(text_null("outcome"))
                    .col(big_integer("lines"))
                    .primary_key(Index::create().col("task_run_id").col("number").col("target"))
                    .foreign_key(&mut refers("attempt_targets", "task_run_id", "task_runs"))
                    .to_owned(),
            )
            .await?;
        chunks_by_target(manager).await
    }
}

/// The target becomes a part of the key. PostgreSQL, which has the logs, keeps its rows where they are; SQLite cannot change a
/// key, so there what rows there may be go over to a new table.
async fn chunks_by_target(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        let key = "ALTER TABLE log_chunks DROP CONSTRAINT log_chunks_pkey, ADD COLUMN target integer NOT NULL DEFAULT 0, \
                   ADD CONSTRAINT log_chunks_pkey PRIMARY KEY (task_run_id, number, target, begins_at)";
        manager.get_connection().execute_unprepared(key).await?;
        let every_row_names_it = "ALTER TABLE log_chunks ALTER COLUMN target DROP DEFAULT";
        manager.get_connection().execute_unprepared(every_row_names_it).await?;
        return Ok(());
    }
    let old = "log_chunks_before";
    manager.rename_table(Table::rename().table("log_chunks", old).to_owned()).await?;
    manager
        .create_table(
            Table::create()
                .table("log_chunks")
                .col(uuid("task_run_id"))
                .col(integer("number"))
                .col(integer("target"))
                .col(big_integer("begins_at"))
                .col(big_integer("ends_at"))
                .col(binary("data"))
                .primary_key(Index::create().col("task_run_id").col("number").col("target").col("begins_at"))
                .foreign_key(&mut refers("log_chunks", "task_run_id", "task_runs"))
                .to_owned(),
        )
        .await?;
    let rows = Query::select()
        .columns(["task_run_id", "number"])
        .expr(Expr::val(0))
        .columns(["begins_at", "ends_at", "data"])
        .from(old)
        .to_owned();
    let copy = Query::insert()
        .into_table("log_chunks")
        .columns(["task_run_id", "number", "target", "begins_at", "ends_at", "data"])
        .select_from(rows)
        .map_err(|error| DbErr::Migration(error.to_string()))?
        .to_owned();
    manager.execute(copy).await?;
    manager.drop_table(Table::drop().table(old).to_owned()).await
}
