//! Options of environments, the teams that they are lent to, which executions worked in one and when, and the environments that
//! each decision was made against.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    boolean, integer, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
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
        for mut column in [
            text("release_lock").default("shared").take(),
            text_null("approval"),
            integer("options_version").default(0).take(),
        ] {
            let environments = Table::alter().table("environments").add_column(&mut column).to_owned();
            manager.alter_table(environments).await?;
        }
        let mut seen = text_null("environments");
        manager.alter_table(Table::alter().table("decisions").add_column(&mut seen).to_owned()).await?;
        let lent = Table::create()
            .table("environment_teams")
            .col(uuid("environment_id"))
            .col(uuid("team_id"))
            .col(timestamp_with_time_zone("lent_at"))
            .col(uuid_null("lent_by_id"))
            .col(text("lent_by_name"))
            .primary_key(Index::create().col("environment_id").col("team_id"))
            .foreign_key(&mut refers("environment_teams", "environment_id", "environments"))
            .foreign_key(&mut refers("environment_teams", "team_id", "teams"))
            .to_owned();
        manager.create_table(lent).await?;
        let of_team =
            Index::create().name("environment_teams_by_team").table("environment_teams").col("team_id").to_owned();
        manager.create_index(of_team).await?;
        uses(manager).await
    }
}

async fn uses(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let uses = Table::create()
        .table("environment_uses")
        .col(uuid("id").primary_key())
        .col(uuid("environment_id"))
        .col(uuid("execution_id"))
        .col(boolean("exclusive"))
        .col(timestamp_with_time_zone("taken_at"))
        .col(timestamp_with_time_zone_null("freed_at"))
        .foreign_key(&mut refers("environment_uses", "environment_id", "environments"))
        .foreign_key(&mut refers("environment_uses", "execution_id", "executions"))
        .to_owned();
    manager.create_table(uses).await?;
    // One release at a time, whatever the code does.
    let mut one = Index::create();
    one.name("environment_uses_one_at_a_time").table("environment_uses").col("environment_id").unique();
    let exclusive = Expr::col("freed_at").is_null().and(Expr::col("exclusive").eq(true));
    manager.create_index(one.and_where(exclusive).to_owned()).await?;
    let mut open = Index::create();
    open.name("environment_uses_open").table("environment_uses").col("execution_id").col("environment_id").unique();
    manager.create_index(open.and_where(Expr::col("freed_at").is_null()).to_owned()).await?;
    let by_time = Index::create()
        .name("environment_uses_by_environment")
        .table("environment_uses")
        .col("environment_id")
        .col("taken_at")
        .to_owned();
    manager.create_index(by_time).await
}
