//! An empty, migrated database for each test, on SQLite and on PostgreSQL alike.
//!
//! `on_both!(name_of_an_async_function, …)` makes the tests `…::sqlite` and `…::postgres` of each function, which is
//! given a [`Db`]. PostgreSQL is a private cluster of this process on a Unix socket in a temporary folder, or the
//! server that `TOLLGATE_TEST_POSTGRES` names (`postgres://user@host/postgres`); without either the test fails.

use std::panic::{self, AssertUnwindSafe};

use futures_util::FutureExt;
use tempfile::TempDir;
use tollgate::store::Store;

use crate::by_hand;
use crate::postgres::Cluster;
use crate::sound::is_sound;

/// Makes a test on each database of every function named.
#[macro_export]
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[test]
            fn sqlite() {
                $crate::db::run($crate::db::Kind::Sqlite, super::$name);
            }

            #[test]
            fn postgres() {
                $crate::db::run($crate::db::Kind::Postgres, super::$name);
            }
        }
    )+};
}

/// On which database a test runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// A database of one test.
#[derive(Clone)]
pub struct Db {
    /// Open and migrated.
    pub store: Store,
    /// Where it is, for whoever opens it again.
    pub url: String,
}

/// Tests that break a database by hand, or save what the rules would not.
const UNSOUND: [&str; 3] = ["it::store::", "it::check::", "cannot_be_read"];

/// Runs a test on a database of its own, which is sound at the end and gone afterwards.
pub fn run<F>(kind: Kind, test: impl FnOnce(Db) -> F)
where
    F: Future<Output = ()>,
{
    let name = std::any::type_name_of_val(&test);
    if let Ok(filter) = std::env::var("TOLLGATE_TEST_LOG") {
        // Whoever runs a test alone and wants to read what the program says.
        let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let place = Place::prepare(kind).await;
        let store = Store::connect(&place.url).await.unwrap();
        store.migrate().await.unwrap();
        let db = Db { store: store.clone(), url: place.url.clone() };
        let ended = AssertUnwindSafe(async {
            test(db).await;
            if !UNSOUND.iter().any(|part| name.contains(part)) {
                is_sound(&store).await;
            }
        });
        let ended = ended.catch_unwind().await;
        store.close().await.unwrap();
        place.remove().await;
        if let Err(panic) = ended {
            panic::resume_unwind(panic);
        }
    });
}

/// Where the database of one test is.
struct Place {
    url: String,
    folder: Option<TempDir>,
    database: Option<String>,
}

impl Place {
    async fn prepare(kind: Kind) -> Self {
        match kind {
            Kind::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite:{}", folder.path().join("tollgate.db").display());
                Self { url, folder: Some(folder), database: None }
            }
            Kind::Postgres => {
                let server = server().await;
                let database = format!("test_{}", uuid::Uuid::now_v7().simple());
                let template = server.template.as_deref().map_or(String::new(), |name| format!(" TEMPLATE {name}"));
                server.command(&format!("CREATE DATABASE {database}{template}")).await;
                Self { url: server.url(&database), folder: None, database: Some(database) }
            }
        }
    }

    async fn remove(self) {
        if let Some(database) = self.database {
            server().await.command(&format!("DROP DATABASE {database} WITH (FORCE)")).await;
        }
        drop(self.folder);
    }
}

/// The PostgreSQL server of the tests of this process.
struct Server {
    /// Up to the name of the database, and what follows it.
    url: (String, String),
    /// A database that is migrated already; a server that is not ours gets none.
    template: Option<String>,
    _cluster: Option<Cluster>,
}

impl Server {
    fn url(&self, database: &str) -> String {
        format!("{}{database}{}", self.url.0, self.url.1)
    }

    async fn command(&self, sql: &str) {
        by_hand::does(self.url("postgres"), sql).await.unwrap();
    }

    async fn start() -> Self {
        if let Ok(named) = std::env::var("TOLLGATE_TEST_POSTGRES") {
            let mut url = url::Url::parse(&named).unwrap();
            let query = url.query().map_or(String::new(), |query| format!("?{query}"));
            url.set_query(None);
            url.set_path("/");
            return Self { url: (url.to_string(), query), template: None, _cluster: None };
        }
        let cluster = Cluster::start(&["fsync=off", "max_connections=300", "shared_buffers=64MB"]);
        let query = format!("?host={}&user=postgres", cluster.folder().display());
        let mut server =
            Self { url: ("postgres://localhost/".to_owned(), query), template: None, _cluster: Some(cluster) };
        server.command("CREATE DATABASE migrated").await;
        let store = Store::connect(&server.url("migrated")).await.unwrap();
        store.migrate().await.unwrap();
        store.close().await.unwrap();
        server.template = Some("migrated".to_owned());
        server
    }
}

async fn server() -> &'static Server {
    static STARTED: tokio::sync::OnceCell<Server> = tokio::sync::OnceCell::const_new();
    STARTED.get_or_init(Server::start).await
}
