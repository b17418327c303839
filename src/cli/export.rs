//! `tollgate export`: release tasks as the files that `import` reads.

use std::io::{self, Write as _};

use anyhow::bail;
use clap::Args;

use super::open;
use crate::app::{Caller, ExportChoice};
use crate::config::DataConfig;
use crate::format;

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
        app.store.close().await?;
        if let Some(missing) = choice.names.iter().find(|name| !documents.iter().any(|known| known.name == **name)) {
            bail!("there is no release task {missing} here");
        }
        io::stdout().write_all(format::render_all(&documents).as_bytes())?;
        Ok(())
    }
}
