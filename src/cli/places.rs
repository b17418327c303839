//! `tollgate team` and `tollgate region`: what there is, and one more.

use clap::Subcommand;

use super::{in_words, open, table};
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
    /// List every team
    List {
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
    /// List every region
    List {
        #[command(flatten)]
        data: DataConfig,
    },
}

impl Team {
    /// Does it.
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Add { name, data } => {
                let (store, clock) = open(data).await?;
                accounts::add_team(&store, &clock, &name).await.map_err(in_words)?;
                println!("added team {name}");
                Ok(store.close().await?)
            }
            Self::List { data } => {
                let (store, _) = open(data).await?;
                table(&store.teams().await?.into_iter().map(|team| vec![team.name]).collect::<Vec<_>>());
                Ok(store.close().await?)
            }
        }
    }
}

impl Region {
    /// Does it.
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Add { name, data } => {
                let (store, clock) = open(data).await?;
                accounts::add_region(&store, &clock, &name).await.map_err(in_words)?;
                println!("added region {name}");
                Ok(store.close().await?)
            }
            Self::List { data } => {
                let (store, _) = open(data).await?;
                table(&store.regions().await?.into_iter().map(|region| vec![region.name]).collect::<Vec<_>>());
                Ok(store.close().await?)
            }
        }
    }
}
