//! Builds the server from its configuration, runs it, and stops it in order. `main` and every test build it here.

mod data_dir_lock;
pub mod isolation;
pub mod keep;
mod keys;
mod listener;
mod notifications;
pub mod restore;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::web::Data;
use anyhow::{Context, anyhow, bail};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Mutex, oneshot};
use tokio::time::timeout;

use crate::api;
use crate::app::{AddressCheck, App, Refusals, sessions};
use crate::clock::Clock;
use crate::config::Config;
use crate::data_layout::DataLayout;
use crate::domain::isolation::Isolation;
use crate::engine::{Engine, ReplicaConfig};
use crate::executors::command::CommandExecutor;
use crate::executors::verify::VerifyExecutor;
use crate::executors::{Executors, Git, Lease, SshExecutor, Stop};
use crate::free_space::FreeSpace;
use crate::http::{Site, assets};
use crate::messages::{self, Locale};
use crate::notify::Notifier;
use crate::outgoing::{AllowedNetwork, HttpClient};
use crate::pages::components::urls;
use crate::prune::{PruneLock, Pruner, Reserve};
use crate::store::{ReplicaInfo, Store};

pub use data_dir_lock::DataDirLock;
pub use listener::{bind, own_address};

use listener::listen;

/// How long a server that ends waits for what is just being removed; it may as well be `tollgate prune` that removes it.
const PRUNE_TIMEOUT: Duration = Duration::from_secs(3);

/// For receivers that are being told something when the server is to stop.
const TELLING_TIMEOUT: Duration = Duration::from_secs(3);

/// A server that listens, and is about to answer.
pub struct Application {
    server: Server,
    address: SocketAddr,
    site: Data<Site>,
    engine: Engine,
    notifier: Notifier,
    setup: Option<String>,
    /// Whether there were accounts when it started.
    has_accounts: bool,
    folder: DataDirLock,
    again: Restart,
}

/// An installation that is open and that nobody else serves.
pub struct Opened {
    /// What operations need.
    pub app: App,
    /// Its data folder.
    pub folder: DataDirLock,
    /// Under which scripts are started.
    pub lease: Lease,
    /// Over when the folders of scripts belong to the account that they run under.
    pub handed: Stop,
}

impl Application {
    /// Opens everything and binds the address: from here on connections wait to be answered.
    pub async fn build(config: Config, clock: Clock) -> anyhow::Result<Self> {
        let opened = open(&config, clock).await?;
        let listener = bind(&config)?;
        Self::build_on(listener, opened, config).await
    }

    /// The same on an installation that is open already, at an address that is bound.
    pub async fn build_on(listener: TcpListener, opened: Opened, config: Config) -> anyhow::Result<Self> {
        let (confinement, outgoing) = (config.confinement.clone(), config.outgoing.clone());
        let hosts = SshExecutor::new(DataLayout::new(&config.data.folder)?.ssh());
        let employ = move |opened: &Opened, own: SocketAddr| -> anyhow::Result<Executors> {
            let scripts = CommandExecutor::new().under(opened.lease.clone(), opened.app.clock.clone());
            let scripts = scripts.confined(confinement.clone()).after(opened.handed.clone());
            let own = outgoing.own_allowed.then(|| AllowedNetwork::only(own));
            let client = HttpClient::new(outgoing.allowed.iter().copied().chain(own))?;
            let git = Git::new(client.clone()).confined(confinement.clone());
            let checks = VerifyExecutor::new(client);
            Ok(Executors::new(Arc::new(scripts), Arc::new(checks), Arc::new(hosts.clone()), git))
        };
        Self::build_at(listener, opened, config, Arc::new(employ)).await
    }

    /// The same with the executors that a test wants.
    pub async fn build_with(opened: Opened, config: Config, executors: Executors) -> anyhow::Result<Self> {
        let employ: ExecutorFactory = Arc::new(move |_: &Opened, _: SocketAddr| Ok(executors.clone()));
        Self::build_at(bind(&config)?, opened, config, employ).await
    }

