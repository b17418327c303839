//! Operations on what is told of tokens before they end: to their owners or, of those of services, to the managers and the
//! channels of the team.

use std::collections::BTreeSet;

use super::{App, AppError, Letter, LetterContent, LetterDestination, PreparedDelivery};
use crate::domain::delivery::{DeliveryFailure, DeliveryKind};
use crate::domain::event_choice::told_events;
use crate::domain::execution::Moment;
use crate::domain::ids::TokenId;
use crate::domain::notices::{self, ChannelKind, NoticeKind, PersonChoice, Recipient, TokenHolder};
use crate::domain::people::User;
use crate::domain::tokens;
use crate::domain::unable;
use crate::failpoints;
use crate::store::{ClaimedDelivery, EndingToken, NewDelivery, Token};

/// Tokens that are looked at at once.
const BATCH_SIZE: u64 = 100;

impl App {
    /// Writes down who is told of the tokens that end soon; answers of how many tokens something was due. Each moment before the
    /// end of a token is told once: that it is past is one transaction with the deliveries.
    pub async fn queue_token_notices(&self) -> Result<usize, AppError> {
        let now = self.clock.now();
        let due = self.store.ending_tokens(now, BATCH_SIZE).await?;
        for token in &due {
            self.queue_notice_of(token, now).await?;
        }
        Ok(due.len())
    }

    async fn queue_notice_of(&self, token: &EndingToken, now: Moment) -> Result<(), AppError> {
        let notice = tokens::end_notice(token.expires_at, token.due_at, now);
        let told = if notice.is_told { self.told_of(token.holder).await? } else { Vec::new() };
        let delivery = |(channel, recipient)| NewDelivery {
            kind: DeliveryKind::TokenEnds,
            notice_id: None,
            token_id: Some(token.id),
            team_id: match token.holder {
                TokenHolder::Team(team) => Some(team),
                TokenHolder::Person(_) => None,
            },
            channel,
            recipient,
        };
        let new: Vec<_> = told.into_iter().map(delivery).collect();
        let tx = self.store.begin_write().await?;
        if tx.pass_token_notice(token, notice.next).await? {
            failpoints::reach("notify.token.passed");
            tx.insert_deliveries(&new, now).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Everybody who is told that a token ends, as they are at this moment.
    async fn told_of(&self, holder: TokenHolder) -> Result<Vec<(ChannelKind, Recipient)>, AppError> {
        let (users, channels): (Vec<User>, _) = match holder {
            TokenHolder::Person(owner) => (self.store.user(owner).await?.into_iter().collect(), Vec::new()),
            TokenHolder::Team(team) => {
                (unable::enabled(&self.store.members(team).await?), self.store.channels_of(team).await?)
            }
        };
        let keys: Vec<_> = users.iter().map(|user| user.id).collect();
        let contacts = self.store.contacts(&keys).await?;
        let of_team = self.events_for_holder(holder).await?;
        let choice = |contact: crate::store::Contact| {
            let user = users.iter().find(|user| user.id == contact.user_id)?.clone();
            let events = told_events(contact.events.as_ref(), of_team.as_ref());
            Some(PersonChoice { user, events })
        };
        let people: Vec<_> = contacts.into_iter().filter_map(choice).collect();
        let channels: Vec<_> = channels.into_iter().map(|channel| channel.choice).collect();
        Ok(notices::told_of_token(holder, &channels, &people))
    }

    /// What the team of a service's token has chosen for its members; nothing for a person's own token.
    async fn events_for_holder(&self, holder: TokenHolder) -> Result<Option<BTreeSet<NoticeKind>>, AppError> {
        match holder {
            TokenHolder::Team(team) => self.member_events_of(team).await,
            TokenHolder::Person(_) => Ok(None),
        }
    }

    /// That a token ends, as things are now; nothing, if it does not or does not concern the recipient any more.
    pub(super) async fn prepare_token_end(&self, claimed: &ClaimedDelivery) -> Result<PreparedDelivery, AppError> {
        let Some(token) = self.token_that_ends(claimed.what.token_id).await? else {
            return self.withdraw(claimed.id).await;
        };
        let to = match self.told_at(claimed, &token).await? {
            Ok(Some(to)) => to,
            Ok(None) => return self.withdraw(claimed.id).await,
            Err(failure) => return Ok(PreparedDelivery::Failed(failure)),
        };
        let team = self.team_told_of(claimed).await?;
        let content = LetterContent::TokenEnds { token: Box::new(token), team };
        let letter = Letter { id: claimed.id, created_at: claimed.created_at, to, content };
        Ok(PreparedDelivery::Send(Box::new(letter)))
    }

    async fn token_that_ends(&self, id: Option<TokenId>) -> Result<Option<Token>, AppError> {
        let Some(id) = id else { return Ok(None) };
        let now = self.clock.now();
        let ends = |token: &Token| tokens::check_alive(token.revoked_at, token.expires_at, now).is_ok();
        Ok(self.store.token(id).await?.filter(ends))
    }

    async fn told_at(
        &self,
        claimed: &ClaimedDelivery,
        token: &Token,
    ) -> Result<Result<Option<LetterDestination>, DeliveryFailure>, AppError> {
        let user = match claimed.what.recipient {
            Recipient::Channel(id) => {
                let channel = self.store.channel(id).await?.filter(|channel| channel.choice.enabled);
                let to = channel.map(|channel| Some(LetterDestination::Channel(channel)));
                return Ok(to.ok_or(DeliveryFailure::ChannelGone));
            }
            Recipient::Person(user) => self.store.user(user).await?,
        };
        let Some(user) = user else { return Ok(Ok(None)) };
        let contact = self.store.contact(user.id).await?;
        let Some((address, events)) = contact.and_then(|contact| Some((contact.address?, contact.events))) else {
            return Ok(Err(DeliveryFailure::NoAddress));
        };
        let holder = match claimed.what.team_id {
            Some(team) => TokenHolder::Team(team),
            None => TokenHolder::Person(token.owner),
        };
        let of_team = self.events_for_holder(holder).await?;
        let choice = PersonChoice { user, events: told_events(events.as_ref(), of_team.as_ref()) };
        let concerns = notices::hears_of_token(holder, &choice);
        Ok(Ok(concerns.then_some(LetterDestination::Email { name: choice.user.name, address })))
    }
}
