//! `tollgate artefact`: what builds left, over the network.

mod download;
mod list;

use anyhow::bail;
use clap::Subcommand;

use super::options::ServerConnection;
use super::target::FoundExecution;
use crate::cli::no_such;
use crate::client::{ArtefactAnswer, ArtefactsAnswer};

/// What to do with artefacts.
#[derive(Debug, Subcommand)]
pub enum ArtefactCommand {
    /// List the artefacts of an execution
    List(list::ListArtefacts),
    /// Write the artefacts of a build into a folder, each whole and with the checksum that it was kept with, or not at all
    Download(download::DownloadArtefacts),
}

impl ArtefactCommand {
    /// Does it.
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::List(list) => list.run().await,
            Self::Download(download) => download.run().await,
        }
    }
}

/// The path of the artefacts of a task.
fn path<'p>(found: &'p FoundExecution, number: &'p str, task: &'p str) -> [&'p str; 7] {
    ["pipelines", &found.execution.pipeline_id, "records", number, "tasks", task, "artefacts"]
}

/// What a task left in all of its attempts.
async fn of_task(server: &ServerConnection, found: &FoundExecution, task: &str) -> anyhow::Result<Vec<ArtefactAnswer>> {
    let names: Vec<&str> = found.execution.tasks().map(|(_, task)| task.name.as_str()).collect();
    if !names.contains(&task) {
        bail!("{} in {}", no_such("task", task, names), found.label);
    }
    let number = found.execution.number.to_string();
    let answer = server.client.read(&server.get(&path(found, &number, task))?).await;
    let answer: ArtefactsAnswer = answer.map_err(|error| server.explained(error))?;
    Ok(answer.artefacts)
}
