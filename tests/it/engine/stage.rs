//! People, a clock that is set, and an engine that is ticked by hand.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;
use tollgate::app::{App, AppError, Caller, ChangeVersions, Imported, ReleaseContent, Wakeup};
use tollgate::clock::Clock;
use tollgate::data_layout::DataLayout;
use tollgate::domain::decide::{Command, Selection};
use tollgate::domain::definition::Definition;
use tollgate::domain::execution::{Execution, Moment, TaskState, Verdict};
use tollgate::domain::ids::{RegionId, ReleaseId, TeamId};
use tollgate::domain::people::{Role, User};
use tollgate::domain::release::ReleaseOwner;
use tollgate::domain::status::ReleaseStatus;
use tollgate::engine::{Engine, ReplicaConfig, Tick};
use tollgate::executors::verify::VerifyExecutor;
use tollgate::executors::{Executors, Git, Lease, SshExecutor};
use tollgate::outgoing::HttpClient;
use tollgate::store::{ReplicaInfo, Store, new_id};

use super::executor::{Calls, Scripted, TIMEOUT, Work};
use crate::db::Db;

/// The node whose engine the test ticks.
pub const NODE: &str = "node-1";

/// More places for scripts than a test has scripts.
const PLENTY: NonZero<u32> = NonZero::new(1000).unwrap();

pub struct Stage {
    pub app: App,
    pub engine: Engine,
    pub calls: Calls,
    pub lease: Lease,
    pub team: TeamId,
    pub region: RegionId,
    pub db: Db,
    pub folders: DataLayout,
    max_scripts: NonZero<u32>,
    time: Arc<AtomicI64>,
    asked: Arc<AtomicU64>,
    _home: TempDir,
}

impl Stage {
    pub async fn set(db: Db) -> Self {
        Self::with_places(db, PLENTY).await
    }

    /// With so many places for scripts.
    pub async fn with_places(db: Db, max_scripts: NonZero<u32>) -> Self {
        let time = Arc::new(AtomicI64::new(start().timestamp_micros()));
        let asked = Arc::new(AtomicU64::new(0));
        let clock = Clock::set_by({
            let (time, asked) = (Arc::clone(&time), Arc::clone(&asked));
            move || {
                asked.fetch_add(1, Ordering::SeqCst);
                DateTime::from_timestamp_micros(time.load(Ordering::SeqCst)).unwrap()
            }
        });
        let (team, region) = populate(&db.store).await;
        let app = App { live: ChangeVersions::new(0), ..App::new(db.store.clone(), clock) };
        let home = tempfile::tempdir().unwrap();
        let folders = DataLayout::new(home.path()).unwrap();
        let lease = Lease::over();
        let (engine, calls) = engine(&app, &folders, NODE, &lease, max_scripts);
        Self { app, engine, calls, lease, team, region, db, folders, max_scripts, time, asked, _home: home }
    }

    /// From the next start on the server has so many places.
    pub fn will_have_places(&mut self, max_scripts: NonZero<u32>) {
        self.max_scripts = max_scripts;
    }

    /// The same stage after the program was ended and started again: a new engine with its own memory.
    pub fn restarts(&mut self) {
        self.restarts_as(NODE);
    }

    /// The same with another data folder's name.
    pub fn restarts_as(&mut self, node: &str) {
        self.app = App { wakeup: Wakeup::default(), live: ChangeVersions::new(1_000_000), ..self.app.clone() };
        self.lease = Lease::over();
        (self.engine, self.calls) = engine(&self.app, &self.folders, node, &self.lease, self.max_scripts);
    }

    /// A second engine beside the first, as on another machine.
    pub fn another(&self, node: &str) -> (App, Engine, Calls) {
        let app = App { wakeup: Wakeup::default(), live: ChangeVersions::new(2_000_000), ..self.app.clone() };
        let (engine, calls) = engine(&app, &self.folders, node, &Lease::over(), self.max_scripts);
        (app, engine, calls)
    }

    /// Whose the release tasks here are.
    pub fn owner(&self) -> ReleaseOwner {
        ReleaseOwner { team: self.team, region: self.region }
    }

    pub fn passes(&self, seconds: i64) {
        self.time.fetch_add(TimeDelta::seconds(seconds).num_microseconds().unwrap(), Ordering::SeqCst);
    }

    /// How often anybody has asked what time it is.
    pub fn asked_the_time(&self) -> u64 {
        self.asked.load(Ordering::SeqCst)
    }

    pub async fn caller(&self, name: &str) -> Caller {
        let id = self.app.store.credentials(name).await.unwrap().expect("that user is on stage").id;
        // Somebody who is disabled may have a page open still.
        let gone = || User { id, name: name.to_owned(), administrator: false, roles: Vec::new() };
        let user = self.app.store.user(id).await.unwrap().unwrap_or_else(gone);
        Caller::User { user: user.into(), address: "192.0.2.7".parse().ok() }
    }

    pub fn draft(name: &str, definition: Definition) -> ReleaseContent {
        ReleaseContent { name: name.to_owned(), description: "The shop".to_owned(), definition }
    }

