//! Letters: what one delivery is, where it goes and what it tells, as things are when it is sent.

use std::fmt;
use std::sync::Arc;

use super::{App, AppError, secret};
use crate::domain::definition::Definition;
use crate::domain::delivery::{DeliveryFailure, DeliveryKind};
use crate::domain::event_choice::told_events;
use crate::domain::execution::{Execution, Moment};
use crate::domain::ids::{DeliveryId, NoticeId, UserId};
use crate::domain::notices::{self, AskedGate, NoticeKind, PersonChoice, Recipient, Usefulness};
use crate::domain::people::{Person, User};
use crate::store::{Channel, ClaimedDelivery, DeliveryState, NoticeLine, ReleasePlace, StoredNotice, Term, Token};

/// The most lines of a digest; the rest is counted.
const MAX_DIGEST_LINES: usize = 50;

/// Where something is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LetterDestination {
    /// To a channel of a team.
    Channel(Channel),
    /// To a person's address.
    Email {
        /// Who.
        name: String,
        /// Where.
        address: String,
    },
}

/// What is told of one execution.
#[derive(Debug, Clone)]
pub struct NoticeSubject {
    /// What.
    pub kind: NoticeKind,
    /// The asking of a checkpoint that it is about, if it is about one.
    pub gate: Option<AskedGate>,
    /// When it happened.
    pub happened_at: Moment,
    /// The execution as it is now.
    pub execution: Execution,
    /// What it and its places are called.
    pub place: ReleasePlace,
    /// The people whom its checkpoints can ask.
    pub people: Vec<Person>,
    /// The execution before, if there was one.
    pub before: Option<BeforeThat>,
}

/// The execution before one.
#[derive(Debug, Clone)]
pub struct BeforeThat {
    /// Its number.
    pub execution: u32,
    /// The version that it ran.
    pub version: u32,
    /// What was in that.
    pub definition: Arc<Definition>,
}

/// What a letter has.
#[derive(Debug, Clone)]
pub enum LetterContent {
    /// One notice.
    Notice(Box<NoticeSubject>),
    /// Several that came too late for a letter of their own.
    Digest {
        /// Name of the team.
        team: String,
        /// The last of them, oldest first.
        lines: Vec<NoticeLine>,
        /// How many there are.
        count: usize,
    },
    /// Somebody tries it.
    Trial {
        /// Name of the team; empty for the mail server.
        team: String,
    },
    /// The link that confirms an address.
    Confirmation {
        /// What the link has.
        secret: ConfirmationSecret,
        /// Until when it is good.
        until: Moment,
    },
    /// A token ends soon.
    TokenEnds {
        /// The token.
        token: Box<Token>,
        /// Name of the team whose service uses it; empty for a person's own.
        team: String,
    },
}

/// The secret of a link that confirms an address. It is in no log.
#[derive(Clone)]
pub struct ConfirmationSecret(String);

impl ConfirmationSecret {
    /// The secret, for the link.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ConfirmationSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConfirmationSecret")
    }
}

/// Something to be sent now.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The key of its delivery: the same at each attempt.
    pub id: DeliveryId,
    /// When its delivery was written down.
    pub created_at: Moment,
    /// Where to.
    pub to: LetterDestination,
    /// What.
    pub content: LetterContent,
}

/// What is to be done with a delivery that was claimed.
#[derive(Debug, Clone)]
pub enum PreparedDelivery {
    /// It is sent.
    Send(Box<Letter>),
    /// It cannot be sent.
    Failed(DeliveryFailure),
    /// Nothing more is to be done: it waits, is of no use, or is part of a digest.
    Settled,
}

impl App {
    /// What is sent for a delivery that was claimed, as things are now.
    pub async fn prepare_delivery(&self, claimed: &ClaimedDelivery, term: &Term) -> Result<PreparedDelivery, AppError> {
        match (claimed.what.kind, claimed.what.notice_id) {
            (DeliveryKind::Notice, Some(notice)) => self.prepare_notice(claimed, notice, term).await,
            (DeliveryKind::Notice, None) => Ok(PreparedDelivery::Failed(DeliveryFailure::NothingToTell)),
            (DeliveryKind::Digest, _) => self.prepare_digest(claimed).await,
            (DeliveryKind::Trial, _) => self.prepare_trial(claimed).await,
            (DeliveryKind::Confirmation, _) => self.prepare_confirmation(claimed).await,
            (DeliveryKind::TokenEnds, _) => self.prepare_token_end(claimed).await,
        }
    }

