//! An installation of the previous schema, with executions in every active state, is brought up to date and goes on. See
//! `fixtures/previous` for how it was made.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, Database};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tollgate::app::{App, Caller};
use tollgate::clock::Clock;
use tollgate::config::{
    ApiLimitsConfig, ClientTimeouts, Config, DataConfig, KeyConfig, MAX_SCRIPTS, OutgoingConfig, StorageConfig,
    WebConfig,
};
use tollgate::confine::Confinement;
use tollgate::data_layout::DataLayout;
use tollgate::domain::decide::Command;
use tollgate::domain::execution::{Execution, FailReason, Verdict};
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::isolation::Isolation;
use tollgate::domain::scripts::ScriptPermission;
use tollgate::domain::status::ReleaseStatus;
use tollgate::executors::Executors;
use tollgate::executors::command::CommandExecutor;
use tollgate::runlog::read_from;
use tollgate::startup::{self, Application};
use tollgate::store::{Backend, TeamPermission};

use crate::by_hand::one_to;
use crate::db::Db;
use crate::sound::is_sound;

on_both!(an_installation_of_the_previous_schema_goes_on);

/// Some minutes after it was killed: retries, waits and one deadline are due, the other deadline is not.
const LATER: &str = "2026-11-23T03:00:00Z";

/// The installation, served by the program of today.
struct Upgraded {
    app: App,
    folders: DataLayout,
    handle: actix_web::dev::ServerHandle,
    running: JoinHandle<anyhow::Result<()>>,
    _home: TempDir,
}

/// The folder of the fixture for that database.
fn fixture(backend: Backend) -> PathBuf {
    let name = match backend {
        Backend::Sqlite => "sqlite",
        Backend::Postgres => "postgres",
    };
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures/previous").join(name)
}

fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let there = to.join(entry.file_name());
        if entry.path().is_dir() {
            copied(&entry.path(), &there);
        } else {
            std::fs::copy(entry.path(), there).unwrap();
        }
    }
}

/// Fills an empty database with what the fixture has; answers where it is.
async fn filled(db: &Db, home: &Path) -> String {
    let sql = std::fs::read_to_string(fixture(db.store.backend()).join("database.sql")).unwrap();
    let url = match db.store.backend() {
        Backend::Sqlite => format!("sqlite://{}?mode=rwc", home.join("tollgate.db").display()),
        Backend::Postgres => db.url.clone(),
    };
    let hand = Database::connect(one_to(&url)).await.unwrap();
    if db.store.backend() == Backend::Postgres {
        hand.execute_unprepared("DROP SCHEMA public CASCADE; CREATE SCHEMA public").await.unwrap();
    }
    hand.execute_unprepared(&sql).await.unwrap();
    hand.close().await.unwrap();
    url.trim_end_matches("?mode=rwc").to_owned()
}

impl Upgraded {
    async fn serves(db: &Db) -> Self {
        let home = tempfile::tempdir().unwrap();
        let from = fixture(db.store.backend());
        let folder = home.path().join("data");
        copied(&from.join("runs"), &folder.join("runs"));
        std::fs::copy(from.join("node"), folder.join("node")).unwrap();
        let data = DataConfig { folder, database_url: Some(filled(db, home.path()).await) };
        let web = WebConfig {
            listen: "127.0.0.1:0".to_owned(),
            public_url: None,
            hsts_subdomains: false,
            trust_proxy: false,
            shutdown_timeout: 5,
            api_limits: ApiLimitsConfig::default(),
            heartbeat: std::time::Duration::from_secs(15),
            audit_days: 400,
            patience: ClientTimeouts::default(),
        };
        let mut config = Config {
            data,
            web,
            migrate: false,
            name: None,
            confinement: Confinement::default(),
            isolation: Isolation::default(),
            max_scripts: MAX_SCRIPTS,
            outgoing: OutgoingConfig::default(),
            storage: StorageConfig { min_free_space: 0 },
            keys: KeyConfig::default(),
        };
        let (began, later) = (Instant::now(), LATER.parse::<DateTime<Utc>>().unwrap());
        let clock = Clock::set_by(move || later + TimeDelta::from_std(began.elapsed()).unwrap());

        let refused = startup::open(&config, clock.clone()).await.map(drop).unwrap_err().to_string();
        assert!(refused.contains("migrations are missing") && refused.contains("start with --migrate"), "{refused}");

        config.migrate = true;
        let folders = DataLayout::new(&config.data.folder).unwrap();
        let opened = startup::open(&config, clock).await.unwrap();
        let app = opened.app.clone();
        is_sound(&app.store).await;
        let scripts = Arc::new(CommandExecutor::with_program(env!("CARGO_BIN_EXE_tollgate")));
        let executors = Executors::with_scripts(scripts).unwrap();
        let application = Application::build_with(opened, config, executors).await.unwrap();
        let handle = application.handle();
        let running = tokio::spawn(application.run());
        Self { app, folders, handle, running, _home: home }
    }

