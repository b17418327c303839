//! `tollgate release show`.

use anyhow::Context as _;
use clap::Args;
use serde_json::{Value, json};

use crate::cli::remote::options::ConnectionOptions;
use crate::cli::remote::output::{moment, status};
use crate::cli::table;
use crate::client::{self, ExecutionAnswer, ReleaseAnswer};

/// Which one.
#[derive(Debug, Args)]
pub struct Show {
    /// Name or key of the release task; with an execution behind it, as landing-page#3, that one instead of the last
    #[arg(value_name = "RELEASE")]
    release: String,
    #[command(flatten)]
    connection: ConnectionOptions,
}

impl Show {
    /// Shows it with an execution.
    pub async fn run(self) -> anyhow::Result<()> {
        let server = self.connection.connect()?;
        let (name, number) = match self.release.rsplit_once('#') {
            Some((name, number)) => {
                let number: u32 = number.parse().with_context(|| format!("{number:?} is no number of an execution"))?;
                (name, Some(number))
            }
            None => (self.release.as_str(), None),
        };
        let found = server.release(name).await?;
        let shown = server.client.ask(&server.get(&["pipelines", &found.id])?).await;
        let shown = shown.map_err(|error| server.explained(error))?;
        let execution = match number.or(found.last_execution) {
            None => Value::Null,
            Some(number) => {
                let request = server.get(&["pipelines", &found.id, "records", &number.to_string()])?;
                let answer = server.client.ask(&request).await;
                let none = format!("there is no execution {}#{number}", found.name);
                answer.map_err(|error| server.missing(error, none))?
            }
        };
        let release: ReleaseAnswer = client::parts(&shown)?;
        let run: Option<ExecutionAnswer> = client::parts(&execution)?;
        server.output.answer(&json!({ "pipeline": shown, "record": execution }), || tell(&release, run.as_ref()));
        Ok(())
    }
}

fn tell(release: &ReleaseAnswer, execution: Option<&ExecutionAnswer>) {
    let row = |name: &str, value: String| vec![name.to_owned(), value];
    let mut rows = vec![
        row("Name", release.name.clone()),
        row("Status", status(&release.status_word)),
        row("Team", release.team.clone()),
        row("Version", release.version.to_string()),
        row("Made by", release.creator.clone()),
        row("Key", release.id.clone()),
    ];
    if !release.description.is_empty() {
        rows.insert(1, row("Description", release.description.clone()));
    }
    if !release.operations.is_empty() {
        rows.push(row("You may", release.operations.join(", ")));
    }
    let Some(execution) = execution else { return table(&rows) };
    rows.push(row(
        "Execution",
        format!("#{} of version {}: {}", execution.number, execution.version, status(&execution.status_word)),
    ));
    rows.push(row("Started", format!("by {} at {}", execution.trigger, moment(execution.trigger_at))));
    rows.extend(execution.end_time.map(|at| row("Ended", moment(at))));
    rows.push(row("Its key", execution.id.clone()));
    rows.extend(execution.variables.iter().map(|(name, value)| row("Variable", format!("{name}={value}"))));
    table(&rows);
    let head = ["Phase", "Task", "Status", "Attempt", ""].map(str::to_owned).to_vec();
    let tasks = execution.tasks().map(|(stage, task)| {
        let attempt = if task.attempt == 0 { String::new() } else { task.attempt.to_string() };
        let cause = task.cause.as_deref().unwrap_or_default().to_owned();
        vec![stage.name.clone(), task.name.clone(), status(&task.status_word), attempt, cause]
    });
    tell!("");
    table(&[head].into_iter().chain(tasks).collect::<Vec<_>>());
}
