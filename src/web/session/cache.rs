//! A cache of sessions, so that a request of somebody signed in touches no database; and forgotten at once
//! when a session ends or somebody's roles change. Other replicas, and the command line, are noticed by one setting, read
//! at most once in [`LOOK_EVERY`], however many people are watching.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::CurrentUser;
use crate::app::secret::{self, SecretHash};
use crate::app::sessions::PEOPLE_MARK;
use crate::domain::account::session_is_over;
use crate::domain::people::User;
use crate::store::{IdAndName, Store};
use crate::web::error::PageError;

/// How often the mark is read that tells of changes made elsewhere.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often it is written down that a session is used.
const NOTE_EVERY: i64 = 60_000_000;

/// Somebody signed in, as remembered.
#[derive(Debug)]
pub struct SignedIn {
    /// Key of the session.
    pub session: Uuid,
    /// Who, with their roles.
    pub user: User,
    pub(super) key_hash: SecretHash,
    pub(super) expires_at: DateTime<Utc>,
    seen: AtomicI64,
    noted: AtomicI64,
}

impl SignedIn {
    fn is_over(&self, now: DateTime<Utc>) -> bool {
        let seen = DateTime::from_timestamp_micros(self.seen.load(Ordering::Relaxed)).unwrap_or_default();
        session_is_over(seen, self.expires_at, now)
    }

    /// Notes that the session is used; answers when it is time to write it down.
    pub(super) fn is_used(&self, now: DateTime<Utc>) -> bool {
        let now = now.timestamp_micros();
        self.seen.store(now, Ordering::Relaxed);
        let noted = self.noted.load(Ordering::Relaxed);
        now - noted >= NOTE_EVERY
            && self.noted.compare_exchange(noted, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

/// What is remembered of sessions.
#[derive(Debug, Default)]
pub struct Sessions {
    known: RwLock<Known>,
    /// Milliseconds since `began` at which the mark was last looked at.
    looked: AtomicU64,
    began: OnceLock<Instant>,
}

#[derive(Debug, Default)]
struct Known {
    people: HashMap<SecretHash, Arc<SignedIn>>,
    regions: Option<Arc<[IdAndName]>>,
    mark: Option<String>,
    /// Grows whenever something is forgotten: what was read before that is not remembered after it.
    forgotten: u64,
}

impl Sessions {
    /// The person whose browser sent this secret, if the session is not over.
    pub async fn find(&self, store: &Store, key: &str, now: DateTime<Utc>) -> Result<Option<CurrentUser>, PageError> {
        self.look_for_changes(store).await?;
        let hash = secret::hashed(key);
        let (found, forgotten) = {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            (known.people.get(&hash).cloned(), known.forgotten)
        };
        if let Some(found) = found.filter(|found| !found.is_over(now)) {
            return Ok(Some(CurrentUser(found)));
        }
        // Not remembered, or over as far as we know; another replica may have seen them since.
        let row = store.session(&hash, now).await?;
        let Some(row) = row.filter(|row| !session_is_over(row.last_seen_at, row.expires_at, now)) else {
            return Ok(None);
        };
        let Some(user) = store.user(row.user_id).await? else { return Ok(None) };
        let seen = row.last_seen_at.timestamp_micros();
        let found = Arc::new(SignedIn {
            session: row.id,
            key_hash: hash,
            user,
            expires_at: row.expires_at,
            seen: AtomicI64::new(seen),
            noted: AtomicI64::new(seen),
        });
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.forgotten == forgotten {
            known.people.retain(|_, person| !person.is_over(now));
            known.people.insert(hash, Arc::clone(&found));
        }
        Ok(Some(CurrentUser(found)))
    }

    /// All regions.
    pub async fn regions(&self, store: &Store) -> Result<Arc<[IdAndName]>, PageError> {
        let (regions, forgotten) = {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            (known.regions.clone(), known.forgotten)
        };
        if let Some(regions) = regions {
            return Ok(regions);
        }
        let regions: Arc<[IdAndName]> = store.regions().await?.into();
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        // Without any region somebody is about to make the first, on the command line: look again.
        if known.forgotten == forgotten && !regions.is_empty() {
            known.regions = Some(Arc::clone(&regions));
        }
        Ok(regions)
    }

    /// Forgets everybody: a session ended, or somebody's roles changed.
    pub fn forget(&self) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.people.clear();
        known.regions = None;
        known.forgotten += 1;
    }

    async fn look_for_changes(&self, store: &Store) -> Result<(), PageError> {
        let began = *self.began.get_or_init(Instant::now);
        let elapsed = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let looked = self.looked.load(Ordering::Acquire);
        if u128::from(elapsed.saturating_sub(looked)) < LOOK_EVERY.as_millis() {
            return Ok(());
        }
        let mark = store.setting(PEOPLE_MARK).await?;
        let changed = {
            let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
            let changed = known.mark != mark;
            known.mark = mark;
            changed
        };
        if changed {
            self.forget();
        }
        self.looked.store(elapsed.max(1), Ordering::Release);
        Ok(())
    }
}
