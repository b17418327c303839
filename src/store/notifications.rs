//! Notifications of what a write changed, sent to the other processes on the same PostgreSQL in the very transaction that changes it.
//! Whoever listens hears of every commit, or that its connection is not to be trusted any more. On SQLite there is one
//! process, and nobody to tell.

use std::collections::BTreeSet;
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use sea_orm::sqlx::postgres::{PgListener, PgPoolOptions};
use sea_orm::sqlx::{self};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, RuntimeErr, Statement};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, timeout};

use crate::domain::ids::{EnvironmentId, ExecutionId, ReleaseId};

use super::connect::{Backend, Store};
use super::error::{Result, StoreError};

const CHANNEL: &str = "tollgate";
const NOTIFY: &str = "SELECT pg_notify($1, $2)";

/// PostgreSQL takes less than 8000 bytes.
const MAX_PAYLOAD_LEN: usize = 7_999;

/// How often a listener says something to itself.
const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(1);

/// How long it believes a connection on which it does not hear that.
const TIMEOUT: Duration = Duration::from_secs(5);

/// What others changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Notification {
    /// This.
    Changed(ChangeSet),
    /// More than can be told at once.
    Everything,
}

/// What one write changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChangeSet {
    /// Release tasks whose pages show something else now.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub releases: BTreeSet<ReleaseId>,
    /// Executions that went on.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub executions: BTreeSet<ExecutionId>,
    /// Whether there is a release task more or less, or one is called something else.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub catalogue: bool,
    /// Whether a value was blanked in versions that may have been read already.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub blanked: bool,
    /// Whether the list of undelivered notices shows something else now.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deliveries: bool,
    /// Environments of which a test of the connection was asked for, or has found more.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub connection_tests: BTreeSet<EnvironmentId>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Message {
    /// Which process says it.
    from: u64,
    said: Payload,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Payload {
    Beat,
    #[serde(rename = "News")]
    Notification(Notification),
}

/// What a write under way has to tell.
#[derive(Debug, Default)]
pub(super) struct PendingNotification(Mutex<ChangeSet>);

impl PendingNotification {
    /// An execution went on, and with it its release task.
    pub fn execution(&self, id: ExecutionId, release: ReleaseId) {
        let mut changes = self.changes();
        changes.executions.insert(id);
        changes.releases.insert(release);
    }

    /// A release task itself changed.
    pub fn release(&self, id: ReleaseId) {
        let mut changes = self.changes();
        changes.releases.insert(id);
        changes.catalogue = true;
    }

    /// A value was blanked in what a release task keeps.
    pub fn blanked(&self, id: ReleaseId) {
        let mut changes = self.changes();
        changes.releases.insert(id);
        changes.blanked = true;
    }

    /// What could not be delivered, or is tried again, is more, less, or another.
    pub fn deliveries(&self) {
        self.changes().deliveries = true;
    }

    /// A test of a connection was asked for, or has found more.
    pub fn connection_test(&self, of: EnvironmentId) {
        self.changes().connection_tests.insert(of);
    }

    /// A log of the release task grew.
    pub fn log(&self, release: ReleaseId) {
        self.changes().releases.insert(release);
    }

    /// Says it at the commit of the transaction, if there is anything to say and anybody to hear it.
    pub async fn tell(&self, db: &impl ConnectionTrait, from: u64) -> Result<()> {
        let changes = std::mem::take(&mut *self.changes());
        if db.get_database_backend() == DbBackend::Postgres && changes != ChangeSet::default() {
            let values = [CHANNEL.into(), payload(from, changes)?.into()];
            db.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, NOTIFY, values)).await?;
        }
        Ok(())
    }

    fn changes(&self) -> MutexGuard<'_, ChangeSet> {
        self.0.lock()
    }
}

