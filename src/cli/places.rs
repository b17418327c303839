//! `tollgate team add` and `tollgate region add`.

use clap::Subcommand;

use super::{in_words, open};
use crate::app::accounts;
use crate::config::DataConfig;

/// What to do with teams.
#[derive(Debug, Subcommand)]
pub enum Team {
    /// Make a team
    Add {
        /// Its name: a letter, then letters, digits, _ and -
        name: String,
        #[command(flatten)]
        data: DataConfig,
    },
}

/// What to do with regions.
#[derive(Debug, Subcommand)]
pub enum Region {
    /// Make a region
    Add {
        /// Its name, as it stands in URLs: a letter, then letters, digits, _ and -
        name: String,
        #[command(flatten)]
        data: DataConfig,
    },
}

impl Team {
    /// Does it.
    pub async fn run(self) -> anyhow::Result<()> {
        let Self::Add { name, data } = self;
        let (store, clock) = open(data).await?;
        accounts::add_team(&store, &clock, &name).await.map_err(in_words)?;
        println!("added team {name}");
        Ok(store.close().await?)
    }
}

impl Region {
    /// Does it.
    pub async fn run(self) -> anyhow::Result<()> {
        let Self::Add { name, data } = self;
        let (store, clock) = open(data).await?;
        accounts::add_region(&store, &clock, &name).await.map_err(in_words)?;
        println!("added region {name}");
        Ok(store.close().await?)
    }
}
