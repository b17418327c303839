//! The middleware of `actix-session`, and the store in which it keeps sessions: our database, behind what is remembered
//! of it. The middleware reads the cookie, believes it if we signed it, and writes or removes it.
//!
//! A session begins and ends in an operation, in one transaction with its line in the audit. The store is told of it afterwards:
//! [`SessionStore::save`] gets the key of a session that is there already, so that nothing can fail between the two.

use std::collections::HashMap;

use actix_session::SessionMiddleware;
use actix_session::config::{CookieContentSecurity, PersistentSession, TtlExtensionPolicy};
use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_web::cookie::{SameSite, time::Duration};
use actix_web::web::Data;
use anyhow::Context;

use super::{COOKIE, Found};
use crate::domain::account::ABSOLUTE_LIMIT;
use crate::http::{Site, cookies};

/// Under which name a new session has its key. Nothing else is kept in one.
pub(super) const KEY: &str = "key";

/// The middleware that keeps the sessions of that site.
pub fn middleware(site: &Data<Site>) -> SessionMiddleware<DatabaseSessionStore> {
    let lasts = PersistentSession::default()
        .session_ttl(Duration::seconds(ABSOLUTE_LIMIT.num_seconds()))
        // A session has its end from the beginning: the cookie is written once.
        .session_ttl_extension_policy(TtlExtensionPolicy::OnStateChanges);
    SessionMiddleware::builder(DatabaseSessionStore { site: site.clone() }, site.cookie_key.clone())
        .cookie_name(cookies::full(&site.web, COOKIE).into_owned())
        .cookie_path(cookies::path(&site.web))
        .cookie_http_only(true)
        .cookie_same_site(SameSite::Lax)
        .cookie_secure(site.web.is_https())
        // What it holds is a random number: there is nothing to hide in it.
        .cookie_content_security(CookieContentSecurity::Signed)
        .session_lifecycle(lasts)
        .build()
}

/// The sessions of people, in the database and in memory.
#[derive(Clone)]
pub struct DatabaseSessionStore {
    site: Data<Site>,
}

impl SessionStore for DatabaseSessionStore {
    /// The session of that key: remembered, or else read. Whose it is, or why that is not known, is for
    /// [`super::reader`].
    async fn load(&self, key: &SessionKey) -> Result<Option<HashMap<String, String>>, LoadError> {
        let (app, sessions) = (&self.site.app, &self.site.sessions);
        let found = match sessions.find(app, key.as_ref()).await {
            Ok(Some(person)) => Found::Of(person),
            Ok(None) => Found::Nobodys,
            Err(error) => Found::Unknown(Some(error)),
        };
        let is_there = matches!(found, Found::Of(_));
        found.keep();
        Ok(is_there.then(HashMap::new))
    }

    /// The key of a session that an operation has begun.
    async fn save(&self, state: HashMap<String, String>, _: &Duration) -> Result<SessionKey, SaveError> {
        key_of(&state).map_err(SaveError::Other)
    }

    async fn update(
        &self,
        _: SessionKey,
        state: HashMap<String, String>,
        _: &Duration,
    ) -> Result<SessionKey, UpdateError> {
        key_of(&state).map_err(UpdateError::Other)
    }

    /// When a session was used is written down by [`super::reader`]: not every request is somebody using it.
    async fn update_ttl(&self, _: &SessionKey, _: &Duration) -> anyhow::Result<()> {
        Ok(())
    }

    /// Ends it for everybody, if no operation has done so. An error would be answered without our page, to somebody whose session
    /// an operation has most likely ended.
    async fn delete(&self, key: &SessionKey) -> anyhow::Result<()> {
        match self.site.app.end_session_of_key(key.as_ref()).await {
            Ok(true) => self.site.sessions.forget(),
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "could not end session; state unknown");
            }
        }
        Ok(())
    }
}

fn key_of(state: &HashMap<String, String>) -> anyhow::Result<SessionKey> {
    let key = state.get(KEY).context("a session begins with signing in")?;
    Ok(serde_json::from_str::<String>(key)?.try_into()?)
}
