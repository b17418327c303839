//! A cache of sessions, so that a request of somebody signed in touches no database; and forgotten at once
//! when a session ends or somebody's roles change. Other replicas, and the command line, are noticed by one setting, read
//! at most once in [`LOOK_EVERY`], however many people are watching.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use parking_lot::Mutex;

use super::CurrentUser;
use crate::app::App;
use crate::app::reads::IdAndName;
use crate::app::secret::{self, SecretHash};
use crate::cache::Cache;
use crate::domain::account::session_is_over;
use crate::domain::ids::{RegionId, SessionId, TeamId};
use crate::domain::people::User;
use crate::http::error::HttpError;

/// How often the mark is read that tells of changes made elsewhere.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often it is written down that a session is used.
const NOTE_EVERY: i64 = 60_000_000;
/// How many people are remembered, and for how long: forgetting costs two queries.
const MAX_ENTRIES: u64 = 20_000;
const LASTS: Duration = Duration::from_hours(1);

/// Somebody signed in, as remembered.
#[derive(Debug)]
pub struct SignedIn {
    /// Key of the session.
    pub session: SessionId,
    /// Who, with their roles.
    pub user: Arc<User>,
    pub(super) key_hash: SecretHash,
    pub(super) expires_at: DateTime<Utc>,
    /// Until when somebody waits for their answer to an invitation.
    pub(super) invited_until: Option<DateTime<Utc>>,
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
pub struct Sessions {
    people: Cache<SecretHash, SignedIn>,
    regions: Cache<(), Vec<IdAndName<RegionId>>>,
    teams: Cache<(), Vec<IdAndName<TeamId>>>,
    /// Grows whenever everything is forgotten: what was read before that is not believed after it.
    forgotten: AtomicU64,
    /// What the setting said when it was last looked at.
    mark: Mutex<Option<String>>,
    /// Milliseconds since `began` at which that was.
    looked: AtomicU64,
    began: OnceLock<Instant>,
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            people: Cache::new(LASTS, MAX_ENTRIES),
            regions: Cache::new(LASTS, 1),
            teams: Cache::new(LASTS, 1),
            forgotten: AtomicU64::default(),
            mark: Mutex::default(),
            looked: AtomicU64::default(),
            began: OnceLock::default(),
        }
    }
}

/// Why nobody was read.
enum Unread {
    Nobody,
    Failed(HttpError),
}

impl<E: Into<HttpError>> From<E> for Unread {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl Sessions {
    /// The person whose browser sent this secret, if the session is not over.
    pub async fn find(&self, app: &App, key: &str) -> Result<Option<CurrentUser>, HttpError> {
        self.look_for_changes(app).await?;
        let now = app.clock.now();
        let (hash, forgotten) = (secret::hashed(key), self.forgotten.load(Ordering::Acquire));
        let read = async || signed_in(app, hash).await;
        let mut found = self.people.get(&hash, forgotten, read).await;
        if found.as_ref().is_ok_and(|found| found.is_over(now)) {
            // Over as far as we know; another replica may have seen them since.
            self.people.forget(&hash);
            found = self.people.get(&hash, forgotten, read).await;
        }
        match found {
            Ok(found) => Ok(Some(CurrentUser(found))),
            Err(Unread::Nobody) => Ok(None),
            Err(Unread::Failed(error)) => Err(error),
        }
    }

    /// All regions.
    pub async fn regions(&self, app: &App) -> Result<Arc<Vec<IdAndName<RegionId>>>, HttpError> {
        let forgotten = self.forgotten.load(Ordering::Acquire);
        let regions = self.regions.get(&(), forgotten, async || app.regions().await).await?;
        // Without any region somebody is about to make the first, on the command line: look again.
        if regions.is_empty() {
            self.regions.forget(&());
        }
        Ok(regions)
    }

    /// All teams.
    pub async fn teams(&self, app: &App) -> Result<Arc<Vec<IdAndName<TeamId>>>, HttpError> {
        let forgotten = self.forgotten.load(Ordering::Acquire);
        self.teams.get(&(), forgotten, async || app.teams().await.map_err(HttpError::from)).await
    }

    /// Forgets everybody: a session ended, or somebody's roles changed.
    pub fn forget(&self) {
        self.forgotten.fetch_add(1, Ordering::AcqRel);
    }

    async fn look_for_changes(&self, app: &App) -> Result<(), HttpError> {
        let began = *self.began.get_or_init(Instant::now);
        let elapsed = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let looked = self.looked.load(Ordering::Acquire);
        if u128::from(elapsed.saturating_sub(looked)) < LOOK_EVERY.as_millis() {
            return Ok(());
        }
        let mark = app.people_mark().await?;
        let mut known = self.mark.lock();
        if *known != mark {
            *known = mark;
            self.forget();
        }
        self.looked.store(elapsed.max(1), Ordering::Release);
        Ok(())
    }
}

/// Who has the session with that hash of its key.
async fn signed_in(app: &App, hash: SecretHash) -> Result<SignedIn, Unread> {
    let (session, user) = app.session(&hash).await?.ok_or(Unread::Nobody)?;
    let invited_until = app.invited_until(&user).await?;
    let seen = session.last_seen_at.timestamp_micros();
    Ok(SignedIn {
        session: session.id,
        key_hash: hash,
        user: Arc::new(user),
        expires_at: session.expires_at,
        invited_until,
        seen: AtomicI64::new(seen),
        noted: AtomicI64::new(seen),
    })
}
