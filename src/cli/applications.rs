//! `tollgate application`: the applications of teams.

use anyhow::anyhow;
use clap::Subcommand;

use super::components::named;
use super::{open, table};
use crate::app::Caller;
use crate::app::applications::ApplicationError;
use crate::app::reads::IdAndName;
use crate::config::DataConfig;
use crate::domain::ids::TeamId;
use crate::messages::Locale;

/// What to do with applications.
#[derive(Debug, Subcommand)]
pub enum ApplicationCommand {
    /// List the applications: name, team, how many components, description
    List {
        #[command(flatten)]
        data: DataConfig,
    },
    /// Make an application, empty
    Create {
        /// Its name
        name: String,
        /// Name of its team
        #[arg(long)]
        team: String,
        /// What people are to know of it
        #[arg(long, default_value = "")]
        description: String,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Delete an application that has no component
    Delete {
        /// Its name
        name: String,
        /// Name of its team
        #[arg(long)]
        team: String,
        #[command(flatten)]
        data: DataConfig,
    },
}

impl ApplicationCommand {
    /// Does it.
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::List { data } => list(data).await,
            Self::Create { name, team, description, data } => {
                let app = open(data).await?;
                let team = named("team", &app.store.teams().await?, &team)?;
                let made = app.make_application(&Caller::CommandLine, team, &name, &description).await;
                let made = made.map_err(|error| told(error, &name))?;
                tell!("created the application {}", made.name);
                Ok(app.store.close().await?)
            }
            Self::Delete { name, team, data } => {
                let app = open(data).await?;
                let team = named("team", &app.store.teams().await?, &team)?;
                let all = app.store.applications(&[team]).await?;
                let all: Vec<_> = all.into_iter().map(|one| IdAndName { id: one.id, name: one.name }).collect();
                let id = named("application", &all, &name)?;
                let deleted = app.delete_application(&Caller::CommandLine, id).await;
                let deleted = deleted.map_err(|error| told(error, &name))?;
                tell!("deleted the application {deleted}");
                Ok(app.store.close().await?)
            }
        }
    }
}

async fn list(data: DataConfig) -> anyhow::Result<()> {
    let app = open(data).await?;
    let teams = app.store.teams().await?;
    let ids: Vec<TeamId> = teams.iter().map(|team| team.id).collect();
    let applications = app.store.applications(&ids).await?;
    let keys: Vec<_> = applications.iter().map(|one| one.id).collect();
    let components = app.store.components_of(&keys).await?;
    let words = Locale::default().components();
    let rows: Vec<_> = applications
        .into_iter()
        .map(|one| {
            let team = teams.iter().find(|team| team.id == one.team_id).map(|team| team.name.clone());
            let count = components.iter().filter(|listed| listed.component.application == one.id).count();
            vec![one.name, team.unwrap_or_default(), words.components(count), one.description]
        })
        .collect();
    table(&rows);
    Ok(app.store.close().await?)
}

fn told(error: ApplicationError, name: &str) -> anyhow::Error {
    let words = Locale::default().components();
    match error {
        ApplicationError::Invalid(faults) => {
            let said: Vec<String> = faults.iter().map(|fault| words.application_fault(fault)).collect();
            anyhow!("{}", said.join(" "))
        }
        ApplicationError::NotEmpty => anyhow!("{}", words.not_empty(name)),
        ApplicationError::App(error) => error.into(),
    }
}
