//! `tollgate environment` and `tollgate component`: what runs where, and the scripts that deploy it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use clap::Subcommand;

use super::{open, table};
use crate::app::environments::{EnvironmentError, TypedEnvironment};
use crate::app::reads::{ComponentPlace, IdAndName, ListedComponent};
use crate::app::{App, Caller};
use crate::config::DataConfig;
use crate::domain::environment::{
    CommandEnvironment, DEFAULT_SCRIPT_TIMEOUT, EnvironmentFault, EnvironmentSettings, read_variables,
};
use crate::domain::names;
use crate::format;
use crate::messages::Locale;
use crate::store::Environment;

/// What to do with environments.
#[derive(Debug, Subcommand)]
pub enum EnvironmentCommand {
    /// List the environments of every region: name, region, team, version, how many components
    List {
        #[command(flatten)]
        data: DataConfig,
    },
    /// Make an environment, or save a new version of its scripts
    Set {
        /// Its name
        name: String,
        /// Name of its team
        #[arg(long)]
        team: String,
        /// Name of its region
        #[arg(long)]
        region: String,
        /// File with the script that deploys
        #[arg(long, value_name = "FILE")]
        deploy: PathBuf,
        /// File with the script that removes; without it nothing is removed
        #[arg(long, value_name = "FILE")]
        remove: Option<PathBuf>,
        /// A variable of its scripts; a secret may stand in it: `--variable 'TOKEN=${secrets.API_TOKEN}'`
        #[arg(long = "variable", value_name = "NAME=VALUE")]
        variables: Vec<String>,
        /// How long one of them may take, such as 90s or 10m
        #[arg(long, value_name = "TIME")]
        timeout: Option<String>,
        /// What people are to know of it
        #[arg(long)]
        description: Option<String>,
        #[command(flatten)]
        data: DataConfig,
    },
}

/// What to do with components.
#[derive(Debug, Subcommand)]
pub enum ComponentCommand {
    /// List the components: name, environment, version that runs, status
    List {
        #[command(flatten)]
        data: DataConfig,
    },
}

impl EnvironmentCommand {
    /// Does it.
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::List { data } => {
                let app = open(data).await?;
                let mut rows = Vec::new();
                for region in app.store.regions().await? {
                    let found = app.environments(&Caller::CommandLine, region.id).await?;
                    rows.extend(found.environments.into_iter().map(|(environment, team, count)| {
                        let words = Locale::default().components();
                        let Environment { name, version, .. } = environment;
                        let version = words.environment_version(version);
                        vec![name, region.name.clone(), team.name, version, words.components(count)]
                    }));
                }
                table(&rows);
                Ok(app.store.close().await?)
            }
            Self::Set { name, team, region, deploy, remove, variables, timeout, description, data } => {
                let timeout = timeout.as_deref().map(format::read_duration).transpose();
                let timeout = timeout.map_err(|_| anyhow!("--timeout takes a time such as 90s, 10m or 1h 30m"))?;
                let scripts = CommandEnvironment {
                    deploy: script(&deploy)?,
                    remove: remove.as_deref().map(script).transpose()?,
                    variables: read(&variables)?,
                    timeout: timeout.unwrap_or(DEFAULT_SCRIPT_TIMEOUT),
                };
                let app = open(data).await?;
                let settings = EnvironmentSettings::Command(scripts);
                set(&app, (&team, &region, &name), settings, description).await?;
                Ok(app.store.close().await?)
            }
        }
    }
}

impl ComponentCommand {
    /// Does it.
    pub async fn run(self) -> anyhow::Result<()> {
        let Self::List { data } = self;
        let app = open(data).await?;
        let teams: Vec<_> = app.store.teams().await?.into_iter().map(|team| team.id).collect();
        let words = Locale::default().components();
        let mut rows = Vec::new();
        for application in app.store.applications(&teams).await? {
            let placed = app.store.placed_components(application.id).await?;
            rows.extend(placed.into_iter().map(|(listed, place): (ListedComponent, ComponentPlace)| {
                let name = format!("{}/{}", place.application, place.component);
                let version = listed.version.unwrap_or_else(|| "-".to_owned());
                let status = words.component_status(listed.component.status).to_owned();
                vec![name, place.environment, version, status]
            }));
        }
        table(&rows);
        Ok(app.store.close().await?)
    }
}

fn script(file: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))?;
    Ok(text.replace("\r\n", "\n"))
}

fn read(variables: &[String]) -> anyhow::Result<BTreeMap<String, String>> {
    let (read, faults) = read_variables(&variables.join("\n"));
    let words = Locale::default().components();
    let told = faults.into_iter().map(|fault| words.environment_fault(&EnvironmentFault::Variable(fault)));
    match told.reduce(|all, one| format!("{all}\n{one}")) {
        Some(told) => bail!("{told}"),
        None => Ok(read),
    }
}

/// The key of the region or the team of that name.
pub(super) fn named<I: Copy>(kind: &str, all: &[IdAndName<I>], name: &str) -> anyhow::Result<I> {
    let found = all.iter().find(|one| one.name == name).map(|one| one.id);
    found.ok_or_else(|| {
        let near = names::nearest(name, all.iter().map(|one| one.name.as_str()));
        let meant = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        anyhow!("there is no {kind} {name}{meant}")
    })
}

async fn set(
    app: &App,
    (team, region, name): (&str, &str, &str),
    settings: EnvironmentSettings,
    description: Option<String>,
) -> anyhow::Result<()> {
    let team = named("team", &app.store.teams().await?, team)?;
    let region = named("region", &app.store.regions().await?, region)?;
    let known = app.store.environments(region, &[team]).await?.into_iter().find(|known| known.name == name);
    let said = known.as_ref().map(|known| known.description.clone());
    let typed = TypedEnvironment { description: description.or(said).unwrap_or_default(), settings };
    let saved = match &known {
        Some(known) => app.change_environment(&Caller::CommandLine, known.id, known.version, &typed).await,
        None => app.make_environment(&Caller::CommandLine, (team, region), name, &typed).await,
    };
    match saved {
        Ok(saved) => {
            tell!("environment {name} is saved: version {}", saved.version);
            Ok(())
        }
        Err(EnvironmentError::Invalid(faults)) => {
            let words = Locale::default().components();
            let said: Vec<String> = faults.iter().map(|fault| words.environment_fault(fault)).collect();
            Err(anyhow!("{}", said.join(" ")))
        }
        Err(other) => Err(other.into()),
    }
}
