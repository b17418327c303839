//! Folders and files that belong to the account of scripts.

use std::fs::{DirBuilder, Permissions};
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, AsRawFd as _, OwnedFd};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Gid, Mode, OFlags, Uid, chownat, fstat, openat};
use rustix::path::Arg;

use crate::confine::Account;

/// Makes a folder of the scripts, if need be with the folders above it, which are ours. It is as it was made, whatever a
/// script did to its mode, and no link is followed to it.
pub fn folder(path: &Path, account: Option<&Account>) -> io::Result<()> {
    passable(path.parent().unwrap_or(Path::new("/")))?;
    match DirBuilder::new().mode(0o700).create(path) {
        Err(problem) if problem.kind() != ErrorKind::AlreadyExists => return Err(problem),
        _ => {}
    }
    let place = openat(CWD, path, PLACE, Mode::empty())?;
    set_mode(&place, 0o700)?;
    give(&place, account)
}

/// Makes a folder of ours through which scripts come to theirs.
pub fn passable(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o711).create(path)
}

/// A folder, whatever its mode.
const PLACE: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// Opens a folder to read it and to change what is in it, also where a script has shut it. No link is followed.
pub fn opened(folder: impl AsFd, name: impl Arg + Copy) -> io::Result<OwnedFd> {
    let place = openat(&folder, name, PLACE, Mode::empty())?;
    set_mode(&place, 0o700)?;
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    Ok(openat(&folder, name, flags, Mode::empty())?)
}

/// Sets the mode of a place that is open in name only, for which the kernel has no other way than this path.
fn set_mode(place: &OwnedFd, mode: u32) -> io::Result<()> {
    if fstat(place)?.st_mode & 0o7777 == mode {
        return Ok(());
    }
    std::fs::set_permissions(format!("/proc/self/fd/{}", place.as_raw_fd()), Permissions::from_mode(mode))
}

/// Lets the account of scripts go through a run folder and the two above it, to what is theirs, without looking around in
/// them; where scripts have none of their own, nobody.
pub fn let_pass(folder: &Path, account: Option<&Account>) -> io::Result<()> {
    let mode = if account.is_some() { 0o711 } else { 0o700 };
    for folder in folder.ancestors().take(3) {
        if folder.metadata()?.mode() & 0o7777 != mode {
            std::fs::set_permissions(folder, Permissions::from_mode(mode))?;
        }
    }
    Ok(())
}

/// Gives a file or folder to the account of the scripts, if they have one of their own.
pub fn give(place: impl AsFd, account: Option<&Account>) -> io::Result<()> {
    let Some(account) = account else { return Ok(()) };
    let found = fstat(&place)?;
    if (found.st_uid, found.st_gid) != (account.uid, account.gid) {
        let (uid, gid) = (Uid::from_raw(account.uid), Gid::from_raw(account.gid));
        chownat(&place, c"", Some(uid), Some(gid), AtFlags::EMPTY_PATH)?;
    }
    Ok(())
}
