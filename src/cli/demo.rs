//! `tollgate demo`.

use clap::Args;

use super::keep_to_ourselves;
use crate::app::App;
use crate::clock::Clock;
use crate::config::{
    Config, DataConfig, KeyConfig, OutgoingConfig, ScriptsConfig, StorageConfig, WebConfig, parse_size,
};
use crate::confine::Confinement;
use crate::data_layout::DataLayout;
use crate::demo::{fill, hosts};
use crate::messages::Locale;
use crate::startup::{self, Application, ShutdownSignals, isolation};

/// Where the demo lives.
#[derive(Debug, Args)]
pub struct Demo {
    #[command(flatten)]
    data: DataConfig,
    #[command(flatten)]
    web: WebConfig,
    #[command(flatten)]
    scripts: ScriptsConfig,
    #[command(flatten)]
    outgoing: OutgoingConfig,
    #[command(flatten)]
    keys: KeyConfig,
    /// Free space of the data folder's disk below which nothing new is started, as 512MiB or 2GiB; 0 for no limit
    #[arg(long, value_name = "SIZE", env = "TOLLGATE_MIN_FREE_SPACE", default_value = "0", value_parser = parse_size)]
    min_free_space: u64,
    /// Start no hosts, also where the machine has sshd
    #[arg(long, env = "TOLLGATE_WITHOUT_HOSTS")]
    without_hosts: bool,
}

impl Demo {
    /// Fills the database the first time, and serves.
    pub async fn run(self) -> anyhow::Result<()> {
        let told = ShutdownSignals::listen()?;
        keep_to_ourselves();
        let Self { data, web, scripts, outgoing, keys, min_free_space, without_hosts } = self;
        web.check().map_err(anyhow::Error::msg)?;
        let data = data.resolved()?;
        let isolation::Decided { confinement, isolation } = isolation::for_demo(&data, &keys, &scripts)?;
        for sentence in Locale::default().isolation().sentences(&isolation) {
            tell!("{sentence}");
        }
        let max_scripts = scripts.max_scripts;
        // Some of its release tasks ask the demo itself.
        let outgoing = OutgoingConfig { own_allowed: true, ..outgoing };
        let storage = StorageConfig { min_free_space };
        let (migrate, name) = (true, None);
        let (confined, layout) = (confinement.clone(), DataLayout::new(&data.folder)?);
        let config = Config { data, web, migrate, confinement, isolation, name, max_scripts, outgoing, storage, keys };
        let opened = startup::open(&config, Clock::system()).await?;
        let listener = startup::bind(&config)?;
        let accounts = fill::fill(&opened.app, startup::own_address(&listener)?).await?;
        if !without_hosts && let Err(problem) = host_demo(&opened.app, &layout, &confined).await {
            tell!("The demo has no hosts of its own: {problem:#}");
        }
        let application = Application::build_on(listener, opened, config).await?;
        tell!("Tollgate listens on {}", application.url());
        for account in accounts {
            tell!("account: {}  password: {}  ({})", account.name, account.password, account.role());
        }
        application.run_until(told).await
    }
}

/// Gives the demo hosts of its own, where the machine has sshd: once they can be worked on, they stay.
async fn host_demo(app: &App, layout: &DataLayout, confinement: &Confinement) -> anyhow::Result<()> {
    if !hosts::are_possible() {
        return Ok(());
    }
    let program = std::env::current_exe()?;
    let started = hosts::start(layout, confinement, &program).await?;
    if !fill::has_hosts(app).await? {
        started.check(layout).await?;
    }
    fill::fill_hosts(app, &started).await
}
