//! `tollgate environment` and `tollgate component`: what runs where, and the scripts that deploy it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use clap::{Args, Subcommand};

use super::import::refused;
use super::{no_such, open, table};
use crate::app::component_releases::{ComponentRelease, ComponentReleaseError};
use crate::app::environments::{EnvironmentDetail, EnvironmentError, TypedEnvironment};
use crate::app::reads::{ComponentPlace, IdAndName, ListedComponent};
use crate::app::{App, AppError, Caller, ReleaseContent};
use crate::config::DataConfig;
use crate::domain::component_release::PromotedFields;
use crate::domain::environment::{
    DEFAULT_SCRIPT_TIMEOUT, EnvironmentFault, EnvironmentScripts, EnvironmentSettings, TypedHosts, read_variables,
};
use crate::domain::ids::{ComponentId, EnvironmentId, RegionId, TeamId};
use crate::domain::ssh::written_inventory;
use crate::domain::visible;
use crate::format;
use crate::messages::Locale;
use crate::messages::components::ComponentNames;
use crate::store::Environment;

/// What to do with environments.
#[derive(Debug, Subcommand)]
pub enum EnvironmentCommand {
    /// List the environments of every region: name, region, team, version, how many components
    List {
        #[command(flatten)]
        data: DataConfig,
    },
    /// Show an environment: its version, its scripts, and what runs there
    Show {
        /// Its name
        name: String,
        /// Name of its team
        #[arg(long)]
        team: String,
        /// Name of its region
        #[arg(long)]
        region: String,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Delete an environment in which there is no component
    Delete {
        /// Its name
        name: String,
        /// Name of its team
        #[arg(long)]
        team: String,
        /// Name of its region
        #[arg(long)]
        region: String,
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
        hosts: HostArguments,
        #[command(flatten)]
        data: DataConfig,
    },
}

/// Hosts that are reached by ssh.
#[derive(Debug, Args)]
pub struct HostArguments {
    /// File with hosts, a line each, or with an inventory of Ansible; the scripts are run on each of them by ssh
    #[arg(long, value_name = "FILE", requires = "key")]
    hosts: Option<PathBuf>,
    /// The account on hosts that name none
    #[arg(long, default_value = "", hide_default_value = true, requires = "hosts")]
    user: String,
    /// Name of the secret that is the private key
    #[arg(long, value_name = "SECRET", requires = "hosts")]
    key: Option<String>,
    /// How many hosts at a time: all, a number, or a share such as 25%
    #[arg(long, value_name = "HOSTS", default_value = "1", requires = "hosts")]
    batch: String,
    /// How many hosts may fail before no more are begun: all, a number, or a share such as 25%
    #[arg(long, value_name = "HOSTS", default_value = "0", requires = "hosts")]
    max_failed: String,
}

impl HostArguments {
    fn settings(self, scripts: EnvironmentScripts) -> anyhow::Result<EnvironmentSettings> {
        let Some(file) = self.hosts else { return Ok(EnvironmentSettings::Command(scripts)) };
        let typed = TypedHosts {
            hosts: script(&file)?,
            user: self.user,
            key: self.key.unwrap_or_default(),
            batch: self.batch,
            max_failed: self.max_failed,
        };
        let (ssh, faults) = typed.read(scripts);
        refuse(&faults)?;
        Ok(EnvironmentSettings::Ssh(ssh))
    }
}

/// What to do with components.
#[derive(Debug, Subcommand)]
pub enum ComponentCommand {
    /// List the components: name, environment, version that runs, status
    List {
        #[command(flatten)]
        data: DataConfig,
    },
    /// Make a release task that deploys a revision again, and print its address
    DeployAgain {
        /// Its application and its name there, such as shop/web
        component: String,
        /// Name of its team
        #[arg(long)]
        team: String,
        /// The number of the revision; the current one if none is given
        #[arg(long)]
        revision: Option<u32>,
        /// Name of the release task
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Make a release task that brings another component to what runs of this one, and print its address
    Promote {
        /// Its application and its name there, such as shop-test/web
        component: String,
        /// The component that is brought there, in another environment
        #[arg(long, value_name = "COMPONENT")]
        to: String,
        /// Name of their team
        #[arg(long)]
        team: String,
        /// Only the image and the package; all else stays as it is there
        #[arg(long)]
        artefact_only: bool,
        /// Name of the release task
        #[arg(long)]
        name: Option<String>,
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
            Self::Show { name, team, region, data } => {
                let app = open(data).await?;
                let (region, id) = environment_named(&app, (&team, &region, &name)).await?;
                show(&app.environment(&Caller::CommandLine, region, id).await?);
                Ok(app.store.close().await?)
            }
            Self::Delete { name, team, region, data } => {
                let app = open(data).await?;
                let (_, id) = environment_named(&app, (&team, &region, &name)).await?;
                let deleted = app.delete_environment(&Caller::CommandLine, id).await.map_err(|error| match error {
                    EnvironmentError::NotEmpty => anyhow!("{}", Locale::default().components().not_empty(&name)),
                    other => other.into(),
                })?;
                tell!("deleted the environment {deleted}");
                Ok(app.store.close().await?)
            }
            Self::Set { name, team, region, deploy, remove, variables, timeout, description, hosts, data } => {
                let timeout = timeout.as_deref().map(format::read_duration).transpose();
                let timeout = timeout.map_err(|_| anyhow!("--timeout takes a time such as 90s, 10m or 1h 30m"))?;
                let scripts = EnvironmentScripts {
                    deploy: script(&deploy)?,
                    remove: remove.as_deref().map(script).transpose()?,
                    variables: read(&variables)?,
                    timeout: timeout.unwrap_or(DEFAULT_SCRIPT_TIMEOUT),
                };
                let settings = hosts.settings(scripts)?;
                let app = open(data).await?;
                set(&app, (&team, &region, &name), settings, description).await?;
                Ok(app.store.close().await?)
            }
        }
    }
}

impl ComponentCommand {
    /// Does it.
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::List { data } => list_components(data).await,
            Self::DeployAgain { component, team, revision, name, data } => {
                let app = open(data).await?;
                let team = named("team", &app.store.teams().await?, &team)?;
                let (id, place) = placed(&app, team, &component).await?;
                let release = app.deploy_again(&Caller::CommandLine, place.region_id, id, revision).await;
                make(&app, release, name).await?;
                Ok(app.store.close().await?)
            }
            Self::Promote { component, to, team, artefact_only, name, data } => {
                let app = open(data).await?;
                let team = named("team", &app.store.teams().await?, &team)?;
                let (id, place) = placed(&app, team, &component).await?;
                let (to, _) = placed(&app, team, &to).await?;
                let fields = if artefact_only { PromotedFields::Artefact } else { PromotedFields::All };
                let release = app.promote(&Caller::CommandLine, (place.region_id, id), to, fields).await;
                make(&app, release, name).await?;
                Ok(app.store.close().await?)
            }
        }
    }
}

