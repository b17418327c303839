//! Fills a database with the people and release tasks of the demo, once. Interrupted, it goes on at the next start.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::{Context, bail};
use rand::RngExt;
use serde::{Deserialize, Serialize};

use super::definitions;
use super::hosts::DemoHosts;
use crate::app::accounts::{AccountError, NewUser, TeamRole};
use crate::app::environments::{EnvironmentError, TypedEnvironment};
use crate::app::named_secrets::{SecretPlace, TypedSecret};
use crate::app::{App, Caller, ReleaseContent};
use crate::domain::environment::{EnvironmentScripts, EnvironmentSettings, SshEnvironment};
use crate::domain::ids::{EnvironmentId, RegionId, TeamId};
use crate::domain::people::Role;
use crate::domain::release::ReleaseOwner;
use crate::domain::ssh::{FailedLimit, HowMany};
use crate::format::Document;
use crate::keyring::Plaintext;
use crate::store::{Environment, IdAndName, Stamp};

/// The setting that says which accounts the demo made, and that it did.
const ACCOUNTS: &str = "demo_accounts";
/// The setting that says that everything is there.
const FILLED: &str = "demo_filled";
/// The setting that says that what is on hosts is there too.
const HOSTS: &str = "demo_hosts";
/// The environment of the hosts, and the secret with which they are reached.
const HOSTS_ENVIRONMENT: &str = "demo-hosts";
const HOSTS_KEY: &str = "DEMO_HOSTS_KEY";
const REGIONS: [&str; 2] = ["eu-west", "us-east"];
const TEAMS: [&str; 2] = ["Platform", "Storefront"];

/// Who plays in the demo; without a role, an administrator.
const CAST: [(&str, Option<Role>); 6] = [
    ("operator", Some(Role::Operator)),
    ("approver", Some(Role::Approver)),
    ("approver2", Some(Role::Approver)),
    ("viewer", Some(Role::Viewer)),
    ("manager", Some(Role::Manager)),
    ("admin", None),
];

/// An account of the demo, which whoever starts it is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DemoAccount {
    /// The name to sign in with.
    pub name: String,
    /// Made up at the first start: a demo that is reached from elsewhere has no password that everybody knows.
    pub password: String,
}

impl DemoAccount {
    /// The one role that it has, in words.
    pub fn role(&self) -> &'static str {
        let role = CAST.iter().find(|(name, _)| *name == self.name).and_then(|(_, role)| *role);
        role.map_or("administrator", Role::word)
    }
}

/// Fills the database unless it is filled, and answers its accounts.
pub async fn fill(app: &App, address: SocketAddr) -> anyhow::Result<Vec<DemoAccount>> {
    let accounts = cast(app).await?;
    if app.store.setting(FILLED).await?.is_none() {
        places(app).await?;
        people(app, &accounts).await?;
        environment(app).await?;
        release_tasks(app, address).await?;
        let tx = app.store.begin_write().await?;
        tx.set_setting(FILLED, "yes").await?;
        tx.commit().await?;
    }
    Ok(accounts)
}

/// The accounts, with passwords that stay the same from one start to the next.
async fn cast(app: &App) -> anyhow::Result<Vec<DemoAccount>> {
    if let Some(known) = app.store.setting(ACCOUNTS).await? {
        return serde_json::from_str(&known).context("the accounts of the demo cannot be read");
    }
    if app.store.has_users().await? {
        bail!("this database is in use already: the demo takes an empty one, or its own");
    }
    let accounts: Vec<_> =
        CAST.into_iter().map(|(name, _)| DemoAccount { name: name.to_owned(), password: password() }).collect();
    let tx = app.store.begin_write().await?;
    tx.set_setting(ACCOUNTS, &serde_json::to_string(&accounts)?).await?;
    tx.commit().await?;
    Ok(accounts)
}

/// Twelve letters and digits that cannot be mistaken for each other.
fn password() -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut dice = rand::rng();
    (0..12).map(|_| char::from(LETTERS[dice.random_range(0..LETTERS.len())])).collect()
}

async fn places(app: &App) -> anyhow::Result<()> {
    for region in REGIONS {
        unless_there(app.add_region(&Caller::CommandLine, region).await)?;
    }
    for team in TEAMS {
        unless_there(app.add_team(&Caller::CommandLine, team, true).await)?;
    }
    Ok(())
}

async fn people(app: &App, cast: &[DemoAccount]) -> anyhow::Result<()> {
    for (account, (_, role)) in cast.iter().zip(CAST) {
        let roles =
            role.into_iter().flat_map(|role| TEAMS.map(|team| TeamRole { team: team.to_owned(), role })).collect();
        let user = NewUser {
            name: account.name.clone(),
            password: account.password.clone(),
            administrator: role.is_none(),
            roles,
        };
        unless_there(app.add_user(&Caller::CommandLine, user).await)?;
    }
    Ok(())
}

/// The environment that the components of the demo run in: folders on this machine.
async fn environment(app: &App) -> anyhow::Result<()> {
    let place = environment_place(app).await?;
    let settings = EnvironmentSettings::Command(EnvironmentScripts {
        deploy: include_str!("../../demo/environment/deploy.sh").to_owned(),
        verify: None,
        remove: Some(include_str!("../../demo/environment/remove.sh").to_owned()),
        variables: BTreeMap::new(),
        timeout: 120,
    });
    let typed = TypedEnvironment { description: "Folders on the server of this demo".to_owned(), settings };
    match app.make_environment(&Caller::CommandLine, place, "demo-server", &typed).await {
        // Interrupted, the demo goes on at the next start.
        Ok(_) | Err(EnvironmentError::Invalid(_)) => Ok(()),
        Err(other) => Err(other.into()),
    }
}

