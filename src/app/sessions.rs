//! Operations on sessions: signing in and out, ending them, the first administrator, changing one's own password.
//!
//! A session is a row and a secret that only the browser has. Whatever ends one, or takes a right from somebody, changes
//! the mark of [`mark_people`], so that no replica goes on with what it remembers.

use chrono::{DateTime, Utc};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::accounts::{AccountError, Result, checked_hash, insert_user};
use super::secret::SecretHash;
use super::{App, Caller, passwords, secret};
use crate::domain::account::{ABSOLUTE_LIMIT, MAX_SESSIONS, SETUP_LIMIT, session_is_over};
use crate::domain::activity::Road;
use crate::domain::event::AccountEvent;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::people::{Actor, User};
use crate::store::{NewSession, Session, Stamp, Store, WriteTx, new_id};

/// The setting that changes whenever somebody lost a right or a session.
pub const PEOPLE_MARK: &str = "people_mark";
const SETUP_TOKEN: &str = "setup_token_hash";
/// The setting with which the cookies of sessions are signed.
const COOKIE_KEY: &str = "cookie_key";

/// Where a request comes from, as a session remembers it.
#[derive(Debug, Clone, Default)]
pub struct From {
    /// The address of the browser.
    pub address: Option<String>,
    /// What the browser calls itself.
    pub user_agent: Option<String>,
    /// The session that the browser had, which ends with signing in.
    pub before: Option<FormerSession>,
}

/// A session that another takes the place of.
#[derive(Debug, Clone, Copy)]
pub struct FormerSession {
    /// Its user.
    pub user: UserId,
    /// The session.
    pub session: SessionId,
}

/// A new session, and the secret that is its cookie.
#[derive(Debug)]
pub struct Begun {
    /// The secret.
    pub key: String,
    /// Who it is.
    pub user: User,
    /// How many of their oldest sessions ended, because they had as many as they may.
    pub ended: u64,
}

impl App {
    /// Signs somebody in, or answers none: the name or the password is wrong, or the account is disabled.
    pub async fn sign_in(&self, name: &str, password: String, from: From) -> Result<Option<Begun>> {
        let account = self.store.credentials(name).await?;
        let actor = account.as_ref().map(|known| Actor::Person { id: known.id, name: known.name.clone() });
        let known = account.filter(|known| known.disabled_at.is_none());
        let hash = known.as_ref().map(|known| known.password_hash.clone());
        let right = passwords::is_right(password, hash.clone()).await?;
        let tx = self.store.begin_write().await?;
        // It was looked up before the long work of hashing: the account may have changed since.
        let still = tx.credentials(name).await?.filter(|known| right && Some(&known.password_hash) == hash.as_ref());
        let user = match still {
            Some(known) => tx.user(known.id).await?,
            None => None,
        };
        let Some(user) = user else {
            drop(tx);
            self.sign_in_refused(actor, from.address).await?;
            return Ok(None);
        };
        let begun = begin_session(&tx, self.clock.now(), user, from).await?;
        tx.commit().await?;
        self.sweep().await?;
        Ok(Some(begun))
    }