    /// The same at an address that is bound already.
    async fn build_at(
        listener: TcpListener,
        opened: Opened,
        config: Config,
        employ: ExecutorFactory,
    ) -> anyhow::Result<Self> {
        let own = own_address(&listener)?;
        let executors = employ(&opened, own)?;
        let Opened { app, folder, lease, handed: _ } = opened;
        let client = notifications::client(&config, own)?;
        let rule = client.clone();
        let app = App { addresses: AddressCheck::by(move |url| rule.known_refusal(url)), ..app };
        let again =
            Restart { config: config.clone(), clock: app.clock.clone(), listener: listener.try_clone()?, employ };
        let address = listener.local_addr()?;
        if !address.ip().is_loopback() && !config.web.is_https() {
            tracing::warn!(
                %address,
                "other machines can connect without https, and read passwords on the way: put a proxy with TLS in front \
                 and say --public-url https://…, or listen on 127.0.0.1"
            );
        }
        assets::prepare();
        let setup = sessions::offer_setup(&app.store, app.clock.now()).await?;
        let has_accounts = app.has_accounts().await?;
        let folders = DataLayout::new(&config.data.folder)?;
        let who = ReplicaInfo {
            id: folder.node()?,
            name: config.name.clone().unwrap_or_else(host_name),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            isolation: Isolation {
                shared: keep::unsettled(&config.data, &app.store).await?,
                ..config.isolation.clone()
            },
        };
        for sentence in Locale::default().isolation().shared(&who.isolation) {
            tracing::warn!("{sentence}");
        }
        let replica = who.id.clone();
        let machine = ReplicaConfig { folders: folders.clone(), who, lease, max_scripts: config.max_scripts };
        let engine = Engine::new(app.clone(), executors, machine);
        let notifier = notifications::notifier(&app, &engine, &config, client);
        let cookie_key = sessions::cookie_key(&app.store).await?;
        let mut site = Site::new(app, folders, replica, config.web, &cookie_key);
        site.description = api::description();
        let site = Data::new(site);
        let server = listen(listener, site.clone())?;
        Ok(Self { server, address, site, engine, notifier, setup, has_accounts, folder, again })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the handlers are given.
    pub fn site(&self) -> Data<Site> {
        self.site.clone()
    }

    /// The address that people open.
    pub fn url(&self) -> String {
        let public = self.site.web.public_url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned());
        public.unwrap_or_else(|| format!("http://{}", self.address))
    }

    /// Whether there were accounts when it started, of which one may become the first administrator.
    pub fn has_accounts(&self) -> bool {
        self.has_accounts
    }

    /// While nobody administers: the link that makes the first administrator, once.
    pub fn setup_link(&self) -> Option<String> {
        let token = self.setup.as_ref()?;
        Some(format!("{}{}", self.url(), urls::setup_with(token)))
    }

    /// What stops it, for tests.
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Answers until told to stop, then takes nothing new, lets requests end, and lets go of what runs: scripts go on
    /// and are picked up at the next start. Without its engine the server ends. When a backup is to be restored, it does the same
    /// and answers how to begin again.
    async fn run_once(self) -> anyhow::Result<Option<(DataDirLock, Restart)>> {
        let engine = tokio::spawn({
            let engine = self.engine.clone();
            async move { engine.run().await }
        });
        let news = tokio::spawn(self.site.app.clone().follow_others());
        let logs = tokio::spawn({
            let engine = self.engine.clone();
            async move { engine.share_logs().await }
        });
        let connections = tokio::spawn(self.site.connections.clone().watch());
        let modes = tokio::spawn(keep::watch_modes(self.again.config.data.clone(), self.again.config.key_file()));
        let reporting = tokio::spawn(keys::report(self.site.app.clone(), self.site.replica.clone()));
        let folders = self.site.folders.clone();
        let pruner = Pruner::new(self.site.app.clone(), folders, Some(self.site.replica.clone()));
        let pruning = tokio::spawn(pruner.run());
        let (stop_telling, told_to_stop) = oneshot::channel::<()>();
        let mut telling = tokio::spawn(self.notifier.run(async { _ = told_to_stop.await }));
        let handle = self.server.handle();
        let mut wanted = false;
        let ran = tokio::select! {
            ran = self.server => ran.context("the server failed"),
            ended = engine => {
                self.site.stop();
                handle.stop(true).await;
                Err(anyhow!("the engine ended: {ended:?}"))
            }
            () = restore::until_wanted(self.folder.path()) => {
                tracing::info!("restore requested; refusing new requests");
                self.site.stop();
                handle.stop(true).await;
                wanted = true;
                Ok(())
            }
        };
        // While the term lasts: once it is over, another replica sends again what is under way.
        drop(stop_telling);
        if timeout(TELLING_TIMEOUT, &mut telling).await.is_err() {
            telling.abort();
        }
        self.engine.stop().await;
        news.abort();
        logs.abort();
        connections.abort();
        modes.abort();
        pruning.abort();
        reporting.abort();
        // What it removes at this moment is gone before a backup may bring it back.
        let _ = timeout(PRUNE_TIMEOUT, PruneLock::take(self.folder.path())).await;
        self.site.app.store.clone().close().await?;
        tracing::info!("stopped");
        ran.map(|()| wanted.then_some((self.folder, self.again)))
    }

