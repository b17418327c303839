//! Commits of builds since what runs now, and the commits that revisions of components were built from.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{integer, text, text_null, timestamp_with_time_zone_null, uuid};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [text_null("commits_since"), timestamp_with_time_zone_null("compared_at")] {
            let add = Table::alter().table("task_sources").add_column(column).to_owned();
            manager.alter_table(add).await?;
        }
        // Nobody looks at those of executions that have started before.
        let before = Query::update().table("task_sources").value("compared_at", Expr::col("looked_at")).to_owned();
        manager.execute(before).await?;
        let compared =
            Index::create().name("task_sources_compared").table("task_sources").col("compared_at").to_owned();
        manager.create_index(compared).await?;
        // Whoever looks what an execution can lose asks which revisions it made.
        let made = Index::create().name("revisions_execution").table("revisions").col("execution_id").to_owned();
        manager.create_index(made).await?;
        let sources = Table::create()
            .table("revision_sources")
            .col(uuid("component_id"))
            .col(integer("number"))
            .col(text("address"))
            .col(text("commit_id"))
            .primary_key(Index::create().col("component_id").col("number").col("address"))
            .foreign_key(
                ForeignKey::create()
                    .from("revision_sources", ("component_id", "number"))
                    .to("revisions", ("component_id", "number")),
            )
            .to_owned();
        manager.create_table(sources).await
    }
}