async fn release_tasks(app: &App, address: SocketAddr) -> anyhow::Result<()> {
    match definitions::all(address) {
        Ok(documents) => import(app, documents).await,
        Err((file, findings)) => bail!("{file} is not valid: {findings:?}"),
    }
}

async fn import(app: &App, documents: Vec<Document>) -> anyhow::Result<()> {
    let (regions, teams) = (app.store.regions().await?, app.store.teams().await?);
    for document in documents {
        let team =
            key(&teams, document.team.as_ref()).context("a release task of the demo is of no team of the demo")?;
        let region = key(&regions, document.region.as_ref())
            .context("a release task of the demo is of no region of the demo")?;
        let draft =
            ReleaseContent { name: document.name, description: document.description, definition: document.definition };
        app.import(&Caller::CommandLine, ReleaseOwner { team, region }, &draft).await?;
    }
    Ok(())
}

/// Whether the demo has been given its hosts before.
pub async fn has_hosts(app: &App) -> anyhow::Result<bool> {
    Ok(app.store.setting(HOSTS).await?.is_some())
}

/// Fills in what is on hosts, once, and after that where they are now, as long as nobody deleted their environment.
pub async fn fill_hosts(app: &App, hosts: &DemoHosts) -> anyhow::Result<()> {
    let place = environment_place(app).await?;
    let known = app.store.environments(place.1, &[place.0]).await?;
    let known = known.into_iter().find(|environment| environment.name == HOSTS_ENVIRONMENT);
    let id = match known {
        Some(known) => {
            moved(app, &known, hosts).await?;
            known.id
        }
        None if has_hosts(app).await? => return Ok(()),
        None => make_hosts(app, place, hosts).await?,
    };
    let tx = app.store.begin_write().await?;
    tx.pin_keys(id, &hosts.shown, &Stamp::command_line(app.clock.now())).await?;
    tx.commit().await?;
    if has_hosts(app).await? {
        return Ok(());
    }
    let secret = TypedSecret {
        name: HOSTS_KEY.to_owned(),
        value: Plaintext::new(hosts.key.expose().to_owned()),
        for_tasks: false,
    };
    let owner = SecretPlace::Environment(place.1, id);
    app.set_named_secret(&Caller::CommandLine, owner, &secret).await.context("cannot keep the key of the hosts")?;
    match definitions::on_hosts() {
        Ok(documents) => import(app, documents).await?,
        Err((file, findings)) => bail!("{file} is not valid: {findings:?}"),
    }
    let tx = app.store.begin_write().await?;
    tx.set_setting(HOSTS, "yes").await?;
    Ok(tx.commit().await?)
}

async fn make_hosts(app: &App, place: (TeamId, RegionId), hosts: &DemoHosts) -> anyhow::Result<EnvironmentId> {
    let settings = EnvironmentSettings::Ssh(SshEnvironment {
        hosts: hosts.hosts.clone(),
        user: String::new(),
        key: HOSTS_KEY.to_owned(),
        batch: HowMany::Count(1),
        limit: FailedLimit(HowMany::Count(1)),
        scripts: EnvironmentScripts {
            deploy: include_str!("../../demo/environment/deploy-host.sh").to_owned(),
            verify: None,
            remove: Some(include_str!("../../demo/environment/remove-host.sh").to_owned()),
            variables: BTreeMap::new(),
            timeout: 120,
        },
    });
    let typed = TypedEnvironment { description: "Hosts that this demo starts on its machine".to_owned(), settings };
    Ok(app.make_environment(&Caller::CommandLine, place, HOSTS_ENVIRONMENT, &typed).await?.id)
}

/// The ports of hosts are others where those of before are taken.
async fn moved(app: &App, known: &Environment, hosts: &DemoHosts) -> anyhow::Result<()> {
    let mut settings = known.settings.clone();
    let EnvironmentSettings::Ssh(ssh) = &mut settings else { return Ok(()) };
    for host in &mut ssh.hosts {
        if let Some(now) = hosts.hosts.iter().find(|now| now.name == host.name) {
            host.port = now.port;
        }
    }
    let typed = TypedEnvironment { description: known.description.clone(), settings };
    app.change_environment(&Caller::CommandLine, known.id, known.version, &typed).await?;
    Ok(())
}

/// The team and the region of the environments of the demo.
async fn environment_place(app: &App) -> anyhow::Result<(TeamId, RegionId)> {
    let (regions, teams) = (app.store.regions().await?, app.store.teams().await?);
    let place = key(&teams, Some(&TEAMS[1].to_owned())).zip(key(&regions, Some(&REGIONS[0].to_owned())));
    place.context("the team or the region of the environments of the demo is not there")
}

fn key<I: Copy>(of: &[IdAndName<I>], name: Option<&String>) -> Option<I> {
    of.iter().find(|named| Some(&named.name) == name).map(|named| named.id)
}

fn unless_there<T>(made: Result<T, AccountError>) -> anyhow::Result<()> {
    match made {
        Ok(_) | Err(AccountError::NameTaken) => Ok(()),
        Err(other) => Err(other.into()),
    }
}
