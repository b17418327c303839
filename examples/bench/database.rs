//! Where a run takes place: a temporary folder, and in it or beside it a database of its own.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::ensure;
use clap::ValueEnum;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, QueryResult, Statement};
use tempfile::TempDir;
use tokio::time::sleep;
use tollgate::domain::ids::ReleaseId;

use crate::by_hand::{self, one_to};
use crate::postgres::Cluster;

/// How often the database is asked what became of an execution.
const POLL_INTERVAL: Duration = Duration::from_millis(1);
/// Nothing that is measured takes so long.
const TIMEOUT: Duration = Duration::from_mins(2);

/// Which database the program runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// The folder and the database of one run. Both are gone when it is dropped.
pub struct Place {
    pub kind: Kind,
    pub folder: TempDir,
    pub url: String,
    cluster: Option<Cluster>,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

impl Place {
    /// An empty one. PostgreSQL is a private cluster that writes to its disk as a real one does.
    pub async fn new(kind: Kind) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("tollgate-bench-").tempdir()?;
        if kind == Kind::Sqlite {
            let url = format!("sqlite:{}", folder.path().join("tollgate.db").display());
            return Ok(Self { kind, folder, url, cluster: None });
        }
        let cluster = Cluster::start(&["shared_buffers=256MB", "max_wal_size=4GB"]);
        let mut place = Self { kind, folder, url: String::new(), cluster: Some(cluster) };
        place.url = place.another("tollgate").await?;
        Ok(place)
    }

    /// The address of one more empty database.
    pub async fn another(&self, name: &str) -> anyhow::Result<String> {
        let Some(cluster) = &self.cluster else {
            return Ok(format!("sqlite:{}", self.folder.path().join(name).with_extension("db").display()));
        };
        let url = |database: &str| {
            format!("postgres://localhost/{database}?host={}&user=postgres", cluster.folder().display())
        };
        by_hand::does(url("postgres"), &format!("CREATE DATABASE {name}")).await?;
        Ok(url(name))
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A connection beside the program's own.
    pub async fn connect(&self) -> anyhow::Result<Sql> {
        Ok(Sql { kind: self.kind, db: Database::connect(one_to(&self.url)).await? })
    }
}

/// SQL in the dialect of the database.
pub struct Sql {
    pub kind: Kind,
    db: DatabaseConnection,
}

impl Sql {
    pub async fn run(&self, sql: &str) -> anyhow::Result<()> {
        self.db.execute_unprepared(sql).await?;
        Ok(())
    }

    pub async fn rows(&self, sql: &str) -> anyhow::Result<Vec<QueryResult>> {
        let statement = Statement::from_string(self.db.get_database_backend(), sql);
        Ok(self.db.query_all_raw(statement).await?)
    }

    /// The first column of the first row.
    pub async fn number(&self, sql: &str) -> anyhow::Result<i64> {
        let rows = self.rows(sql).await?;
        let row = rows.first().ok_or_else(|| anyhow::anyhow!("no row: {sql}"))?;
        Ok(row.try_get_by_index::<i64>(0).or_else(|_| row.try_get_by_index::<i32>(0).map(i64::from))?)
    }

    /// A key as it stands in SQL.
    pub fn literal(&self, id: ReleaseId) -> String {
        match self.kind {
            Kind::Sqlite => format!("x'{}'", id.uuid().simple()),
            Kind::Postgres => format!("'{id}'"),
        }
    }

    /// Waits until the release task is in that status.
    pub async fn until_status(&self, release: ReleaseId, status: i64) -> anyhow::Result<()> {
        let id = self.literal(release);
        self.until(&format!("SELECT status FROM releases WHERE id = {id}"), status).await
    }

    /// Waits until the question has that answer.
    pub async fn until(&self, question: &str, wanted: i64) -> anyhow::Result<()> {
        let began = Instant::now();
        loop {
            let found = self.number(question).await?;
            if found == wanted {
                return Ok(());
            }
            ensure!(began.elapsed() < TIMEOUT, "{question}: {found} instead of {wanted}");
            sleep(POLL_INTERVAL).await;
        }
    }

    /// What the database takes on the disk, in bytes.
    pub async fn size(&self) -> anyhow::Result<i64> {
        match self.kind {
            Kind::Sqlite => Ok(self.number("PRAGMA page_count").await? * self.number("PRAGMA page_size").await?),
            Kind::Postgres => self.number("SELECT pg_database_size(current_database())").await,
        }
    }

    pub async fn close(self) -> anyhow::Result<()> {
        Ok(self.db.close().await?)
    }
}
