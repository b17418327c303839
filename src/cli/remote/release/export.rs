//! `tollgate release export`.

use std::io::{self, Write as _};

use clap::Args;

use crate::cli::remote::options::ConnectionOptions;
use crate::client::{self, TextAnswer};

/// Which version.
#[derive(Debug, Args)]
pub struct ExportVersion {
    /// Name or key of the release task
    #[arg(value_name = "RELEASE")]
    release: String,
    /// Number of the version; without it, the newest
    #[arg(long, value_name = "N")]
    of_version: Option<u32>,
    #[command(flatten)]
    connection: ConnectionOptions,
}

impl ExportVersion {
    /// Writes it as somebody wrote it, if somebody did.
    pub async fn run(self) -> anyhow::Result<()> {
        let server = self.connection.connect()?;
        let release = server.release(&self.release).await?;
        let version = self.of_version.unwrap_or(release.version);
        let request = server.get(&["pipelines", &release.id, "versions", &version.to_string(), "yaml"])?;
        let newest = format!("{} has no version {version}: the newest is {}", release.name, release.version);
        let answer = server.client.ask(&request).await.map_err(|error| server.missing(error, newest))?;
        if server.output.json {
            tell!("{answer}");
            return Ok(());
        }
        let text: TextAnswer = client::parts(&answer)?;
        Ok(io::stdout().write_all(text.yaml.as_bytes())?)
    }
}
