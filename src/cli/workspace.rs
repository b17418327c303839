//! `tollgate workspace`: whose the folders are that lie directly in the workspace, from before each team had its own.

use anyhow::{Context, bail};
use clap::Subcommand;

use super::{no_such, open, table};
use crate::config::DataConfig;
use crate::data_layout::DataLayout;
use crate::startup::keep;
use crate::workspace::FolderOwners;

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
        // The data folder is the argument of the name that this would have.
        #[arg(id = "old_folder", value_name = "FOLDER")]
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
                let app = open(data.clone()).await?;
                let unsettled = keep::unsettled(&data.resolved()?, &app.store).await?;
                let whose = |teams: Vec<String>| match teams.join(", ") {
                    none if none.is_empty() => "of no team".to_owned(),
                    names => format!("of {names}"),
                };
                let rows: Vec<_> =
                    unsettled.into_iter().map(|shared| vec![shared.folder, whose(shared.teams)]).collect();
                if rows.is_empty() {
                    tell!("every folder belongs to one team");
                }
                table(&rows);
                Ok(app.store.close().await?)
            }
            Self::Give { folder, team, data } => {
                let folders = DataLayout::new(&data.clone().resolved()?.folder)?;
                let app = open(data.clone()).await?;
                let teams = app.store.teams().await?;
                let known = keep::unsettled(&data.resolved()?, &app.store).await?;
                app.store.close().await?;
                let Some(found) = teams.iter().find(|known| known.name == team) else {
                    bail!("{}", no_such("team", &team, teams.iter().map(|known| known.name.as_str())));
                };
                let mut given = FolderOwners::read(&folders).context("whose the folders are")?.unwrap_or_default();
                if !given.give(&folder, found.id) {
                    let folders = known.iter().map(|shared| shared.folder.as_str());
                    bail!("{}; see `tollgate workspace list`", no_such("folder from before", &folder, folders));
                }
                given.write(&folders).context("it cannot be written down")?;
                tell!("gave the folder {folder} to the team {team}");
                Ok(())
            }
        }
    }
}
