//! The folder that a script has for temporary files, its `TMPDIR`: where it can make some at all when the machine's own
//! is kept from it, and where none stay behind. Whoever supervises the script holds a lock beside the folder.

use std::ffi::CString;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Dir, FlockOperation, RenameFlags, flock, renameat_with, unlinkat};
use rustix::io::Errno;

use super::owned;
use crate::confine::Account;

/// How the name of a lock ends.
const LOCK: &str = "lock";

/// A folder for temporary files, which goes with this.
#[derive(Debug)]
pub struct Temporary {
    path: PathBuf,
    _lock: File,
    stays: bool,
}

impl Temporary {
    /// Makes it.
    pub fn make(path: &Path, account: Option<&Account>) -> io::Result<Self> {
        let above = path.parent().unwrap_or(Path::new("/"));
        owned::passable(above)?;
        let lock = path.with_extension(LOCK);
        loop {
            let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&lock)?;
            flock(&file, FlockOperation::LockShared)?;
            // A server that was just starting may have taken it for one that was left behind.
            let is_there = lock.symlink_metadata().is_ok_and(|found| {
                file.metadata().is_ok_and(|held| (held.dev(), held.ino()) == (found.dev(), found.ino()))
            });
            if is_there {
                owned::folder(path, account)?;
                return Ok(Self { path: path.to_owned(), _lock: file, stays: false });
            }
        }
    }

    /// Leaves it to processes that go on: it is taken away when a server starts.
    pub fn leave(mut self) {
        self.stays = true;
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.stays {
            take_away(&self.path);
        }
    }
}

/// Takes away the folders that no supervising process holds.
pub fn sweep(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let lock = path.with_extension(LOCK);
        let is_held =
            File::open(&lock).is_ok_and(|file| flock(&file, FlockOperation::NonBlockingLockExclusive).is_err());
        if !is_held {
            take_away(&lock.with_extension(""));
        }
    }
}

/// Takes a folder away with its lock, and says so if that cannot be.
pub fn take_away(path: &Path) {
    let gone = remove(path).and_then(|()| match std::fs::remove_file(path.with_extension(LOCK)) {
        Err(problem) if problem.kind() != ErrorKind::NotFound => Err(problem),
        _ => Ok(()),
    });
    if let Err(problem) = gone {
        tracing::warn!(%problem, path = %path.display(), "could not remove temporary files");
    }
}

/// Removes a folder with all that is in it, also where a script has shut one, and however deep they are: what lies deeper is
/// brought up, so that no more than two folders are open at a time.
fn remove(path: &Path) -> io::Result<()> {
    let top = match owned::opened(CWD, path) {
        Ok(top) => top,
        Err(problem) if problem.kind() == ErrorKind::NotFound => return Ok(()),
        Err(_) => return std::fs::remove_file(path),
    };
    let mut number = 0_u64;
    loop {
        let found = names(&top)?;
        if found.is_empty() {
            return Ok(unlinkat(CWD, path, AtFlags::REMOVEDIR)?);
        }
        for name in found {
            if is_removed(&top, &name) {
                continue;
            }
            let inner = owned::opened(&top, &name)?;
            for within in names(&inner)? {
                if is_removed(&inner, &within) {
                    continue;
                }
                // A folder can be moved by whoever may write into it.
                drop(owned::opened(&inner, &within)?);
                loop {
                    number += 1;
                    match renameat_with(&inner, &within, &top, format!(".{number}"), RenameFlags::NOREPLACE) {
                        Err(Errno::EXIST) => {}
                        moved => break moved?,
                    }
                }
            }
            unlinkat(&top, &name, AtFlags::REMOVEDIR)?;
        }
    }
}

/// Removes a file or an empty folder; `false` if it is neither.
fn is_removed(folder: &OwnedFd, name: &CString) -> bool {
    unlinkat(folder, name, AtFlags::empty()).is_ok() || unlinkat(folder, name, AtFlags::REMOVEDIR).is_ok()
}

fn names(folder: impl AsFd) -> io::Result<Vec<CString>> {
    let mut found = Vec::new();
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        if entry.file_name() != c"." && entry.file_name() != c".." {
            found.push(entry.file_name().to_owned());
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use rustix::fs::{Mode, OFlags, mkdirat, openat};

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
        drop(held);
        assert!(!path.exists() && std::fs::read_dir(home.path()).unwrap().next().is_none());
    }

    #[test]
    fn a_tree_that_is_deeper_than_any_path_is_long_goes() {
        let home = tempfile::tempdir().unwrap();
        let top = home.path().join("top");
        std::fs::create_dir(&top).unwrap();
        let mut folder = openat(CWD, &top, OFlags::DIRECTORY, Mode::empty()).unwrap();
        for _ in 0..5_000 {
            mkdirat(&folder, "d", Mode::RWXU).unwrap();
            mkdirat(&folder, "e", Mode::RWXU).unwrap();
            folder = openat(&folder, "d", OFlags::DIRECTORY, Mode::empty()).unwrap();
        }
        drop(folder);
        remove(&top).unwrap();
        assert!(!top.exists());
    }
}
