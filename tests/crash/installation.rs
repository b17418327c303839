//! A demo with release tasks of the test's own, in a folder of its own; started, killed and started again.

use std::collections::BTreeMap;
use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Output;
use std::time::{Duration, Instant};

use rustix::process::Pid;
use tempfile::TempDir;
use tollgate::clock::Clock;
use tollgate::data_layout::DataLayout;
use tollgate::domain::environment::{EnvironmentOptions, EnvironmentScripts, EnvironmentSettings};
use tollgate::domain::execution::Execution;
use tollgate::domain::ids::{ExecutionId, ReleaseId, TeamId};
use tollgate::http::session::COOKIE;
use tollgate::runlog::{LogEntry, read_from};
use tollgate::store::{Environment, Stamp, Store, StoreError, new_id};

use crate::browser::Browser;
use crate::db::Db;
use crate::flow;
use crate::processes;
use crate::program::{self, ANYWHERE, Program};
use crate::team_folder::team_folder;

/// Where its data is, which outlives every start of the program.
pub struct Installation {
    pub db: Db,
    folder: PathBuf,
    _kept: Option<TempDir>,
}

/// The people who act, signed in once: a session outlives every restart.
#[derive(Clone)]
pub struct People {
    pub operator: Browser,
    pub approver: Browser,
}

impl Installation {
    pub fn new(db: Db) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { db, folder: folder.path().to_owned(), _kept: Some(folder) }
    }

    /// In a folder that is somebody else's.
    pub fn at(folder: PathBuf, db: Db) -> Self {
        Self { db, folder, _kept: None }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The processes that supervise scripts.
    pub fn supervisors(&self) -> Vec<Pid> {
        processes::supervisors(&self.data())
    }

    /// The processes of scripts that still run.
    pub fn scripts(&self) -> Vec<Pid> {
        processes::scripts(&self.data())
    }

    pub fn folders(&self) -> DataLayout {
        DataLayout::new(&self.data()).unwrap()
    }

    /// What the server said, of all its starts.
    pub fn server_log(&self) -> String {
        std::fs::read_to_string(self.data().with_extension("log")).unwrap_or_default()
    }

    pub fn starts(&self) -> Program {
        Program::start(crate::PROGRAM, &self.data(), Some(&self.db.url), ANYWHERE)
    }

    /// Starts it with more in its environment; or says what it said when it ended before it answered.
    pub fn starts_with(&self, environment: &[(&str, &str)]) -> Result<Program, String> {
        let mut command = program::command(crate::PROGRAM, &self.data(), Some(&self.db.url));
        command.args(["demo", "--listen", ANYWHERE]).envs(environment.iter().copied());
        Program::launch(&mut command, &self.data().with_extension("log"))
    }

    pub fn runs(&self, arguments: &[&str]) -> Output {
        program::command(crate::PROGRAM, &self.data(), Some(&self.db.url)).args(arguments).output().unwrap()
    }

    /// Brings a release task in, and answers its key.
    pub async fn imports(&self, definition: &str) -> ReleaseId {
        let file = self.folder.join("release.yaml");
        std::fs::write(&file, definition).unwrap();
        let imported = self.runs(&["import", file.to_str().unwrap()]);
        assert!(imported.status.success(), "{imported:?}");
        let name = definition.lines().find_map(|line| line.strip_prefix("name: ")).unwrap();
        let teams = self.db.store.teams().await.unwrap();
        let team = teams.iter().find(|team| team.name == "Platform").unwrap().id;
        self.environment(team).await;
        self.db.store.begin_write().await.unwrap().release_named(team, name).await.unwrap().unwrap()
    }

    /// An environment of that team named `box`, if it has none yet.
    async fn environment(&self, team: TeamId) {
        let regions = self.db.store.regions().await.unwrap();
        let region = regions.iter().find(|region| region.name == "eu-west").unwrap().id;
        let script = || flow::DEPLOY.to_owned();
        let variables = BTreeMap::from([("TOKEN".to_owned(), "${secrets.API_TOKEN}".to_owned())]);
        let scripts =
            EnvironmentScripts { deploy: script(), verify: None, remove: Some(script()), variables, timeout: 60 };
        let settings = EnvironmentSettings::Command(scripts);
        let (id, name, description) = (new_id(), "box".to_owned(), String::new());
        let made = Environment {
            id,
            team_id: team,
            region_id: region,
            name,
            description,
            version: 1,
            settings,
            options: EnvironmentOptions::default(),
            options_version: 0,
        };
        let tx = self.db.store.begin_write().await.unwrap();
        if tx.environments_of(team, region).await.unwrap().is_empty() {
            tx.insert_environment(&made, &Stamp::tollgate(Clock::system().now())).await.unwrap();
            tx.commit().await.unwrap();
            let value = self.folder.join("secret");
            std::fs::write(&value, "hunter2-hunter2").unwrap();
            let mut set = program::command(crate::PROGRAM, &self.data(), Some(&self.db.url));
            set.args([
                "secret",
                "set",
                "API_TOKEN",
                "--team",
                "Platform",
                "--environment",
                "box",
                "--region",
                "eu-west",
            ]);
            let set = set.stdin(File::open(value).unwrap()).output().unwrap();
            assert!(set.status.success(), "{set:?}");
        }
    }

    pub async fn execution(&self, release: ReleaseId, number: u32) -> Execution {
        self.db.store.execution_numbered(release, number).await.unwrap().expect("what was answered is there")
    }

    /// Reads from the database, which may be away for a while.
    pub async fn reads<T>(&self, read: impl AsyncFn(&Store) -> Result<T, StoreError>) -> T {
        let asked = Instant::now();
        loop {
            match read(&self.db.store).await {
                Ok(found) => return found,
                Err(error) => assert!(asked.elapsed() < Duration::from_mins(2), "the database stays away: {error:?}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Lines of a file that the scripts wrote into that working folder.
    pub fn wrote(&self, folder: &str, name: &str) -> Vec<String> {
        let file = team_folder(&self.data()).join(folder).join(name);
        std::fs::read_to_string(file).unwrap_or_default().lines().map(str::to_owned).collect()
    }

    /// The whole log of an attempt.
    pub fn log(&self, execution: ExecutionId, task: &str, attempt: u32) -> Vec<LogEntry> {
        read_from(&self.folders().log(execution, task, attempt), 0, u64::MAX).unwrap().lines
    }
}

impl People {
    pub async fn sign_in(program: &Program) -> Self {
        let one = async |name: &str| {
            let browser = Browser::new(address(program));
            assert_eq!(browser.signs_in(name, &program.passwords[name]).await.status, 303);
            browser
        };
        Self { operator: one("operator").await, approver: one("approver").await }
    }

    /// The same people at a program that was started again.
    pub fn at(&self, program: &Program) -> Self {
        let moved = |browser: &Browser| {
            let there = Browser::new(address(program));
            there.holds(COOKIE, &browser.cookie(COOKIE).unwrap());
            there
        };
        Self { operator: moved(&self.operator), approver: moved(&self.approver) }
    }
}

pub fn address(program: &Program) -> SocketAddr {
    program.url.strip_prefix("http://").unwrap().parse().unwrap()
}
