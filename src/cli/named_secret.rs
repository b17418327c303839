//! `tollgate secret set` and `forget`: the secrets that tasks and the scripts of environments are given by name.

use std::io::{self, IsTerminal as _, Read as _};

use anyhow::{Context as _, anyhow, bail};
use clap::Args;

use super::components::named;
use super::{no_such, password};
use crate::app::named_secrets::{NamedSecretError, SecretPlace, TypedSecret};
use crate::app::secrets::Plaintext;
use crate::app::{App, AppError, Caller};
use crate::domain::secrets::MAX_SECRET_LEN;
use crate::messages::Locale;

/// A secret, and whose it is.
#[derive(Debug, Args)]
pub struct NamedSecretChoice {
    /// Its name
    name: String,
    /// Name of the team that it is of, or whose environment it is of
    #[arg(long)]
    team: String,
    /// Name of the environment that it is of; without it, it is of the team
    #[arg(long, requires = "region")]
    environment: Option<String>,
    /// Name of the region of that environment
    #[arg(long, requires = "environment")]
    region: Option<String>,
}

impl NamedSecretChoice {
    /// Sets it to what is typed, unseen, or to all of standard input.
    pub async fn set(self, app: &App, for_tasks: bool) -> anyhow::Result<()> {
        let place = self.place(app).await?;
        let typed = TypedSecret { name: self.name.clone(), value: value(&self.name)?, for_tasks };
        match app.set_named_secret(&Caller::CommandLine, place, &typed).await {
            Ok(()) => {
                tell!("{} set", self.name);
                Ok(())
            }
            Err(NamedSecretError::Invalid(faults)) => {
                let words = Locale::default().named_secrets();
                let told: Vec<String> = faults.iter().map(|fault| words.fault(fault)).collect();
                bail!("{}", told.join("\n"))
            }
            Err(NamedSecretError::App(error)) => Err(error.into()),
        }
    }

    /// Has it forgotten.
    pub async fn forget(self, app: &App) -> anyhow::Result<()> {
        let place = self.place(app).await?;
        match app.forget_named_secret(&Caller::CommandLine, place, &self.name).await {
            Ok(()) => {
                tell!("{} forgotten", self.name);
                Ok(())
            }
            Err(AppError::NotFound) => {
                let found = app.named_secrets(&Caller::CommandLine, place).await?;
                let known = found.secrets.iter().map(|(kept, _)| kept.slot.name.as_str());
                Err(anyhow!(no_such("secret", &self.name, known)))
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn place(&self, app: &App) -> anyhow::Result<SecretPlace> {
        let team = named("team", &app.store.teams().await?, &self.team)?;
        let (Some(environment), Some(region)) = (&self.environment, &self.region) else {
            return Ok(SecretPlace::Team(team));
        };
        let region = named("region", &app.store.regions().await?, region)?;
        let known = app.store.environments(region, &[team]).await?;
        let found = known.iter().find(|known| known.name == *environment).map(|known| known.id);
        let names = known.iter().map(|known| known.name.as_str());
        let id = found.ok_or_else(|| anyhow!(no_such("environment", environment, names)))?;
        Ok(SecretPlace::Environment(region, id))
    }
}

fn value(name: &str) -> anyhow::Result<Plaintext> {
    if io::stdin().is_terminal() {
        return Ok(Plaintext::new(password::unseen_line(&format!("Value of {name}: "))?));
    }
    // One byte more than a value with its last line end may have.
    let (mut bytes, most) = (Vec::new(), MAX_SECRET_LEN as u64 + 3);
    io::stdin().take(most).read_to_end(&mut bytes)?;
    Ok(Plaintext::new(String::from_utf8(bytes).map_err(|_| anyhow!("not UTF-8")).context("standard input")?))
}
