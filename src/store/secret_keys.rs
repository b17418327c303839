//! Keys of secrets as the database knows them: which encrypts, which is to, what each has encrypted, and which replica has which.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Expr, ExprTrait as _, LockType, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::codec;
use super::connect::Store;
use super::entities::{replica, secret, setting};
use super::error::Result;
use super::secrets::{SealedSecret, key};
use super::write::WriteTx;
use crate::domain::ids::SecretId;
use crate::domain::secrets::KeyId;

/// The setting that says which key encrypts. Whoever encrypts reads it in the same transaction.
const ENCRYPTION_KEY: &str = "encryption_key";
/// The setting that says which key a rotation goes over to.
const NEXT_KEY: &str = "next_encryption_key";

/// A replica that serves, and the keys that it said it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplicaKeys {
    /// Its data folder's own name.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its keys; none, too, while it has not said any.
    pub keys: Vec<KeyId>,
    /// Whether it has said which it has.
    pub is_known: bool,
}

impl Store {
    /// How many secrets each key encrypted.
    pub async fn secrets_by_key(&self) -> Result<BTreeMap<KeyId, u64>> {
        let counted: Vec<(String, i64)> = secret::Entity::find()
            .select_only()
            .column(secret::Column::KeyId)
            .column_as(Expr::col(secret::Column::Id).count(), "times")
            .group_by(secret::Column::KeyId)
            .into_tuple()
            .all(&self.reader)
            .await?;
        counted.into_iter().map(|(id, times)| Ok((key(&id)?, codec::count("secrets", times)?))).collect()
    }

    /// The key that encrypts, once one has.
    pub async fn encryption_key(&self) -> Result<Option<KeyId>> {
        self.setting(ENCRYPTION_KEY).await?.map(|id| key(&id)).transpose()
    }

    /// The key that a rotation goes over to, from its beginning to its end.
    pub async fn next_encryption_key(&self) -> Result<Option<KeyId>> {
        self.setting(NEXT_KEY).await?.map(|id| key(&id)).transpose()
    }

    /// Secrets in the order of their keys, behind that one.
    pub async fn sealed_secrets(&self, behind: SecretId, most: u64) -> Result<Vec<SealedSecret>> {
        let some =
            secret::Entity::find().filter(secret::Column::Id.gt(behind)).order_by_asc(secret::Column::Id).limit(most);
        some.all(&self.reader).await?.into_iter().map(SealedSecret::try_from).collect()
    }

    /// Says which keys a replica has, unless that is known.
    pub async fn report_keys(&self, replica: &str, keys: &[KeyId]) -> Result<()> {
        let said = keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let known: Option<Option<String>> = replica::Entity::find_by_id(replica)
            .select_only()
            .column(replica::Column::SecretKeys)
            .into_tuple()
            .one(&self.reader)
            .await?;
        if known.is_some_and(|known| known.as_ref() != Some(&said)) {
            let update = replica::Entity::update_many()
                .col_expr(replica::Column::SecretKeys, Expr::value(said))
                .filter(replica::Column::Id.eq(replica));
            update.exec(&self.writer).await?;
        }
        Ok(())
    }

    /// The replicas that serve, with their keys, by name.
    pub async fn replica_keys(&self) -> Result<Vec<ReplicaKeys>> {
        let rows = replica::Entity::find()
            .filter(replica::Column::StoppedAt.is_null())
            .filter(replica::Column::GoneAt.is_null())
            .order_by_asc(replica::Column::Name)
            .all(&self.reader)
            .await?;
        let keys = |said: &str| said.split_whitespace().map(key).collect::<Result<_>>();
        let replica = |row: replica::Model| {
            let said = row.secret_keys;
            let keys = keys(said.as_deref().unwrap_or_default())?;
            Ok(ReplicaKeys { id: row.id, name: row.name, keys, is_known: said.is_some() })
        };
        rows.into_iter().map(replica).collect()
    }
}

impl WriteTx {
    /// The key that encrypts, once there is one. Until the end of this write no other does.
    pub async fn encryption_key(&self) -> Result<Option<KeyId>> {
        self.locked_key(ENCRYPTION_KEY).await
    }

