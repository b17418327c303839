//! `tollgate release logs`.

use std::time::Duration;

use anyhow::bail;
use clap::Args;
use serde_json::{Value, json};

use super::follow::{Follower, ShownLine};
use super::wait::interrupted;
use crate::cli::no_such;
use crate::cli::remote::exit::{Ended, ExitReason};
use crate::cli::remote::options::{ConnectionOptions, ServerConnection};
use crate::cli::remote::target::{FoundExecution, Unnumbered};
use crate::client::ClientError;

/// Which logs.
#[derive(Debug, Args)]
pub struct Logs {
    /// The execution: its key, or as landing-page#3; the name of a release task for its last
    #[arg(value_name = "EXECUTION")]
    execution: String,
    /// Only of this task, without its name before each line
    #[arg(value_name = "TASK")]
    task: Option<String>,
    /// Go on until the execution is over
    #[arg(long, short)]
    follow: bool,
    /// Show what comes behind this line of a log, as build:1:120; may be given several times
    #[arg(long, value_name = "TASK:ATTEMPT:LINE")]
    after: Vec<ShownLine>,
    /// Stop following when the server has been away for so long
    #[arg(long, value_name = "TIME", env = "TOLLGATE_GIVE_UP_AFTER", value_parser = humantime::parse_duration, default_value = "10m")]
    give_up_after: Duration,
    #[command(flatten)]
    connection: ConnectionOptions,
}

impl Logs {
    /// Shows them.
    pub async fn run(self) -> anyhow::Result<()> {
        let mut server = self.connection.connect()?;
        if self.follow {
            if server.output.json {
                bail!("--json answers with one document, and --follow shows lines as they come: say one of the two");
            }
            server = server.with_patience(self.give_up_after);
        }
        let found = server.execution(&self.execution, Unnumbered::Last).await?;
        if let Some(task) = &self.task {
            let names: Vec<&str> = found.execution.tasks().map(|(_, task)| task.name.as_str()).collect();
            if !names.contains(&task.as_str()) {
                bail!("{} in {}", no_such("task", task, names), found.label);
            }
        }
        if server.output.json {
            return documents(&server, &found, self.task.as_deref()).await;
        }
        let mut follower = Follower::new(&server, &found).with_logs(&self.after);
        if let Some(task) = &self.task {
            follower = follower.only(task);
        }
        if !self.follow {
            return follower.new_lines(&found.execution).await.map(|_| ());
        }
        let why = tokio::select! {
            biased;
            end = follower.until_over() => match end {
                Ok(_) => return Ok(()),
                Err(error) if error.downcast_ref::<ClientError>().is_some_and(ClientError::is_passing) => format!("{error:#}"),
                Err(error) => return Err(error),
            },
            signal = interrupted() => format!("{} came", signal?),
        };
        let after: Vec<_> = follower.shown().iter().map(|shown| format!(" --after {shown}")).collect();
        let task = self.task.map(|task| format!(" {task}")).unwrap_or_default();
        let said = format!(
            "{why}; {} goes on. This follows it again:\n  tollgate release logs {}{task} --follow{} --server {} --region {}",
            found.label,
            found.execution.id,
            after.concat(),
            server.client.server(),
            server.region()?
        );
        Err(Ended { reason: ExitReason::NoLongerWaiting, said }.into())
    }
}

/// The logs of every attempt as one document.
async fn documents(server: &ServerConnection, found: &FoundExecution, only: Option<&str>) -> anyhow::Result<()> {
    let mut logs = Vec::new();
    let (release, number) = (&found.execution.pipeline_id, found.execution.number.to_string());
    let wanted = found.execution.tasks().filter(|(_, task)| only.is_none_or(|only| only == task.name));
    for (_, task) in wanted {
        for attempt in 1..=task.attempt {
            let path = ["pipelines", release, "records", &number, "tasks", &task.name, "log"];
            let (mut lines, mut next, mut is_over) = (Vec::new(), json!(0), false);
            while !is_over {
                let request = server.get(&path)?.with("attempt", attempt).with("from", &next);
                let mut page = match server.client.ask(&request).await {
                    Ok(page) => page,
                    Err(error) if error.is_not_found() => break,
                    Err(error) => return Err(server.explained(error)),
                };
                is_over = page["ended"] == json!(true) || page["next"] == next;
                next = page["next"].take();
                match page["lines"].take() {
                    Value::Array(more) => lines.extend(more),
                    _ => is_over = true,
                }
            }
            logs.push(json!({ "task": task.name, "attempt": attempt, "lines": lines }));
        }
    }
    tell!("{}", json!({ "id": found.execution.id, "number": found.execution.number, "logs": logs }));
    Ok(())
}
