//! The table `secrets`.

use sea_orm::entity::prelude::*;

use crate::domain::ids::{SecretId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "secrets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SecretId,
    pub owner_kind: String,
    pub owner_id: String,
    pub purpose: String,
    pub name: String,
    pub ciphertext: Vec<u8>,
    pub key_id: String,
    pub set_at: DateTimeUtc,
    pub set_by: Option<UserId>,
    pub set_by_name: String,
    pub for_tasks: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
