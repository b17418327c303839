//! `tollgate notification`: what could not be delivered.

use anyhow::bail;
use clap::Subcommand;

use super::{open, table};
use crate::app::{AppError, Caller, Undelivered};
use crate::config::DataConfig;
use crate::domain::ids::DeliveryId;
use crate::messages::{self, Locale};

/// What to do with notifications.
#[derive(Debug, Subcommand)]
pub enum NotificationCommand {
    /// List what could not be delivered: key, to whom, release task, event, next attempt if there is one, reason
    List {
        #[command(flatten)]
        data: DataConfig,
    },
    /// Have something sent again by the server
    SendAgain {
        /// Its key, as `tollgate notification list` prints it
        id: DeliveryId,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Take off the list what was given up
    Dismiss {
        /// Its key, as `tollgate notification list` prints it
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        id: Option<DeliveryId>,
        /// Everything that was given up
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        data: DataConfig,
    },
}

impl NotificationCommand {
    /// Does it.
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::List { data } => {
                let app = open(data).await?;
                let failed = app.undelivered(&Caller::CommandLine).await?;
                table(&failed.iter().map(row).collect::<Vec<_>>());
                Ok(app.store.close().await?)
            }
            Self::SendAgain { id, data } => {
                let app = open(data).await?;
                match app.send_again(&Caller::CommandLine, id).await {
                    Ok(true) => {}
                    Ok(false) => bail!("{id} is no longer on the list"),
                    Err(AppError::NotFound) => bail!("{id} is not on the list"),
                    Err(error) => return Err(error.into()),
                }
                tell!("{id} is on its way again; a server sends it");
                Ok(app.store.close().await?)
            }
            Self::Dismiss { id, all: _, data } => {
                let app = open(data).await?;
                let count = match id {
                    None => app.dismiss_all(&Caller::CommandLine, app.clock.now()).await?,
                    Some(id) => match app.dismiss(&Caller::CommandLine, id).await {
                        Ok(true) => 1,
                        Ok(false) => bail!("{id} was not given up: it is no longer on the list, or is tried again"),
                        Err(AppError::NotFound) => bail!("{id} is not on the list"),
                        Err(error) => return Err(error.into()),
                    },
                };
                tell!("dismissed {count}");
                Ok(app.store.close().await?)
            }
        }
    }
}

fn row(undelivered: &Undelivered) -> Vec<String> {
    let words = Locale::default().notices();
    let Undelivered { delivery, line, recipient, .. } = undelivered;
    let (release, what) = match line {
        Some(line) => (format!("{} {}", line.release, line.execution), words.notice_kind(line.kind)),
        None => ("-".to_owned(), words.delivery_kind(delivery.what.kind)),
    };
    let why = delivery.failure.as_ref().map(|failure| words.delivery_failure(failure)).unwrap_or_default();
    let next = delivery.next_try().map_or_else(|| "-".to_owned(), |at| messages::moment(at, Locale::default()));
    vec![delivery.id.to_string(), recipient.clone(), release, what.to_owned(), next, why]
}
