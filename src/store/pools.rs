//! How connections to the databases are made and kept, and how long anything is waited for. Whoever asks for a page is to
//! be told within a few seconds that the database is away; and what a frozen or dead replica holds is to be let go of soon.

use std::path::Path;
use std::time::Duration;

use sea_orm::sqlx::pool::PoolOptions;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::sqlite::{SqliteAutoVacuum, SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{ConnectOptions as _, Connection, Executor, Postgres, Sqlite};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr, RuntimeErr, SqlxError};
use tokio::time::timeout;

use super::error::{Result, StoreError};
use super::timeouts::TimeoutPolicy;

/// How long a connection is waited for: also how long a short absence of PostgreSQL may last that nobody is told of.
const CONNECTION: Duration = Duration::from_secs(4);

/// How long an answer of PostgreSQL is waited for: a little longer than PostgreSQL works on it.
const ANSWER: Duration = Duration::from_secs(6);

/// A connection that lay idle for so long is tried before it is used: a restart of PostgreSQL may have ended it.
const IDLE: Duration = Duration::from_secs(1);

/// How long such a trial may take.
const TRIAL: Duration = Duration::from_secs(2);

/// How long SQLite waits for another process that holds the file: where somebody waits for a page, who may ask again, and where a
/// command would have failed.
const FILE: Duration = Duration::from_secs(3);
const PATIENT_FILE: Duration = Duration::from_mins(1);

/// What PostgreSQL is told about each connection, unless the address of the database says otherwise. A statement or a
/// lock that takes too long is given up; a transaction whose owner says nothing more is ended, so that it does not hold
/// up others; and a network that swallows everything is noticed. Compiling a query takes seconds, and a page of rows milliseconds.
const SETTINGS: [(&str, &str); 7] = [
    ("jit", "off"),
    ("statement_timeout", "5s"),
    ("idle_in_transaction_session_timeout", "5s"),
    ("tcp_keepalives_idle", "10"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "3"),
    ("tcp_user_timeout", "15s"),
];

/// Whether anything is in a hurry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeoutProfile {
    /// Somebody waits for an answer.
    Prompt,
    /// A command, which nobody repeats by itself: as `Prompt`, and a file that another process holds is waited for.
    Patient,
    /// It may take as long as it takes.
    Unhurried,
}

/// The writer and the readers of a file.
pub async fn sqlite(url: &str, pace: TimeoutProfile) -> Result<(DatabaseConnection, DatabaseConnection)> {
    let patience = match pace {
        TimeoutProfile::Prompt => FILE,
        TimeoutProfile::Patient | TimeoutProfile::Unhurried => PATIENT_FILE,
    };
    has_place(url)?;
    // The writer comes first: it makes the file and turns on the write-ahead log.
    let writer = Database::connect(file(url, 1, patience, false)).await.map_err(StoreError::of_opening)?;
    Ok((writer, Database::connect(file(url, 4, patience, true)).await?))
}

/// Refuses a file that cannot be there, of which the driver would say no more than that it cannot be opened.
fn has_place(url: &str) -> Result<()> {
    let file = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")).unwrap_or(url);
    let file = Path::new(file.split('?').next().unwrap_or(file));
    if file.is_dir() {
        return Err(StoreError::FileIsFolder(file.display().to_string()));
    }
    match file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) if !folder.is_dir() && file != Path::new(":memory:") => {
            Err(StoreError::NoFolder(folder.display().to_string()))
        }
        Some(_) | None => Ok(()),
    }
}

/// A pool of connections to a server, and the patience with which it is used.
pub async fn postgres(url: &str, pace: TimeoutProfile) -> Result<(DatabaseConnection, TimeoutPolicy)> {
    is_there(url).await?;
    connections(url, pace, 8, false).await
}

/// As many more for reading only, made when they are first used: pages do not wait behind a crowd of writers, each of which
/// waits for the disk.
pub async fn readers(url: &str, pace: TimeoutProfile) -> Result<(DatabaseConnection, TimeoutPolicy)> {
    connections(url, pace, 8, true).await
}

