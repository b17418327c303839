//! Run folders: which there are, and which of their files mean something on another machine or at another time.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::domain::ids::ExecutionId;
use crate::runlog::is_of_log;

use super::RUNS;

/// An attempt that a database knows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KnownAttempt {
    /// The task.
    pub task: String,
    /// The number of the attempt.
    pub number: u32,
}

/// The attempts that a database knows in some executions; for each whether it is live. An execution without attempts is
/// known too.
pub type KnownAttempts = HashMap<ExecutionId, HashMap<KnownAttempt, bool>>;

/// The folders in `runs` of the data folder that have the name of an execution, in order.
pub fn run_folders(data: &Path) -> io::Result<Vec<ExecutionId>> {
    let mut found: Vec<ExecutionId> = entries(&data.join(RUNS))?.iter().filter_map(|name| name.parse().ok()).collect();
    found.sort_unstable();
    Ok(found)
}

/// The attempts that have a folder in that of an execution, or were started in one that is gone, with the folder.
pub fn attempts_in(data: &Path, execution: ExecutionId) -> io::Result<Vec<(KnownAttempt, PathBuf)>> {
    let folder = data.join(RUNS).join(execution.to_string());
    let mut found = Vec::new();
    for task in entries(&folder)?.into_iter().filter(|name| !name.starts_with('.')) {
        for name in entries(&folder.join(&task))? {
            let name = name.strip_suffix(".started").unwrap_or(&name);
            if let Ok(number) = name.parse() {
                found.push((KnownAttempt { task: task.clone(), number }, folder.join(&task).join(name)));
            }
        }
    }
    Ok(found)
}

/// What a folder of an execution consists of: the run folders of attempts, and what its tasks share.
pub fn parts(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for name in entries(folder)? {
        if name.starts_with('.') {
            found.push(PathBuf::from(name));
        } else {
            found.extend(entries(&folder.join(&name))?.into_iter().map(|number| Path::new(&name).join(number)));
        }
    }
    Ok(found)
}

/// The files of a run folder that go into an archive, in the order in which they must be read: if it is said how the script
/// ended, everything else is complete.
pub fn files(folder: &Path, live: bool) -> io::Result<Vec<String>> {
    let ended = folder.join("exit.json").exists();
    let mut names: Vec<String> = entries(folder)?
        .into_iter()
        .filter(|name| !matches!(name.as_str(), "lock" | "supervisor.json" | "exit.json"))
        // What is being written under another name first.
        .filter(|name| !name.contains(".json."))
        // Without its end it must not look as if it could still be started.
        .filter(|name| !live || ended || is_of_log(name) || matches!(name.as_str(), "started" | "supervisor.log"))
        .collect();
    if ended {
        names.insert(0, "exit.json".to_owned());
    }
    Ok(names)
}

/// The names in a folder that are text, in order; none if it is gone.
pub fn entries(folder: &Path) -> io::Result<Vec<String>> {
    Ok(all_entries(folder)?.into_iter().filter_map(|name| name.into_string().ok()).collect())
}

/// The names in a folder, whatever they are made of.
pub fn all_entries(folder: &Path) -> io::Result<Vec<OsString>> {
    let listed = match std::fs::read_dir(folder) {
        Ok(listed) => listed,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(Vec::new()),
        Err(error) => return Err(unread(folder, &error)),
    };
    let names = listed.map(|entry| Ok(entry.map_err(|error| unread(folder, &error))?.file_name()));
    let mut names: Vec<OsString> = names.collect::<io::Result<_>>()?;
    names.sort_unstable();
    Ok(names)
}

/// The error, with what could not be read because of it.
pub fn unread(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{} cannot be read: {error}", path.display()))
}
