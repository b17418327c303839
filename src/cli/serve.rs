//! `tollgate serve`.

use clap::Args;

use super::keep_to_ourselves;
use crate::clock::Clock;
use crate::config::{Config, DataConfig, KeyConfig, OutgoingConfig, ScriptsConfig, StorageConfig, WebConfig};
use crate::messages::Locale;
use crate::startup::{Application, ShutdownSignals, isolation};

/// What to serve, and where.
#[derive(Debug, Args)]
pub struct Serve {
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
    #[command(flatten)]
    storage: StorageConfig,
    /// Bring the database up to date first; without it a database that lags behind is a reason not to start
    #[arg(long, env = "TOLLGATE_MIGRATE")]
    migrate: bool,
    /// What people call this replica, where several serve one database; without it, the name of the machine
    #[arg(long, env = "TOLLGATE_NAME")]
    name: Option<String>,
}

impl Serve {
    /// Serves until told to stop.
    pub async fn run(self) -> anyhow::Result<()> {
        let told = ShutdownSignals::listen()?;
        keep_to_ourselves();
        let Self { data, web, scripts, outgoing, keys, storage, migrate, name } = self;
        web.check().map_err(anyhow::Error::msg)?;
        let data = data.resolved()?;
        let isolation::Decided { confinement, isolation } = isolation::for_server(&data, &keys, &scripts)?;
        for sentence in Locale::default().isolation().sentences(&isolation) {
            tracing::info!("{sentence}");
        }
        let max_scripts = scripts.max_scripts;
        let config = Config { data, web, migrate, confinement, isolation, name, max_scripts, outgoing, storage, keys };
        let application = Application::build(config, Clock::system()).await?;
        tell!("Tollgate listens on {}", application.url());
        if let Some(link) = application.setup_link() {
            tell!("There is no administrator yet. This link makes the first one, once, within an hour: {link}");
            if application.has_accounts() {
                tell!("{}", Locale::default().accounts().promote_instead());
            }
        }
        application.run_until(told).await
    }
}
