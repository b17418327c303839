//! Run folders of executions: which there are, how much room each takes, and removing one.

use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::data_layout::DataLayout;
use crate::domain::ids::ExecutionId;
use crate::store::RemovedFiles;
use crate::supervise::folder::RunFolder;
use crate::supervise::temporary;

/// How much room something takes.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct FolderSize {
    /// How many files are in it, however deep.
    pub files: u64,
    /// How many bytes of the disk they take.
    pub bytes: u64,
}

impl FolderSize {
    /// Counts that as well.
    pub fn add(&mut self, other: Self) {
        self.files += other.files;
        self.bytes = self.bytes.saturating_add(other.bytes);
    }
}

/// How much room that takes of the folder of an execution which is to be removed.
pub fn size_of_removed(folders: &DataLayout, execution: ExecutionId, which: &RemovedFiles) -> FolderSize {
    let mut size = FolderSize::default();
    match which {
        RemovedFiles::All => size.add(self::size(folders, execution)),
        RemovedFiles::Attempts(tasks) => {
            for attempt in attempts_upto(folders, execution, tasks) {
                size.add(size_of(attempt));
            }
        }
    }
    size
}

/// The folders that are there of the attempts of each task up to that number.
fn attempts_upto(folders: &DataLayout, execution: ExecutionId, tasks: &[(String, u32)]) -> Vec<PathBuf> {
    let of_task = |(name, last): &(String, u32)| {
        let name = name.clone();
        (1..=*last).map(move |number| folders.attempt(execution, &name, number))
    };
    tasks.iter().flat_map(of_task).filter(|attempt| attempt.exists()).collect()
}

/// What became of the folder of an execution that was to be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FolderRemoval {
    /// It is gone, and took so much.
    Removed(FolderSize),
    /// There is none.
    NotThere,
    /// A script of it still runs: it is tried again later.
    InUse,
}

/// The executions that have a folder in that data folder, in order.
pub fn executions(folders: &DataLayout) -> io::Result<Vec<ExecutionId>> {
    let mut found = Vec::new();
    for entry in entries(&folders.runs())? {
        let name = entry.file_name().and_then(|name| name.to_str());
        found.extend(name.and_then(|name| name.parse::<ExecutionId>().ok()));
    }
    found.sort_unstable();
    Ok(found)
}

/// How much room the folder of an execution takes. What cannot be looked at counts nothing.
pub fn size(folders: &DataLayout, execution: ExecutionId) -> FolderSize {
    size_of(folder(folders, execution))
}

fn size_of(folder: PathBuf) -> FolderSize {
    let mut size = FolderSize::default();
    let mut left = vec![folder];
    while let Some(path) = left.pop() {
        let Ok(found) = path.symlink_metadata() else { continue };
        size.bytes = size.bytes.saturating_add(found.blocks().saturating_mul(512));
        if found.is_dir() {
            left.extend(entries(&path).unwrap_or_default());
        } else {
            size.files += 1;
        }
    }
    size
}

/// Removes the folder of an execution, or those of some attempts, unless a script of them still runs.
pub fn remove(folders: &DataLayout, execution: ExecutionId, which: &RemovedFiles) -> io::Result<FolderRemoval> {
    let folder = folder(folders, execution);
    if !folder.try_exists()? {
        return Ok(FolderRemoval::NotThere);
    }
    let attempts = match which {
        RemovedFiles::All => {
            let tasks = entries(&folder)?;
            tasks.iter().flat_map(|task| entries(task).unwrap_or_default()).collect()
        }
        RemovedFiles::Attempts(tasks) => attempts_upto(folders, execution, tasks),
    };
    for attempt in &attempts {
        if attempt.is_dir() && RunFolder::new(attempt.clone()).is_supervised()? {
            return Ok(FolderRemoval::InUse);
        }
    }
    let going = if *which == RemovedFiles::All { vec![folder] } else { attempts };
    let mut size = FolderSize::default();
    for path in going {
        size.add(size_of(path.clone()));
        temporary::remove(&path)?;
    }
    Ok(FolderRemoval::Removed(size))
}

fn folder(folders: &DataLayout, execution: ExecutionId) -> PathBuf {
    folders.runs().join(execution.to_string())
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match std::fs::read_dir(folder) {
        Ok(listed) => listed.map(|entry| Ok(entry?.path())).collect(),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_measured_and_removed_whole() {
        let home = tempfile::tempdir().unwrap();
        let folders = DataLayout::new(home.path()).unwrap();
        let (one, other) = (ExecutionId::from_u128(1), ExecutionId::from_u128(2));
        for execution in [one, other] {
            std::fs::create_dir_all(folders.attempt(execution, "task", 1)).unwrap();
            std::fs::create_dir_all(folders.shared(execution).join("deep")).unwrap();
            std::fs::write(folders.log(execution, "task", 1), vec![b'x'; 10_000]).unwrap();
            std::fs::write(folders.shared(execution).join("deep/file"), "x").unwrap();
        }
        std::fs::create_dir(folders.runs().join("something-else")).unwrap();
        assert_eq!(executions(&folders).unwrap(), [one, other]);
        let measured = size(&folders, one);
        assert!(measured.files == 2 && measured.bytes >= 10_000, "{measured:?}");
        assert_eq!(remove(&folders, one, &RemovedFiles::All).unwrap(), FolderRemoval::Removed(measured));
        assert_eq!(remove(&folders, one, &RemovedFiles::All).unwrap(), FolderRemoval::NotThere);
        assert_eq!(executions(&folders).unwrap(), [other]);
        assert!(folders.runs().join("something-else").exists());
    }
}
