//! Requests to the last execution of a release task: `tollgate release approve`, `pause`, `retry` and the like.

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::cli::no_such;
use crate::cli::remote::options::{ConnectionOptions, ServerConnection};
use crate::cli::remote::output::status;
use crate::cli::remote::target::{FoundExecution, Unnumbered};
use crate::client::{self, ActionAnswer, ApiRequest};

/// Which execution.
#[derive(Debug, Args)]
pub struct ActedOn {
    /// Name or key of the release task, whose last execution is meant; with its number, as landing-page#3, it is refused
    /// when there is a newer one
    #[arg(value_name = "RELEASE")]
    execution: String,
    #[command(flatten)]
    connection: ConnectionOptions,
}

/// Which checkpoint, and what there is to say.
#[derive(Debug, Args)]
pub struct AtCheckpoint {
    #[command(flatten)]
    on: ActedOn,
    /// The checkpoint; without it, the only one that waits
    #[arg(value_name = "TASK")]
    task: Option<String>,
    /// Comment, which stays beside the decision
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
}

/// Which failed task, and why it may stay undone.
#[derive(Debug, Args)]
pub struct Skip {
    #[command(flatten)]
    on: ActedOn,
    /// The failed task
    #[arg(value_name = "TASK")]
    task: String,
    /// Comment, which is needed
    #[arg(long, value_name = "TEXT")]
    comment: String,
}

/// Agree.
#[derive(Debug, Args)]
pub struct Approve {
    #[command(flatten)]
    at: AtCheckpoint,
}

/// Reject.
#[derive(Debug, Args)]
pub struct Reject {
    #[command(flatten)]
    at: AtCheckpoint,
}

/// Pause.
#[derive(Debug, Args)]
pub struct Pause {
    #[command(flatten)]
    on: ActedOn,
}

/// Go on.
#[derive(Debug, Args)]
pub struct Continue {
    #[command(flatten)]
    on: ActedOn,
}

/// Run again what failed.
#[derive(Debug, Args)]
pub struct RetryExecution {
    #[command(flatten)]
    on: ActedOn,
}

/// Stop everything.
#[derive(Debug, Args)]
pub struct Terminate {
    #[command(flatten)]
    on: ActedOn,
}

/// Undo what was changed.
#[derive(Debug, Args)]
pub struct RollBack {
    #[command(flatten)]
    on: ActedOn,
}

/// Says once for each of these subcommands how it is run.
macro_rules! plain_actions {
    ($($name:ident: $action:literal, $done:literal;)+) => {$(
        impl $name {
            /// Asks for it.
            pub async fn run(self) -> anyhow::Result<()> {
                let server = self.on.connection.connect()?;
                let found = server.execution(&self.on.execution, Unnumbered::Last).await?;
                act(&server, &found, $action, json!({}), $done).await
            }
        }
    )+};
}

plain_actions! {
    Pause: "stop", "paused";
    Continue: "continue", "continued";
    RetryExecution: "retry", "retried";
    Terminate: "terminate", "terminated";
    RollBack: "rollback", "rolling back";
}

impl Approve {
    /// Agrees.
    pub async fn run(self) -> anyhow::Result<()> {
        self.at.decide("agree", "agreed at").await
    }
}

impl Reject {
    /// Rejects.
    pub async fn run(self) -> anyhow::Result<()> {
        self.at.decide("refuse", "rejected at").await
    }
}

impl Skip {
    /// Asks for it.
    pub async fn run(self) -> anyhow::Result<()> {
        let server = self.on.connection.connect()?;
        let found = server.execution(&self.on.execution, Unnumbered::Last).await?;
        known_task(&found, &self.task)?;
        let body = json!({ "task_name": self.task, "message": self.comment });
        act(&server, &found, "skip", body, &format!("skipped {} in", self.task)).await
    }
}

impl AtCheckpoint {
    async fn decide(self, verdict: &str, done: &str) -> anyhow::Result<()> {
        let server = self.on.connection.connect()?;
        let found = server.execution(&self.on.execution, Unnumbered::Last).await?;
        let task = match self.task {
            Some(task) => {
                known_task(&found, &task)?;
                task
            }
            None => only_open(&found)?,
        };
        let body = json!({ "task_name": task, "approval_type": verdict, "message": self.comment.unwrap_or_default() });
        act(&server, &found, "approval", body, &format!("{done} {task} in")).await
    }
}

/// The only checkpoint that waits.
fn only_open(found: &FoundExecution) -> anyhow::Result<String> {
    let open = found.execution.tasks().filter(|(_, task)| task.status_word == "to_be_approved");
    let open: Vec<&str> = open.map(|(_, task)| task.name.as_str()).collect();
    match open.as_slice() {
        [only] => Ok((*only).to_owned()),
        [] => bail!("no checkpoint of {} waits: it is {}", found.label, status(&found.execution.status_word)),
        several => bail!("several checkpoints of {} wait: name one of {}", found.label, several.join(", ")),
    }
}

fn known_task(found: &FoundExecution, wanted: &str) -> anyhow::Result<()> {
    if found.execution.tasks().any(|(_, task)| task.name == wanted) {
        return Ok(());
    }
    let names = found.execution.tasks().map(|(_, task)| task.name.as_str());
    bail!("{} in {}", no_such("task", wanted, names), found.label);
}

async fn act(
    server: &ServerConnection,
    found: &FoundExecution,
    action: &str,
    mut body: Value,
    done: &str,
) -> anyhow::Result<()> {
    body["execution"] = json!(found.execution.number);
    let path = server.path(&["pipelines", &found.execution.pipeline_id, "action"])?;
    let request = ApiRequest::post(path, &body, &Uuid::now_v7().to_string())?.with("action_id", action);
    let answer = server.client.ask(&request).await.map_err(|error| server.explained(error))?;
    let after: ActionAnswer = client::parts(&answer).context("it may have been done")?;
    let said = format!("{done} {}: {}", found.label, status(&after.status_word));
    server.output.answer(&answer, || server.output.line(&said));
    Ok(())
}