/// One connection more, made when it is first used, for what must not wait behind pages: a replica says with it that
/// it is there. There may be a second: the pool tries out what is given back, and waits for minutes when the network
/// is lost in that moment.
pub async fn heartbeat_pool(url: &str) -> Result<(DatabaseConnection, TimeoutPolicy)> {
    connections(url, TimeoutProfile::Prompt, 2, true).await
}

async fn connections(
    url: &str,
    pace: TimeoutProfile,
    most: u32,
    lazy: bool,
) -> Result<(DatabaseConnection, TimeoutPolicy)> {
    let patience = match pace {
        TimeoutProfile::Prompt | TimeoutProfile::Patient => TimeoutPolicy::limited(ANSWER),
        TimeoutProfile::Unhurried => TimeoutPolicy::default(),
    };
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(most)
        .connect_lazy(lazy)
        // Otherwise the driver has somebody look after idle and old connections, whose loop at times never ends:
        // https://github.com/launchbadge/sqlx/issues/3645
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .acquire_timeout(CONNECTION)
        .sqlx_logging(false)
        .test_before_acquire(false)
        .map_sqlx_postgres_before_acquire(|connection, about| {
            Box::pin(async move { Ok(about.idle_for < IDLE || answers(connection).await) })
        })
        .map_sqlx_postgres_opts(move |options| introduced(options, pace))
        .map_sqlx_postgres_pool_opts({
            let patience = patience.clone();
            move |options| tried_out_when_suspicious(options, patience.clone())
        });
    Ok((Database::connect(options).await?, patience))
}

fn file(url: &str, connections: u32, patience: Duration, read_only: bool) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        // Those that were made in advance would be made in the background, and could come after the store is closed.
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .test_before_acquire(false)
        // Making a connection waits for the file, too.
        .acquire_timeout(CONNECTION.max(patience))
        .sqlx_logging(false)
        .map_sqlx_sqlite_pool_opts(closed_when_still_in_transaction)
        .map_sqlx_sqlite_opts(move |options| {
            let options = options
                .create_if_missing(true)
                .foreign_keys(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(patience);
            if read_only {
                options.pragma("query_only", "ON")
            } else if std::fs::metadata(options.get_filename()).is_ok_and(|file| file.len() > 0) {
                // Said to a file that has something in it, it would be a write, which a full disk has no room for.
                options
            } else {
                // A new file gives room back step by step. An older one stays as it is until it is written anew.
                options.auto_vacuum(SqliteAutoVacuum::Incremental)
            }
        });
    options
}

/// Tries once to connect: a pool goes on trying, and does not tell why in vain.
async fn is_there(url: &str) -> Result<()> {
    let options: PgConnectOptions = url.parse().map_err(|error: SqlxError| failed(error))?;
    let place = match options.get_socket() {
        Some(folder) => folder.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    let not_there = |error| StoreError::ConnectFailed { place: place.clone(), error };
    match timeout(CONNECTION, options.connect()).await {
        Ok(Ok(connection)) => {
            // It has served its purpose, however it ends.
            let _ = connection.close().await;
            Ok(())
        }
        Ok(Err(error)) => Err(not_there(failed(error))),
        Err(_) => {
            let said = format!("it did not answer for {} s", CONNECTION.as_secs());
            Err(not_there(DbErr::Conn(RuntimeErr::Internal(said))))
        }
    }
}

fn failed(error: SqlxError) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(error.into()))
}

fn introduced(options: PgConnectOptions, pace: TimeoutProfile) -> PgConnectOptions {
    let said = options.get_options().unwrap_or_default().to_owned();
    let unhurried = |name: &str| pace == TimeoutProfile::Unhurried && !name.starts_with("tcp");
    let ours = SETTINGS.into_iter().filter(|(name, _)| !said.contains(name) && !unhurried(name));
    let named = options.get_application_name().is_some();
    let options = options.options(ours);
    if named { options } else { options.application_name("tollgate") }
}