    /// Serves on whatever database there is, until the server ends by itself or by its handle.
    pub async fn run(self) -> anyhow::Result<()> {
        let mut next = self.run_once().await?;
        while let Some((folder, again)) = next {
            next = again.begin(folder).await?.run_once().await?;
        }
        Ok(())
    }

    /// As [`Application::run`], and stops when told to.
    pub async fn run_until(self, told: ShutdownSignals) -> anyhow::Result<()> {
        let told = Arc::new(Mutex::new(told));
        let mut application = self;
        loop {
            let stops = tokio::spawn(stop_when(Arc::clone(&told), application.handle(), application.site()));
            let ran = application.run_once().await;
            stops.abort();
            let Some((folder, again)) = ran? else { return Ok(()) };
            application = again.begin(folder).await?;
        }
    }
}

/// What a server needs to begin again on the same address, with another database.
struct Restart {
    config: Config,
    clock: Clock,
    listener: TcpListener,
    employ: ExecutorFactory,
}

/// Who does the work of an installation.
type ExecutorFactory = Arc<dyn Fn(&Opened, SocketAddr) -> anyhow::Result<Executors> + Send + Sync>;

impl Restart {
    /// Restores what is wanted, and serves what there is then. Connections that came meanwhile have waited.
    async fn begin(self, folder: DataDirLock) -> anyhow::Result<Application> {
        let outcome = restore::place(&folder, &self.config.data).await?;
        let data = folder.path().to_owned();
        let opened = open_held(folder, &self.config, self.clock).await?;
        let application = Application::build_at(self.listener, opened, self.config, self.employ).await?;
        if let Some(outcome) = outcome {
            outcome.tell(&data)?;
        }
        Ok(application)
    }
}

async fn stop_when(told: Arc<Mutex<ShutdownSignals>>, handle: ServerHandle, site: Data<Site>) {
    let mut told = told.lock().await;
    told.once().await;
    tracing::info!("shutting down; refusing new requests");
    site.stop();
    tokio::select! {
        () = handle.stop(true) => (),
        () = told.once() => handle.stop(false).await,
    }
}

/// Hears SIGTERM and SIGINT from the moment it is made, so that one that comes during the start is not missed. A second
/// one does not wait for requests.
#[derive(Debug)]
pub struct ShutdownSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl ShutdownSignals {
    /// From now on neither signal ends the process by itself.
    pub fn listen() -> anyhow::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn once(&mut self) {
        tokio::select! { _ = self.terminate.recv() => (), _ = self.interrupt.recv() => () }
    }
}

fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// Takes the data folder, and opens a database that is up to date. An empty one is brought up to date, one that lags behind only
/// when asked to.
pub async fn open(config: &Config, clock: Clock) -> anyhow::Result<Opened> {
    config
        .data
        .prepare()
        .with_context(|| format!("the data folder {} cannot be used", config.data.folder.display()))?;
    let folder = DataDirLock::take(&config.data.folder).await?;
    let reserve = Reserve::of(folder.path());
    if let Some(room) = FreeSpace::of(folder.path(), config.storage.min_free_space).room() {
        // Before anything is written: on a full disk this is the room in which the database opens.
        if let Err(error) = reserve.adjust(room) {
            tracing::warn!(%error, "could not adjust reserve on disk");
        }
    }
    if let Some(outcome) = restore::place(&folder, &config.data).await.context("a restore cannot be finished")? {
        outcome.tell(folder.path())?;
    }
    open_held(folder, config, clock).await
}

async fn open_held(folder: DataDirLock, config: &Config, clock: Clock) -> anyhow::Result<Opened> {
    // Before the modes of what is in the data folder are set right: that others could read the keys is no secret.
    let keyring = keys::read(config)?;
    let handed = keep::keep(&config.data, &config.confinement)?;
    let store = Store::connect(&config.data.url()).await.context("the database cannot be opened")?;
    let pending = store.pending_migrations().await.context("the database cannot be read")?;
    if config.migrate || store.is_empty().await? {
        store.migrate().await.context("the database could not be brought up to date")?;
    } else if !pending.is_empty() {
        bail!(
            "the database is behind: {}. Make a copy of it, then start with --migrate or run \
             `tollgate migrate`",
            messages::missing(pending.len(), "migration")
        );
    }
    let keyring = keys::settle(keyring, config, &store).await?;
    keep::settle_workspace(&config.data, &store).await.context("whose the folders of the workspace are")?;
    let refusals = Refusals::kept(config.web.audit_days);
    let space = FreeSpace::of(folder.path(), config.storage.min_free_space);
    let app = App { refusals, space, keyring, ..App::new(store, clock) };
    Ok(Opened { app, folder, lease: Lease::over(), handed })
}