/// The component of a team that is named with its application.
async fn placed(app: &App, team: TeamId, name: &str) -> anyhow::Result<(ComponentId, ComponentPlace)> {
    let all = app.store.team_components(team).await?;
    let all = all.into_iter().map(|(listed, place)| {
        let name = format!("{}/{}", place.application, place.component);
        (IdAndName { id: listed.component.id, name }, place)
    });
    let (names, places): (Vec<_>, Vec<_>) = all.unzip();
    let id = named("component", &names, name)?;
    let place = names.iter().position(|one| one.id == id).and_then(|at| places.into_iter().nth(at));
    Ok((id, place.context("it is there no more")?))
}

/// Makes the release task, and says where it is.
async fn make(
    app: &App,
    release: Result<ComponentRelease, ComponentReleaseError>,
    name: Option<String>,
) -> anyhow::Result<()> {
    let words = Locale::default().components();
    let ComponentRelease { owner, target, version, content } = release.map_err(|error| match error {
        ComponentReleaseError::NothingRuns => anyhow!("{}", words.nothing_to_release()),
        ComponentReleaseError::App(AppError::NotFound) => anyhow!("{}", words.no_such_release()),
        ComponentReleaseError::App(other) => other.into(),
    })?;
    let content = ReleaseContent { name: name.unwrap_or(content.name), ..content };
    let id = app.create(&Caller::CommandLine, owner, &content).await.map_err(|error| refused(&content, error))?;
    let regions = app.store.regions().await?;
    let region = regions.into_iter().find(|region| region.id == owner.region).map(|region| region.name);
    let region = region.unwrap_or_default();
    let place = ComponentNames {
        application: &target.application,
        component: &target.component,
        environment: &target.environment,
        region: &region,
    };
    tell!("{}", words.will_deploy(&content.name, &place, &version));
    tell!("/regions/{region}/release-tasks/{id}");
    Ok(())
}

