//! `tollgate workspace`: whose the folders are that lie directly in the workspace, from before each team had its own.

use anyhow::{Context, bail};
use clap::Subcommand;

use super::{open, table};
use crate::config::DataConfig;
use crate::folders::Folders;
use crate::workspace::Given;

/// What to do with the folders.
#[derive(Debug, Subcommand)]
pub enum Workspace {
    /// List the folders that do not belong to one team
    List {
        #[command(flatten)]
        data: DataConfig,
    },
    /// Give a folder to one team, and to no other; from its next script on
    Give {
        /// The name of the folder in `workspace`
        folder: String,
        /// The team
        team: String,
        #[command(flatten)]
        data: DataConfig,
    },
}

impl Workspace {
    /// Does it.
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::List { data } => {
                let folders = Folders::new(&data.clone().resolved()?.folder)?;
                let (store, _) = open(data).await?;
                let teams = store.teams().await?;
                let given = Given::read(&folders).context("whose the folders are")?.unwrap_or_default();
                let names = |of: &std::collections::BTreeSet<uuid::Uuid>| {
                    teams.iter().filter(|team| of.contains(&team.id)).map(|team| team.name.clone()).collect::<Vec<_>>()
                };
                let rows: Vec<_> = given
                    .unsettled()
                    .map(|(folder, of)| match names(of).join(", ") {
                        none if none.is_empty() => vec![folder.to_owned(), "of no team".to_owned()],
                        names => vec![folder.to_owned(), format!("of {names}")],
                    })
                    .collect();
                if rows.is_empty() {
                    println!("every folder belongs to one team");
                }
                table(&rows);
                Ok(store.close().await?)
            }
            Self::Give { folder, team, data } => {
                let folders = Folders::new(&data.clone().resolved()?.folder)?;
                let (store, _) = open(data).await?;
                let found = store.teams().await?.into_iter().find(|known| known.name == team);
                store.close().await?;
                let Some(found) = found else { bail!("there is no team {team}") };
                let mut given = Given::read(&folders).context("whose the folders are")?.unwrap_or_default();
                if !given.give(&folder, found.id) {
                    bail!("there is no such folder from before: see `tollgate workspace list`");
                }
                given.write(&folders).context("it cannot be written down")?;
                println!("gave the folder {folder} to the team {team}");
                Ok(())
            }
        }
    }
}
