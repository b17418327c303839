//! `tollgate artefact list`.

use clap::Args;
use serde_json::json;

use crate::cli::remote::options::ConnectionOptions;
use crate::cli::remote::target::Unnumbered;
use crate::cli::table;
use crate::messages::Locale;

/// Of which execution.
#[derive(Debug, Args)]
pub struct ListArtefacts {
    /// The execution: its key, or as landing-page#3; the name of a release task for its last
    #[arg(value_name = "EXECUTION")]
    execution: String,
    /// Only of this build
    #[arg(value_name = "TASK")]
    task: Option<String>,
    #[command(flatten)]
    connection: ConnectionOptions,
}

impl ListArtefacts {
    /// Lists them.
    pub async fn run(self) -> anyhow::Result<()> {
        let server = self.connection.connect()?;
        let found = server.execution(&self.execution, Unnumbered::Last).await?;
        let tasks: Vec<&str> = match &self.task {
            Some(task) => vec![task],
            None => found.execution.tasks().map(|(_, task)| task.name.as_str()).collect(),
        };
        let titles = ["TASK", "ATTEMPT", "SIZE", "SHA-256", "PATH"].map(str::to_owned).to_vec();
        let (mut rows, mut document) = (vec![titles], Vec::new());
        for task in tasks {
            for one in super::of_task(&server, &found, task).await? {
                document.push(json!({
                    "task": task, "attempt": one.attempt, "position": one.position, "path": one.path, "size": one.size,
                    "sha256": one.sha256,
                }));
                let size = Locale::default().storage().size(one.size);
                rows.push(vec![task.to_owned(), one.attempt.to_string(), size, one.sha256, one.path]);
            }
        }
        let document = json!({ "id": found.execution.id, "number": found.execution.number, "artefacts": document });
        server.output.answer(&document, || {
            if rows.len() == 1 {
                tell!("{} has left no artefacts.", found.label);
            } else {
                table(&rows);
            }
        });
        Ok(())
    }
}
