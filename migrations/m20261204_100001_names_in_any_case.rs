//! Names of applications, components and environments, each once where it belongs, in whatever upper and lower case.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The tables, and the columns of the place in which a name is there once.
const TABLES: [(&str, &str); 3] =
    [("applications", "team_id"), ("components", "application_id"), ("environments", "team_id, region_id")];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for (table, place) in TABLES {
            let same: Vec<String> =
                place.split(", ").map(|column| format!("earlier.{column} = {table}.{column}")).collect();
            // Two that were made at the same moment: the later one gets another name, or nothing would start any more.
            db.execute_unprepared(&format!(
                "UPDATE {table} SET name = name || '-2' WHERE removed_at IS NULL AND EXISTS (SELECT 1 FROM {table} AS earlier \
                 WHERE {} AND earlier.removed_at IS NULL AND lower(earlier.name) = lower({table}.name) AND earlier.id < {table}.id)",
                same.join(" AND ")
            ))
            .await?;
            db.execute_unprepared(&format!("DROP INDEX {table}_once")).await?;
            db.execute_unprepared(&format!(
                "CREATE UNIQUE INDEX {table}_once ON {table} ({place}, lower(name)) WHERE removed_at IS NULL"
            ))
            .await?;
        }
        Ok(())
    }
}
