//! `tollgate migrate`.

use anyhow::Context;
use clap::Args;

use crate::config::DataConfig;
use crate::store::Store;

/// Where to.
#[derive(Debug, Args)]
pub struct Migrate {
    #[command(flatten)]
    data: DataConfig,
}

impl Migrate {
    /// Applies what is missing and names it.
    pub async fn run(self) -> anyhow::Result<()> {
        let data = self.data.resolved()?;
        data.prepare().with_context(|| format!("the data folder {} cannot be used", data.folder.display()))?;
        let store = Store::connect_patiently(&data.url()).await.context("the database cannot be opened")?;
        let pending = store.pending_migrations().await?;
        store.migrate().await.context("the database could not be brought up to date")?;
        for name in &pending {
            tell!("applied: {name}");
        }
        tell!("The database is up to date.");
        Ok(store.close().await?)
    }
}
