//! Where the scripts of an installation's only team work.

use std::path::{Path, PathBuf};

/// The folder of the only team there is in that data folder; a path to nothing until a script has worked there.
pub fn team_folder(data: &Path) -> PathBuf {
    let teams = data.join("workspace/.teams");
    let first = std::fs::read_dir(&teams).ok().and_then(|mut entries| entries.next()?.ok());
    first.map_or_else(|| teams.join("none"), |entry| entry.path())
}