    /// Ends the session of who signs out.
    pub async fn sign_out(&self, caller: &Caller, session: SessionId) -> Result<()> {
        let user = caller.in_person()?;
        let tx = self.store.begin_write().await?;
        if tx.end_session(user.id, session).await? > 0 {
            mark_people(&tx).await?;
            tx.account_event(&caller.stamp(user, self.clock.now()), &AccountEvent::SignedOut).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Ends one session of that user; answers false when they have no such session.
    pub async fn end_session(&self, caller: &Caller, session: SessionId) -> Result<bool> {
        let user = caller.in_person()?;
        let tx = self.store.begin_write().await?;
        let count = tx.end_session(user.id, session).await?;
        if count > 0 {
            mark_people(&tx).await?;
            tx.account_event(&caller.stamp(user, self.clock.now()), &AccountEvent::SessionsEnded { count }).await?;
            tx.commit().await?;
        }
        Ok(count > 0)
    }

    /// Ends the session of that key, whoever has it; answers whether there was one.
    pub async fn end_session_of_key(&self, key: &str) -> Result<bool> {
        let tx = self.store.begin_write().await?;
        let ended = tx.end_session_of_key(&secret::hashed(key)).await? > 0;
        if ended {
            mark_people(&tx).await?;
            tx.commit().await?;
        }
        Ok(ended)
    }

    /// Ends all sessions of that user but one; answers how many.
    pub async fn end_other_sessions(&self, caller: &Caller, keep: SessionId) -> Result<u64> {
        let user = caller.in_person()?;
        let tx = self.store.begin_write().await?;
        let count = tx.end_sessions_of(user.id, Some(keep)).await?;
        if count > 0 {
            mark_people(&tx).await?;
            tx.account_event(&caller.stamp(user, self.clock.now()), &AccountEvent::SessionsEnded { count }).await?;
        }
        tx.commit().await?;
        Ok(count)
    }

    /// Changes somebody's own password and ends their other sessions.
    pub async fn change_password(&self, caller: &Caller, keep: SessionId, change: PasswordChange) -> Result<()> {
        let user = caller.in_person()?;
        let name = user.name.clone();
        let PasswordChange { current, new } = change;
        let known = self
            .store
            .credentials(&name)
            .await?
            .ok_or_else(|| AccountError::NoSuchUser { wanted: name.clone(), meant: None })?;
        if !passwords::is_right(current, Some(known.password_hash.clone())).await? {
            return Err(AccountError::WrongPassword);
        }
        let hash = checked_hash(&name, new).await?;
        let tx = self.store.begin_write().await?;
        // Another change of the password in the meantime has won: the one given is the present one no more.
        if tx.credentials(&name).await?.is_none_or(|now| now.password_hash != known.password_hash) {
            return Err(AccountError::WrongPassword);
        }
        tx.set_password(known.id, &hash).await?;
        tx.end_sessions_of(known.id, Some(keep)).await?;
        mark_people(&tx).await?;
        tx.account_event(&caller.stamp(user, self.clock.now()), &AccountEvent::PasswordChanged { name }).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The session of that key's hash and whose it is, unless it is over.
    pub async fn session(&self, hash: &SecretHash) -> Result<Option<(Session, User)>> {
        let now = self.clock.now();
        let found = self.store.session(hash, now).await?;
        let Some(session) = found.filter(|row| !session_is_over(row.last_seen_at, row.expires_at, now)) else {
            return Ok(None);
        };
        Ok(self.store.user(session.user_id).await?.map(|user| (session, user)))
    }

    /// The caller's sessions that are not over, the last used first; and this one of theirs in any case.
    pub async fn own_sessions(&self, caller: &Caller, this: SessionId) -> Result<Vec<Session>> {
        let now = self.clock.now();
        let mut sessions = self.store.sessions_of(caller.in_person()?.id, now).await?;
        sessions.retain(|row| row.id == this || !session_is_over(row.last_seen_at, row.expires_at, now));
        Ok(sessions)
    }

    /// Writes down when the session of that key's hash was used.
    pub async fn touch_session(&self, hash: &SecretHash, used: DateTime<Utc>, expires: DateTime<Utc>) -> Result<()> {
        self.store.touch_session(hash, used, expires).await?;
        Ok(())
    }

    /// What changes whenever somebody lost a right or a session, here or on another replica.
    pub async fn people_mark(&self) -> Result<Option<String>> {
        Ok(self.store.setting(PEOPLE_MARK).await?)
    }

    /// Whether there is any account at all.
    pub async fn has_accounts(&self) -> Result<bool> {
        Ok(self.store.has_users().await?)
    }

    /// What the link with this secret is good for now.
    pub async fn setup_link(&self, token: &str) -> Result<SetupLink> {
        Ok(link_of(self.store.setting(SETUP_TOKEN).await?, token, self.clock.now()))
    }

    /// Makes the first administrator and signs them in. The link is used up.
    pub async fn set_up(&self, first: FirstAdministrator, from: From) -> Result<Begun> {
        let hash = checked_hash(&first.name, first.password).await?;
        let tx = self.store.begin_write().await?;
        let now = self.clock.now();
        let link = link_of(tx.setting(SETUP_TOKEN).await?, &first.token, now);
        if tx.has_administrator().await? || link != SetupLink::Good {
            return Err(AccountError::SetupOver);
        }
        tx.remove_setting(SETUP_TOKEN).await?;
        let stamp = Stamp {
            at: now,
            actor: Actor::Tollgate,
            address: from.address.clone(),
            credential: None,
            road: Road::Page,
        };
        let user = insert_user(&tx, &stamp, first.name, &hash, true).await?;
        let begun = begin_session(&tx, now, user, from).await?;
        tx.commit().await?;
        Ok(begun)
    }
}

pub(super) async fn begin_session(tx: &WriteTx, now: DateTime<Utc>, user: User, from: From) -> Result<Begun> {
    if let Some(FormerSession { user, session }) = from.before {
        tx.end_session(user, session).await?;
        mark_people(tx).await?;
    }
    let ended = tx.end_oldest_sessions(user.id, MAX_SESSIONS - 1, now).await?;
    if ended > 0 {
        mark_people(tx).await?;
    }
    let key = secret::fresh()?;
    let session = NewSession {
        key_hash: secret::hashed(&key).to_vec(),
        user_id: user.id,
        at: now,
        expires_at: now + ABSOLUTE_LIMIT,
        address: from.address.clone(),
        user_agent: from.user_agent,
    };
    tx.insert_session(session).await?;
    let stamp = Stamp { at: now, actor: Actor::from(&user), address: from.address, credential: None, road: Road::Page };
    tx.account_event(&stamp, &AccountEvent::SignedIn).await?;
    Ok(Begun { key, user, ended })
}

/// A change of one's own password, as typed.
#[derive(Debug)]
pub struct PasswordChange {
    /// The present one.
    pub current: String,
    /// The new one.
    pub new: String,
}

/// While there is no administrator: a new secret for the link that makes the first administrator. Older links end.
pub async fn offer_setup(store: &Store, now: DateTime<Utc>) -> Result<Option<String>> {
    if store.has_administrator().await? {
        return Ok(None);
    }
    let tx = store.begin_write().await?;
    if tx.has_administrator().await? {
        return Ok(None);
    }
    let token = secret::fresh()?;
    let until = (now + SETUP_LIMIT).timestamp();
    tx.set_setting(SETUP_TOKEN, &format!("{} {until}", secret::hexadecimal(&secret::hashed(&token)))).await?;
    tx.commit().await?;
    Ok(Some(token))
}

/// What a link that makes the first administrator is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetupLink {
    /// It works.
    Good,
    /// Nobody used it in time.
    TooOld,
    /// It was used, or replaced by a newer one, or was never ours.
    NotValid,
}

/// Who follows the set-up link, as typed.
#[derive(Debug)]
pub struct FirstAdministrator {
    /// The secret of the link.
    pub token: String,
    /// The name to sign in with.
    pub name: String,
    /// The password.
    pub password: String,
}

fn link_of(kept: Option<String>, token: &str, now: DateTime<Utc>) -> SetupLink {
    let given = secret::hexadecimal(&secret::hashed(token));
    let kept = kept.unwrap_or_default();
    // One of an earlier version has no end, and the start of this one has replaced it.
    let (hash, until) = kept.split_once(' ').unwrap_or_default();
    if !bool::from(hash.as_bytes().ct_eq(given.as_bytes())) {
        SetupLink::NotValid
    } else if until.parse().is_ok_and(|until: i64| now.timestamp() < until) {
        SetupLink::Good
    } else {
        SetupLink::TooOld
    }
}

/// The secret with which the cookies of sessions are signed: made once, and the same for all replicas.
pub async fn cookie_key(store: &Store) -> Result<String> {
    if let Some(known) = store.setting(COOKIE_KEY).await? {
        return Ok(known);
    }
    // Replicas that start at the same time on an empty database all come here: the first one's is everybody's.
    let tx = store.begin_write().await?;
    let settled = tx.settle_setting(COOKIE_KEY, &secret::fresh()?).await?;
    tx.commit().await?;
    Ok(settled)
}

/// Says that somebody lost a right or a session: every replica forgets what it remembers about people.
pub async fn mark_people(tx: &WriteTx) -> Result<()> {
    Ok(tx.set_setting(PEOPLE_MARK, &new_id::<Uuid>().to_string()).await?)
}
