//! Opening a database, bringing it up to date, and the two pools behind [`Store`].

use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DbErr, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::MigratorTrait;
use uuid::Uuid;

use super::definitions::Definitions;
use super::error::{Result, StoreError};
use super::write::WriteTx;
use crate::domain::definition::Definition;
use crate::migrations::Migrator;
use crate::points::{self, Hook};

/// The database, shared by everybody in the process.
#[derive(Clone)]
pub struct Store {
    backend: Backend,
    pub(super) reader: DatabaseConnection,
    pub(super) writer: DatabaseConnection,
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
    /// Opens the database that the address names: `sqlite:FILE` (made if it is missing) or `postgres://…`.
    pub async fn connect(url: &str) -> Result<Self> {
        let origin = rand::random();
        if url.starts_with("sqlite:") {
            // The writer comes first: it makes the file and turns on the write-ahead log.
            let writer = Database::connect(sqlite(url, 1, false)).await?;
            let reader = Database::connect(sqlite(url, 4, true)).await?;
            Ok(Self { backend: Backend::Sqlite, reader, writer, definitions: Arc::default(), origin, hook: None })
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let both = Database::connect(postgres(url)).await?;
            Ok(Self {
                backend: Backend::Postgres,
                reader: both.clone(),
                writer: both,
                definitions: Arc::default(),
                origin,
                hook: None,
            })
        } else {
            let scheme = url.split_once(':').map_or(url, |(scheme, _)| scheme);
            Err(StoreError::UnknownDatabase(scheme.to_owned()))
        }
    }

    /// The same database, held up and failing where the hook says so: at the points `store.begin`,
    /// `store.commit.before` and `store.commit.after`. For tests.
    pub fn with_hook(&self, hook: Hook) -> Self {
        Self { hook: Some(hook), ..self.clone() }
    }

    /// Which database it is.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// Applies every migration that is missing.
    pub async fn migrate(&self) -> Result<()> {
        Ok(Migrator::up(&self.writer, None).await?)
    }

    /// The names of the migrations that are missing.
    pub async fn pending_migrations(&self) -> Result<Vec<String>> {
        let pending = Migrator::get_pending_migrations_read_only(&self.reader).await?;
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
        let tx = self.writer.begin_with_options(options).await?;
        Ok(WriteTx::new(tx, self))
    }

    /// A version of a release task's definition.
    pub async fn definition(&self, release_id: Uuid, number: u32) -> Result<Arc<Definition>> {
        self.definitions.get(&self.reader, release_id, number).await
    }

    /// Closes every connection, after the writes under way.
    pub async fn close(self) -> Result<()> {
        self.reader.close().await?;
        Ok(self.writer.close().await?)
    }
}

/// Comes by a point: the program's own, or this store's.
pub(super) async fn reach(hook: Option<&Hook>, point: &'static str) -> Result<()> {
    points::reach(point);
    let Some(hook) = hook else { return Ok(()) };
    hook(point).await.map_err(|fault| StoreError::Database(DbErr::Custom(fault)))
}

fn sqlite(url: &str, connections: u32, read_only: bool) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(connections)
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(30))
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |options| {
            let options = options
                .create_if_missing(true)
                .foreign_keys(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(Duration::from_secs(15));
            if read_only { options.pragma("query_only", "ON") } else { options }
        });
    options
}

fn postgres(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(8)
        .test_before_acquire_if_idle_for(Duration::from_secs(30))
        .acquire_timeout(Duration::from_secs(30))
        .sqlx_logging(false);
    options
}
