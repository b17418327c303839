//! `tollgate team` and `tollgate region`: what there is, one more, and what a team may.

use anyhow::bail;
use clap::Subcommand;

use super::{in_words, no_such, open, table};
use crate::app::{App, AppError, Caller};
use crate::config::DataConfig;
use crate::domain::ids::TeamId;
use crate::domain::retention::PolicyField;
use crate::domain::scripts::ScriptPermission;
use crate::messages::Locale;
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
    /// Say how long a region keeps logs and run folders, or change it: they stay as long as the days or the number keep them
    Retention {
        /// Name of the region
        name: String,
        /// Days that successful executions are kept
        #[arg(long, value_name = "DAYS")]
        successful_days: Option<u32>,
        /// How many of the last successful executions of each release task are kept
        #[arg(long, value_name = "N")]
        successful_executions: Option<u32>,
        /// Days that all other executions are kept
        #[arg(long, value_name = "DAYS")]
        unsuccessful_days: Option<u32>,
        /// How many of the last other executions of each release task are kept
        #[arg(long, value_name = "N")]
        unsuccessful_executions: Option<u32>,
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
                tell!("added team {name}");
                if !allow_scripts {
                    tell!("it may not run scripts on the server: `tollgate team allow-scripts {name}` permits it");
                }
                Ok(app.store.close().await?)
            }
            Self::AllowScripts { name, data } => {
                let app = open(data).await?;
                app.permit_scripts(&Caller::CommandLine, &name, true).await.map_err(in_words)?;
                tell!("team {name} may run scripts on the server");
                Ok(app.store.close().await?)
            }
            Self::ForbidScripts { name, data } => {
                let app = open(data).await?;
                app.permit_scripts(&Caller::CommandLine, &name, false).await.map_err(in_words)?;
                tell!("team {name} may not run scripts on the server any more");
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
                tell!("added region {name}");
                Ok(app.store.close().await?)
            }
            Self::Retention {
                name,
                successful_days,
                successful_executions,
                unsuccessful_days,
                unsuccessful_executions,
                data,
            } => {
                let given = [successful_days, successful_executions, unsuccessful_days, unsuccessful_executions];
                let app = open(data).await?;
                retention(&app, &name, given).await?;
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

/// Changes those numbers of what a region keeps that are given, in the order of [`PolicyField::ALL`], and says what it keeps.
async fn retention(app: &App, name: &str, given: [Option<u32>; 4]) -> anyhow::Result<()> {
    let words = Locale::default().storage();
    let all = app.retention(&Caller::CommandLine).await?;
    let Some(known) = all.iter().find(|region| region.name == name) else {
        bail!("{}", no_such("region", name, all.iter().map(|region| region.name.as_str())));
    };
    let mut policy = known.policy;
    for (field, number) in PolicyField::ALL.into_iter().zip(given) {
        if let Some(number) = number {
            policy = policy.with(field, number);
        }
    }
    match app.set_retention(&Caller::CommandLine, name, policy).await {
        Err(AppError::PolicyTooHigh(fields)) => {
            bail!("{}", fields.into_iter().map(|field| words.policy_fault(field)).collect::<Vec<_>>().join("; "))
        }
        done => done?,
    }
    tell!("successful executions: {}", words.kept(policy.successful));
    tell!("other executions: {}", words.kept(policy.unsuccessful));
    Ok(())
}

/// The team of that name.
pub async fn team_named(app: &App, name: &str) -> anyhow::Result<TeamId> {
    let teams = app.store.teams().await?;
    match teams.iter().find(|team| team.name == name) {
        Some(found) => Ok(found.id),
        None => bail!(no_such("team", name, teams.iter().map(|team| team.name.as_str()))),
    }
}