    /// Says which key encrypts, unless that was said before; answers which does.
    pub async fn settle_encryption_key(&self, id: KeyId) -> Result<KeyId> {
        self.settle_setting(ENCRYPTION_KEY, &id.to_string()).await?;
        Ok(self.encryption_key().await?.unwrap_or(id))
    }

    /// Says which key encrypts from now on. Whoever encrypts with another at this moment is waited for.
    pub async fn set_encryption_key(&self, id: KeyId) -> Result<()> {
        self.set_setting(ENCRYPTION_KEY, &id.to_string()).await
    }

    /// Says to which key a rotation goes over, unless one is under way; answers to which it goes.
    pub async fn settle_next_key(&self, id: KeyId) -> Result<KeyId> {
        key(&self.settle_setting(NEXT_KEY, &id.to_string()).await?)
    }

    /// The key that a rotation goes over to. Until the end of this write it is not over.
    pub async fn next_encryption_key(&self) -> Result<Option<KeyId>> {
        self.locked_key(NEXT_KEY).await
    }

    async fn locked_key(&self, setting: &str) -> Result<Option<KeyId>> {
        let mut select = setting::Entity::find_by_id(setting);
        if self.tx.get_database_backend() == DbBackend::Postgres {
            QuerySelect::query(&mut select).lock(LockType::Share);
        }
        select.one(&self.tx).await?.map(|row| key(&row.value)).transpose()
    }

    /// The rotation is over.
    pub async fn remove_next_key(&self) -> Result<bool> {
        self.remove_setting(NEXT_KEY).await
    }

    /// Secrets that another key encrypted, in the order of their keys, behind that one. Until the end of this write nobody
    /// else changes them.
    pub async fn secrets_of_others(&self, but: KeyId, behind: SecretId, most: u64) -> Result<Vec<SealedSecret>> {
        let mut some = secret::Entity::find()
            .filter(secret::Column::KeyId.ne(but.to_string()))
            .filter(secret::Column::Id.gt(behind))
            .order_by_asc(secret::Column::Id)
            .limit(most);
        if self.tx.get_database_backend() == DbBackend::Postgres {
            QuerySelect::query(&mut some).lock(LockType::Update);
        }
        some.all(&self.tx).await?.into_iter().map(SealedSecret::try_from).collect()
    }

    /// Whether another key than that one encrypted any secret.
    pub async fn has_secrets_of_others(&self, but: KeyId) -> Result<bool> {
        Ok(!self.secrets_of_others(but, SecretId::nil(), 1).await?.is_empty())
    }

    /// Keeps new ciphertexts of secrets that are there, of which nothing else changes. They were read in this write.
    pub async fn reseal_secrets(&self, sealed: Vec<SealedSecret>) -> Result<()> {
        if sealed.is_empty() {
            return Ok(());
        }
        let rows = secret::Entity::find().filter(secret::Column::Id.is_in(sealed.iter().map(|secret| secret.id)));
        let mut rows: BTreeMap<SecretId, secret::Model> =
            rows.all(&self.tx).await?.into_iter().map(|row| (row.id, row)).collect();
        let anew = sealed.into_iter().filter_map(|secret| {
            let row = rows.remove(&secret.id)?;
            Some(secret::ActiveModel::from(secret::Model {
                ciphertext: secret.ciphertext,
                key_id: secret.key.to_string(),
                ..row
            }))
        });
        let known = OnConflict::column(secret::Column::Id)
            .update_columns([secret::Column::Ciphertext, secret::Column::KeyId])
            .to_owned();
        secret::Entity::insert_many(anew).on_conflict(known).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Forgets the secrets of those keys, which nobody has any more; answers what they were.
    pub async fn remove_secrets_of(&self, keys: &[KeyId]) -> Result<Vec<SealedSecret>> {
        let of = || secret::Column::KeyId.is_in(keys.iter().map(ToString::to_string));
        let gone = secret::Entity::find().filter(of()).all(&self.tx).await?;
        secret::Entity::delete_many().filter(of()).exec(&self.tx).await?;
        gone.into_iter().map(SealedSecret::try_from).collect()
    }
}
