//! `tollgate team` and `tollgate region`: what there is, one more, and what a team may.

use clap::Subcommand;

use super::{in_words, open, table};
use crate::app::Caller;
use crate::config::DataConfig;
use crate::domain::scripts::ScriptPermission;
use crate::store::TeamPermission;

/// What to do with teams.
#[derive(Debug, Subcommand)]
pub enum Team {
    /// Make a team
    Add {
        /// Its name: a letter, then letters, digits, _ and -
        name: String,
        /// Let its release tasks run scripts on the server; without it Command tasks are refused
        #[arg(long)]
        allow_scripts: bool,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Let the release tasks of a team run scripts on the server
    AllowScripts {
        /// Name of the team
        name: String,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Let the release tasks of a team start no script on the server any more; what runs there goes on
    ForbidScripts {
        /// Name of the team
        name: String,
        #[command(flatten)]
        data: DataConfig,
    },
    /// List every team: name, whether it may run scripts on the server
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

fn listed(TeamPermission { team, scripts }: TeamPermission) -> Vec<String> {
    let may = match scripts {
        ScriptPermission::Granted => "may run scripts on the server",
        ScriptPermission::Missing { .. } => "may not run scripts on the server",
    };
    vec![team, may.to_owned()]
}

impl Team {
    /// Does it.
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Add { name, allow_scripts, data } => {
                let app = open(data).await?;
                app.add_team(&Caller::CommandLine, &name, allow_scripts).await.map_err(in_words)?;
                println!("added team {name}");
                if !allow_scripts {
                    println!("it may not run scripts on the server: `tollgate team allow-scripts {name}` permits it");
                }
                Ok(app.store.close().await?)
            }
            Self::AllowScripts { name, data } => {
                let app = open(data).await?;
                app.permit_scripts(&Caller::CommandLine, &name, true).await.map_err(in_words)?;
                println!("team {name} may run scripts on the server");
                Ok(app.store.close().await?)
            }
            Self::ForbidScripts { name, data } => {
                let app = open(data).await?;
                app.permit_scripts(&Caller::CommandLine, &name, false).await.map_err(in_words)?;
                println!("team {name} may not run scripts on the server any more");
                Ok(app.store.close().await?)
            }
            Self::List { data } => {
                let app = open(data).await?;
                table(&app.store.script_permissions().await?.into_iter().map(listed).collect::<Vec<_>>());
                Ok(app.store.close().await?)
            }
        }
    }
}

impl Region {
    /// Does it.
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Add { name, data } => {
                let app = open(data).await?;
                app.add_region(&Caller::CommandLine, &name).await.map_err(in_words)?;
                println!("added region {name}");
                Ok(app.store.close().await?)
            }
            Self::List { data } => {
                let app = open(data).await?;
                table(&app.store.regions().await?.into_iter().map(|region| vec![region.name]).collect::<Vec<_>>());
                Ok(app.store.close().await?)
            }
        }
    }
}
