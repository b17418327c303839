//! `tollgate artefact download`.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::app::secret::hexadecimal;
use crate::cli::no_such;
use crate::cli::remote::options::{ConnectionOptions, ServerConnection};
use crate::cli::remote::target::{FoundExecution, Unnumbered};
use crate::client::ArtefactAnswer;

/// Which artefacts, and where to.
#[derive(Debug, Args)]
pub struct DownloadArtefacts {
    /// The execution: its key, or as landing-page#3; the name of a release task for its last
    #[arg(value_name = "EXECUTION")]
    execution: String,
    /// The build
    #[arg(value_name = "TASK")]
    task: String,
    /// Only the artefact of this path; without it all of them
    #[arg(value_name = "PATH")]
    path: Option<String>,
    /// Folder that they are written into, with the folders of their paths; it is made if need be
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    into: PathBuf,
    /// The attempt that left them; without it, the last that left any
    #[arg(long, value_name = "NUMBER")]
    attempt: Option<u32>,
    #[command(flatten)]
    connection: ConnectionOptions,
}

impl DownloadArtefacts {
    /// Writes them.
    pub async fn run(self) -> anyhow::Result<()> {
        let server = self.connection.connect()?;
        let found = server.execution(&self.execution, Unnumbered::Last).await?;
        let mut kept = super::of_task(&server, &found, &self.task).await?;
        let wanted = self.attempt.or(kept.iter().map(|one| one.attempt).max());
        kept.retain(|one| Some(one.attempt) == wanted);
        if kept.is_empty() {
            bail!("{} in {} has left no artefacts, or they were removed", self.task, found.label);
        }
        if let Some(path) = &self.path {
            let none = no_such("artefact", path, kept.iter().map(|one| one.path.as_str()));
            kept.retain(|one| one.path == *path);
            if kept.is_empty() {
                bail!("{none}");
            }
        }
        let mut written = Vec::new();
        for one in &kept {
            let place = place(&self.into, &one.path)?;
            download(&server, (&found, &self.task), one, &place).await?;
            server.output.line(&place.display().to_string());
            written.push(json!({ "path": one.path, "file": place, "size": one.size, "sha256": one.sha256 }));
        }
        server.output.answer(&json!({ "artefacts": written }), || ());
        Ok(())
    }
}

/// Where an artefact is written. A server says the path, and none leads out of the folder.
fn place(into: &Path, path: &str) -> anyhow::Result<PathBuf> {
    let is_within = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    if !is_within || path.is_empty() || path.chars().any(char::is_control) {
        bail!("the server names an artefact {path:?}, which is no path within a folder");
    }
    Ok(into.join(path))
}

async fn download(
    server: &ServerConnection,
    (found, task): (&FoundExecution, &str),
    wanted: &ArtefactAnswer,
    place: &Path,
) -> anyhow::Result<()> {
    let refused = || format!("{} cannot be written", place.display());
    let folder = place.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).with_context(refused)?;
    let aside = folder.join(format!(".tollgate.{}", Uuid::now_v7().simple()));
    let written = fetch(server, (found, task), wanted, &aside).await;
    let moved = written.and_then(|()| fs::rename(&aside, place).with_context(refused));
    if moved.is_err() {
        // It may never have come to be.
        let _ = fs::remove_file(&aside);
    }
    moved
}

async fn fetch(
    server: &ServerConnection,
    (found, task): (&FoundExecution, &str),
    wanted: &ArtefactAnswer,
    aside: &Path,
) -> anyhow::Result<()> {
    let (number, attempt) = (found.execution.number.to_string(), wanted.attempt.to_string());
    let position = wanted.position.to_string();
    let path = super::path(found, &number, task);
    let path: Vec<&str> = path.into_iter().chain([attempt.as_str(), &position]).collect();
    let gone = format!("{} was removed meanwhile", wanted.path);
    let opened = server.client.open_file(&server.get(&path)?).await;
    let mut stream = opened.map_err(|error| server.missing(error, gone))?;
    let unwritten =
        |problem: io::Error| anyhow::Error::new(problem).context(format!("{} cannot be written", wanted.path));
    let mut file = File::create_new(aside).map_err(unwritten)?;
    let (mut hash, mut size) = (Sha256::new(), 0_u64);
    while let Some(piece) = stream.next().await? {
        size += piece.len() as u64;
        if size > wanted.size {
            break;
        }
        hash.update(&piece);
        file.write_all(&piece).map_err(unwritten)?;
    }
    if size != wanted.size || hexadecimal(&hash.finalize()) != wanted.sha256 {
        bail!(
            "what came of {} is not what was kept: its size or its SHA-256 is another. It was not written.",
            wanted.path
        );
    }
    file.sync_all().map_err(unwritten)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_of_a_server_leads_out_of_the_folder() {
        assert_eq!(place(Path::new("to"), "dist/a").unwrap(), Path::new("to/dist/a"));
        for bad in ["", "/etc/passwd", "../a", "a/../../b", "a\nb", "./a"] {
            assert!(place(Path::new("to"), bad).is_err(), "{bad}");
        }
    }
}