    /// A new release task.
    pub async fn release(&self, name: &str, definition: Definition) -> ReleaseId {
        match self
            .app
            .import(
                &Caller::CommandLine,
                ReleaseOwner { team: self.team, region: self.region },
                &Self::draft(name, definition),
            )
            .await
            .unwrap()
        {
            Imported::Created(id) => id,
            other => panic!("{name} was there already: {other:?}"),
        }
    }

    pub async fn execute(&self, release: ReleaseId) -> Result<u32, AppError> {
        self.app.execute(&self.caller("operator").await, release, &Selection::All).await
    }

    /// A new release task, executed by the operator, and its first tick.
    pub async fn running(&self, definition: Definition) -> ReleaseId {
        let release = self.release("shop-web", definition).await;
        self.execute(release).await.unwrap();
        self.tick().await;
        release
    }

    pub async fn tick(&self) -> Tick {
        self.engine.tick().await.unwrap()
    }

    /// The last execution of a release task.
    pub async fn last(&self, release: ReleaseId) -> Execution {
        self.app.store.release(release).await.unwrap().unwrap().last.expect("it was executed")
    }

    pub async fn status(&self, release: ReleaseId) -> ReleaseStatus {
        self.last(release).await.status()
    }

    /// The same, also of what was never executed.
    pub async fn status_of(&self, release: ReleaseId) -> ReleaseStatus {
        self.app.store.release(release).await.unwrap().unwrap().status()
    }

    pub async fn state(&self, release: ReleaseId, task: &str) -> TaskState {
        let last = self.last(release).await;
        last.tasks[last.index(task).unwrap()].state.clone()
    }

    /// Waits until an outcome is written down.
    pub async fn until(&self, release: ReleaseId, what: &str, is: impl Fn(&Execution) -> bool) -> Execution {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            let last = self.last(release).await;
            if is(&last) {
                return last;
            }
            assert!(Instant::now() < deadline, "waited in vain until {what}: {last:#?}");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    pub async fn until_status(&self, release: ReleaseId, status: ReleaseStatus) -> Execution {
        self.until(release, status.word(), |last| last.status() == status).await
    }

    pub async fn asks(&self, name: &str, release: ReleaseId, command: &Command) -> Result<Execution, AppError> {
        self.app.ask(&self.caller(name).await, release, command).await
    }

    /// Asks as the operator, and lets the engine hear it.
    pub async fn does(&self, release: ReleaseId, command: &Command) -> Tick {
        self.asks("operator", release, command).await.unwrap();
        self.tick().await
    }

    pub async fn says(
        &self,
        name: &str,
        release: ReleaseId,
        task: &str,
        verdict: Verdict,
    ) -> Result<Execution, AppError> {
        self.asks(name, release, &said(task, verdict)).await
    }

    /// The next attempt that is started, which must be of that task.
    pub async fn starts(&self, task: &str) -> Work {
        let work = self.calls.next().await;
        assert_eq!(work.task(), task);
        work
    }
}

fn engine(app: &App, folders: &DataLayout, node: &str, lease: &Lease, max_scripts: NonZero<u32>) -> (Engine, Calls) {
    let (executor, calls) = Scripted::new();
    let who = ReplicaInfo {
        id: node.to_owned(),
        name: node.to_owned(),
        version: "0.1.0".to_owned(),
        isolation: tollgate::domain::isolation::Isolation::default(),
    };
    let machine = ReplicaConfig { folders: folders.clone(), who, lease: lease.clone(), max_scripts };
    // Checks are real, and look at services of the test.
    let client = HttpClient::new(["127.0.0.0/8".parse().unwrap()]).unwrap();
    let executors = Executors::new(
        Arc::new(executor),
        Arc::new(VerifyExecutor::new(client.clone())),
        Arc::new(SshExecutor::new(folders.ssh())),
        Git::new(client),
    );
    (Engine::new(app.clone(), executors, machine), calls)
}

/// The decision of a person, with a comment.
pub fn said(task: &str, verdict: Verdict) -> Command {
    Command::Decide { task: task.to_owned(), verdict, comment: "as I see it".to_owned() }
}

/// When every test starts.
pub fn start() -> Moment {
    "2026-11-22T09:00:00.123456Z".parse::<DateTime<Utc>>().unwrap()
}

async fn populate(store: &Store) -> (TeamId, RegionId) {
    let tx = store.begin_write().await.unwrap();
    let region = tx.insert_region("eu-west", start()).await.unwrap();
    let team = tx.insert_team("storefront", start()).await.unwrap();
    assert!(tx.permit_scripts(team, true).await.unwrap());
    let cast = [
        ("operator", Some(Role::Operator)),
        ("approver", Some(Role::Approver)),
        ("approver2", Some(Role::Approver)),
        ("viewer", Some(Role::Viewer)),
        ("admin", None),
    ];
    for (name, role) in cast {
        let user = User { id: new_id(), name: name.to_owned(), administrator: name == "admin", roles: Vec::new() };
        tx.insert_user(&user, "hash", start()).await.unwrap();
        if let Some(role) = role {
            assert!(tx.grant(user.id, team, role).await.unwrap());
        }
    }
    tx.commit().await.unwrap();
    (team, region)
}
