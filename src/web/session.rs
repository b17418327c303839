//! Who is signed in. The cookie holds a secret, the database its hash; what was found is remembered, so that a request
//! of somebody signed in touches no database, and forgotten at once when a session ends or somebody's roles change.
//!
//! Not `actix-session`: the row of a new session and its audit event belong in one transaction, and the secret needs no
//! signature. Other replicas, and the command line, are noticed by one setting, read at most once in
//! [`LOOK_EVERY`], however many people are watching.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use actix_web::cookie::{Cookie, time};
use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use chrono::{DateTime, Utc};
use futures_util::future::{Ready, ready};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::error::PageError;
use super::{Site, cookies};
use crate::app::secret::{self, SecretHash};
use crate::app::sessions::{From, PEOPLE_MARK};
use crate::domain::account::{ABSOLUTE_LIMIT, session_is_over};
use crate::domain::people::{Actor, User};
use crate::store::{Named, Stamp, Store};

/// Name of the cookie.
pub const COOKIE: &str = "tollgate";
/// A browser that sends more keys than this is not looked up at all.
const MOST_KEYS: usize = 4;
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
    key_hash: SecretHash,
    expires_at: DateTime<Utc>,
    seen: AtomicI64,
    noted: AtomicI64,
}

/// The reader, in every handler that has one. A verb looks them up again in its own transaction.
#[derive(Debug, Clone)]
pub struct CurrentUser(Arc<SignedIn>);

impl CurrentUser {
    /// Who they are, with their roles as of a moment ago.
    pub fn user(&self) -> &User {
        &self.0.user
    }

    /// Their session.
    pub fn session(&self) -> Uuid {
        self.0.session
    }

    /// What proves that we wrote a text for this session.
    pub fn signature(&self, text: &str) -> String {
        secret::hexadecimal(&secret::signed(&self.0.key_hash, text))
    }

    /// Whether that is its signature.
    pub fn has_signed(&self, text: &str, signature: &str) -> bool {
        self.signature(text).as_bytes().ct_eq(signature.as_bytes()).into()
    }

    /// Who does something, when and from where, as the audit keeps it.
    pub fn stamp(&self, site: &Site, request: &HttpRequest) -> Stamp {
        Stamp { at: site.app.clock.now(), actor: Actor::from(self.user()), address: site.address(request) }
    }

    /// The reader of a request that passed [`super::middleware::require_user`].
    pub fn of(request: &HttpRequest) -> Option<Self> {
        request.extensions().get::<Self>().cloned()
    }
}

impl FromRequest for CurrentUser {
    type Error = PageError;
    type Future = Ready<Result<Self, PageError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request).ok_or(PageError::SignedOut))
    }
}

/// What is remembered of sessions.
#[derive(Debug, Default)]
pub struct Sessions {
    known: RwLock<Known>,
    /// Milliseconds since `began` at which the mark was last looked at.
    looked: AtomicU64,
    began: std::sync::OnceLock<Instant>,
}

#[derive(Debug, Default)]
struct Known {
    people: HashMap<SecretHash, Arc<SignedIn>>,
    regions: Option<Arc<[Named]>>,
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
    pub async fn regions(&self, store: &Store) -> Result<Arc<[Named]>, PageError> {
        let (regions, forgotten) = {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            (known.regions.clone(), known.forgotten)
        };
        if let Some(regions) = regions {
            return Ok(regions);
        }
        let regions: Arc<[Named]> = store.regions().await?.into();
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

    /// Notes that a session is used; answers when it is time to write it down.
    fn used(person: &SignedIn, now: DateTime<Utc>) -> bool {
        let now = now.timestamp_micros();
        person.seen.store(now, Ordering::Relaxed);
        let noted = person.noted.load(Ordering::Relaxed);
        now - noted >= NOTE_EVERY
            && person.noted.compare_exchange(noted, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
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

impl SignedIn {
    fn is_over(&self, now: DateTime<Utc>) -> bool {
        let seen = DateTime::from_timestamp_micros(self.seen.load(Ordering::Relaxed)).unwrap_or_default();
        session_is_over(seen, self.expires_at, now)
    }
}

/// The person who sent a request, if somebody is signed in, and notes that they did something. A page that refreshes
/// itself is nobody doing anything: it would keep a forgotten screen signed in.
pub async fn reader(request: &HttpRequest) -> Result<Option<CurrentUser>, PageError> {
    let Some(site) = request.app_data::<Data<Site>>() else { return Ok(None) };
    let keys = cookies::values(request, COOKIE);
    if keys.len() > MOST_KEYS {
        return Ok(None);
    }
    let (now, mut found) = (site.app.clock.now(), None);
    for key in keys {
        let person = site.sessions.find(&site.app.store, &key, now).await?;
        // A neighbouring site may have set one of them: whose session it is cannot be told, so that it is nobody's.
        if found.is_some() && person.is_some() {
            return Ok(None);
        }
        found = found.or(person);
    }
    if let Some(person) = &found
        && !refreshes_itself(request)
        && Sessions::used(&person.0, now)
    {
        note(site, person, now);
    }
    Ok(found)
}

fn refreshes_itself(request: &HttpRequest) -> bool {
    super::reply::is_htmx(request) && request.query_string().split('&').any(|pair| pair.starts_with("seen="))
}

/// Writes down that the session is used, while the answer goes out.
fn note(site: &Data<Site>, person: &CurrentUser, now: DateTime<Utc>) {
    let (store, person) = (site.app.store.clone(), Arc::clone(&person.0));
    actix_web::rt::spawn(async move {
        if let Err(error) = store.touch_session(&person.key_hash, now, person.expires_at).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "a session's last use was not written down");
        }
    });
}

/// Where a request comes from, for a new session.
pub async fn from(site: &Site, request: &HttpRequest) -> Result<From, PageError> {
    let user_agent = request.headers().get("user-agent").and_then(|value| value.to_str().ok());
    Ok(From {
        address: site.address(request),
        user_agent: user_agent.map(|agent| agent.chars().take(256).collect()),
        before: reader(request).await?.map(|person| (person.user().id, person.session())),
    })
}

/// The cookie of a new session.
pub fn cookie(site: &Site, key: String) -> Cookie<'static> {
    let age = time::Duration::seconds(ABSOLUTE_LIMIT.num_seconds());
    cookies::build(site, COOKIE, key, age)
}

/// The cookie that makes the browser forget its session.
pub fn no_cookie(site: &Site) -> Cookie<'static> {
    cookies::build(site, COOKIE, String::new(), time::Duration::ZERO)
}
