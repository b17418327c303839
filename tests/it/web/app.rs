//! The real server on a port of its own, with people who use browsers.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use actix_web::web::Data;
use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tollgate::app::{App, passwords};
use tollgate::clock::Clock;
use tollgate::config::{
    ApiLimitsConfig, ClientTimeouts, Config, DataConfig, KeyConfig, MAX_SCRIPTS, OutgoingConfig, StorageConfig,
    WebConfig,
};
use tollgate::confine::Confinement;
use tollgate::domain::ids::{RegionId, TeamId};
use tollgate::domain::isolation::Isolation;
use tollgate::domain::people::{Role, User};
use tollgate::executors::command::CommandExecutor;
use tollgate::executors::verify::VerifyExecutor;
use tollgate::executors::{Executors, SshExecutor};
use tollgate::free_space::FreeSpace;
use tollgate::http::Site;
use tollgate::outgoing::HttpClient;
use tollgate::startup::{self, Application};
use tollgate::store::{Store, new_id};

use super::browser::Browser;
use crate::builds::server::git;
use crate::db::Db;

/// Everybody's password.
pub const PASSWORD: &str = "correct horse";
/// So many bytes are to be free on the disk.
pub const LEAST_FREE: u64 = 1000;
/// The region that everybody works in.
pub const REGION: &str = "eu-west";

/// A running server, and the world around it.
pub struct TestApp {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its operations, which share its memory.
    pub app: App,
    /// What its handlers are given.
    pub site: Data<Site>,
    /// The one-time link, if it printed one.
    pub setup_link: Option<String>,
    /// The team that everybody is a member of.
    pub team: TeamId,
    /// The region.
    pub region: RegionId,
    /// Bytes that are free on its disk; below [`LEAST_FREE`] nothing new is started.
    pub free: Arc<AtomicU64>,
    time: Arc<AtomicI64>,
    handle: actix_web::dev::ServerHandle,
    running: JoinHandle<anyhow::Result<()>>,
    folder: TempDir,
}

impl TestApp {
    /// A server with a region, a team, and one member for each role.
    pub async fn start(db: &Db) -> Self {
        Self::start_with(db, |_| ()).await
    }

    /// The same, told something else.
    pub async fn start_with(db: &Db, tell: impl FnOnce(&mut WebConfig)) -> Self {
        let (team, region) = populate(&db.store).await;
        Self { team, region, ..Self::start_empty_with(db, tell, |store| store).await }
    }

    /// The same as `start`, on another store of that database.
    pub async fn start_on(db: &Db, change: impl FnOnce(Store) -> Store) -> Self {
        let (team, region) = populate(&db.store).await;
        Self { team, region, ..Self::start_empty_with(db, |_| (), change).await }
    }

    /// A server on an empty database.
    pub async fn start_empty(db: &Db) -> Self {
        Self::start_empty_with(db, |_| (), |store| store).await
    }

    /// The same, told something else, on another store of that database.
    pub async fn start_empty_with(
        db: &Db,
        tell: impl FnOnce(&mut WebConfig),
        change: impl FnOnce(Store) -> Store,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut web = WebConfig {
            listen: "127.0.0.1:0".to_owned(),
            public_url: None,
            hsts_subdomains: false,
            trust_proxy: false,
            shutdown_timeout: 5,
            api_limits: ApiLimitsConfig::default(),
            heartbeat: Duration::from_secs(15),
            audit_days: 400,
            patience: ClientTimeouts::default(),
        };
        tell(&mut web);
        let data = DataConfig { folder: folder.path().join("data"), database_url: Some(db.url.clone()) };
        let config = Config {
            data,
            web,
            migrate: false,
            name: Some("replica-1".to_owned()),
            confinement: Confinement::default(),
            isolation: Isolation::default(),
            max_scripts: MAX_SCRIPTS,
            outgoing: OutgoingConfig { allowed: vec!["127.0.0.0/8".parse().unwrap()], own_allowed: false },
            storage: StorageConfig { min_free_space: 0 },
            keys: KeyConfig::default(),
        };
        let time =
            Arc::new(AtomicI64::new("2026-11-22T12:00:00Z".parse::<DateTime<Utc>>().unwrap().timestamp_micros()));
        let clock = Clock::set_by({
            let time = Arc::clone(&time);
            move || DateTime::from_timestamp_micros(time.load(Ordering::SeqCst)).unwrap()
        });
        let mut opened = startup::open(&config, clock).await.unwrap();
        opened.app.store = change(opened.app.store);
        let free = Arc::new(AtomicU64::new(1 << 40));
        let told = Arc::clone(&free);
        opened.app.space = FreeSpace::told_by(move || Ok((told.load(Ordering::SeqCst), 1 << 41)), LEAST_FREE);
        let app = opened.app.clone();
        let scripts = Arc::new(CommandExecutor::with_program(env!("CARGO_BIN_EXE_tollgate")));
        let checks = Arc::new(VerifyExecutor::new(HttpClient::new([]).unwrap()));
        let executors = Executors::new(scripts, checks, Arc::new(SshExecutor::new(folder.path().join("ssh"))), git());
        let application = Application::build_with(opened, config, executors).await.unwrap();
        let site = application.site();
        let (address, handle, setup_link) = (application.address(), application.handle(), application.setup_link());
        let running = tokio::spawn(application.run());
        let (team, region) = (TeamId::nil(), RegionId::nil());
        Self { address, app, site, setup_link, team, region, free, time, handle, running, folder }
    }

    /// Where it keeps its data, and its database if that is a file.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Lets time pass.
    pub fn passes(&self, time: TimeDelta) {
        self.time.fetch_add(time.num_microseconds().unwrap(), Ordering::SeqCst);
    }

    /// Somebody's browser, in which nobody is signed in.
    pub fn browser(&self) -> Browser {
        Browser::new(self.address)
    }

    /// A browser in which that person is signed in.
    pub async fn signed_in_as(&self, name: &str) -> Browser {
        let browser = self.browser();
        let reply = browser.signs_in(name, PASSWORD).await;
        assert_eq!(reply.status, 303, "{name} signs in: {}", reply.text);
        browser
    }

    /// Ends it, as SIGTERM does.
    pub async fn stops(self) {
        self.site.stop();
        self.handle.stop(true).await;
        self.running.await.unwrap().unwrap();
    }
}

/// One member of the team for each role, an administrator, and somebody who is a member of nothing.
async fn populate(store: &Store) -> (TeamId, RegionId) {
    static HASH: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();
    let hash = HASH.get_or_init(async || passwords::hash(PASSWORD.to_owned()).await.unwrap()).await;
    let at = Clock::system().now();
    let tx = store.begin_write().await.unwrap();
    let region = tx.insert_region(REGION, at).await.unwrap();
    tx.insert_region("us-east", at).await.unwrap();
    let team = tx.insert_team("storefront", at).await.unwrap();
    assert!(tx.permit_scripts(team, true).await.unwrap());
    let cast = [
        ("viewer", Some(Role::Viewer)),
        ("operator", Some(Role::Operator)),
        ("approver", Some(Role::Approver)),
        ("manager", Some(Role::Manager)),
        ("administrator", None),
        ("outsider", None),
    ];
    for (name, role) in cast {
        let administrator = name == "administrator";
        let user = User { id: new_id(), name: name.to_owned(), administrator, roles: Vec::new() };
        tx.insert_user(&user, hash, at).await.unwrap();
        if let Some(role) = role {
            tx.grant(user.id, team, role).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
    (team, region)
}
