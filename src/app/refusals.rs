//! Records refusals, each with the person: a warning in the server's log each time, and a line in the audit, which sums up what is
//! repeated. Counted in memory: whoever tries without end fills neither the audit nor the memory.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use parking_lot::Mutex;

use super::{App, AppError, Caller, KEY_KEPT};
use crate::domain::activity::Road;
use crate::domain::event::AccountEvent;
use crate::domain::ids::{ReleaseId, TeamId, UserId};
use crate::domain::invitation::LISTED_AFTER_END;
use crate::domain::people::{Actor, User};
use crate::domain::refusal::{Denial, Operation, Refusal};
use crate::domain::tokens::TOKEN_KEPT;
use crate::store::{Stamp, StoreError};

/// What is repeated within such a time is summed up.
const WINDOW: TimeDelta = TimeDelta::hours(1);
/// So often in a window each time has a line of its own; from then on the 8th, 16th, 32nd … have one.
const IN_FULL: u64 = 5;
/// So many different things are counted at most; all others are counted together.
const MANY: usize = 500;
/// How often the audit is looked through for what is too old.
const SWEEP_EVERY: TimeDelta = TimeDelta::hours(1);
/// How long the audit keeps sign-ins and refusals, unless the server is told otherwise.
pub const KEPT_DAYS: u32 = 400;

/// What is refused again and again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Repeated {
    /// A sign-in to an account, or to none that there is, from an address.
    SignIn(Option<UserId>, Option<String>),
    /// A change of that user's own password.
    Password(UserId),
    /// Something that this user asked of release tasks.
    Action(UserId, Operation),
    /// A new release task that this user wanted to make.
    Creation(UserId),
    /// All that is too much to be told apart.
    Rest,
}

/// How often what was refused within the last hour. Cloned, it counts the same.
#[derive(Debug, Clone)]
pub struct Refusals {
    counts: Arc<Mutex<Counts>>,
    keep: TimeDelta,
}

#[derive(Debug, Default)]
struct Counts {
    known: HashMap<Repeated, (DateTime<Utc>, u64)>,
    swept: Option<DateTime<Utc>>,
}

impl Default for Refusals {
    fn default() -> Self {
        Self::kept(KEPT_DAYS)
    }
}

impl Refusals {
    /// The audit keeps sign-ins and refusals for that many days.
    pub fn kept(days: u32) -> Self {
        Self { counts: Arc::default(), keep: TimeDelta::days(i64::from(days)) }
    }

    /// Counts one; answers how often that is within the hour, if it is to be written down.
    fn count(&self, what: Repeated, now: DateTime<Utc>) -> Option<u64> {
        let mut counts = self.counts.lock();
        let known = &mut counts.known;
        let what = if known.contains_key(&what) || known.len() < MANY {
            what
        } else {
            known.retain(|_, (since, _)| now - *since < WINDOW);
            if known.len() < MANY { what } else { Repeated::Rest }
        };
        let (since, count) = known.entry(what).or_insert((now, 0));
        if now - *since >= WINDOW {
            (*since, *count) = (now, 0);
        }
        *count += 1;
        (*count <= IN_FULL || count.is_power_of_two()).then_some(*count)
    }

    /// Before when sign-ins and refusals are forgotten, when it is time to do so.
    fn sweep(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut counts = self.counts.lock();
        if counts.swept.is_some_and(|swept| now - swept < SWEEP_EVERY) {
            return None;
        }
        counts.swept = Some(now);
        now.checked_sub_signed(self.keep)
    }
}

impl App {
    /// A sign-in was refused. What was typed as the name is told only if there is an account of that name: it may be a
    /// password otherwise.
    pub(super) async fn sign_in_refused(
        &self,
        account: Option<Actor>,
        address: Option<String>,
    ) -> Result<(), StoreError> {
        let (user_id, name) = id_and_name(account.as_ref());
        let from = address.as_deref();
        tracing::warn!(
            account = name,
            user_id = user_id.map(tracing::field::display),
            address = from,
            "sign-in refused"
        );
        let stamp = Stamp { at: self.clock.now(), actor: Actor::Tollgate, address, credential: None, road: Road::Page };
        let Some(times) = self.refusals.count(Repeated::SignIn(user_id, stamp.address.clone()), stamp.at) else {
            return Ok(());
        };
        self.write_refusal(&stamp, &AccountEvent::SignInFailed { account, times }).await
    }

    /// Somebody wanted to change their password, and did not know the present one.
    pub async fn password_refused(&self, caller: &Caller) -> Result<(), AppError> {
        let user = caller.in_person()?;
        let stamp = caller.stamp(user, self.clock.now());
        tracing::warn!(user = user.name, user_id = %user.id, address = stamp.address, "password change refused");
        match self.refusals.count(Repeated::Password(user.id), stamp.at) {
            Some(times) => Ok(self.write_refusal(&stamp, &AccountEvent::PasswordRefused { times }).await?),
            None => Ok(()),
        }
    }

