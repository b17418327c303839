//! `tollgate export`: release tasks as the files that `import` reads.

use std::io::{self, Write as _};

use anyhow::bail;
use clap::Args;

use super::{no_such, open};
use crate::app::{App, Caller, ExportChoice};
use crate::config::DataConfig;
use crate::domain::names;
use crate::format::{self, WrittenDocument};

/// What to write out.
#[derive(Debug, Args)]
pub struct Export {
    /// Names of release tasks; without any, all of them
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Only those of this team
    #[arg(long, value_name = "TEAM", env = "TOLLGATE_TEAM")]
    team: Option<String>,
    /// Only those of this region
    #[arg(long, value_name = "REGION", env = "TOLLGATE_REGION")]
    region: Option<String>,
    #[command(flatten)]
    data: DataConfig,
}

impl Export {
    /// Writes them to standard output, one YAML document each.
    pub async fn run(self) -> anyhow::Result<()> {
        let app = open(self.data).await?;
        let choice = ExportChoice { names: self.names, team: self.team, region: self.region };
        let documents = app.export(&Caller::CommandLine, &choice).await?;
        let missing = missing(&app, &choice, &documents).await?;
        app.store.close().await?;
        if !missing.is_empty() {
            let end = if missing.last().is_some_and(|said| said.ends_with('?')) { " Nothing" } else { "; nothing" };
            bail!("{}{end} was written", missing.join("; "));
        }
        io::stdout().write_all(format::render_written(&documents).as_bytes())?;
        Ok(())
    }
}

/// What was asked for and is not there.
async fn missing(app: &App, choice: &ExportChoice, documents: &[WrittenDocument]) -> anyhow::Result<Vec<String>> {
    let (teams, regions) = (app.store.teams().await?, app.store.regions().await?);
    let team = choice.team.iter().filter(|name| !teams.iter().any(|team| team.name == **name));
    let region = choice.region.iter().filter(|name| !regions.iter().any(|region| region.name == **name));
    let places: Vec<_> = team
        .map(|name| no_such("team", name, teams.iter().map(|team| team.name.as_str())))
        .chain(region.map(|name| no_such("region", name, regions.iter().map(|region| region.name.as_str()))))
        .collect();
    if !places.is_empty() {
        return Ok(places);
    }
    let of = choice.team.as_ref().map(|team| format!(" of the team {team}")).unwrap_or_default();
    let place = choice.region.as_ref().map_or_else(|| "here".to_owned(), |region| format!("in {region}"));
    if choice.names.is_empty() && documents.is_empty() && (choice.team.is_some() || choice.region.is_some()) {
        return Ok(vec![format!("there is no release task{of} {place}")]);
    }
    let all = ExportChoice { names: Vec::new(), ..choice.clone() };
    let all = app.export(&Caller::CommandLine, &all).await?;
    let there = || all.iter().map(|known| known.document.name.as_str());
    let names = choice.names.iter().filter(|name| !documents.iter().any(|known| known.document.name == **name));
    let meant = |name: &str| names::nearest(name, there()).map(|meant| format!("; did you mean {meant}?"));
    let sentence =
        |name: &String| format!("there is no release task {name}{of} {place}{}", meant(name).unwrap_or_default());
    Ok(names.map(sentence).collect())
}
