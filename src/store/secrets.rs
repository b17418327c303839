//! Secrets: one row for each slot, of which the database has the ciphertext alone. Whoever sets one makes its row anew, with a key
//! of its own to which the ciphertext is bound.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder};

use super::codec;
use super::connect::Store;
use super::entities::secret;
use super::error::{Result, StoreError};
use super::write::{Stamp, WriteTx};
use crate::domain::execution::Moment;
use crate::domain::ids::{SecretId, UserId};
use crate::domain::secrets::{KeyId, SecretOwner, SecretPurpose, SecretSlot};

/// A secret as the database has it.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedSecret {
    /// Key of its row.
    pub id: SecretId,
    /// Its place.
    pub slot: SecretSlot,
    /// The ciphertext.
    pub ciphertext: Vec<u8>,
    /// The key that encrypted it.
    pub key: KeyId,
    /// Whether every task of its team may be given it by its name, and not the scripts of environments alone.
    pub for_tasks: bool,
}

/// What may be told of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSecret {
    /// Its place.
    pub slot: SecretSlot,
    /// The key that encrypted it.
    pub key: KeyId,
    /// When it was set.
    pub set_at: Moment,
    /// The account that set it, if one did.
    pub set_by: Option<UserId>,
    /// Name of who set it.
    pub set_by_name: String,
    /// Whether every task of its team may be given it by its name, and not the scripts of environments alone.
    pub for_tasks: bool,
}

#[derive(FromQueryResult)]
struct Row {
    owner_kind: String,
    owner_id: String,
    purpose: String,
    name: String,
    key_id: String,
    set_at: Moment,
    set_by: Option<UserId>,
    set_by_name: String,
    for_tasks: bool,
}

impl TryFrom<Row> for KeptSecret {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            slot: slot((&row.owner_kind, &row.owner_id), &row.purpose, row.name)?,
            key: key(&row.key_id)?,
            set_at: row.set_at,
            set_by: row.set_by,
            set_by_name: row.set_by_name,
            for_tasks: row.for_tasks,
        })
    }
}

impl TryFrom<secret::Model> for SealedSecret {
    type Error = StoreError;

    fn try_from(row: secret::Model) -> Result<Self> {
        Ok(Self {
            id: row.id,
            slot: slot((&row.owner_kind, &row.owner_id), &row.purpose, row.name)?,
            ciphertext: row.ciphertext,
            key: key(&row.key_id)?,
            for_tasks: row.for_tasks,
        })
    }
}

fn slot((kind, id): (&str, &str), purpose: &str, name: String) -> Result<SecretSlot> {
    let owner = SecretOwner::from_parts(kind, id).ok_or_else(|| codec::unreadable("secrets.owner_kind", kind))?;
    let purpose = SecretPurpose::from_word(purpose).ok_or_else(|| codec::unreadable("secrets.purpose", purpose))?;
    Ok(SecretSlot { owner, purpose, name })
}

pub(super) fn key(text: &str) -> Result<KeyId> {
    text.parse().map_err(|_| codec::unreadable("secrets.key_id", text))
}

pub(super) fn at(slot: &SecretSlot) -> Condition {
    of(slot.owner).add(secret::Column::Purpose.eq(slot.purpose.word())).add(secret::Column::Name.eq(&slot.name))
}

pub(super) fn of(owner: SecretOwner) -> Condition {
    Condition::all().add(secret::Column::OwnerKind.eq(owner.kind())).add(secret::Column::OwnerId.eq(owner.key()))
}

impl Store {
    /// The secret at that place.
    pub async fn sealed_secret(&self, slot: &SecretSlot) -> Result<Option<SealedSecret>> {
        secret::Entity::find().filter(at(slot)).one(&self.reader).await?.map(SealedSecret::try_from).transpose()
    }

    /// What may be told of the secrets of that owner, or of all.
    pub async fn kept_secrets(&self, owner: Option<SecretOwner>) -> Result<Vec<KeptSecret>> {
        let mut find = secret::Entity::find();
        if let Some(owner) = owner {
            find = find.filter(of(owner));
        }
        let rows = find
            .order_by_asc(secret::Column::OwnerKind)
            .order_by_asc(secret::Column::OwnerId)
            .order_by_asc(secret::Column::Purpose)
            .order_by_asc(secret::Column::Name)
            .into_model::<Row>()
            .all(&self.reader)
            .await?;
        rows.into_iter().map(KeptSecret::try_from).collect()
    }
}

impl WriteTx {
    /// Keeps a secret, in the place of one that was there.
    pub async fn put_secret(&self, sealed: SealedSecret, stamp: &Stamp) -> Result<()> {
        let row = secret::ActiveModel::from(secret::Model {
            id: sealed.id,
            owner_kind: sealed.slot.owner.kind().to_owned(),
            owner_id: sealed.slot.owner.key(),
            purpose: sealed.slot.purpose.word().to_owned(),
            name: sealed.slot.name,
            ciphertext: sealed.ciphertext,
            key_id: sealed.key.to_string(),
            set_at: stamp.at,
            set_by: stamp.actor.id(),
            set_by_name: stamp.actor.name().to_owned(),
            for_tasks: sealed.for_tasks,
        });
        let slot = [secret::Column::OwnerKind, secret::Column::OwnerId, secret::Column::Purpose, secret::Column::Name];
        let known = OnConflict::columns(slot)
            .update_columns([
                secret::Column::Id,
                secret::Column::Ciphertext,
                secret::Column::KeyId,
                secret::Column::SetAt,
                secret::Column::SetBy,
                secret::Column::SetByName,
                secret::Column::ForTasks,
            ])
            .to_owned();
        secret::Entity::insert(row).on_conflict(known).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Forgets the secret at that place; answers whether there was one.
    pub async fn remove_secret(&self, slot: &SecretSlot) -> Result<bool> {
        Ok(secret::Entity::delete_many().filter(at(slot)).exec(&self.tx).await?.rows_affected > 0)
    }
}