    async fn release(&self, name: &str) -> ReleaseId {
        let team = self.app.store.teams().await.unwrap()[0].id;
        self.app.store.begin_write().await.unwrap().release_named(team, name).await.unwrap().expect("it was there")
    }

    async fn last(&self, name: &str) -> Execution {
        self.app.store.release(self.release(name).await).await.unwrap().unwrap().last.unwrap()
    }

    async fn asks(&self, who: &str, name: &str, command: &Command) {
        let id = self.app.store.credentials(who).await.unwrap().unwrap().id;
        let caller = Caller::User { user: self.app.store.user(id).await.unwrap().unwrap().into(), address: None };
        self.app.ask(&caller, self.release(name).await, command).await.unwrap();
    }

    async fn agrees(&self, who: &str, name: &str) {
        let comment = "Still fine".to_owned();
        let decide = Command::Decide { task: "go-live".to_owned(), verdict: Verdict::Agree, comment };
        self.asks(who, name, &decide).await;
    }

    async fn is(&self, name: &str, status: ReleaseStatus) -> Execution {
        let asked = Instant::now();
        loop {
            let last = self.last(name).await;
            if last.status() == status {
                return last;
            }
            assert!(asked.elapsed() < Duration::from_mins(1), "{name} is not {status:?} in a minute: {last:#?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn log(&self, execution: &Execution, task: &str, attempt: u32) -> Vec<String> {
        let log = self.folders.log(execution.id, task, attempt);
        read_from(&log, 0, u64::MAX).unwrap().lines.into_iter().map(|line| line.text).collect()
    }
}

async fn an_installation_of_the_previous_schema_goes_on(db: Db) {
    let here = Upgraded::serves(&db).await;
    for TeamPermission { team, scripts } in here.app.store.script_permissions().await.unwrap() {
        assert_eq!(scripts, ScriptPermission::Granted, "{team} could run scripts until now");
    }
    for name in ["oskar", "anna", "bert"] {
        let user = here.app.store.credentials(name).await.unwrap().unwrap().id;
        assert_eq!(here.app.store.sessions_of(user, here.app.clock.now()).await.unwrap(), [], "{name} signs in again");
    }
    let attempts = |execution: &Execution| execution.tasks.iter().map(|task| task.attempt).collect::<Vec<_>>();

    let ended = here.is("ended-alone", ReleaseStatus::Successful).await;
    assert_eq!(attempts(&ended), [1, 1], "the script that ended alone was not started again");
    assert_eq!(here.log(&ended, "deploy", 1), ["deploys shop:1"]);
    assert_eq!(here.log(&ended, "build", 1), ["build 1 began"]);
    let lost = here.is("lost", ReleaseStatus::ReleaseFailed).await;
    assert_eq!((lost.failures(), attempts(&lost)), (vec![("build", FailReason::Interrupted)], vec![1]));
    assert_eq!(here.is("expired", ReleaseStatus::ReleaseFailed).await.failures(), [("go-live", FailReason::Expired)]);
    assert_eq!(attempts(&here.is("delayed", ReleaseStatus::Successful).await), [2]);
    here.is("waits", ReleaseStatus::Successful).await;
    assert_eq!(attempts(&here.is("rolling-back", ReleaseStatus::RolledBack).await), [2]);
    assert!(here.is("terminated", ReleaseStatus::ReleaseFailed).await.was_terminated());

    // Half of the approvers had agreed before.
    here.is("at-the-gate", ReleaseStatus::ToBeApproved).await;
    here.agrees("bert", "at-the-gate").await;
    here.is("at-the-gate", ReleaseStatus::Successful).await;
    here.is("paused", ReleaseStatus::Paused).await;
    here.asks("oskar", "paused", &Command::Continue).await;
    here.is("paused", ReleaseStatus::ToBeApproved).await;
    here.agrees("anna", "paused").await;
    here.is("paused", ReleaseStatus::Successful).await;
    assert_eq!(attempts(&here.is("pausing", ReleaseStatus::Paused).await), [1, 0]);
    here.asks("oskar", "pausing", &Command::Continue).await;
    assert_eq!(attempts(&here.is("pausing", ReleaseStatus::Successful).await), [1, 1]);

    // What was over is as it was, and can be asked for more.
    here.is("successful", ReleaseStatus::Successful).await;
    assert_eq!(here.is("rejected", ReleaseStatus::ReleaseFailed).await.failures(), [("go-live", FailReason::Rejected)]);
    here.is("rolled-back", ReleaseStatus::RolledBack).await;
    here.is("failed", ReleaseStatus::ReleaseFailed).await;
    here.asks("oskar", "failed", &Command::Retry).await;
    assert_eq!(attempts(&here.is("failed", ReleaseStatus::Successful).await), [2]);

    is_sound(&here.app.store).await;
    here.handle.stop(true).await;
    here.running.await.unwrap().unwrap();
}