    async fn prepare_notice(
        &self,
        claimed: &ClaimedDelivery,
        notice: NoticeId,
        term: &Term,
    ) -> Result<PreparedDelivery, AppError> {
        let now = self.clock.now();
        let Some(notice) = self.store.notice(notice).await? else {
            return Ok(PreparedDelivery::Failed(DeliveryFailure::NothingToTell));
        };
        let execution = self.store.execution(notice.execution_id).await?.ok_or(AppError::NotFound)?;
        match notices::usefulness(notice.kind, notice.gate, &execution, notice.happened_at, now) {
            Usefulness::Useful => {}
            Usefulness::NotBefore(until) => {
                let tx = self.store.begin_write().await?;
                tx.postpone_delivery(claimed.id, term, until).await?;
                tx.commit().await?;
                return Ok(PreparedDelivery::Settled);
            }
            Usefulness::Pointless => return self.withdraw(claimed.id).await,
            Usefulness::Late => return self.put_in_digest(claimed, term).await,
        }
        let to = match self.destination(claimed, Some((&notice, &execution))).await? {
            Ok(Some(to)) => to,
            Ok(None) => return self.withdraw(claimed.id).await,
            Err(failure) => return Ok(PreparedDelivery::Failed(failure)),
        };
        let Some(place) = self.store.release_place(execution.release_id).await? else {
            return Ok(PreparedDelivery::Failed(DeliveryFailure::NothingToTell));
        };
        let people = self.asked(execution.team_id, execution.definition.tasks().map(|(_, task)| &task.kind)).await?;
        let before = self.before(&execution).await?;
        let StoredNotice { kind, gate, happened_at, .. } = notice;
        let subject = NoticeSubject { kind, gate, happened_at, execution, place, people, before };
        let content = LetterContent::Notice(Box::new(subject));
        let letter = Letter { id: claimed.id, created_at: claimed.created_at, to, content };
        Ok(PreparedDelivery::Send(Box::new(letter)))
    }

    async fn prepare_digest(&self, claimed: &ClaimedDelivery) -> Result<PreparedDelivery, AppError> {
        let to = match self.destination(claimed, None).await? {
            Ok(Some(to)) => to,
            Ok(None) => return self.withdraw(claimed.id).await,
            Err(failure) => return Ok(PreparedDelivery::Failed(failure)),
        };
        let parts = self.store.notices_in_digest(claimed.id).await?;
        let last = &parts[parts.len().saturating_sub(MAX_DIGEST_LINES)..];
        let lines = self.store.notice_lines(last).await?;
        let team = self.team_told_of(claimed).await?;
        let content = LetterContent::Digest { team, lines, count: parts.len() };
        let letter = Letter { id: claimed.id, created_at: claimed.created_at, to, content };
        Ok(PreparedDelivery::Send(Box::new(letter)))
    }

    async fn prepare_trial(&self, claimed: &ClaimedDelivery) -> Result<PreparedDelivery, AppError> {
        let to = match claimed.what.recipient {
            // Also one that is turned off: it is tried before it is turned on.
            Recipient::Channel(id) => self.store.channel(id).await?.map(LetterDestination::Channel),
            Recipient::Person(id) => self.confirmed_address(id).await?,
        };
        let Some(to) = to else { return Ok(PreparedDelivery::Failed(DeliveryFailure::ChannelGone)) };
        let content = LetterContent::Trial { team: self.team_told_of(claimed).await? };
        let letter = Letter { id: claimed.id, created_at: claimed.created_at, to, content };
        Ok(PreparedDelivery::Send(Box::new(letter)))
    }

    async fn confirmed_address(&self, id: UserId) -> Result<Option<LetterDestination>, AppError> {
        let Some(user) = self.store.user(id).await? else { return Ok(None) };
        let address = self.store.contact(id).await?.and_then(|contact| contact.address);
        Ok(address.map(|address| LetterDestination::Email { name: user.name, address }))
    }

