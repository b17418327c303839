//! Operations on the channels of a team, by whoever manages it. What is secret of one is written, and never shown again but
//! the signing key, once, when it is made.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::TryRng as _;
use rand::rngs::SysRng;

use super::secrets::SecretError;
use super::{App, AppError, Caller};
use crate::domain::channels::{ChannelFault, MAX_CHANNELS, OLD_KEY_KEPT, check_address, check_channel};
use crate::domain::delivery::DeliveryKind;
use crate::domain::event::AccountEvent;
use crate::domain::event_choice::told_events;
use crate::domain::execution::Moment;
use crate::domain::ids::{ChannelId, TeamId};
use crate::domain::notices::{ChannelChoice, ChannelKind, NoticeKind, Recipient};
use crate::domain::secrets::{SecretFault, SecretPurpose, SecretSlot};
use crate::keyring::Plaintext;
use crate::store::{Channel, FreshChannel, IdAndName, ListedDelivery, NewDelivery, Stamp, WriteTx, new_id};

/// Bytes of a signing key, as Standard Webhooks has it.
const KEY_LEN: usize = 32;

/// How a signing key begins where people copy it.
const KEY_PREFIX: &str = "whsec_";

/// A channel, as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TypedChannel {
    /// Its name.
    pub name: String,
    /// Where it leads. Empty leaves one that is secret as it is.
    pub address: String,
    /// What is told there.
    pub events: BTreeSet<NoticeKind>,
    /// Whether anything is.
    pub enabled: bool,
}

/// The channels of a team.
#[derive(Debug, Clone)]
pub struct TeamChannels {
    /// The team.
    pub team: IdAndName<TeamId>,
    /// By name.
    pub channels: Vec<Channel>,
    /// The last delivery to each, where there was one.
    pub last: Vec<ListedDelivery>,
    /// Those to which a test is on its way.
    pub tried: Vec<Recipient>,
    /// What members are told by e-mail unless they have chosen themselves.
    pub member_events: BTreeSet<NoticeKind>,
}

/// Why nothing was done to a channel.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// What was typed will not do.
    #[error("not valid: {0:?}")]
    Invalid(Vec<ChannelFault>),
    /// Its secret cannot be kept.
    #[error(transparent)]
    Secret(SecretError),
    /// Another reason.
    #[error(transparent)]
    App(AppError),
}

impl<E: Into<AppError>> From<E> for ChannelError {
    fn from(error: E) -> Self {
        match error.into() {
            AppError::NameTaken => Self::Invalid(vec![ChannelFault::NameTaken]),
            other => Self::App(other),
        }
    }
}

impl From<SecretError> for ChannelError {
    fn from(error: SecretError) -> Self {
        Self::Secret(error)
    }
}

fn key_slot(team: TeamId, id: ChannelId) -> SecretSlot {
    SecretSlot::of_team(team, SecretPurpose::WebhookKey, id.to_string())
}

fn old_key_slot(team: TeamId, id: ChannelId) -> SecretSlot {
    SecretSlot::of_team(team, SecretPurpose::WebhookKey, format!("{id}/old"))
}

fn address_slot(team: TeamId, id: ChannelId) -> SecretSlot {
    SecretSlot::of_team(team, SecretPurpose::ChatAddress, id.to_string())
}

fn fresh_key() -> Result<String, SecretError> {
    let mut bytes = [0; KEY_LEN];
    SysRng.try_fill_bytes(&mut bytes).map_err(|_| SecretError::Fault(SecretFault::NoRandomness))?;
    Ok(format!("{KEY_PREFIX}{}", STANDARD.encode(bytes)))
}

impl App {
    /// The channels of a team. To whoever may not manage it there is no such team.
    pub async fn channels(&self, caller: &Caller, team: TeamId) -> Result<TeamChannels, AppError> {
        let team = self.managed_team(caller, team).await?;
        let channels = self.store.channels_of(team.id).await?;
        let recipients: Vec<_> = channels.iter().map(|channel| Recipient::Channel(channel.choice.id)).collect();
        let last = self.store.last_deliveries(&recipients).await?;
        let tried = self.store.being_tried(&recipients).await?;
        let member_events = told_events(None, self.member_events_of(team.id).await?.as_ref());
        Ok(TeamChannels { team, channels, last, tried, member_events })
    }

