//! The road by which something was done; the activity of teams, people and days, and what runs or failed anywhere, without
//! reading all.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::text_null;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("events").add_column(text_null("road")).to_owned()).await?;
        // As far as it is known: what has neither came from the command line or from Tollgate itself.
        for (road, column, without) in [("token", "credential", None), ("page", "address", Some("credential"))] {
            let known = Query::update()
                .table("events")
                .value("road", road)
                .and_where(Expr::col(column).is_not_null())
                .and_where_option(without.map(|without| Expr::col(without).is_null()))
                .to_owned();
            manager.get_connection().execute(&known).await?;
        }
        for (name, column) in [("events_of_team", "team_id"), ("events_by_person", "actor_name")] {
            let index = Index::create().name(name).table("events").col(column).col("id").to_owned();
            manager.create_index(index).await?;
        }
        let by_time = Index::create().name("events_by_time").table("events").col("happened_at").to_owned();
        manager.create_index(by_time).await?;
        // The overview asks all regions and teams for the few that run or failed.
        let by_status = Index::create()
            .name("releases_by_status")
            .table("releases")
            .col("status")
            .col("id")
            .and_where(Expr::col("deleted_at").is_null())
            .to_owned();
        manager.create_index(by_status).await
    }
}
