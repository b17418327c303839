//! Which teams may have scripts run on the server, and what of each release task would run one.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::boolean;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            ("teams", "runs_scripts"),
            ("releases", "execute_runs_scripts"),
            ("releases", "retry_runs_scripts"),
            ("releases", "roll_back_runs_scripts"),
        ];
        // One column in each statement: SQLite takes no more.
        for (table, column) in columns {
            let column = boolean(column).default(false).take();
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        // Every team could until now. Of a definition's JSON a quotation mark inside a text is escaped, so what is found is
        // a type. What is left to run of the last execution is not looked at: the next time that it ends, it is.
        let of = |version: &str| {
            format!(
                "COALESCE((SELECT definition LIKE '%\"type\":\"command\"%' FROM release_versions \
                 WHERE release_id = releases.id AND number = releases.{version}), FALSE)"
            )
        };
        let statements = [
            "UPDATE teams SET runs_scripts = TRUE".to_owned(),
            format!(
                "UPDATE releases SET execute_runs_scripts = {}, retry_runs_scripts = {last}, roll_back_runs_scripts = {last}",
                of("version"),
                last = of("last_version")
            ),
        ];
        for statement in statements {
            manager.get_connection().execute_unprepared(&statement).await?;
        }
        Ok(())
    }
}
