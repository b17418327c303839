//! Addresses of people, and what they want to be told. An address is used once its owner has confirmed it.

use std::collections::BTreeSet;

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter};

use super::channels::{kinds, words};
use super::connect::Store;
use super::deliveries::recipient_id;
use super::entities::{contact, delivery};
use super::error::{Result, StoreError};
use super::write::WriteTx;
use crate::domain::delivery::DeliveryKind;
use crate::domain::execution::Moment;
use crate::domain::ids::UserId;
use crate::domain::notices::{NoticeKind, Recipient};

/// How somebody is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Whose it is.
    pub user_id: UserId,
    /// The address that they have confirmed.
    pub address: Option<String>,
    /// One that they have typed and not confirmed yet.
    pub asked_address: Option<String>,
    /// Until when they may confirm it.
    pub asked_until: Option<Moment>,
    /// What they want to be told, if they have chosen.
    pub events: Option<BTreeSet<NoticeKind>>,
}

impl TryFrom<contact::Model> for Contact {
    type Error = StoreError;

    fn try_from(row: contact::Model) -> Result<Self> {
        let events = if row.chosen { Some(kinds("contacts.events", &row.events)?) } else { None };
        let contact::Model { user_id, address, asked_address, asked_until, .. } = row;
        Ok(Self { user_id, address, asked_address, asked_until, events })
    }
}

impl Store {
    /// How that person is reached.
    pub async fn contact(&self, user: UserId) -> Result<Option<Contact>> {
        contact::Entity::find_by_id(user).one(&self.reader).await?.map(Contact::try_from).transpose()
    }

    /// The address that has that secret and can be confirmed yet.
    pub async fn address_to_confirm(&self, user: UserId, secret_hash: &[u8], now: Moment) -> Result<Option<String>> {
        let asked = contact::Entity::find_by_id(user)
            .filter(contact::Column::SecretHash.eq(secret_hash))
            .filter(contact::Column::AskedUntil.gt(now));
        Ok(asked.one(&self.reader).await?.and_then(|contact| contact.asked_address))
    }

    /// How these people are reached who have confirmed an address.
    pub async fn contacts(&self, users: &[UserId]) -> Result<Vec<Contact>> {
        let some = contact::Entity::find()
            .filter(contact::Column::UserId.is_in(users.iter().copied()))
            .filter(contact::Column::Address.is_not_null());
        some.all(&self.reader).await?.into_iter().map(Contact::try_from).collect()
    }
}

impl WriteTx {
    /// How many links that confirm an address were to be sent to somebody since.
    pub async fn count_confirmations(&self, user: UserId, since: Moment) -> Result<u64> {
        let asked = delivery::Entity::find()
            .filter(delivery::Column::Recipient.eq(recipient_id(Recipient::Person(user))))
            .filter(delivery::Column::Kind.eq(DeliveryKind::Confirmation.word()))
            .filter(delivery::Column::CreatedAt.gt(since));
        Ok(asked.count(&self.tx).await?)
    }

    /// Remembers an address that somebody has typed, and the hash of the secret that confirms it.
    pub async fn ask_address(&self, user: UserId, address: &str, secret_hash: &[u8], until: Moment) -> Result<()> {
        let row = contact::ActiveModel::from(contact::Model {
            user_id: user,
            address: None,
            asked_address: Some(address.to_owned()),
            secret_hash: Some(secret_hash.to_vec()),
            asked_until: Some(until),
            events: words(&NoticeKind::DEFAULT.into()),
            chosen: false,
        });
        let columns = [contact::Column::AskedAddress, contact::Column::SecretHash, contact::Column::AskedUntil];
        let known = OnConflict::column(contact::Column::UserId).update_columns(columns).to_owned();
        contact::Entity::insert(row).on_conflict(known).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Confirms the address that has that secret, which is used up; answers whether there was one.
    pub async fn confirm_address(&self, user: UserId, secret_hash: &[u8], now: Moment) -> Result<bool> {
        let update = contact::Entity::update_many()
            .col_expr(contact::Column::Address, Expr::col(contact::Column::AskedAddress))
            .col_expr(contact::Column::AskedAddress, Expr::value(None::<String>))
            .col_expr(contact::Column::SecretHash, Expr::value(None::<Vec<u8>>))
            .col_expr(contact::Column::AskedUntil, Expr::value(None::<Moment>))
            .filter(Condition::all().add(contact::Column::UserId.eq(user)))
            .filter(contact::Column::SecretHash.eq(secret_hash))
            .filter(contact::Column::AskedUntil.gt(now));
        Ok(update.exec(&self.tx).await?.rows_affected == 1)
    }

    /// Says what somebody wants to be told; without it they are told what their teams have chosen for members.
    pub async fn choose_events(&self, user: UserId, events: Option<&BTreeSet<NoticeKind>>) -> Result<()> {
        let kept = events.map_or_else(|| words(&NoticeKind::DEFAULT.into()), words);
        let update = contact::Entity::update_many()
            .col_expr(contact::Column::Events, Expr::value(kept))
            .col_expr(contact::Column::Chosen, Expr::value(events.is_some()))
            .filter(contact::Column::UserId.eq(user));
        update.exec(&self.tx).await?;
        Ok(())
    }

    /// Forgets how somebody is reached.
    pub async fn remove_contact(&self, user: UserId) -> Result<()> {
        contact::Entity::delete_by_id(user).exec(&self.tx).await?;
        Ok(())
    }
}