    /// Makes a channel; answers its signing key where it has one, which is told now and never again.
    pub async fn make_channel(
        &self,
        caller: &Caller,
        team: TeamId,
        kind: ChannelKind,
        typed: &TypedChannel,
    ) -> Result<Option<String>, ChannelError> {
        let mut faults = check_channel(typed.name.trim(), &typed.events);
        faults.extend(self.address_fault(kind, typed.address.trim()));
        let known = self.channels(caller, team).await?;
        faults.extend((known.channels.len() >= MAX_CHANNELS).then_some(ChannelFault::TooMany));
        if !faults.is_empty() {
            return Err(ChannelError::Invalid(faults));
        }
        let tx = self.store.begin_write().await?;
        let stamp = self.manages_channels(&tx, caller, team).await?;
        let choice = ChannelChoice { id: new_id(), kind, enabled: typed.enabled, events: typed.events.clone() };
        let id = choice.id;
        let address = (!kind.has_secret_address()).then(|| typed.address.trim().to_owned());
        let channel = Channel { team_id: team, name: typed.name.trim().to_owned(), address, rotated_at: None, choice };
        tx.insert_channel(&FreshChannel { channel: channel.clone(), at: stamp.at }).await?;
        let event = AccountEvent::ChannelMade { channel: channel.name, team: known.team.name };
        tx.account_event(&stamp, &event).await?;
        let mut key = None;
        if kind.has_secret_address() {
            let address = Plaintext::new(typed.address.trim().to_owned());
            self.keep_secret(&tx, &stamp, &address_slot(team, id), &address).await?;
        } else {
            let fresh = fresh_key()?;
            self.keep_secret(&tx, &stamp, &key_slot(team, id), &Plaintext::new(fresh.clone())).await?;
            key = Some(fresh);
        }
        tx.commit().await?;
        Ok(key)
    }

    /// Changes a channel of a team.
    pub async fn change_channel(
        &self,
        caller: &Caller,
        team: TeamId,
        id: ChannelId,
        typed: &TypedChannel,
    ) -> Result<(), ChannelError> {
        let team = self.managed_team(caller, team).await?;
        let tx = self.store.begin_write().await?;
        let stamp = self.manages_channels(&tx, caller, team.id).await?;
        let mut channel = theirs(&tx, team.id, id).await?;
        let mut faults = check_channel(typed.name.trim(), &typed.events);
        let (kind, address) = (channel.choice.kind, typed.address.trim());
        let keeps = kind.has_secret_address() && address.is_empty();
        faults.extend(self.address_fault(kind, address).filter(|_| !keeps));
        if !faults.is_empty() {
            return Err(ChannelError::Invalid(faults));
        }
        typed.name.trim().clone_into(&mut channel.name);
        channel.choice.events.clone_from(&typed.events);
        channel.choice.enabled = typed.enabled;
        if !kind.has_secret_address() {
            channel.address = Some(address.to_owned());
        } else if !keeps {
            let address = Plaintext::new(address.to_owned());
            self.keep_secret(&tx, &stamp, &address_slot(team.id, id), &address).await?;
        }
        tx.update_channel(&channel).await?;
        tx.account_event(&stamp, &AccountEvent::ChannelChanged { channel: channel.name, team: team.name }).await?;
        Ok(tx.commit().await?)
    }

    /// Says what members of a team are told by e-mail unless they have chosen themselves.
    pub async fn choose_member_events(
        &self,
        caller: &Caller,
        team: TeamId,
        events: &BTreeSet<NoticeKind>,
    ) -> Result<(), AppError> {
        let team = self.managed_team(caller, team).await?;
        let tx = self.store.begin_write().await?;
        let stamp = self.manages_channels(&tx, caller, team.id).await?;
        tx.choose_member_events(team.id, events).await?;
        let event = AccountEvent::MemberEventsChosen { team: team.name, events: events.clone() };
        tx.account_event(&stamp, &event).await?;
        Ok(tx.commit().await?)
    }

