//! `tollgate check`: looks at an installation without changing it, also while it is served.

mod artefacts;
mod executions;
mod secrets;

use anyhow::{Context, bail};
use clap::Args;

use self::artefacts::artefacts;
use self::secrets::secrets;
use super::chain;
use crate::config::{DataConfig, KeyConfig};
use crate::domain::visible;
use crate::messages::{Locale, counted, missing};
use crate::store::Store;

/// What to look at.
#[derive(Debug, Args)]
pub struct Check {
    #[command(flatten)]
    data: DataConfig,
    #[command(flatten)]
    keys: KeyConfig,
}

impl Check {
    /// Says what is sound, and fails if something is not.
    pub async fn run(self) -> anyhow::Result<()> {
        let data = self.data.resolved()?;
        let mut faults = Vec::new();
        // Where there is no folder there is no file either: the database says what to do.
        if data.folder.exists() || data.file().is_none() {
            report("data folder", folder(&data), &mut faults);
        }
        report("database", database(&data).await.map_err(|error| chain(&error)), &mut faults);
        if !faults.contains(&"database") {
            report("executions", executions(&data).await.map_err(|error| chain(&error)), &mut faults);
        }
        if !faults.contains(&"database") {
            report("secrets", secrets(&data, &self.keys).await.map_err(|error| chain(&error)), &mut faults);
        }
        if !faults.contains(&"database") {
            report("artefacts", artefacts(&data).await.map_err(|error| chain(&error)), &mut faults);
        }
        if !faults.is_empty() {
            bail!("{} of what was looked at is not sound", faults.len());
        }
        tell!("This installation is sound.");
        Ok(())
    }
}

fn report(what: &'static str, found: Result<String, String>, faults: &mut Vec<&'static str>) {
    match found {
        Ok(said) => tell!("ok    {what}: {}", visible::text(&said)),
        Err(said) => {
            let said = Locale::default().errors().system_words(&said);
            tell!("FAULT {what}: {}", visible::text(&said));
            faults.push(what);
        }
    }
}

async fn executions(data: &DataConfig) -> anyhow::Result<String> {
    let store = Store::connect_patiently(&data.url()).await.context("the database cannot be opened")?;
    let mut tell = |said: &str| tell!("FOUND {}", visible::text(said));
    let found = executions::check(&store, &data.folder, &mut tell).await.context("the database cannot be read")?;
    store.close().await?;
    let looked_at = counted(found.looked_at, "execution");
    match found.findings {
        0 => Ok(format!("{looked_at}, each as the law and the audit make it")),
        findings => bail!("{} in {looked_at}", counted(findings, "finding")),
    }
}

fn folder(data: &DataConfig) -> Result<String, String> {
    use std::os::unix::fs::PermissionsExt;
    let folder = data.folder.display();
    let unread = |error: std::io::Error| format!("{folder}: {error}");
    let found = std::fs::metadata(&data.folder).map_err(unread)?;
    if !found.is_dir() {
        return Err(format!("{folder} is not a folder"));
    }
    if found.permissions().mode() & 0o022 != 0 {
        return Err(format!("others may write into {folder}: say `chmod go-w` for it"));
    }
    match data.open_files().map_err(unread)?.first() {
        Some(file) => Err(format!("others may read {}: say `chmod 600` for it", file.display())),
        None => Ok(folder.to_string()),
    }
}

async fn database(data: &DataConfig) -> anyhow::Result<String> {
    // Opening a missing file would make it.
    data.find()?;
    let store = Store::connect_patiently(&data.url()).await.context("it cannot be opened")?;
    let pending = store.pending_migrations().await.context("it cannot be read")?;
    if !pending.is_empty() {
        bail!("{}: run `tollgate migrate`", missing(pending.len(), "migration"));
    }
    if !store.has_administrator().await? {
        bail!(
            "there is no administrator: start `tollgate serve` and open the link that it prints, or, with an account that there is, \
             `tollgate user promote NAME`"
        );
    }
    let (regions, teams) = (store.regions().await?.len(), store.teams().await?.len());
    if regions == 0 || teams == 0 {
        bail!("there is no region or no team: `tollgate region add` and `tollgate team add` make them");
    }
    store.close().await?;
    Ok(format!("up to date, {}, {}", counted(regions, "region"), counted(teams, "team")))
}
