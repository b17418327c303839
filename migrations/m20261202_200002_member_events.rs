//! Events that members of a team are told by e-mail unless they have chosen themselves, and whether they have.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{boolean, text_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// What everybody had who had not chosen.
const DEFAULT: &str = "checkpoint_waits deadline_near";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("teams").add_column(text_null("member_events")).to_owned()).await?;
        let chosen = boolean("chosen").default(false).take();
        manager.alter_table(Table::alter().table("contacts").add_column(chosen).to_owned()).await?;
        let others = Query::update()
            .table("contacts")
            .value("chosen", true)
            .and_where(Expr::col("events").ne(DEFAULT))
            .to_owned();
        manager.get_connection().execute(&others).await.map(|_| ())
    }
}
