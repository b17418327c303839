//! Channels of teams, to which notices go. What is secret of one is not here.

use std::collections::BTreeSet;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::codec;
use super::connect::Store;
use super::entities::channel;
use super::error::{Result, StoreError};
use super::write::WriteTx;
use crate::domain::execution::Moment;
use crate::domain::ids::{ChannelId, TeamId};
use crate::domain::notices::{ChannelChoice, ChannelKind, NoticeKind};

/// A channel of a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// The team.
    pub team_id: TeamId,
    /// How it is called there.
    pub name: String,
    /// Where it leads, if that is no secret.
    pub address: Option<String>,
    /// When its signing key was last replaced.
    pub rotated_at: Option<Moment>,
    /// What is told there.
    pub choice: ChannelChoice,
}

/// A channel by its name, also one that was removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedChannel {
    /// Key.
    pub id: ChannelId,
    /// Its name.
    pub name: String,
    /// Whether it was removed.
    pub is_removed: bool,
}

/// What is written down of a channel that is made or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreshChannel {
    /// The channel.
    pub channel: Channel,
    /// When.
    pub at: Moment,
}

/// Kinds of notices as they are stored.
pub(super) fn words(events: &BTreeSet<NoticeKind>) -> String {
    events.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(" ")
}

/// Kinds of notices from how they are stored.
pub(super) fn kinds(column: &'static str, words: &str) -> Result<BTreeSet<NoticeKind>> {
    let kind = |word| NoticeKind::from_word(word).ok_or_else(|| codec::unreadable(column, word));
    words.split_whitespace().map(kind).collect()
}

impl TryFrom<channel::Model> for Channel {
    type Error = StoreError;

    fn try_from(row: channel::Model) -> Result<Self> {
        let kind = ChannelKind::from_word(&row.kind).ok_or_else(|| codec::unreadable("channels.kind", &row.kind))?;
        let events = kinds("channels.events", &row.events)?;
        let choice = ChannelChoice { id: row.id, kind, enabled: row.enabled, events };
        let channel::Model { team_id, name, address, rotated_at, .. } = row;
        Ok(Self { team_id, name, address, rotated_at, choice })
    }
}

impl Store {
    /// The channels of a team, by name.
    pub async fn channels_of(&self, team: TeamId) -> Result<Vec<Channel>> {
        let theirs = channel::Entity::find()
            .filter(channel::Column::TeamId.eq(team))
            .filter(channel::Column::RemovedAt.is_null())
            .order_by_asc(channel::Column::Name);
        theirs.all(&self.reader).await?.into_iter().map(Channel::try_from).collect()
    }

    /// The channel of that key, unless it was removed.
    pub async fn channel(&self, id: ChannelId) -> Result<Option<Channel>> {
        let one = channel::Entity::find_by_id(id).filter(channel::Column::RemovedAt.is_null());
        one.one(&self.reader).await?.map(Channel::try_from).transpose()
    }

    /// The names of the channels of these keys, also of those that were removed.
    pub async fn channel_names(&self, keys: &[ChannelId]) -> Result<Vec<NamedChannel>> {
        let some = channel::Entity::find().filter(channel::Column::Id.is_in(keys.iter().copied()));
        let named =
            |row: channel::Model| NamedChannel { id: row.id, name: row.name, is_removed: row.removed_at.is_some() };
        Ok(some.all(&self.reader).await?.into_iter().map(named).collect())
    }
}

impl WriteTx {
    /// The channel of that key, unless it was removed.
    pub async fn channel(&self, id: ChannelId) -> Result<Option<Channel>> {
        let one = channel::Entity::find_by_id(id).filter(channel::Column::RemovedAt.is_null());
        one.one(&self.tx).await?.map(Channel::try_from).transpose()
    }

    /// Keeps a new channel. [`StoreError::NameTaken`] if the team has one of that name.
    pub async fn insert_channel(&self, FreshChannel { channel, at }: &FreshChannel) -> Result<()> {
        let row = channel::ActiveModel::from(channel::Model {
            id: channel.choice.id,
            team_id: channel.team_id,
            kind: channel.choice.kind.word().to_owned(),
            name: channel.name.clone(),
            address: channel.address.clone(),
            events: words(&channel.choice.events),
            enabled: channel.choice.enabled,
            created_at: *at,
            rotated_at: channel.rotated_at,
            removed_at: None,
        });
        channel::Entity::insert(row).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Changes a channel; its kind stays.
    pub async fn update_channel(&self, channel: &Channel) -> Result<()> {
        let update = channel::Entity::update_many()
            .col_expr(channel::Column::Name, Expr::value(&channel.name))
            .col_expr(channel::Column::Address, Expr::value(channel.address.clone()))
            .col_expr(channel::Column::Events, Expr::value(words(&channel.choice.events)))
            .col_expr(channel::Column::Enabled, Expr::value(channel.choice.enabled))
            .col_expr(channel::Column::RotatedAt, Expr::value(channel.rotated_at))
            .filter(channel::Column::Id.eq(channel.choice.id))
            .filter(channel::Column::RemovedAt.is_null());
        if update.exec(&self.tx).await?.rows_affected == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }

    /// Removes a channel: nothing is told there any more. Its row stays, for what was told.
    pub async fn remove_channel(&self, id: ChannelId, at: Moment) -> Result<bool> {
        let update = channel::Entity::update_many()
            .col_expr(channel::Column::RemovedAt, Expr::value(at))
            .col_expr(channel::Column::Enabled, Expr::value(false))
            .filter(channel::Column::Id.eq(id))
            .filter(channel::Column::RemovedAt.is_null());
        self.news.deliveries();
        Ok(update.exec(&self.tx).await?.rows_affected == 1)
    }
}
