//! Replicas: who serves, whose the executions are, and on which machine an attempt runs.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null,
};

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
                    .table("replicas")
                    .col(text("id").primary_key())
                    .col(text("name"))
                    .col(text("version"))
                    .col(timestamp_with_time_zone("started_at"))
                    .col(timestamp_with_time_zone("last_seen_at"))
                    .col(big_integer("epoch"))
                    .col(big_integer("beat"))
                    .col(timestamp_with_time_zone_null("stopped_at"))
                    .col(timestamp_with_time_zone_null("gone_at"))
                    .to_owned(),
            )
            .await?;
        // One column in each statement: SQLite takes no more.
        for column in [text_null("owner"), big_integer_null("owner_epoch")] {
            manager.alter_table(Table::alter().table("executions").add_column(column).to_owned()).await?;
        }
        let left = boolean("left_behind").default(false).take();
        manager.alter_table(Table::alter().table("attempts").add_column(left).to_owned()).await?;
        let named = Table::alter().table("attempts").rename_column("lease_owner", "replica").to_owned();
        manager.alter_table(named).await?;
        manager.alter_table(Table::alter().table("attempts").drop_column("lease_until").to_owned()).await?;
        // Whoever claimed an attempt is the replica to wait for; its machine alone can say how the script ended.
        let statements = [
            "INSERT INTO replicas (id, name, version, started_at, last_seen_at, epoch, beat) \
             SELECT replica, replica, '0.1.0', MIN(started_at), MAX(started_at), 0, 0 FROM attempts \
             WHERE ended_at IS NULL AND replica IS NOT NULL GROUP BY replica",
            "UPDATE executions SET owner_epoch = 0, owner = (SELECT MIN(replica) FROM attempts \
             JOIN task_runs ON task_runs.id = attempts.task_run_id \
             WHERE task_runs.execution_id = executions.id AND attempts.ended_at IS NULL) \
             WHERE ended_at IS NULL",
            "UPDATE executions SET owner_epoch = NULL WHERE owner IS NULL",
        ];
        for statement in statements {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        let mut owned = Index::create().name("executions_of_owner").table("executions").col("owner").to_owned();
        manager.create_index(owned.and_where(Expr::col("ended_at").is_null()).to_owned()).await?;
        let mut left = Index::create().name("attempts_left_behind").table("attempts").col("replica").to_owned();
        manager.create_index(left.and_where(Expr::col("left_behind")).to_owned()).await
    }
}
