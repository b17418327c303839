//! Operations on what could not be delivered: administrators see all of it, managers what is of their teams, and have it
//! sent again.

use super::{App, AppError, Caller};
use crate::domain::ids::{ChannelId, DeliveryId, UserId};
use crate::domain::notices::Recipient;
use crate::domain::people::Role;
use crate::domain::refusal::Operation;
use crate::store::{DeliveryState, ListedDelivery, NoticeLine, Scope};

/// The most that are listed.
const MAX_LISTED: u64 = 200;

/// Something that could not be delivered.
#[derive(Debug, Clone)]
pub struct Undelivered {
    /// It.
    pub delivery: ListedDelivery,
    /// What it tells, if it is one notice.
    pub line: Option<NoticeLine>,
    /// Name of the channel or of the person.
    pub recipient: String,
}

impl App {
    /// What could not be delivered, as far as the caller answers for it, the last first. To others there is no such list.
    pub async fn undelivered(&self, caller: &Caller) -> Result<Vec<Undelivered>, AppError> {
        let scope = managed(caller)?;
        let failed = self.store.undeliverable(&scope, MAX_LISTED).await?;
        let (mut channels, mut people): (Vec<ChannelId>, Vec<UserId>) = (Vec::new(), Vec::new());
        for delivery in &failed {
            match delivery.what.recipient {
                Recipient::Channel(id) => channels.push(id),
                Recipient::Person(id) => people.push(id),
            }
        }
        let notices: Vec<_> = failed.iter().filter_map(|delivery| delivery.what.notice_id).collect();
        let lines = self.store.notice_lines(&notices).await?;
        let channels = self.store.channels(&channels).await?;
        let people = self.store.names_of(&people).await?;
        let name = |recipient: Recipient| match recipient {
            Recipient::Channel(id) => {
                channels.iter().find(|channel| channel.choice.id == id).map(|channel| channel.name.clone())
            }
            Recipient::Person(id) => people.iter().find(|(known, _)| *known == id).map(|(_, name)| name.clone()),
        };
        let row = |delivery: ListedDelivery| Undelivered {
            line: lines.iter().find(|line| Some(line.id) == delivery.what.notice_id).cloned(),
            recipient: name(delivery.what.recipient).unwrap_or_default(),
            delivery,
        };
        Ok(failed.into_iter().map(row).collect())
    }

    /// Has something sent again that could not be delivered; answers whether it was so still.
    pub async fn send_again(&self, caller: &Caller, id: DeliveryId) -> Result<bool, AppError> {
        let scope = managed(caller)?;
        // The rights of a manager are in this scope; an administrator's are in none, and a token that only reads changes nothing.
        if !caller.has_scope(Operation::Decide) {
            return Err(AppError::NotFound);
        }
        let found = self.store.delivery(id).await?.ok_or(AppError::NotFound)?;
        let is_theirs = match (&scope, found.what.team_id) {
            (Scope::All, _) => true,
            (Scope::Teams(teams), Some(team)) => teams.contains(&team),
            (Scope::Teams(_), None) => false,
        };
        if !is_theirs {
            return Err(AppError::NotFound);
        }
        if found.state != DeliveryState::Undeliverable {
            return Ok(false);
        }
        let tx = self.begin_admission().await?;
        let again = tx.send_again(id, self.clock.now()).await?;
        self.admit(&tx, &again).await?;
        tx.commit().await?;
        Ok(again)
    }
}

/// The teams for which the caller answers.
fn managed(caller: &Caller) -> Result<Scope, AppError> {
    if matches!(caller, Caller::CommandLine) {
        return Ok(Scope::All);
    }
    let user = caller.user()?;
    if user.administrator {
        return Ok(Scope::All);
    }
    let teams: Vec<_> = user.roles.iter().filter(|held| held.role == Role::Manager).map(|held| held.team).collect();
    if teams.is_empty() { Err(AppError::NotFound) } else { Ok(Scope::Teams(teams)) }
}