/// What is given back while its answer is still owed is tried out by the pool, which waits for ever; so this comes first.
/// Owed may be the answer to a `BEGIN` of which the driver knows nothing any more: whoever is given the connection next would
/// write into a transaction that is never committed. Where there is none, ending it does no harm.
/// Closes a connection that believes to be in a transaction when it is given back. On a full disk SQLite rolls a transaction
/// back by itself; the driver's own rollback then fails, and it begins the next one within what it takes for the first: that
/// would be a savepoint, whose release makes nothing last.
fn closed_when_still_in_transaction(options: PoolOptions<Sqlite>) -> PoolOptions<Sqlite> {
    options.after_release(move |connection, _| {
        Box::pin(async move {
            // A rollback that was begun and not waited for is done before the answer to this.
            Ok(!connection.is_in_transaction() || connection.ping().await.is_ok() && !connection.is_in_transaction())
        })
    })
}

fn tried_out_when_suspicious(options: PoolOptions<Postgres>, patience: TimeoutPolicy) -> PoolOptions<Postgres> {
    options.after_release(move |connection, _| {
        let patience = patience.clone();
        Box::pin(async move { Ok(!patience.is_suspicious() || ends_what_was_begun(connection).await) })
    })
}

async fn ends_what_was_begun(connection: &mut PgConnection) -> bool {
    matches!(timeout(TRIAL, connection.execute("ROLLBACK")).await, Ok(Ok(_)))
}

async fn answers(connection: &mut PgConnection) -> bool {
    matches!(timeout(TRIAL, connection.ping()).await, Ok(Ok(())))
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait as _, DbBackend, Statement, TransactionTrait as _};

    use super::*;

    /// SQLite rolls back by itself what finds no room, and the driver does not hear of it.
    #[tokio::test]
    #[expect(clippy::disallowed_methods, reason = "it is about the driver's own transactions")]
    async fn what_is_committed_after_the_disk_was_full_lasts() {
        let home = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", home.path().join("a.db").display());
        let (writer, _) = sqlite(&url, TimeoutProfile::Prompt).await.unwrap();
        let does = async |sql: &str, is_last: bool| {
            let tx = writer.begin().await.unwrap();
            let done = tx.execute_unprepared(sql).await;
            if is_last {
                tx.commit().await.unwrap();
            }
            done
        };
        does("CREATE TABLE a (b BLOB)", true).await.unwrap();
        writer.execute_unprepared("PRAGMA max_page_count = 8").await.unwrap();
        let full = does("INSERT INTO a VALUES (zeroblob(100000))", false).await.unwrap_err();
        assert!(full.to_string().contains("full"), "{full}");
        does("INSERT INTO a VALUES ('given up')", false).await.unwrap();
        does("INSERT INTO a VALUES ('kept')", true).await.unwrap();
        let (other, _) = sqlite(&url, TimeoutProfile::Prompt).await.unwrap();
        let query = Statement::from_string(DbBackend::Sqlite, "SELECT b FROM a");
        let rows = other.query_all_raw(query).await.unwrap();
        let kept: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
        assert_eq!(kept, ["kept"]);
    }

    #[tokio::test]
    async fn f20_a_command_waits_longer_for_a_busy_file_than_a_page() {
        let home = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", home.path().join("a.db").display());
        for (pace, most) in [
            (TimeoutProfile::Prompt, FILE),
            (TimeoutProfile::Patient, PATIENT_FILE),
            (TimeoutProfile::Unhurried, PATIENT_FILE),
        ] {
            let (writer, reader) = sqlite(&url, pace).await.unwrap();
            for pool in [writer, reader] {
                let asked = Statement::from_string(DbBackend::Sqlite, "PRAGMA busy_timeout");
                let row = pool.query_one_raw(asked).await.unwrap().unwrap();
                assert_eq!(
                    row.try_get_by_index::<i64>(0).unwrap(),
                    i64::try_from(most.as_millis()).unwrap(),
                    "{pace:?}"
                );
                pool.close().await.unwrap();
            }
        }
    }
}
