//! Which attempts of a task lost their logs and run folders, and when: an execution that goes on afterwards has new ones.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{integer, timestamp_with_time_zone_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let attempts = integer("removed_attempts").default(0).take();
        let at = timestamp_with_time_zone_null("files_removed_at");
        for column in [attempts, at] {
            manager.alter_table(Table::alter().table("task_runs").add_column(column).to_owned()).await?;
        }
        let ended = || {
            Expr::col(("executions", "files_removed_at"))
                .is_not_null()
                .and(Expr::col(("executions", "ended_at")).is_not_null())
                .and(Expr::col(("executions", "ended_at")).lte(Expr::col(("executions", "files_removed_at"))))
        };
        let removed_at = Query::select()
            .column(("executions", "files_removed_at"))
            .from("executions")
            .and_where(Expr::col(("executions", "id")).equals(("task_runs", "execution_id")))
            .to_owned();
        let removed = Query::select().column("id").from("executions").and_where(ended()).to_owned();
        let known = Query::update()
            .table("task_runs")
            .value("removed_attempts", Expr::col("attempt"))
            .value("files_removed_at", SimpleExpr::SubQuery(None, Box::new(removed_at.into())))
            .and_where(Expr::col("execution_id").in_subquery(removed))
            .to_owned();
        manager.get_connection().execute(&known).await?;
        // Those that went on since have files again.
        let went_on = Query::update()
            .table("executions")
            .value("files_removed_at", Option::<chrono::DateTime<chrono::Utc>>::None)
            .and_where(ended().not())
            .to_owned();
        manager.get_connection().execute(&went_on).await?;
        Ok(())
    }
}
