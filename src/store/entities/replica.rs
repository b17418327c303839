//! The table `replicas`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "replicas")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub name: String,
    pub version: String,
    pub started_at: DateTimeUtc,
    pub last_seen_at: DateTimeUtc,
    pub epoch: i64,
    pub beat: i64,
    pub stopped_at: Option<DateTimeUtc>,
    pub gone_at: Option<DateTimeUtc>,
    pub isolation: Option<String>,
    pub disk_free: Option<i64>,
    pub disk_total: Option<i64>,
    pub disk_least: Option<i64>,
    pub secret_keys: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
