//! A database for each history: a copy of one that is migrated and has people in it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::sea_query::Query;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, QueryResult};
use tempfile::TempDir;
use tollgate::domain::ids::{ExecutionId, RegionId, TeamId};
use tollgate::domain::people::User;
use tollgate::store::{Store, Term};
use uuid::Uuid;

use crate::by_hand::{self, one_to};
use crate::postgres::Cluster;
use crate::random::PEOPLE;
use crate::world::{person, start};

/// Which database a history is played on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// The database of one history.
pub struct Place {
    pub store: Store,
    pub team: TeamId,
    pub region: RegionId,
    /// For what the store does not tell.
    db: DatabaseConnection,
    folder: TempDir,
    database: Option<String>,
}

/// A file of SQLite, whole.
struct Template {
    file: Vec<u8>,
    team: TeamId,
    region: RegionId,
}

struct Server {
    /// Up to the name of a database, and what follows it.
    url: (String, String),
    /// A database that is migrated and has people in it.
    template: String,
    team: TeamId,
    region: RegionId,
    _cluster: Option<Cluster>,
}

static TEMPLATE: LazyLock<Template> = LazyLock::new(|| {
    let folder = folder();
    let file = folder.path().join("template.db");
    let (team, region) = apart(fill(format!("sqlite:{}", file.display())));
    Template { file: std::fs::read(&file).unwrap(), team, region }
});

/// A folder in memory, where there is such a thing.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    tempfile::Builder::new().prefix("tollgate-sim-").tempdir_in(parent).unwrap()
}

/// A cluster of this process, or the server that `TOLLGATE_TEST_POSTGRES` names.
static SERVER: LazyLock<Server> = LazyLock::new(|| {
    let (url, cluster) = if let Ok(named) = std::env::var("TOLLGATE_TEST_POSTGRES") {
        let mut url = url::Url::parse(&named).unwrap();
        let query = url.query().map_or(String::new(), |query| format!("?{query}"));
        url.set_query(None);
        url.set_path("/");
        ((url.to_string(), query), None)
    } else {
        let cluster = Cluster::start(&["fsync=off", "max_connections=300", "shared_buffers=64MB"]);
        let query = format!("?host={}&user=postgres", cluster.folder().display());
        (("postgres://localhost/".to_owned(), query), Some(cluster))
    };
    let template = format!("sim_{}", Uuid::now_v7().simple());
    let mut server = Server { url, template, team: TeamId::nil(), region: RegionId::nil(), _cluster: cluster };
    let (postgres, made) = (server.url("postgres"), format!("CREATE DATABASE {}", server.template));
    apart(async move { by_hand::does(postgres, &made).await.unwrap() });
    (server.team, server.region) = apart(fill(server.url(&server.template)));
    server
});

impl Server {
    fn url(&self, database: &str) -> String {
        format!("{}{database}{}", self.url.0, self.url.1)
    }
}

static NUMBER: AtomicU64 = AtomicU64::new(0);

impl Place {
    pub async fn prepare(kind: Kind) -> Self {
        let folder = folder();
        let (address, database, team, region) = match kind {
            Kind::Sqlite => {
                let file = folder.path().join("tollgate.db");
                std::fs::write(&file, &TEMPLATE.file).unwrap();
                (format!("sqlite:{}", file.display()), None, TEMPLATE.team, TEMPLATE.region)
            }
            Kind::Postgres => {
                let server = &*SERVER;
                let name = format!("{}_{}", server.template, NUMBER.fetch_add(1, Ordering::SeqCst));
                by_hand::does(server.url("postgres"), &format!("CREATE DATABASE {name} TEMPLATE {}", server.template))
                    .await
                    .unwrap();
                (server.url(&name), Some(name), server.team, server.region)
            }
        };
        let store = Store::connect(&address).await.unwrap();
        let db = Database::connect(one_to(address)).await.unwrap();
        Self { store, team, region, db, folder, database }
    }

    /// Where machines keep what they keep.
    pub fn data(&self) -> &Path {
        self.folder.path()
    }

    /// In which term which execution is carried on.
    pub async fn owners(&self) -> BTreeMap<ExecutionId, Option<Term>> {
        let owners = Query::select().columns(["id", "owner", "owner_epoch"]).from("executions").to_owned();
        let rows = self.db.query_all(&owners).await.unwrap();
        let owner = |row: &QueryResult| {
            let replica: Option<String> = row.try_get("", "owner").unwrap();
            let epoch: Option<i64> = row.try_get("", "owner_epoch").unwrap();
            replica.zip(epoch).map(|(replica, epoch)| Term { replica, epoch: epoch.try_into().unwrap() })
        };
        rows.iter().map(|row| (row.try_get("", "id").unwrap(), owner(row))).collect()
    }

    pub async fn remove(self) {
        self.db.close().await.unwrap();
        self.store.close().await.unwrap();
        if let Some(name) = self.database {
            by_hand::does(SERVER.url("postgres"), &format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
        }
    }
}

/// Does it on a runtime of its own, since whoever asks may be on one.
fn apart<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    let works = move || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work);
    std::thread::spawn(works).join().unwrap()
}

async fn fill(address: String) -> (TeamId, RegionId) {
    let store = Store::connect(&address).await.unwrap();
    store.migrate().await.unwrap();
    let tx = store.begin_write().await.unwrap();
    let region = tx.insert_region("eu-west", start()).await.unwrap();
    let team = tx.insert_team("storefront", start()).await.unwrap();
    assert!(tx.permit_scripts(team, true).await.unwrap());
    for name in PEOPLE {
        let user: User = person(name);
        tx.insert_user(&user, "hash", start()).await.unwrap();
        for held in &user.roles {
            assert!(tx.grant(user.id, team, held.role).await.unwrap());
        }
    }
    tx.commit().await.unwrap();
    store.close().await.unwrap();
    (team, region)
}
