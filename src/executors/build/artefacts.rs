//! Files of a build that are to be kept: found and opened as a script could, so that no link leads to what it may not read.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use crate::domain::artefacts::{
    ArtefactFault, ArtefactPatterns, MAX_ARTEFACT, MAX_ARTEFACTS, MAX_ARTEFACTS_SIZE, MAX_PATH_LEN,
};
use crate::domain::failure_cause::FileKind;
use crate::executors::FoundFile;

/// So many entries of folders are looked at.
const MAX_ENTRIES: usize = 200_000;

/// The files in a folder that patterns name, each open.
pub(super) fn find(folder: &Path, patterns: &ArtefactPatterns) -> Result<Vec<FoundFile>, ArtefactFault> {
    let (mut found, mut used, mut seen): (Vec<FoundFile>, BTreeSet<String>, usize) = (Vec::new(), BTreeSet::new(), 0);
    let mut folders = vec![PathBuf::new()];
    while let Some(within) = folders.pop() {
        for entry in std::fs::read_dir(folder.join(&within)).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let (path, kind) = (within.join(entry.file_name()), entry.file_type().map_err(unreadable)?);
            seen += 1;
            if seen > MAX_ENTRIES {
                return Err(ArtefactFault::TooMany);
            }
            if kind.is_dir() {
                folders.push(path);
                continue;
            }
            let text = path.to_string_lossy().into_owned();
            let naming = patterns.naming(&text);
            if naming.is_empty() {
                continue;
            }
            used.extend(naming.into_iter().map(str::to_owned));
            if path.to_str().is_none() || text.len() > MAX_PATH_LEN || text.chars().any(char::is_control) {
                return Err(ArtefactFault::Path { path: text });
            }
            if found.len() == MAX_ARTEFACTS {
                return Err(ArtefactFault::TooMany);
            }
            found.push(open(folder, text, kind)?);
        }
    }
    if let Some(pattern) = patterns.texts().find(|pattern| !used.contains(*pattern)) {
        return Err(ArtefactFault::NothingThere { pattern: pattern.to_owned() });
    }
    let size = found.iter().map(|file| file.size).sum();
    if size > MAX_ARTEFACTS_SIZE {
        return Err(ArtefactFault::AllTooLarge { size });
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(found)
}

fn open(folder: &Path, path: String, kind: std::fs::FileType) -> Result<FoundFile, ArtefactFault> {
    let special = |found| Err(ArtefactFault::NotAFile { path: path.clone(), found });
    if kind.is_symlink() {
        return special(FileKind::Link);
    }
    if kind.is_fifo() {
        return special(FileKind::Pipe);
    }
    if kind.is_socket() {
        return special(FileKind::Socket);
    }
    if !kind.is_file() {
        return special(FileKind::Device);
    }
    // Something else may be there by now.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let flags = i32::try_from(flags.bits()).unwrap_or_default();
    let file: File = OpenOptions::new().read(true).custom_flags(flags).open(folder.join(&path)).map_err(unreadable)?;
    let found = file.metadata().map_err(unreadable)?;
    if !found.is_file() {
        return Err(ArtefactFault::Changed { path });
    }
    let size = found.len();
    if size > MAX_ARTEFACT {
        return Err(ArtefactFault::TooLarge { path, size });
    }
    Ok(FoundFile { path, size, file })
}

fn unreadable(problem: io::Error) -> ArtefactFault {
    ArtefactFault::Unreadable { problem: problem.into() }
}
