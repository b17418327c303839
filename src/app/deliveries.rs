//! Operations on what could not be delivered, or not yet: administrators see all of it, managers what is of their teams; they
//! have it sent again, or take it off the list.

use super::{App, AppError, Caller};
use crate::domain::event::AccountEvent;
use crate::domain::execution::Moment;
use crate::domain::ids::{ChannelId, DeliveryId, UserId};
use crate::domain::notices::Recipient;
use crate::domain::people::{Role, User};
use crate::domain::refusal::{Operation, Refusal};
use crate::store::{DeliveryState, IdAndName, ListedDelivery, NamedChannel, NoticeLine, Scope, Stamp, WriteTx};

/// The most that are listed.
const MAX_LISTED: u64 = 200;

/// The most names in one line of the audit.
const MAX_NAMED: usize = 10;

/// Something that could not be delivered.
#[derive(Debug, Clone)]
pub struct Undelivered {
    /// It.
    pub delivery: ListedDelivery,
    /// What it tells, if it is one notice.
    pub line: Option<NoticeLine>,
    /// Name of the channel or of the person.
    pub recipient: String,
    /// Whether that channel was removed: nothing can be sent there any more.
    pub is_removed: bool,
    /// Name of the team of whose release tasks it tells, if it does.
    pub team: Option<String>,
}

/// What is about to be taken off the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dismissal {
    /// How much.
    pub count: u64,
    /// What was given up by then; what comes later stays.
    pub until: Moment,
}

impl App {
    /// What could not be delivered yet and is tried again, soonest first, and then what was given up, the last first; as far as the
    /// caller answers for it. To others there is no such list.
    pub async fn undelivered(&self, caller: &Caller) -> Result<Vec<Undelivered>, AppError> {
        let scope = managed(caller)?;
        let mut failed = self.store.retried(&scope, MAX_LISTED).await?;
        failed.extend(self.store.undeliverable(&scope, MAX_LISTED).await?);
        self.named(failed).await
    }

    /// Name of the channel or the person that a delivery is for; empty if there is none any more.
    pub async fn recipient_name(&self, recipient: Recipient) -> Result<String, AppError> {
        Ok(match recipient {
            Recipient::Channel(id) => self.store.channel_names(&[id]).await?.pop().map(|channel| channel.name),
            Recipient::Person(id) => self.store.names_of(&[id]).await?.pop().map(|(_, name)| name),
        }
        .unwrap_or_default())
    }

    async fn named(&self, failed: Vec<ListedDelivery>) -> Result<Vec<Undelivered>, AppError> {
        if failed.is_empty() {
            return Ok(Vec::new());
        }
        let (mut channels, mut people): (Vec<ChannelId>, Vec<UserId>) = (Vec::new(), Vec::new());
        for delivery in &failed {
            match delivery.what.recipient {
                Recipient::Channel(id) => channels.push(id),
                Recipient::Person(id) => people.push(id),
            }
        }
        let notices: Vec<_> = failed.iter().filter_map(|delivery| delivery.what.notice_id).collect();
        let lines = self.store.notice_lines(&notices).await?;
        let channels = self.store.channel_names(&channels).await?;
        let people = self.store.names_of(&people).await?;
        let teams = self.store.teams().await?;
        let name = |recipient: Recipient| match recipient {
            Recipient::Channel(id) => {
                let found = channels.iter().find(|channel| channel.id == id);
                found.map(|NamedChannel { name, is_removed, .. }| (name.clone(), *is_removed))
            }
            Recipient::Person(id) => {
                people.iter().find(|(known, _)| *known == id).map(|(_, name)| (name.clone(), false))
            }
        };
        let row = |delivery: ListedDelivery| {
            let (recipient, is_removed) = name(delivery.what.recipient).unwrap_or_default();
            let team = teams.iter().find(|IdAndName { id, .. }| Some(*id) == delivery.what.team_id);
            Undelivered {
                line: lines.iter().find(|line| Some(line.id) == delivery.what.notice_id).cloned(),
                recipient,
                is_removed,
                team: team.map(|team| team.name.clone()),
                delivery,
            }
        };
        Ok(failed.into_iter().map(row).collect())
    }