    /// Replaces the signing key of a webhook; answers the new one. For a day everything is signed with both.
    pub async fn rotate_channel_key(
        &self,
        caller: &Caller,
        team: TeamId,
        id: ChannelId,
    ) -> Result<String, ChannelError> {
        let team = self.managed_team(caller, team).await?;
        // Decrypting needs no transaction; whoever rotates at the same time is last or first.
        let old = self.reveal(&key_slot(team.id, id)).await?;
        let tx = self.store.begin_write().await?;
        let stamp = self.manages_channels(&tx, caller, team.id).await?;
        let mut channel = theirs(&tx, team.id, id).await?;
        if channel.choice.kind != ChannelKind::Webhook {
            return Err(AppError::NotFound.into());
        }
        if let Some(old) = old {
            self.keep_secret(&tx, &stamp, &old_key_slot(team.id, id), &old).await?;
        }
        let fresh = fresh_key()?;
        self.keep_secret(&tx, &stamp, &key_slot(team.id, id), &Plaintext::new(fresh.clone())).await?;
        channel.rotated_at = Some(stamp.at);
        tx.update_channel(&channel).await?;
        tx.commit().await?;
        Ok(fresh)
    }

    /// Removes a channel of a team with its secrets: nothing is told there any more. Answers its name.
    pub async fn remove_channel(&self, caller: &Caller, team: TeamId, id: ChannelId) -> Result<String, ChannelError> {
        let team = self.managed_team(caller, team).await?;
        let tx = self.store.begin_write().await?;
        let stamp = self.manages_channels(&tx, caller, team.id).await?;
        let channel = theirs(&tx, team.id, id).await?;
        for slot in [key_slot(team.id, id), old_key_slot(team.id, id), address_slot(team.id, id)] {
            self.drop_secret(&tx, &stamp, &slot).await?;
        }
        tx.remove_channel(id, stamp.at).await?;
        let event = AccountEvent::ChannelRemoved { channel: channel.name.clone(), team: team.name };
        tx.account_event(&stamp, &event).await?;
        self.commit(tx, |app| app.live.touch_deliveries()).await?;
        Ok(channel.name)
    }

    /// Sends a test to a channel. What became of it stands on the page of channels a moment later.
    pub async fn try_channel(&self, caller: &Caller, team: TeamId, id: ChannelId) -> Result<String, ChannelError> {
        let team = self.managed_team(caller, team).await?;
        let tx = self.store.begin_write().await?;
        let stamp = self.manages_channels(&tx, caller, team.id).await?;
        let channel = theirs(&tx, team.id, id).await?;
        let trial = NewDelivery {
            kind: DeliveryKind::Trial,
            notice_id: None,
            token_id: None,
            team_id: Some(team.id),
            channel: channel.choice.kind,
            recipient: Recipient::Channel(id),
        };
        tx.insert_deliveries(&[trial], stamp.at).await?;
        tx.commit().await?;
        Ok(channel.name)
    }

    /// The keys with which a webhook is signed now, the new one first.
    pub async fn channel_keys(&self, channel: &Channel) -> Result<Vec<Plaintext>, SecretError> {
        let (team, id, now) = (channel.team_id, channel.choice.id, self.clock.now());
        let mut keys: Vec<Plaintext> = self.reveal(&key_slot(team, id)).await?.into_iter().collect();
        if channel.rotated_at.is_some_and(|at: Moment| now - at < OLD_KEY_KEPT) {
            keys.extend(self.reveal(&old_key_slot(team, id)).await?);
        }
        Ok(keys)
    }

    /// The address of a chat.
    pub async fn chat_address(&self, channel: &Channel) -> Result<Option<Plaintext>, SecretError> {
        self.reveal(&address_slot(channel.team_id, channel.choice.id)).await
    }

    fn address_fault(&self, kind: ChannelKind, address: &str) -> Option<ChannelFault> {
        check_address(kind, address).or_else(|| self.addresses.fault(address))
    }

    async fn manages_channels(&self, tx: &WriteTx, caller: &Caller, team: TeamId) -> Result<Stamp, AppError> {
        let user = tx.user(caller.in_person()?.id).await?.ok_or(AppError::NotFound)?;
        let may = crate::domain::policy::may_manage(&user, team);
        if may { Ok(caller.stamp(&user, self.clock.now())) } else { Err(AppError::NotFound) }
    }
}

async fn theirs(tx: &WriteTx, team: TeamId, id: ChannelId) -> Result<Channel, AppError> {
    tx.channel(id).await?.filter(|channel| channel.team_id == team).ok_or(AppError::NotFound)
}
