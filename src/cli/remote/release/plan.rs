//! `tollgate release plan`.

use clap::Args;
use serde_json::json;
use uuid::Uuid;

use super::execute::{selected, variables};
use crate::cli::remote::exit::{Ended, ExitReason};
use crate::cli::remote::options::ConnectionOptions;
use crate::cli::remote::output::{moment, status};
use crate::client::{self, ApiRequest, DryRunAnswer};
use crate::domain::visible;

/// What to look at.
#[derive(Debug, Args)]
pub struct PlanRelease {
    /// Name or key of the release task
    #[arg(value_name = "RELEASE")]
    release: String,
    /// Value of a variable; without =VALUE it is that of the environment variable of the same name
    #[arg(long = "var", value_name = "NAME=VALUE")]
    variables: Vec<String>,
    /// Look at this task, and at others only if they are named too; without any, at all of them
    #[arg(long = "task", value_name = "TASK")]
    tasks: Vec<String>,
    /// Version; without it, the newest
    #[arg(long, value_name = "N")]
    of_version: Option<u32>,
    /// Number of an execution that is there, in the place of one that would be started
    #[arg(long, value_name = "N", conflicts_with_all = ["variables", "tasks", "of_version"])]
    execution: Option<u32>,
    #[command(flatten)]
    connection: ConnectionOptions,
}

impl PlanRelease {
    /// Says what each task would do now; ends with the status of a failure if one would fail.
    pub async fn run(self) -> anyhow::Result<()> {
        let server = self.connection.connect()?;
        let release = server.release(&self.release).await?;
        let mut body = json!({ "variables": variables(&self.variables)? });
        let members = [("version", self.of_version), ("execution", self.execution)];
        for (name, value) in members.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            body[name] = json!(value);
        }
        if !self.tasks.is_empty() {
            body["selected_tasks"] = selected(&server, &release, &self.tasks, self.of_version).await?;
        }
        let path = server.path(&["pipelines", &release.id, "dry-runs"])?;
        let answer = server.client.ask(&ApiRequest::post(path, &body, &Uuid::now_v7().to_string())?).await;
        let answer = answer.map_err(|error| server.explained(error))?;
        let found: DryRunAnswer = client::parts(&answer)?;
        server.output.answer(&answer, || tell_plan(&release.name, &found));
        let failing = found.tasks.iter().filter(|task| task.word == "would-fail").count();
        if failing == 0 {
            return Ok(());
        }
        let said = format!("{}: {failing} of {} tasks would fail", release.name, found.tasks.len());
        Err(Ended { reason: ExitReason::Failed, said }.into())
    }
}

fn tell_plan(release: &str, found: &DryRunAnswer) {
    tell!("{}, version {}, as of {}", visible::text(release), found.version, moment(found.made_at));
    let width = found.tasks.iter().map(|task| task.name.chars().count()).max().unwrap_or_default();
    for task in &found.tasks {
        let (name, message) = (visible::text(&task.name), visible::text(&task.message));
        tell!("  {name:width$}  {:13}  {message}", status(&task.word));
        for change in &task.changes {
            for (sign, value) in [("-", &change.from), ("+", &change.to)] {
                let Some(value) = value else { continue };
                tell!("    {sign} {}: {}", visible::text(&change.field), visible::text(value));
            }
        }
    }
}
