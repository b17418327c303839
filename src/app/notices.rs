//! Operations on notices: who is told of what happened, and what each of them is told. None of them changes an execution.

use std::collections::BTreeSet;

use super::{App, AppError, PreparedDelivery};
use crate::domain::delivery::{DeliveryFailure, DeliveryKind};
use crate::domain::event_choice::told_events;
use crate::domain::execution::{Execution, Moment};
use crate::domain::ids::{DeliveryId, TeamId};
use crate::domain::notices::{self, NoticeKind, PersonChoice, Recipient, Usefulness};
use crate::domain::unable;
use crate::store::{ClaimedDelivery, DeliveryState, NewDelivery, StoredNotice, Term};

/// Notices of which it is looked up at once who is told.
const BATCH_SIZE: u64 = 100;

/// When a notice that could not be addressed is tried again.
const RETRIED_AFTER: chrono::TimeDelta = chrono::TimeDelta::minutes(1);

/// What was told is remembered for so long.
const KEPT: chrono::TimeDelta = chrono::TimeDelta::days(30);

impl App {
    /// Looks up who is told of what is due, and writes a delivery down for each; answers how many notices were due. Done twice,
    /// the second changes nothing.
    pub async fn address_notices(&self) -> Result<usize, AppError> {
        let due = self.store.due_notices(self.clock.now(), BATCH_SIZE).await?;
        for notice in &due {
            if let Err(error) = self.address(notice).await {
                // One that cannot be addressed holds up no other. If the database is away, this fails as well.
                self.postpone(notice, self.clock.now() + RETRIED_AFTER).await?;
                tracing::warn!(
                    notice = %notice.id,
                    error = &error as &dyn std::error::Error,
                    "could not address notice; will retry"
                );
            }
        }
        Ok(due.len())
    }

    async fn postpone(&self, notice: &StoredNotice, until: Moment) -> Result<(), AppError> {
        let tx = self.store.begin_write().await?;
        tx.postpone_notice(notice.id, until).await?;
        Ok(tx.commit().await?)
    }

