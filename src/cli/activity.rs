//! `tollgate activity`: what happened here, as a file.

use std::io::{self, Write as _};

use anyhow::{Context, bail};
use chrono::NaiveDate;
use chrono_tz::Tz;
use clap::{Args, Subcommand, ValueEnum};

use super::{no_such, open};
use crate::app::{App, Caller};
use crate::config::DataConfig;
use crate::domain::activity::{self, ActivityFilter, ExportFormat, Topic};
use crate::pages::activity::export;

/// What to do with the activity.
#[derive(Debug, Subcommand)]
pub enum ActivityCommand {
    /// Write who did what to standard output, newest first; it is itself written down
    Export(ActivityFile),
}

/// What of it, and how it is written.
#[derive(Debug, Args)]
pub struct ActivityFile {
    /// Comma-separated values for a spreadsheet, or a JSON value on each line
    #[arg(long, value_enum, default_value = "json-lines")]
    format: FileFormat,
    /// Only what this person did; Tollgate is Tollgate itself
    #[arg(long, value_name = "NAME")]
    who: Option<String>,
    /// Only of release tasks with this in their name
    #[arg(long, value_name = "PART")]
    release_task: Option<String>,
    /// Only of this team
    #[arg(long, value_name = "TEAM", env = "TOLLGATE_TEAM")]
    team: Option<String>,
    /// Only of this region
    #[arg(long, value_name = "REGION", env = "TOLLGATE_REGION")]
    region: Option<String>,
    /// Only about: executions, operations, checkpoints, tasks, release-tasks, accounts
    #[arg(long, value_name = "KIND", value_parser = topic)]
    kind: Option<Topic>,
    /// The first day, as 2026-11-30
    #[arg(long, value_name = "DAY")]
    from: Option<NaiveDate>,
    /// The last day
    #[arg(long, value_name = "DAY")]
    until: Option<NaiveDate>,
    /// The time zone that the days are of
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    zone: Tz,
    #[command(flatten)]
    data: DataConfig,
}

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FileFormat {
    Csv,
    JsonLines,
}

impl From<FileFormat> for ExportFormat {
    fn from(format: FileFormat) -> Self {
        match format {
            FileFormat::Csv => Self::Csv,
            FileFormat::JsonLines => Self::JsonLines,
        }
    }
}

fn topic(word: &str) -> Result<Topic, String> {
    let words = || Topic::ALL.map(Topic::word).join(", ");
    Topic::from_word(word).ok_or_else(|| format!("it is one of {}", words()))
}

impl ActivityCommand {
    /// Does it.
    pub async fn run(self) -> anyhow::Result<()> {
        let Self::Export(file) = self;
        let app = open(file.data.clone()).await?;
        let (format, filter) = (file.format.into(), file.filter(&app).await?);
        let mut rows = app.export_activity(&Caller::CommandLine, format, filter).await?;
        let mut out = io::stdout().lock();
        out.write_all(&export::head(format)?)?;
        while let Some(part) = rows.next().await? {
            out.write_all(&export::lines(format, &part)?)?;
        }
        out.flush()?;
        Ok(app.store.close().await?)
    }
}

impl ActivityFile {
    async fn filter(self, app: &App) -> anyhow::Result<ActivityFilter> {
        let (teams, regions) = (app.store.teams().await?, app.store.regions().await?);
        if let Some(name) = self.team.as_ref().filter(|name| !teams.iter().any(|team| team.name == **name)) {
            bail!("{}", no_such("team", name, teams.iter().map(|team| team.name.as_str())));
        }
        if let Some(name) = self.region.as_ref().filter(|name| !regions.iter().any(|region| region.name == **name)) {
            bail!("{}", no_such("region", name, regions.iter().map(|region| region.name.as_str())));
        }
        let from = self.from.map(|day| activity::beginning(day, self.zone).context("--from is beyond the calendar"));
        let until = self.until.map(|day| activity::end(day, self.zone).context("--until is beyond the calendar"));
        let (from, until) = (from.transpose()?, until.transpose()?);
        if from.zip(until).is_some_and(|(from, until)| until <= from) {
            bail!("--until must not be before --from");
        }
        let who = match &self.who {
            Some(name) => Some(app.actor_named(name).await?),
            None => None,
        };
        let (what, team, region) = (self.release_task, self.team, self.region);
        Ok(ActivityFilter { who, what, team, region, topic: self.kind, from, until })
    }
}
