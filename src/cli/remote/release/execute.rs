//! `tollgate release execute`.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, bail};
use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::wait::{WaitOptions, interrupted, wait_for};
use crate::cli::no_such;
use crate::cli::remote::exit::{Ended, ExitReason};
use crate::cli::remote::options::{ConnectionOptions, ServerConnection};
use crate::cli::remote::output::status;
use crate::cli::remote::target::FoundExecution;
use crate::client::{self, ActionAnswer, ApiRequest, ReleaseAnswer};

/// What to execute.
#[derive(Debug, Args)]
pub struct Execute {
    /// Name or key of the release task
    #[arg(value_name = "RELEASE")]
    release: String,
    /// Value of a variable; without =VALUE it is that of the environment variable of the same name
    #[arg(long = "var", value_name = "NAME=VALUE")]
    variables: Vec<String>,
    /// Run this task, and others only if they are named too; without any, all of them
    #[arg(long = "task", value_name = "TASK")]
    tasks: Vec<String>,
    /// Version; without it, the newest
    #[arg(long, value_name = "N")]
    of_version: Option<u32>,
    /// Number of the execution that waits at a checkpoint, and that this one closes
    #[arg(long, value_name = "N")]
    supersedes: Option<u32>,
    /// Name of the person on whose account a pipeline does this: they count as a starter for four eyes
    #[arg(long, value_name = "NAME")]
    caused_by: Option<String>,
    /// Name of this start, as the number of a pipeline's job: for a day, the same key takes up the same execution
    #[arg(long, value_name = "KEY", env = "TOLLGATE_IDEMPOTENCY_KEY")]
    idempotency_key: Option<String>,
    /// Wait until it is over, and show the logs of its tasks meanwhile
    #[arg(long)]
    wait: bool,
    #[command(flatten)]
    waiting: WaitOptions,
    #[command(flatten)]
    connection: ConnectionOptions,
}

impl Execute {
    /// Starts it, and waits for it if that is asked for.
    pub async fn run(self) -> anyhow::Result<()> {
        let mut server = self.connection.connect()?;
        if self.wait {
            server = server.with_patience(self.waiting.give_up_after);
        }
        let variables = variables(&self.variables)?;
        let release = server.release(&self.release).await?;
        let mut body = json!({ "variables": variables });
        let members = [
            ("version", json!(self.of_version)),
            ("supersedes", json!(self.supersedes)),
            ("caused_by", json!(self.caused_by)),
        ];
        for (name, value) in members.into_iter().filter(|(_, value)| !value.is_null()) {
            body[name] = value;
        }
        if !self.tasks.is_empty() {
            body["selected_tasks"] = selected(&server, &release, &self.tasks, self.of_version).await?;
        }
        let key = self.idempotency_key.clone().filter(|key| !key.is_empty());
        // Under a key of its own nobody else has started anything: what was asked twice is this very start.
        let may_be_taken_up = key.is_some();
        let key = key.unwrap_or_else(|| Uuid::now_v7().to_string());
        let path = server.path(&["pipelines", &release.id, "action"])?;
        let request = ApiRequest::post(path, &body, &key)?.with("action_id", "start");
        let answer = tokio::select! {
            answer = server.client.ask_under_key(&request) => answer.map_err(|error| server.explained(error))?,
            signal = interrupted() => {
                let said = format!(
                    "{} came before the server answered: it may have started {}. The same command with --idempotency-key {key} \
                     takes it up",
                    signal?, release.name
                );
                return Err(Ended { reason: ExitReason::NoLongerWaiting, said }.into());
            }
        };
        let verb = if may_be_taken_up && answer.is_repeated { "taken up" } else { "started" };
        let answer = answer.body;
        let started: ActionAnswer = client::parts(&answer)?;
        let number = started.number.context("the server did not say which execution it started")?;
        let label = format!("{}#{number}", release.name);
        if !self.wait {
            let said = format!("{verb} {label}: {} (key {})", status(&started.status_word), started.id);
            server.output.answer(&answer, || server.output.line(&said));
            return Ok(());
        }
        server.output.line(&format!("{verb} {label} (key {})", started.id));
        let request = server.get(&["pipelines", &release.id, "records", &number.to_string()])?;
        let answer = server.client.ask(&request).await.map_err(|error| server.explained(error))?;
        let found = FoundExecution { execution: client::parts(&answer)?, answer, label };
        wait_for(&server, &found, &self.waiting, Some(&[])).await
    }
}

/// Values by name.
pub(super) fn variables(given: &[String]) -> anyhow::Result<BTreeMap<String, String>> {
    let mut values = BTreeMap::new();
    for text in given {
        let (name, value) = if let Some((name, value)) = text.split_once('=') {
            (name, value.to_owned())
        } else {
            let value = std::env::var(text);
            (text.as_str(), value.with_context(|| format!("--var {text}: the environment has no such variable"))?)
        };
        if name.is_empty() {
            bail!("--var {text:?} names no variable: it is NAME=VALUE");
        }
        if values.insert(name.to_owned(), value).is_some() {
            bail!("--var {name} is there twice");
        }
    }
    Ok(values)
}

#[derive(Deserialize)]
struct VersionAnswer {
    pipeline_declaration: DeclaredStages,
}

#[derive(Deserialize)]
struct DeclaredStages {
    stages: Vec<DeclaredStage>,
}

#[derive(Deserialize)]
struct DeclaredStage {
    name: String,
    groups: Vec<DeclaredGroup>,
}

#[derive(Deserialize)]
struct DeclaredGroup {
    tasks: Vec<DeclaredTask>,
}

#[derive(Deserialize)]
struct DeclaredTask {
    name: String,
}

/// The chosen tasks by phase, as the API has them.
pub(super) async fn selected(
    server: &ServerConnection,
    release: &ReleaseAnswer,
    chosen: &[String],
    version: Option<u32>,
) -> anyhow::Result<Value> {
    let version = version.unwrap_or(release.version).to_string();
    let request = server.get(&["pipelines", &release.id, "versions", &version])?;
    let declared: VersionAnswer = server.client.read(&request).await.map_err(|error| server.explained(error))?;
    let stages = declared.pipeline_declaration.stages;
    let of = |stage: &DeclaredStage| -> Vec<String> {
        stage.groups.iter().flat_map(|group| &group.tasks).map(|task| task.name.clone()).collect()
    };
    let all: BTreeSet<String> = stages.iter().flat_map(of).collect();
    let unknown = chosen.iter().filter(|task| !all.contains(*task));
    let unknown: Vec<_> = unknown.map(|task| no_such("task", task, all.iter().map(String::as_str))).collect();
    if !unknown.is_empty() {
        bail!("{} in {}", unknown.join("; "), release.name);
    }
    let chosen_of = |stage: &DeclaredStage| {
        let tasks: Vec<_> = of(stage).into_iter().filter(|task| chosen.contains(task)).collect();
        (!tasks.is_empty()).then(|| json!({ "stage_name": stage.name, "tasks": tasks }))
    };
    Ok(stages.iter().filter_map(chosen_of).collect())
}
