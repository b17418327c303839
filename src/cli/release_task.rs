//! `tollgate release-task`: which release tasks were deleted, and one of them on the lists again.

use anyhow::{anyhow, bail};
use clap::Subcommand;

use super::{open, table};
use crate::app::{App, AppError, Caller, DeletedRelease};
use crate::config::DataConfig;
use crate::domain::execution::Moment;
use crate::domain::ids::ReleaseId;
use crate::domain::names;
use crate::domain::retention;
use crate::messages::{self, Locale};

/// How many deleted release tasks are read at once.
const BATCH_SIZE: u64 = 200;

/// What to do with release tasks.
#[derive(Debug, Subcommand)]
pub enum ReleaseTask {
    /// List the deleted release tasks: id, name, team, region, when and by whom, until when each can be restored
    Deleted {
        #[command(flatten)]
        data: DataConfig,
    },
    /// Put a deleted release task on the lists again, with its versions, executions, logs and drafts
    Restore {
        /// Its id, or its name if one deleted release task alone has that name
        release_task: String,
        #[command(flatten)]
        data: DataConfig,
    },
}

impl ReleaseTask {
    /// Does it.
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Deleted { data } => {
                let app = open(data).await?;
                let now = app.clock.now();
                let rows: Vec<_> = deleted(&app).await?.into_iter().map(|release| listed(release, now)).collect();
                if rows.is_empty() {
                    tell!("no release task is deleted");
                }
                table(&rows);
                Ok(app.store.close().await?)
            }
            Self::Restore { release_task, data } => {
                let app = open(data).await?;
                let found = named(&app, &release_task).await?;
                let restored = app.undelete(&Caller::CommandLine, found.id).await;
                restored.map_err(|error| in_words(error, &found))?;
                tell!("restored {} of the team {} in {}", found.name, found.team, found.region);
                Ok(app.store.close().await?)
            }
        }
    }
}

async fn deleted(app: &App) -> anyhow::Result<Vec<DeletedRelease>> {
    let mut all = Vec::new();
    for page in 1.. {
        let mut found = app.deleted_releases(&Caller::CommandLine, page, BATCH_SIZE).await?;
        let is_last = found.len() as u64 <= BATCH_SIZE;
        found.truncate(usize::try_from(BATCH_SIZE)?);
        all.extend(found);
        if is_last {
            break;
        }
    }
    Ok(all)
}

fn listed(release: DeletedRelease, now: Moment) -> Vec<String> {
    let told = |at| messages::moment(at, Locale::default());
    let until = retention::restorable_until(release.deleted_at);
    let is_open = release.purged_at.is_none() && now < until;
    vec![
        release.id.to_string(),
        release.name,
        release.team,
        release.region,
        format!("deleted {} by {}", told(release.deleted_at), release.deleted_by.unwrap_or_default()),
        if is_open { format!("until {}", told(until)) } else { "not any more".to_owned() },
    ]
}

/// The deleted release task of that id, or the only one of that name that can still be restored.
async fn named(app: &App, wanted: &str) -> anyhow::Result<DeletedRelease> {
    let id: Option<ReleaseId> = wanted.parse().ok();
    let is_meant = |release: &DeletedRelease| match id {
        Some(id) => release.id == id,
        None => release.name == wanted && release.purged_at.is_none(),
    };
    let (mut found, others): (Vec<_>, Vec<_>) = deleted(app).await?.into_iter().partition(is_meant);
    match found.len() {
        0 => {
            let there = others.iter().filter(|release| release.purged_at.is_none());
            let meant = names::nearest(wanted, there.map(|release| release.name.as_str()));
            let meant = meant.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
            bail!("no deleted release task is {wanted}: see `tollgate release-task deleted`{meant}")
        }
        1 => Ok(found.remove(0)),
        count => {
            let ids: Vec<_> = found.iter().map(|release| format!("{} of {}", release.id, release.team)).collect();
            bail!("{count} deleted release tasks are called {wanted}; say which by its id: {}", ids.join(", "))
        }
    }
}

fn in_words(error: AppError, release: &DeletedRelease) -> anyhow::Error {
    let words = Locale::default().dialogs();
    match error {
        AppError::NameTaken => anyhow!("{}", words.undelete_name_taken(&release.name, &release.team)),
        AppError::RegionFull => anyhow!("{}", words.undelete_region_full(&release.region)),
        AppError::TeamFull => anyhow!("{}", words.undelete_team_full(&release.team, &release.region)),
        AppError::Refused(refusal) => anyhow!("{}", messages::refusal(&refusal, Locale::default())),
        other => other.into(),
    }
}
