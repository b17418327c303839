//! `tollgate release diff`.

use anyhow::bail;
use clap::Args;

use crate::cli::remote::options::ConnectionOptions;
use crate::client::{self, ChangedPart, ChangesAnswer};
use crate::domain::visible;

/// Which versions.
#[derive(Debug, Args)]
pub struct DiffVersions {
    /// Name or key of the release task
    #[arg(value_name = "RELEASE")]
    release: String,
    /// Number of the older version; without it, the one before the other
    #[arg(value_name = "FROM")]
    from: Option<u32>,
    /// Number of the newer version; without it, the newest
    #[arg(value_name = "TO")]
    to: Option<u32>,
    #[command(flatten)]
    connection: ConnectionOptions,
}

impl DiffVersions {
    /// Shows what differs.
    pub async fn run(self) -> anyhow::Result<()> {
        let server = self.connection.connect()?;
        let release = server.release(&self.release).await?;
        let to = self.to.unwrap_or(release.version);
        for number in [self.from, self.to].into_iter().flatten() {
            if !(1..=release.version).contains(&number) {
                bail!("{} has no version {number}: the newest is {}", release.name, release.version);
            }
        }
        let request = server.get(&["pipelines", &release.id, "versions", &to.to_string(), "changes"])?;
        let answer = server.client.ask(&request.with_any("since", self.from)).await;
        let answer = answer.map_err(|error| server.explained(error))?;
        let changes: ChangesAnswer = client::parts(&answer)?;
        server.output.answer(&answer, || {
            tell!("{}: version {} → {}", release.name, changes.from, changes.to);
            if changes.changes.is_empty() {
                tell!("  Nothing differs.");
            }
            tell_changes(&changes.changes);
        });
        Ok(())
    }
}

/// Differences, each with its fields.
pub fn tell_changes(changes: &[ChangedPart]) {
    for change in changes {
        tell!("  {}", visible::text(&change.words));
        change.fields.iter().for_each(|field| tell!("    {}", visible::text(field)));
    }
}