    /// A link with a new secret at each attempt: of the one before nobody knows whether it arrived, and only hashes are kept.
    async fn prepare_confirmation(&self, claimed: &ClaimedDelivery) -> Result<PreparedDelivery, AppError> {
        let Recipient::Person(id) = claimed.what.recipient else { return self.withdraw(claimed.id).await };
        let (user, contact) = (self.store.user(id).await?, self.store.contact(id).await?);
        let asked = contact.and_then(|contact| contact.asked_address.zip(contact.asked_until));
        let (Some(user), Some((address, until))) = (user, asked) else { return self.withdraw(claimed.id).await };
        if until <= self.clock.now() {
            return self.withdraw(claimed.id).await;
        }
        let Ok(secret) = secret::fresh() else { return Ok(PreparedDelivery::Failed(DeliveryFailure::NoSecret)) };
        let tx = self.store.begin_write().await?;
        tx.ask_address(id, &address, &secret::hashed(&secret), until).await?;
        tx.commit().await?;
        let to = LetterDestination::Email { name: user.name, address };
        let content = LetterContent::Confirmation { secret: ConfirmationSecret(secret), until };
        let letter = Letter { id: claimed.id, created_at: claimed.created_at, to, content };
        Ok(PreparedDelivery::Send(Box::new(letter)))
    }

    pub(super) async fn team_told_of(&self, claimed: &ClaimedDelivery) -> Result<String, AppError> {
        let Some(team) = claimed.what.team_id else { return Ok(String::new()) };
        Ok(self.store.team_name(team).await?.unwrap_or_default())
    }

    /// Where it goes now; nowhere, if it does not concern that person any more.
    async fn destination(
        &self,
        claimed: &ClaimedDelivery,
        about: Option<(&StoredNotice, &Execution)>,
    ) -> Result<Result<Option<LetterDestination>, DeliveryFailure>, AppError> {
        let user = match claimed.what.recipient {
            Recipient::Channel(id) => {
                return Ok(match self.store.channel(id).await? {
                    None => Err(DeliveryFailure::ChannelGone),
                    Some(channel) if !channel.choice.enabled => Err(DeliveryFailure::ChannelOff),
                    Some(channel) => Ok(Some(LetterDestination::Channel(channel))),
                });
            }
            Recipient::Person(user) => self.store.user(user).await?,
        };
        let is_member = |user: &User| user.roles.iter().any(|held| Some(held.team) == claimed.what.team_id);
        let Some(user) = user.filter(is_member) else {
            return Ok(Ok(None));
        };
        let Some(contact) = self.store.contact(user.id).await? else { return Ok(Err(DeliveryFailure::NoAddress)) };
        let Some(address) = contact.address else { return Ok(Err(DeliveryFailure::NoAddress)) };
        let of_team = match claimed.what.team_id {
            Some(team) => self.member_events_of(team).await?,
            None => None,
        };
        let choice = PersonChoice { user, events: told_events(contact.events.as_ref(), of_team.as_ref()) };
        let concerns =
            about.is_none_or(|(notice, execution)| notices::is_told(notice.kind, notice.gate, execution, &choice));
        Ok(Ok(concerns.then_some(LetterDestination::Email { name: choice.user.name, address })))
    }

    async fn before(&self, execution: &Execution) -> Result<Option<BeforeThat>, AppError> {
        let number = execution.number.saturating_sub(1);
        let Some(version) = self.store.executed_version(execution.release_id, number).await? else { return Ok(None) };
        let definition = self.store.definition(execution.release_id, version).await?;
        Ok(Some(BeforeThat { execution: number, version, definition }))
    }

    pub(super) async fn withdraw(&self, id: DeliveryId) -> Result<PreparedDelivery, AppError> {
        let tx = self.store.begin_write().await?;
        tx.end_delivery(id, DeliveryState::Withdrawn, self.clock.now()).await?;
        self.commit(tx, |app| app.live.touch_deliveries()).await?;
        Ok(PreparedDelivery::Settled)
    }
}
