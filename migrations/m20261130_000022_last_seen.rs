//! When somebody was last seen, which stays when their session is over.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::timestamp_with_time_zone_null;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let last_seen = timestamp_with_time_zone_null("last_seen_at");
        manager.alter_table(Table::alter().table("users").add_column(last_seen).to_owned()).await?;
        // As far as it is known: sessions that are over are gone.
        let seen = Query::select()
            .expr(Func::max(Expr::col(("sessions", "last_seen_at"))))
            .from("sessions")
            .and_where(Expr::col(("sessions", "user_id")).equals(("users", "id")))
            .to_owned();
        let known = Query::update()
            .table("users")
            .value("last_seen_at", SimpleExpr::SubQuery(None, Box::new(seen.into())))
            .to_owned();
        manager.get_connection().execute(&known).await?;
        Ok(())
    }
}
