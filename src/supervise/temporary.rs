//! The folder that a script has for temporary files, its `TMPDIR`: where it can make some at all when the machine's own
//! is kept from it, and where none stay behind. Whoever supervises the script holds the folder by a lock.

use std::fs::File;
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use super::owned;
use crate::confine::Account;

/// A folder for temporary files.
#[derive(Debug)]
pub struct Temporary {
    path: PathBuf,
    _lock: File,
}

impl Temporary {
    /// Makes it.
    pub fn make(path: &Path, account: Option<&Account>) -> io::Result<Self> {
        loop {
            let folder = owned::folder(path, account)?;
            flock(&folder, FlockOperation::LockShared)?;
            // A server that was just starting may have taken it for one that was left behind.
            let is_there = path.symlink_metadata().is_ok_and(|found| {
                folder.metadata().is_ok_and(|held| (held.dev(), held.ino()) == (found.dev(), found.ino()))
            });
            if is_there {
                return Ok(Self { path: path.to_owned(), _lock: folder });
            }
        }
    }

    /// Takes it away.
    pub fn remove(self) {
        remove(&self.path);
    }
}

/// Takes away what no supervising process holds.
pub fn sweep(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_left =
            File::open(&path).is_ok_and(|file| flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok());
        if is_left || !path.is_dir() {
            remove(&path);
        }
    }
}

/// Takes a folder away with all that is in it, also where a script has shut a folder.
pub fn remove(path: &Path) {
    for _ in 0..2 {
        match std::fs::remove_dir_all(path) {
            Err(problem) if problem.kind() == io::ErrorKind::PermissionDenied => open_up(path),
            _ => return,
        }
    }
}

fn open_up(path: &Path) {
    let Ok(found) = path.symlink_metadata() else { return };
    if !found.is_dir() {
        return;
    }
    let _ = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700));
    for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
        open_up(&entry.path());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_stays_and_what_was_left_behind_goes_however_it_was_shut() {
        let home = tempfile::tempdir().unwrap();
        let held = Temporary::make(&home.path().join("held"), None).unwrap();
        let left = home.path().join("left");
        std::fs::create_dir_all(left.join("shut/deep")).unwrap();
        std::fs::set_permissions(left.join("shut"), std::fs::Permissions::from_mode(0o000)).unwrap();
        std::fs::write(home.path().join("file"), "").unwrap();
        sweep(home.path());
        assert!(held.path.is_dir() && !left.exists());
        let path = held.path.clone();
        held.remove();
        assert!(!path.exists());
    }
}