    /// If a right was refused, tells so; what else may have been the reason is no matter of rights. The answer is given
    /// whether that can be written down or not.
    pub async fn tell_refused<T>(
        &self,
        caller: &Caller,
        release_id: ReleaseId,
        operation: Operation,
        answer: &Result<T, AppError>,
    ) {
        let refusal = match answer {
            Err(AppError::Refused(refusal)) => Some(refusal),
            Err(AppError::NotFound) => None,
            _ => return,
        };
        if let Err(error) = self.action_refused(caller, release_id, operation, refusal).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "could not record refusal in audit");
        }
    }

    /// If the right to make a release task of that team was refused, tells so, as [`Self::tell_refused`] does.
    pub(super) async fn tell_create_refused<T>(&self, caller: &Caller, team: TeamId, answer: &Result<T, AppError>) {
        let Err(AppError::Refused(refusal)) = answer else { return };
        if let Err(error) = self.create_refused(caller, team, refusal).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "could not record refusal in audit");
        }
    }

    async fn create_refused(&self, caller: &Caller, team: TeamId, refusal: &Refusal) -> Result<(), StoreError> {
        let (Ok(user), Some(mut why)) = (caller.user(), refusal.denial()) else { return Ok(()) };
        let Some(team) = self.store.teams().await?.into_iter().find(|known| known.id == team) else { return Ok(()) };
        if !user.may_read(team.id) {
            why = Denial::NotAMember;
        }
        let stamp = caller.stamp(user, self.clock.now());
        let address = stamp.address.as_deref();
        tracing::warn!(user = user.name, user_id = %user.id, address, team = team.name, ?why, "creation refused");
        let Some(times) = self.refusals.count(Repeated::Creation(user.id), stamp.at) else { return Ok(()) };
        self.write_refusal(&stamp, &AccountEvent::CreationRefused { team: team.name, why, times }).await
    }

    async fn action_refused(
        &self,
        caller: &Caller,
        release_id: ReleaseId,
        operation: Operation,
        refusal: Option<&Refusal>,
    ) -> Result<(), StoreError> {
        if refusal.is_some_and(|refusal| refusal.denial().is_none()) {
            return Ok(());
        }
        // A caller who is no person has no rights that could be refused.
        let Ok(asking) = caller.user() else { return Ok(()) };
        let Some(user) = self.store.user(asking.id).await? else { return Ok(()) };
        let Some(release) = self.store.release(release_id).await? else { return Ok(()) };
        let denial = match refusal {
            Some(refusal) => refusal.denial(),
            None => (!user.may_read(release.team_id)).then_some(Denial::NotAMember),
        };
        let Some(why) = denial else { return Ok(()) };
        let User { id, name, .. } = &user;
        let stamp = caller.stamp(&user, self.clock.now());
        let address = stamp.address.as_deref();
        tracing::warn!(user = name, user_id = %id, address, ?operation, release = release.name, release_id = %release.id, ?why, "refused");
        let Some(times) = self.refusals.count(Repeated::Action(user.id, operation), stamp.at) else {
            return Ok(());
        };
        let event = AccountEvent::ActionRefused { operation, release: release.name, release_id, why, times };
        self.write_refusal(&stamp, &event).await
    }

    async fn write_refusal(&self, stamp: &Stamp, event: &AccountEvent) -> Result<(), StoreError> {
        let tx = self.store.begin_write().await?;
        tx.account_event(stamp, event).await?;
        tx.commit().await
    }

    /// Forgets sessions and tokens that are over, and what the audit need not keep any longer, now and then.
    pub(super) async fn sweep(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.store.sweep_sessions(now).await?;
        self.store.sweep_tokens(now - TOKEN_KEPT).await?;
        self.store.sweep_keys(now - KEY_KEPT).await?;
        self.store.sweep_links(now - LISTED_AFTER_END).await?;
        if let Some(before) = self.refusals.sweep(now) {
            self.store.sweep_audit(before).await?;
        }
        Ok(())
    }
}

fn id_and_name(actor: Option<&Actor>) -> (Option<UserId>, Option<&str>) {
    match actor {
        Some(Actor::Person { id, name }) => (Some(*id), Some(name)),
        Some(Actor::Tollgate | Actor::Policy) | None => (None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("a moment")
    }

    #[test]
    fn s7_what_is_repeated_is_summed_up_within_the_hour() {
        let refusals = Refusals::default();
        let what = || Repeated::SignIn(None, Some("192.0.2.1".to_owned()));
        let told: Vec<u64> = (0..1000).filter_map(|second| refusals.count(what(), at(second))).collect();
        assert_eq!(told, [1, 2, 3, 4, 5, 8, 16, 32, 64, 128, 256, 512]);
        let other = Repeated::SignIn(None, Some("192.0.2.2".to_owned()));
        assert_eq!(refusals.count(other, at(1000)), Some(1));
        assert_eq!(refusals.count(what(), at(3600)), Some(1), "an hour later it is told anew");
    }

    #[test]
    fn s7_many_addresses_are_counted_together() {
        let refusals = Refusals::default();
        let from = |n: u32| Repeated::SignIn(None, Some(n.to_string()));
        let told = (0..100_000).filter_map(|n| refusals.count(from(n), at(1))).count();
        assert!(told < MANY + 25, "{told} lines");
        assert!(refusals.counts.lock().known.len() <= MANY + 1);
        assert_eq!(refusals.count(from(0), at(2)), Some(2), "who was told apart is so still");
        assert_eq!(refusals.count(from(100_001), at(3602)), Some(1), "an hour later there is room again");
    }
}
