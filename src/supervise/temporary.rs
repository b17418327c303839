//! The folder that a script has for temporary files, its `TMPDIR`: where it can make some at all when the machine's own
//! is kept from it, and where none stay behind. Whoever supervises the script holds a lock on a byte of a file that lies
//! beside all these folders, which stays: a file more for each script would cost more than the rest of its folder.

use std::ffi::CString;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;
use rustix::fs::{AtFlags, CWD, Dir, FlockOperation, RenameFlags, flock, renameat_with, unlinkat};
use rustix::io::Errno;

use super::owned;
use crate::confine::Account;

/// The name of the file of locks.
const LOCKS: &str = ".locks";

/// A folder for temporary files, which goes with this.
#[derive(Debug)]
pub struct Temporary {
    path: PathBuf,
    _lock: Locks,
    stays: bool,
}

impl Temporary {
    /// Makes it.
    pub fn make(path: &Path, account: Option<&Account>) -> io::Result<Self> {
        let above = path.parent().unwrap_or(Path::new("/"));
        owned::passable(above)?;
        let lock = Locks::open(above)?;
        // A server that was just starting may be taking it away, since it was left behind.
        lock.share(path)?;
        owned::folder(path, account)?;
        Ok(Self { path: path.to_owned(), _lock: lock, stays: false })
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

/// The file of locks, with a byte for each folder. A lock ends with the open file, so with whoever has it.
#[derive(Debug)]
struct Locks(File);

impl Locks {
    fn open(folder: &Path) -> io::Result<Self> {
        let mut how = OpenOptions::new();
        how.read(true).write(true).create(true).truncate(false).mode(0o600);
        Ok(Self(how.open(folder.join(LOCKS))?))
    }

    /// Keeps others from taking that folder away; waits for who is doing it.
    fn share(&self, folder: &Path) -> io::Result<()> {
        fcntl(&self.0, FcntlArg::F_OFD_SETLKW(&byte_of(folder, libc::F_RDLCK)))?;
        Ok(())
    }

    /// Keeps others from that folder; `false` if somebody holds it.
    fn take(&self, folder: &Path) -> bool {
        fcntl(&self.0, FcntlArg::F_OFD_SETLK(&byte_of(folder, libc::F_WRLCK))).is_ok()
    }

    fn give_back(&self, folder: &Path) {
        // It fails only where there is nothing to give back.
        let _ = fcntl(&self.0, FcntlArg::F_OFD_SETLK(&byte_of(folder, libc::F_UNLCK)));
    }
}

/// A lock on the byte of a folder. Two folders may have the same one: then one that was left behind stays longer.
fn byte_of(folder: &Path, kind: libc::c_int) -> libc::flock {
    let name = folder.file_name().unwrap_or_default().as_encoded_bytes();
    let number = name.iter().fold(0_i64, |number, byte| number.wrapping_mul(31).wrapping_add(i64::from(*byte)));
    libc::flock {
        l_type: kind.try_into().unwrap_or_default(),
        l_whence: libc::SEEK_SET.try_into().unwrap_or_default(),
        l_start: number & (i64::MAX >> 1),
        l_len: 1,
        l_pid: 0,
    }
}

/// Takes away the folders that no supervising process holds.
pub fn sweep(folder: &Path) {
    let Ok(locks) = Locks::open(folder) else { return };
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten().filter(|entry| entry.file_name() != LOCKS) {
        let path = entry.path();
        if locks.take(&path) {
            if !is_held_as_before(&path) {
                take_away(&path);
            }
            locks.give_back(&path);
        }
    }
}

/// Whether a supervising process of an earlier version holds it: they locked a file beside each folder.
fn is_held_as_before(path: &Path) -> bool {
    File::open(path.with_extension("lock"))
        .is_ok_and(|file| flock(&file, FlockOperation::NonBlockingLockExclusive).is_err())
}

/// Takes a folder away, and says so if that cannot be.
pub fn take_away(path: &Path) {
    if let Err(problem) = remove(path) {
        tracing::warn!(%problem, path = %path.display(), "could not remove temporary files");
    }
}

/// Removes a folder with all that is in it, also where a script has shut one, and however deep they are: what lies deeper is
/// brought up, so that no more than two folders are open at a time.
pub fn remove(path: &Path) -> io::Result<()> {
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
        let before = home.path().join("before");
        std::fs::create_dir(&before).unwrap();
        let lock = File::create(before.with_extension("lock")).unwrap();
        flock(&lock, FlockOperation::LockShared).unwrap();
        sweep(home.path());
        assert!(held.path.is_dir() && !left.exists());
        assert!(before.is_dir() && before.with_extension("lock").exists(), "an earlier version holds it");
        drop(lock);
        sweep(home.path());
        let path = held.path.clone();
        drop(held);
        assert!(
            !path.exists() && std::fs::read_dir(home.path()).unwrap().all(|entry| entry.unwrap().file_name() == LOCKS)
        );
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
