//! Fills a database with the people and release tasks of the demo, once. Interrupted, it goes on at the next start.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::{Context, bail};
use rand::RngExt;
use serde::{Deserialize, Serialize};

use super::definitions;
use crate::app::accounts::{AccountError, NewUser, TeamRole};
use crate::app::environments::{EnvironmentError, TypedEnvironment};
use crate::app::{App, Caller, ReleaseContent};
use crate::domain::environment::{EnvironmentScripts, EnvironmentSettings};
use crate::domain::people::Role;
use crate::domain::release::ReleaseOwner;
use crate::store::IdAndName;

/// The setting that says which accounts the demo made, and that it did.
const ACCOUNTS: &str = "demo_accounts";
/// The setting that says that everything is there.
const FILLED: &str = "demo_filled";
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
    let (regions, teams) = (app.store.regions().await?, app.store.teams().await?);
    let place = key(&teams, Some(&TEAMS[1].to_owned())).zip(key(&regions, Some(&REGIONS[0].to_owned())));
    let place = place.context("the team or the region of the environment of the demo is not there")?;
    let settings = EnvironmentSettings::Command(EnvironmentScripts {
        deploy: include_str!("../../demo/environment/deploy.sh").to_owned(),
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
    let documents = match definitions::all(address) {
        Ok(documents) => documents,
        Err((file, findings)) => bail!("{file} is not valid: {findings:?}"),
    };
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

fn key<I: Copy>(of: &[IdAndName<I>], name: Option<&String>) -> Option<I> {
    of.iter().find(|named| Some(&named.name) == name).map(|named| named.id)
}

fn unless_there<T>(made: Result<T, AccountError>) -> anyhow::Result<()> {
    match made {
        Ok(_) | Err(AccountError::NameTaken) => Ok(()),
        Err(other) => Err(other.into()),
    }
}