async fn list_components(data: DataConfig) -> anyhow::Result<()> {
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

async fn environment_named(
    app: &App,
    (team, region, name): (&str, &str, &str),
) -> anyhow::Result<(RegionId, EnvironmentId)> {
    let team = named("team", &app.store.teams().await?, team)?;
    let region = named("region", &app.store.regions().await?, region)?;
    let all = app.store.environments(region, &[team]).await?;
    let all: Vec<_> = all.into_iter().map(|one| IdAndName { id: one.id, name: one.name }).collect();
    Ok((region, named("environment", &all, name)?))
}

fn show(found: &EnvironmentDetail) {
    let words = Locale::default().components();
    let settings = &found.environment.settings;
    let scripts = settings.scripts();
    tell!("{}, {}", words.environment_version(found.environment.version), words.components(found.components.len()));
    for (listed, application) in &found.components {
        let version = listed.version.as_deref().unwrap_or("-");
        let name = format!("{}/{}", application.name, listed.component.name);
        tell!("{name}  {version}  {}", words.component_status(listed.component.status));
    }
    if let Some(ssh) = settings.ssh() {
        tell!("{}", words.hosts_at_a_time(ssh.batch, ssh.limit));
        tell!("\nHosts:\n{}", written_inventory(&ssh.hosts, ""));
    }
    tell!("\nDeploy:\n{}", visible::text(&scripts.deploy));
    if let Some(remove) = &scripts.remove {
        tell!("\nRemove:\n{}", visible::text(remove));
    }
}

fn script(file: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))?;
    Ok(text.replace("\r\n", "\n"))
}

fn read(variables: &[String]) -> anyhow::Result<BTreeMap<String, String>> {
    let (read, faults) = read_variables(&variables.join("\n"));
    let faults: Vec<_> = faults.into_iter().map(EnvironmentFault::Variable).collect();
    refuse(&faults)?;
    Ok(read)
}

/// Says all that is wrong, if anything is.
fn refuse(faults: &[EnvironmentFault]) -> anyhow::Result<()> {
    let words = Locale::default().components();
    let told = faults.iter().map(|fault| words.environment_fault(fault));
    match told.reduce(|all, one| format!("{all}\n{one}")) {
        Some(told) => bail!("{told}"),
        None => Ok(()),
    }
}

/// The key of what has that name, or which name may be meant.
pub(super) fn named<I: Copy>(kind: &str, all: &[IdAndName<I>], name: &str) -> anyhow::Result<I> {
    let found = all.iter().find(|one| one.name == name).map(|one| one.id);
    found.ok_or_else(|| anyhow!(no_such(kind, name, all.iter().map(|one| one.name.as_str()))))
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
        Err(EnvironmentError::Invalid(faults)) => refuse(&faults),
        Err(other) => Err(other.into()),
    }
}