fn payload(from: u64, changes: ChangeSet) -> Result<String> {
    let whole = serde_json::to_string(&Message { from, said: Payload::Notification(Notification::Changed(changes)) })?;
    if whole.len() <= MAX_PAYLOAD_LEN {
        return Ok(whole);
    }
    Ok(serde_json::to_string(&Message { from, said: Payload::Notification(Notification::Everything) })?)
}

/// A connection of its own, on which the news of others come. It talks to itself, so that it notices when it hears
/// nothing any more.
pub struct Listener {
    connection: PgListener,
    from: u64,
    beat: Interval,
    heard: Instant,
}

impl Store {
    /// Hears from now on what other processes change; none on SQLite.
    pub async fn listen(&self) -> Result<Option<Listener>> {
        match self.backend() {
            Backend::Sqlite => Ok(None),
            Backend::Postgres => Ok(Some(self.listener().await?)),
        }
    }

    async fn listener(&self) -> Result<Listener> {
        let options = self.writer.unlimited().get_postgres_connection_pool().connect_options();
        let options = options.as_ref().clone().application_name("tollgate news");
        let connect = async {
            // A pool of this connection alone, so that no page waits for it, nor it for a page.
            let pool = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None);
            let mut connection = PgListener::connect_with(&pool.connect_with(options).await?).await?;
            connection.ignore_pool_close_event(true);
            // What was missed meanwhile would not be noticed.
            connection.eager_reconnect(false);
            connection.listen(CHANNEL).await?;
            Ok(connection)
        };
        let connection = timeout(TIMEOUT, connect).await.unwrap_or_else(|_| Err(silent())).map_err(broken)?;
        let mut beat = interval(HEARTBEAT_INTERVAL);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(Listener { connection, from: self.origin, beat, heard: Instant::now() })
    }
}

impl Listener {
    /// What another process changed. After an error nothing more is heard: something may have been missed.
    pub async fn next(&mut self) -> Result<Notification> {
        loop {
            let payload = tokio::select! {
                heard = self.connection.try_recv() => {
                    let heard = heard.map_err(broken)?.ok_or_else(|| broken(silent()))?;
                    heard.payload().to_owned()
                }
                _ = self.beat.tick() => {
                    self.say_something().await?;
                    continue;
                }
            };
            match serde_json::from_str(&payload) {
                Ok(Message { from, said: Payload::Notification(news) }) if from != self.from => return Ok(news),
                Ok(Message { from, said: Payload::Beat }) if from == self.from => self.heard = Instant::now(),
                Ok(_) => {}
                // Of a version of the program that says it otherwise.
                Err(_) => return Ok(Notification::Everything),
            }
        }
    }

    async fn say_something(&mut self) -> Result<()> {
        if self.heard.elapsed() > TIMEOUT {
            return Err(broken(silent()));
        }
        let beat = serde_json::to_string(&Message { from: self.from, said: Payload::Beat })?;
        let said = sqlx::query(NOTIFY).bind(CHANNEL).bind(beat).execute(&mut self.connection);
        timeout(TIMEOUT, said).await.unwrap_or_else(|_| Err(silent())).map_err(broken)?;
        Ok(())
    }
}

fn silent() -> sqlx::Error {
    sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, "nothing is heard on the connection for news"))
}

fn broken(error: sqlx::Error) -> StoreError {
    DbErr::Conn(RuntimeErr::SqlxError(error.into())).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_to_tell_is_everything() {
        let some = |count: u128| ChangeSet {
            releases: (0..count).map(ReleaseId::from_u128).collect(),
            ..ChangeSet::default()
        };
        let said = |changes| serde_json::from_str::<Message>(&payload(u64::MAX, changes).unwrap()).unwrap();
        let told = |news| Message { from: u64::MAX, said: Payload::Notification(news) };
        assert_eq!(said(some(200)), told(Notification::Changed(some(200))));
        assert_eq!(said(some(300)), told(Notification::Everything));
        let longest = (1..300).map(|count| payload(u64::MAX, some(count)).unwrap().len()).max();
        assert!(longest.is_some_and(|longest| longest < 8_000), "{longest:?}");
    }
}
