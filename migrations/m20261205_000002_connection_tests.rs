//! The last test of the connection of each environment.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer_null, integer, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
    uuid_null,
};

use super::refers;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut environment = uuid("environment_id");
        let tests = Table::create()
            .table("connection_tests")
            .col(environment.primary_key())
            .col(integer("version"))
            .col(timestamp_with_time_zone("asked_at"))
            .col(uuid_null("asked_by_id"))
            .col(text("asked_by_name"))
            .col(text_null("replica"))
            .col(big_integer_null("epoch"))
            .col(timestamp_with_time_zone_null("ended_at"))
            .col(text("targets"))
            .foreign_key(&mut refers("connection_tests", "environment_id", "environments"))
            .to_owned();
        manager.create_table(tests).await
    }
}
