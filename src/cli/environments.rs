//! `tollgate environment`: where components run, the scripts that deploy them, and whether it can be reached.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use clap::{Args, Subcommand};
use tokio::time::sleep;

use super::components::named;
use super::environment_options::{self, OptionsArguments, show_options};
use super::{open, table};
use crate::app::connection_tests::WantedPin;
use crate::app::environments::{EnvironmentDetail, EnvironmentError, RunningComponent, TypedEnvironment};
use crate::app::reads::IdAndName;
use crate::app::{App, Caller};
use crate::config::DataConfig;
use crate::domain::connection_test::{ConnectionTest, TestedTarget};
use crate::domain::environment::{
    DEFAULT_SCRIPT_TIMEOUT, EnvironmentFault, EnvironmentScripts, EnvironmentSettings, TypedHosts, read_variables,
};
use crate::domain::ids::{EnvironmentId, RegionId};
use crate::domain::ssh::{HostKey, SshHost, written_inventory};
use crate::domain::visible;
use crate::format;
use crate::messages::{self, Locale};
use crate::store::Environment;

/// Between two looks whether a test is over.
const POLL_INTERVAL: Duration = Duration::from_millis(200);

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
        /// File with the script that looks whether what was deployed is well
        #[arg(long, value_name = "FILE")]
        verify: Option<PathBuf>,
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
        hosts: Box<HostArguments>,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Say how many releases work in an environment at a time, which approval they need, and which other teams release there
    Options(Box<OptionsArguments>),
    /// Have the connection of an environment tested by a server that runs, and show what was found
    Test {
        /// Its name
        name: String,
        /// Name of its team
        #[arg(long)]
        team: String,
        /// Name of its region
        #[arg(long)]
        region: String,
        /// Pin the keys of every host that shows a key with this fingerprint, and test with them: `--pin SHA256:…`
        #[arg(long = "pin", value_name = "FINGERPRINT")]
        pins: Vec<String>,
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
            Self::Set { name, team, region, deploy, verify, remove, variables, timeout, description, hosts, data } => {
                let timeout = timeout.as_deref().map(format::read_duration).transpose();
                let timeout = timeout.map_err(|_| anyhow!("--timeout takes a time such as 90s, 10m or 1h 30m"))?;
                let scripts = EnvironmentScripts {
                    deploy: script(&deploy)?,
                    verify: verify.as_deref().map(script).transpose()?,
                    remove: remove.as_deref().map(script).transpose()?,
                    variables: read(&variables)?,
                    timeout: timeout.unwrap_or(DEFAULT_SCRIPT_TIMEOUT),
                };
                let settings = hosts.settings(scripts)?;
                let app = open(data).await?;
                set(&app, (&team, &region, &name), settings, description).await?;
                Ok(app.store.close().await?)
            }
            Self::Options(options) => environment_options::run(*options).await,
            Self::Test { name, team, region, pins, data } => {
                let app = open(data).await?;
                let (region, id) = environment_named(&app, (&team, &region, &name)).await?;
                let is_well = test(&app, (region, id), &pins).await?;
                app.store.close().await?;
                if is_well { Ok(()) } else { bail!("something is not well") }
            }
        }
    }
}

pub(super) async fn environment_named(
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
    for RunningComponent { listed, place, .. } in &found.components {
        let version = listed.version.as_deref().unwrap_or("-");
        let name = format!("{}/{}", place.application, place.component);
        tell!("{name}  {version}  {}", words.component_status(listed.component.status));
    }
    if let Some(ssh) = settings.ssh() {
        tell!("{}", words.hosts_at_a_time(ssh.batch, ssh.limit));
        tell!("\nHosts:\n{}", written_inventory(&ssh.hosts, ""));
    }
    tell!("\nDeploy:\n{}", visible::text(&scripts.deploy));
    if let Some(verify) = &scripts.verify {
        tell!("\nVerify:\n{}", visible::text(verify));
    }
    if let Some(remove) = &scripts.remove {
        tell!("\nRemove:\n{}", visible::text(remove));
    }
    tell!();
    show_options(found);
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

/// Has it tested, with these keys pinned if there are any; answers whether all is well.
async fn test(app: &App, (region, id): (RegionId, EnvironmentId), pins: &[String]) -> anyhow::Result<bool> {
    let caller = Caller::CommandLine;
    app.ask_connection_test(&caller, id).await?;
    let mut found = tested(app, (region, id)).await?;
    let wanted: Vec<WantedPin> = found.targets.iter().filter_map(|target| wanted(target, pins)).collect();
    if let Some(missing) = pins.iter().find(|pin| !wanted.iter().any(|it| it.fingerprints.contains(pin))) {
        bail!("no host shows a key with the fingerprint {missing}");
    }
    if !wanted.is_empty() {
        app.pin_host_keys(&caller, id, &wanted).await?;
        found = tested(app, (region, id)).await?;
    }
    for target in &found.targets {
        tell!("{}", told(target));
    }
    Ok(found.targets.iter().all(TestedTarget::is_well))
}

/// The keys of a host that are to be pinned: those of the fingerprints.
fn wanted(target: &TestedTarget, pins: &[String]) -> Option<WantedPin> {
    let shown = target.keys.iter().map(HostKey::fingerprint);
    let fingerprints: Vec<String> = shown.filter(|fingerprint| pins.contains(fingerprint)).collect();
    let place = target.host.as_ref().map(SshHost::place)?;
    (!fingerprints.is_empty()).then_some(WantedPin { place, fingerprints })
}

/// Waits until the last test is over.
async fn tested(app: &App, (region, id): (RegionId, EnvironmentId)) -> anyhow::Result<ConnectionTest> {
    loop {
        let (test, _) = app.connection_test(&Caller::CommandLine, region, id).await?;
        match test {
            Some(test) if test.ended_at.is_some() => return Ok(test),
            Some(_) | None => sleep(POLL_INTERVAL).await,
        }
    }
}

fn told(target: &TestedTarget) -> String {
    let words = Locale::default().connections();
    let mut lines = vec![target.host.as_ref().map_or_else(|| words.server().to_owned(), SshHost::label)];
    for check in &target.checks {
        let said = match &check.failure {
            None => format!("{} {}", words.well(), check.detail),
            Some(cause) => format!("{} {}", words.wrong(), messages::failure_cause(cause, Locale::default())),
        };
        lines.push(format!("  {}: {}", words.step(check.step), visible::text(said.trim_end())));
    }
    lines.join("\n")
}
