//! `tollgate release list`.

use clap::Args;
use serde_json::json;

use crate::cli::remote::options::ConnectionOptions;
use crate::cli::remote::output::{moment, status};
use crate::cli::table;
use crate::client::{self, ReleaseAnswer};

/// Which of them.
#[derive(Debug, Args)]
pub struct List {
    /// Part of the name or the description
    #[arg(value_name = "TEXT")]
    text: Option<String>,
    /// Code of a status, as 5 for To be approved
    #[arg(long, value_name = "CODE")]
    status: Option<u8>,
    /// Name of who made them
    #[arg(long, value_name = "NAME")]
    creator: Option<String>,
    /// No more than that
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u16).range(1..))]
    limit: u16,
    #[command(flatten)]
    connection: ConnectionOptions,
}

impl List {
    /// Lists them, in the order in which they were made.
    pub async fn run(self) -> anyhow::Result<()> {
        let server = self.connection.connect()?;
        let request = server.get(&["pipelines"])?.with_any("name", self.text).with_any("status", self.status);
        let request = request.with_any("creator", self.creator).with_any("team", server.team());
        let items = server.pages(request, self.limit.into()).await?;
        let releases: Vec<ReleaseAnswer> = items.iter().map(client::parts).collect::<Result<_, _>>()?;
        server.output.answer(&json!({ "pipelines": items }), || {
            let head = ["Name", "Status", "Team", "Version", "Execution", "Executed"].map(str::to_owned).to_vec();
            let rows = releases.iter().map(row);
            table(&[head].into_iter().chain(rows).collect::<Vec<_>>());
        });
        Ok(())
    }
}

fn row(release: &ReleaseAnswer) -> Vec<String> {
    vec![
        release.name.clone(),
        status(&release.status_word),
        release.team.clone(),
        release.version.to_string(),
        release.last_execution.map(|number| format!("#{number}")).unwrap_or_default(),
        release.last_trigger_at.map(moment).unwrap_or_default(),
    ]
}
