//! The teams that events of accounts concern, for their managers; and events by kind, of all teams and of each, so that none are
//! found without reading all.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Events that concern the team that they name.
const OF_TEAMS: [&str; 16] = [
    "scripts_allowed",
    "scripts_forbidden",
    "role_granted",
    "role_revoked",
    "invited",
    "invitation_revoked",
    "invitation_accepted",
    "invitation_declined",
    "secret_set",
    "secret_forgotten",
    "channel_made",
    "channel_changed",
    "channel_removed",
    "object_changed",
    "member_events_chosen",
    "token_made",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let name = if manager.get_database_backend() == DbBackend::Postgres {
            "CAST(events.data AS json) ->> 'team'"
        } else {
            "json_extract(events.data, '$.team')"
        };
        let mut team = Query::select();
        team.column("id").from("teams").and_where(Expr::col(("teams", "name")).eq(Expr::cust(name)));
        let known = Query::update()
            .table("events")
            .value("team_id", SimpleExpr::SubQuery(None, Box::new(team.into())))
            .and_where(Expr::col("about").eq("account"))
            .and_where(Expr::col("kind").is_in(OF_TEAMS))
            .to_owned();
        manager.get_connection().execute(&known).await?;
        let by_kind = Index::create().name("events_by_kind").table("events").col("kind").col("id").to_owned();
        manager.create_index(by_kind).await?;
        let of_team = Index::create()
            .name("events_of_team_by_kind")
            .table("events")
            .col("team_id")
            .col("kind")
            .col("id")
            .to_owned();
        manager.create_index(of_team).await?;
        let of_accounts = Index::create()
            .name("events_of_accounts_of_team")
            .table("events")
            .col("team_id")
            .col("id")
            .and_where(Expr::col("about").eq("account"))
            .to_owned();
        manager.create_index(of_accounts).await
    }
}
