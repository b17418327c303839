//! Where a story plays: the real program on its own data, and everybody's browsers.

use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::{Mutex, OnceLock};

use futures_util::FutureExt;
use tempfile::TempDir;

use crate::by_hand;
use crate::driver::{Driver, Script};
use crate::person::Person;
use crate::postgres::Cluster;
use crate::program::{ANYWHERE, Program, command};
use crate::team_folder::team_folder;

/// On which database a story plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    Sqlite,
    Postgres,
}

/// A running program and the people who use it.
pub struct Stage {
    program: Mutex<Option<Program>>,
    url: String,
    passwords: BTreeMap<String, String>,
    database: Option<String>,
    people: Mutex<Vec<Person>>,
    folder: TempDir,
}

/// Tells a story. If it goes wrong, there is a picture of what everybody saw last.
pub fn story(on: On, tell: impl AsyncFnOnce(&Stage)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let stage = Stage::set(on).await;
        let ended = AssertUnwindSafe(tell(&stage)).catch_unwind().await;
        let people = std::mem::take(&mut *stage.people.lock().unwrap());
        for person in people {
            if ended.is_err() {
                person.leaves_a_picture().await;
            }
            person.driver.close().await.unwrap();
        }
        if let Err(panic) = ended {
            panic::resume_unwind(panic);
        }
    });
}

/// Waits until each has ended, which takes a moment when the machine is busy; and looks again for a while, since one that was
/// just being made when no more were allowed is not there at the first look.
const END: &str = "DO $$ BEGIN FOR look IN 1..20 LOOP \
                   PERFORM pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = 'NAME'; \
                   PERFORM pg_stat_clear_snapshot(), pg_sleep(0.01); END LOOP; END $$";

impl Stage {
    async fn set(on: On) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = match on {
            On::Sqlite => None,
            On::Postgres => Some(empty_database().await),
        };
        let program = Program::start(crate::PROGRAM, &folder.path().join("data"), database.as_deref(), ANYWHERE);
        let (url, passwords) = (program.url.clone(), program.passwords.clone());
        Self { program: Mutex::new(Some(program)), url, passwords, database, people: Mutex::default(), folder }
    }

    /// Kills the server.
    pub fn loses_the_server(&self) {
        self.program.lock().unwrap().take().expect("it runs");
    }

    /// Starts it again where it was.
    pub fn has_the_server_back(&self) {
        let listen = self.url.strip_prefix("http://").unwrap();
        let program =
            Program::start(crate::PROGRAM, &self.folder.path().join("data"), self.database.as_deref(), listen);
        *self.program.lock().unwrap() = Some(program);
    }

    /// PostgreSQL ends all connections to the database and takes no more.
    pub async fn loses_the_database(&self) {
        self.tells_postgresql("ALTER DATABASE \"NAME\" ALLOW_CONNECTIONS false").await;
        self.tells_postgresql(END).await;
    }

    /// And takes some again.
    pub async fn has_the_database_back(&self) {
        self.tells_postgresql("ALTER DATABASE \"NAME\" ALLOW_CONNECTIONS true").await;
    }

    async fn tells_postgresql(&self, what: &str) {
        let mut url = url::Url::parse(self.database.as_deref().unwrap()).unwrap();
        let what = what.replace("NAME", url.path().trim_start_matches('/'));
        url.set_path("/postgres");
        by_hand::does(url.as_str(), &what).await.unwrap();
    }

    /// Somebody with a browser who is not signed in.
    pub async fn somebody(&self, name: &str, script: Script) -> Person {
        let number = self.people.lock().unwrap().len();
        let profile = self.folder.path().join(format!("profile-{number}"));
        let driver = Driver::open(&profile, script).await;
        let password = self.passwords[name].clone();
        let person = Person::new(driver, &self.url, name, password, script);
        self.people.lock().unwrap().push(person.clone());
        person
    }

    /// Somebody who is signed in.
    pub async fn signed_in(&self, name: &str) -> Person {
        let person = self.somebody(name, Script::On).await;
        person.opens("/login").await;
        person.signs_in().await;
        person
    }

    /// Brings a release task in, as on the machine of the server.
    pub fn imports(&self, definition: &str) {
        let file = self.folder.path().join("release.yaml");
        std::fs::write(&file, definition).unwrap();
        let mut import = command(crate::PROGRAM, &self.folder.path().join("data"), self.database.as_deref());
        let imported = import.arg("import").arg(&file).output().unwrap();
        assert!(imported.status.success(), "{imported:?}");
    }

    /// Does something by the command line, on the machine of the server.
    pub fn commands(&self, arguments: &[&str]) {
        let mut program = command(crate::PROGRAM, &self.folder.path().join("data"), self.database.as_deref());
        let done = program.args(arguments).output().unwrap();
        assert!(done.status.success(), "{done:?}");
    }

    /// The folder of the data, where scripts work.
    pub fn workspace(&self) -> std::path::PathBuf {
        team_folder(&Path::new(self.folder.path()).join("data"))
    }
}

/// A database of PostgreSQL for one story.
async fn empty_database() -> String {
    static SERVER: OnceLock<(String, String, Option<Cluster>)> = OnceLock::new();
    let (before, after, _) = SERVER.get_or_init(|| {
        if let Ok(named) = std::env::var("TOLLGATE_TEST_POSTGRES") {
            let mut url = url::Url::parse(&named).unwrap();
            let query = url.query().map_or(String::new(), |query| format!("?{query}"));
            url.set_query(None);
            url.set_path("/");
            return (url.to_string(), query, None);
        }
        let cluster = Cluster::start(&["fsync=off"]);
        let query = format!("?host={}&user=postgres", cluster.folder().display());
        ("postgres://localhost/".to_owned(), query, Some(cluster))
    });
    let name = format!("story_{}", uuid::Uuid::now_v7().simple());
    by_hand::does(format!("{before}postgres{after}"), &format!("CREATE DATABASE {name}")).await.unwrap();
    format!("{before}{name}{after}")
}
