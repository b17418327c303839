//! `tollgate demo`.

use clap::Args;

use crate::clock::Clock;
use crate::config::{Config, DataConfig, WebConfig};
use crate::demo::fill;
use crate::startup::{self, Application, Told};

/// Where the demo lives.
#[derive(Debug, Args)]
pub struct Demo {
    #[command(flatten)]
    data: DataConfig,
    #[command(flatten)]
    web: WebConfig,
}

impl Demo {
    /// Fills the database the first time, and serves.
    pub async fn run(self) -> anyhow::Result<()> {
        let told = Told::listen()?;
        let config = Config { data: self.data.resolved()?, web: self.web, migrate: true, name: None };
        let opened = startup::open(&config, Clock::system()).await?;
        let accounts = fill::fill(&opened.app).await?;
        let application = Application::build_on(opened, config).await?;
        println!("Tollgate listens on {}", application.url());
        for account in accounts {
            println!("account: {}  password: {}  ({})", account.name, account.password, account.role());
        }
        application.run_until(told).await
    }
}