    async fn address(&self, notice: &StoredNotice) -> Result<(), AppError> {
        let now = self.clock.now();
        let execution = self.store.execution(notice.execution_id).await?.ok_or(AppError::NotFound)?;
        let use_now = notices::usefulness(notice.kind, notice.gate, &execution, notice.happened_at, now);
        let told = match use_now {
            Usefulness::NotBefore(until) => return self.postpone(notice, until).await,
            Usefulness::Pointless => Vec::new(),
            // Who is told of old news is told in a digest.
            Usefulness::Useful | Usefulness::Late => self.audience(notice, &execution).await?,
        };
        let team_id = execution.team_id;
        let delivery = |(channel, recipient)| NewDelivery {
            kind: DeliveryKind::Notice,
            notice_id: Some(notice.id),
            token_id: None,
            team_id: Some(team_id),
            channel,
            recipient,
        };
        let new: Vec<_> = told.into_iter().map(delivery).collect();
        let tx = self.store.begin_write().await?;
        if tx.addressed(notice.id, now).await? {
            tx.insert_deliveries(&new, now).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Everybody who is told, as they are at this moment.
    async fn audience(
        &self,
        notice: &StoredNotice,
        execution: &Execution,
    ) -> Result<Vec<(notices::ChannelKind, Recipient)>, AppError> {
        let channels = self.store.channels_of(execution.team_id).await?;
        let channels: Vec<_> = channels.into_iter().map(|channel| channel.choice).collect();
        let people = self.people_to_tell(execution).await?;
        let people: Vec<PersonChoice> = people.into_iter().map(|(choice, _)| choice).collect();
        Ok(notices::audience(notice.kind, notice.gate, execution, &channels, &people))
    }

    /// What the team has chosen that its members are told.
    pub(super) async fn member_events_of(&self, team: TeamId) -> Result<Option<BTreeSet<NoticeKind>>, AppError> {
        Ok(self.store.member_events(&[team]).await?.pop().and_then(|chosen| chosen.events))
    }

    /// The people of the team who have an address, and those whom the execution asks by name.
    async fn people_to_tell(&self, execution: &Execution) -> Result<Vec<(PersonChoice, String)>, AppError> {
        let people = self.asked(execution.team_id, execution.definition.tasks().map(|(_, task)| &task.kind)).await?;
        let users = unable::enabled(&people);
        let keys: Vec<_> = users.iter().map(|user| user.id).collect();
        let contacts = self.store.contacts(&keys).await?;
        let of_team = self.member_events_of(execution.team_id).await?;
        let choice = |contact: crate::store::Contact| {
            let user = users.iter().find(|user| user.id == contact.user_id)?.clone();
            let events = told_events(contact.events.as_ref(), of_team.as_ref());
            Some((PersonChoice { user, events }, contact.address?))
        };
        Ok(contacts.into_iter().filter_map(choice).collect())
    }

    /// Claims deliveries that are due for this replica, beside those that it has under way: nobody else sends them as long as
    /// its term lasts.
    pub async fn claim_deliveries(
        &self,
        term: &Term,
        under_way: &[NewDelivery],
    ) -> Result<Vec<ClaimedDelivery>, AppError> {
        Ok(self.store.claim_deliveries(term, under_way, self.clock.now()).await?)
    }

    /// Makes one digest of all that is old news and waits for the same recipient, or adds it to the one that waits already.
    pub(super) async fn put_in_digest(
        &self,
        claimed: &ClaimedDelivery,
        term: &Term,
    ) -> Result<PreparedDelivery, AppError> {
        let now = self.clock.now();
        let tx = self.store.begin_write().await?;
        let waiting = tx.waiting_with(claimed, term).await?;
        let keys: Vec<_> = waiting.iter().filter_map(|(_, notice)| *notice).collect();
        let late = tx.late_among(&keys, now).await?;
        let parts: Vec<_> = waiting
            .iter()
            .filter(|(_, notice)| notice.is_some_and(|it| late.contains(&it)))
            .map(|(id, _)| *id)
            .collect();
        let digest = match waiting.iter().find(|(_, notice)| notice.is_none()) {
            Some((digest, _)) => Some(*digest),
            None => tx
                .insert_deliveries(&[NewDelivery { kind: DeliveryKind::Digest, notice_id: None, ..claimed.what }], now)
                .await?
                .first()
                .copied(),
        };
        if let Some(digest) = digest {
            tx.put_in_digest(&parts, digest, now).await?;
        }
        self.commit(tx, |app| app.live.touch_deliveries()).await?;
        Ok(PreparedDelivery::Settled)
    }

    /// What a delivery sends: the same at each attempt, however things have changed since the first.
    pub async fn body_to_send(&self, id: DeliveryId, body: &str) -> Result<String, AppError> {
        let tx = self.store.begin_write().await?;
        let kept = tx.keep_body(id, body).await?;
        tx.commit().await?;
        Ok(kept)
    }

    /// Writes down that the receiver took it.
    pub async fn delivered(&self, id: DeliveryId) -> Result<(), AppError> {
        let tx = self.store.begin_write().await?;
        tx.end_delivery(id, DeliveryState::Sent, self.clock.now()).await?;
        self.commit(tx, |app| app.live.touch_deliveries()).await
    }

    /// Writes down that the receiver did not, and when it is tried again; answers whether it is.
    pub async fn not_delivered(
        &self,
        claimed: &ClaimedDelivery,
        term: &Term,
        failure: &DeliveryFailure,
    ) -> Result<bool, AppError> {
        let now = self.clock.now();
        let next = failure.next_try(claimed.what.kind, claimed.attempts + 1, now);
        let tx = self.store.begin_write().await?;
        tx.delivery_failed(claimed, term, failure, next, now).await?;
        self.commit(tx, |app| app.live.touch_deliveries()).await?;
        Ok(next.is_some())
    }

    /// Forgets what was told long ago.
    pub async fn sweep_notices(&self) -> Result<(), AppError> {
        Ok(self.store.sweep_outbox(self.clock.now() - KEPT).await?)
    }
}
