//! Opening a database, bringing it up to date, and the two pools behind [`Store`].

use std::sync::Arc;
use std::time::Duration;

use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DbErr, RuntimeErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait as _,
};
use sea_orm_migration::MigratorTrait;
use tokio::time::timeout;

use super::definitions::Definitions;
use super::error::{Result, StoreError};
use super::outage::Outage;
use super::pools::{self, TimeoutProfile};
use super::timeouts::{OnLostConnection, TimeoutPolicy, WithTimeout};
use super::write::WriteTx;
use crate::domain::definition::Definition;
use crate::domain::ids::ReleaseId;
use crate::domain::release::SavedVersion;
use crate::failpoints::{self, Hook};
use crate::migrations::Migrator;

/// How long the connections may take to close: one that is frozen never does.
const FAREWELL: Duration = Duration::from_secs(5);

/// The database, shared by everybody in the process.
#[derive(Clone)]
pub struct Store {
    backend: Backend,
    url: Arc<str>,
    pub(super) reader: WithTimeout<DatabaseConnection>,
    pub(super) writer: WithTimeout<DatabaseConnection>,
    pub(super) heartbeat_pool: WithTimeout<DatabaseConnection>,
    pub(super) definitions: Arc<Definitions>,
    /// Which process this is, for what it tells the others.
    pub(super) origin: u64,
    pub(super) hook: Option<Hook>,
}

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// One file, one process.
    Sqlite,
    /// A server that many replicas share.
    Postgres,
}

impl Store {
    /// Opens the database that the address names: `sqlite:FILE` (made if it is missing) or `postgres://…`. What takes
    /// too long fails.
    pub async fn connect(url: &str) -> Result<Self> {
        Self::connect_at(url, TimeoutProfile::Prompt).await
    }

    /// The same for a command, which waits longer for a file that another process holds.
    pub async fn connect_patiently(url: &str) -> Result<Self> {
        Self::connect_at(url, TimeoutProfile::Patient).await
    }

    /// The same for work that may take long on PostgreSQL, and that nobody waits for in a browser.
    pub async fn connect_unhurried(url: &str) -> Result<Self> {
        Self::connect_at(url, TimeoutProfile::Unhurried).await
    }

    async fn connect_at(url: &str, pace: TimeoutProfile) -> Result<Self> {
        let whole = |both: (DatabaseConnection, TimeoutPolicy), lost| WithTimeout::new(both.0, both.1, lost);
        let (backend, writer, reader, heartbeat_pool) = if url.starts_with("sqlite:") {
            let (writer, reader) = pools::sqlite(url, pace).await?;
            let (writer, reader) = ((writer, TimeoutPolicy::default()), (reader, TimeoutPolicy::default()));
            (Backend::Sqlite, writer.clone(), reader, writer)
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let writer = pools::postgres(url, pace).await?;
            (Backend::Postgres, writer, pools::readers(url, pace).await?, pools::heartbeat_pool(url).await?)
        } else {
            let scheme = url.split_once(':').map_or(url, |(scheme, _)| scheme);
            return Err(StoreError::UnknownDatabase(scheme.to_owned()));
        };
        Ok(Self {
            backend,
            url: url.into(),
            // Each with the patience of its own pool, which has to know when one of its connections is not to be trusted.
            reader: whole(reader, OnLostConnection::Retry),
            writer: whole(writer, OnLostConnection::Fail),
            heartbeat_pool: whole(heartbeat_pool, OnLostConnection::Retry),
            definitions: Arc::default(),
            origin: rand::random(),
            hook: None,
        })
    }

    /// The same database, held up and failing where the hook says so: at the points `store.begin`,
    /// `store.commit.before`, `store.commit.after`, `store.beat.before`, `store.beat.after` and
    /// `store.fence`. For tests.
    pub fn with_hook(&self, hook: Hook) -> Self {
        Self { hook: Some(hook), ..self.clone() }
    }

    /// Which database it is.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// Applies every migration that is missing, however long it takes.
    pub async fn migrate(&self) -> Result<()> {
        match self.backend {
            Backend::Sqlite => Ok(Migrator::up(self.writer.unlimited(), None).await?),
            Backend::Postgres => {
                let (connection, _) = pools::postgres(&self.url, TimeoutProfile::Unhurried).await?;
                // Replicas that start at the same time wait here for each other; the later ones find nothing to do.
                let turn = connection.begin_with_options(TransactionOptions::default()).await?;
                turn.execute_unprepared("SELECT pg_advisory_xact_lock(hashtext('tollgate migrations'))").await?;
                Migrator::up(&connection, None).await?;
                turn.commit().await?;
                Ok(connection.close().await?)
            }
        }
    }

    /// The names of the migrations that are missing.
    pub async fn pending_migrations(&self) -> Result<Vec<String>> {
        let pending = Migrator::get_pending_migrations_read_only(self.reader.unlimited()).await?;
        Ok(pending.iter().map(|migration| migration.name().to_owned()).collect())
    }

    /// Whether no migration was ever applied.
    pub async fn is_empty(&self) -> Result<bool> {
        Ok(self.pending_migrations().await?.len() == Migrator::migrations().len())
    }

    /// Begins a write. On SQLite the lock is taken at once, so that what was read cannot become stale before the
    /// write and nobody is told that the database is locked.
    pub async fn begin_write(&self) -> Result<WriteTx> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        reach(self.hook.as_ref(), "store.begin").await?;
        let tx = self.writer.begin(options).await?;
        Ok(WriteTx::new(tx, self))
    }

    /// A version of a release task's definition.
    pub async fn definition(&self, release_id: ReleaseId, number: u32) -> Result<Arc<Definition>> {
        self.definitions.get(&self.reader, release_id, number).await
    }

    /// A version of a release task, which must be there.
    pub async fn version(&self, release_id: ReleaseId, number: u32) -> Result<SavedVersion> {
        Ok(self.definitions.version(&self.reader, release_id, number).await?.numbered(number))
    }

    /// Closes every connection, after the writes under way.
    pub async fn close(self) -> Result<()> {
        let closed = timeout(FAREWELL, async {
            self.reader.unlimited().close_by_ref().await?;
            self.heartbeat_pool.unlimited().close_by_ref().await?;
            self.writer.unlimited().close_by_ref().await
        });
        Ok(closed.await.unwrap_or(Ok(()))?)
    }
}

/// Comes by a point: the program's own, or this store's, whose fault is that the connection is lost there.
pub(super) async fn reach(hook: Option<&Hook>, point: &'static str) -> Result<()> {
    failpoints::reach(point);
    let Some(hook) = hook else { return Ok(()) };
    hook(point).await.map_err(|fault| {
        let lost = DbErr::Conn(RuntimeErr::Internal(fault));
        if point.starts_with("store.commit") {
            StoreError::of_commit(lost)
        } else {
            StoreError::Unavailable(Outage::Unreachable, lost)
        }
    })
}