    /// Has something sent again that could not be delivered; answers whether it was so still.
    pub async fn send_again(&self, caller: &Caller, id: DeliveryId) -> Result<bool, AppError> {
        // A token that only reads changes nothing.
        if !caller.has_scope(Operation::Decide) {
            return Err(AppError::NotFound);
        }
        let found = self.undelivered_of(caller, id).await?;
        if found.delivery.state != DeliveryState::Undeliverable {
            return Ok(false);
        }
        if found.is_removed {
            return Err(Refusal::ChannelRemoved { channel: found.recipient }.into());
        }
        let tx = self.begin_admission().await?;
        let again = tx.send_again(id, self.clock.now()).await?;
        self.admit(&tx, &again).await?;
        self.commit(tx, |app| app.live.touch_deliveries()).await?;
        Ok(again)
    }

    /// Takes something off the list; answers whether it was there still.
    pub async fn dismiss(&self, caller: &Caller, id: DeliveryId) -> Result<bool, AppError> {
        let found = self.undelivered_of(caller, id).await?;
        let tx = self.begin_admission().await?;
        let (stamp, scope) = self.dismisses(&tx, caller).await?;
        if !is_among(&scope, &found.delivery) {
            return Err(AppError::NotFound);
        }
        let dismissed = tx.dismiss(id).await?;
        if dismissed {
            let event = AccountEvent::DeliveriesDismissed { count: 1, recipients: vec![found.recipient] };
            tx.account_event(&stamp, &event).await?;
        }
        self.admit(&tx, &dismissed).await?;
        self.commit(tx, |app| app.live.touch_deliveries()).await?;
        Ok(dismissed)
    }

    /// What would leave the list if all of it were dismissed that the caller answers for and that was given up by now.
    pub async fn dismissal(&self, caller: &Caller) -> Result<Dismissal, AppError> {
        let until = self.clock.now();
        Ok(Dismissal { count: self.store.count_undeliverable(&managed(caller)?, until).await?, until })
    }

    /// Takes all of that off the list; answers how much there was.
    pub async fn dismiss_all(&self, caller: &Caller, until: Moment) -> Result<u64, AppError> {
        let scope = managed(caller)?;
        let mut recipients: Vec<String> = Vec::new();
        for row in self.named(self.store.undeliverable(&scope, MAX_LISTED).await?).await? {
            if recipients.len() < MAX_NAMED && !recipients.contains(&row.recipient) {
                recipients.push(row.recipient);
            }
        }
        let tx = self.begin_admission().await?;
        let (stamp, scope) = self.dismisses(&tx, caller).await?;
        let count = tx.dismiss_all(&scope, until).await?;
        if count > 0 {
            tx.account_event(&stamp, &AccountEvent::DeliveriesDismissed { count, recipients }).await?;
        }
        self.admit(&tx, &count).await?;
        self.commit(tx, |app| app.live.touch_deliveries()).await?;
        Ok(count)
    }

    /// That delivery, for whoever answers for it.
    async fn undelivered_of(&self, caller: &Caller, id: DeliveryId) -> Result<Undelivered, AppError> {
        let found = self.store.delivery(id).await?.ok_or(AppError::NotFound)?;
        if !is_among(&managed(caller)?, &found) {
            return Err(AppError::NotFound);
        }
        self.named(vec![found]).await?.pop().ok_or(AppError::NotFound)
    }

    /// Their rights are looked up once more in the write itself.
    async fn dismisses(&self, tx: &WriteTx, caller: &Caller) -> Result<(Stamp, Scope), AppError> {
        let at = self.clock.now();
        if matches!(caller, Caller::CommandLine) {
            return Ok((Stamp::command_line(at), Scope::All));
        }
        // A token that only reads changes nothing.
        if !caller.has_scope(Operation::Decide) {
            return Err(AppError::NotFound);
        }
        let user = caller.now(tx, at).await?;
        Ok((caller.stamp(&user, at), managed_by(&user)?))
    }
}

fn is_among(scope: &Scope, delivery: &ListedDelivery) -> bool {
    match (scope, delivery.what.team_id) {
        (Scope::All, _) => true,
        (Scope::Teams(teams), Some(team)) => teams.contains(&team),
        (Scope::Teams(_), None) => false,
    }
}

/// The teams for which the caller answers.
fn managed(caller: &Caller) -> Result<Scope, AppError> {
    if matches!(caller, Caller::CommandLine) {
        return Ok(Scope::All);
    }
    managed_by(caller.user()?)
}

fn managed_by(user: &User) -> Result<Scope, AppError> {
    if user.administrator {
        return Ok(Scope::All);
    }
    let teams: Vec<_> = user.roles.iter().filter(|held| held.role == Role::Manager).map(|held| held.team).collect();
    if teams.is_empty() { Err(AppError::NotFound) } else { Ok(Scope::Teams(teams)) }
}
