//! Operations on links that set a new password: made for somebody who forgot theirs, sent to them by whoever made it, and used
//! up by the form behind it.

use super::accounts::{AccountError, Result, checked_hash, user_named};
use super::sessions::{Begun, From, begin_session};
use super::{App, Caller, NewLink, secret, sessions};
use crate::domain::activity::Road;
use crate::domain::event::AccountEvent;
use crate::domain::execution::Moment;
use crate::domain::ids::{TeamId, UserId};
use crate::domain::invitation::RESET_LIMIT;
use crate::domain::password_reset::PasswordReset;
use crate::domain::people::{Actor, Person, User};
use crate::store::{IdAndName, Stamp, WriteTx};

/// A link that sets a new password, as it leads to whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedReset {
    /// The name of the account.
    pub name: String,
}

impl App {
    /// Makes a link for an administrator, or for the command line, in the place of an earlier one of the same user.
    pub async fn make_reset_link(&self, caller: &Caller, name: &str) -> Result<NewLink> {
        let tx = self.store.begin_write().await?;
        let stamp = self.administers(&tx, caller).await?;
        let user = user_named(&tx, name).await?;
        // A service has no password.
        if tx.person(user.id).await?.is_none() {
            return Err(AccountError::NoSuchUser { wanted: user.name, meant: None });
        }
        if user.disabled_at.is_some() {
            return Err(AccountError::Disabled(user.name));
        }
        make(tx, &stamp, IdAndName { id: user.id, name: user.name }, None).await
    }

    /// Makes a link for whoever may keep the account of that member.
    pub async fn make_reset_link_of_member(&self, caller: &Caller, team: TeamId, user: UserId) -> Result<NewLink> {
        let tx = self.store.begin_write().await?;
        let (stamp, Person { user, disabled_at, .. }) = self.keeps(&tx, caller, team, user).await?;
        if disabled_at.is_some() {
            return Err(AccountError::Disabled(user.name));
        }
        make(tx, &stamp, IdAndName { id: user.id, name: user.name }, Some(team)).await
    }

    /// Whose password the link with that secret sets. Nothing is changed by looking at it.
    pub async fn offered_reset(&self, secret: &str) -> Result<OfferedReset> {
        let reset = self.store.reset_by(&secret::hashed(secret)).await?.ok_or(AccountError::LinkOver)?;
        let maker = match &reset.by {
            Actor::Person { id, .. } => self.store.user(*id).await?,
            Actor::Tollgate | Actor::Policy => None,
        };
        let person = self.store.person(reset.user).await?.ok_or(AccountError::LinkOver)?;
        check(&reset, maker.as_ref(), &person, self.clock.now())?;
        Ok(OfferedReset { name: person.user.name })
    }

    /// Sets a new password by the link, which is used up, ends all sessions of its owner, and begins one.
    pub async fn reset_by_link(&self, secret: &str, password: String, from: From) -> Result<Begun> {
        let name = self.offered_reset(secret).await?.name;
        let hash = checked_hash(&name, password).await?;
        let tx = self.store.begin_write().await?;
        // First: whoever changes the roles of somebody meanwhile waits, or is seen here.
        sessions::mark_people(&tx).await?;
        let now = self.clock.now();
        // All of it is looked at again: it was read before the long work of hashing.
        let reset = tx.reset_by(&secret::hashed(secret)).await?.ok_or(AccountError::LinkOver)?;
        let user = owner(&tx, &reset, now).await?;
        tx.set_password(user.id, &hash).await?;
        tx.end_sessions_of(user.id, None).await?;
        let stamp = Stamp {
            at: now,
            actor: Actor::from(&user),
            address: from.address.clone(),
            credential: None,
            road: Road::Page,
        };
        let by = reset.by.name().to_owned();
        tx.account_event(&stamp, &AccountEvent::PasswordReset { by }).await?;
        let begun = begin_session(&tx, now, user, from).await?;
        tx.commit().await?;
        Ok(begun)
    }
}

async fn make(tx: WriteTx, stamp: &Stamp, user: IdAndName<UserId>, team: Option<TeamId>) -> Result<NewLink> {
    let secret = secret::fresh()?;
    let expires_at = stamp.at + RESET_LIMIT;
    let by = stamp.actor.clone();
    let reset = PasswordReset { user: user.id, team, by, created_at: stamp.at, expires_at };
    tx.replace_reset(&reset, &secret::hashed(&secret)).await?;
    tx.account_event(stamp, &AccountEvent::ResetLinkMade { name: user.name.clone() }).await?;
    tx.commit().await?;
    Ok(NewLink { name: user.name, secret, expires_at })
}

fn check(reset: &PasswordReset, maker: Option<&User>, person: &Person, now: Moment) -> Result<()> {
    if !reset.still_holds(maker, person) {
        Err(AccountError::LinkOver)
    } else if reset.is_over(now) {
        Err(AccountError::LinkTooOld)
    } else {
        Ok(())
    }
}

/// Whose password it sets, if it is still good.
async fn owner(tx: &WriteTx, reset: &PasswordReset, now: Moment) -> Result<User> {
    let maker = match &reset.by {
        Actor::Person { id, .. } => tx.user(*id).await?,
        Actor::Tollgate | Actor::Policy => None,
    };
    let person = tx.person(reset.user).await?.ok_or(AccountError::LinkOver)?;
    check(reset, maker.as_ref(), &person, now)?;
    Ok(person.user)
}
