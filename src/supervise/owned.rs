//! Folders and files that belong to the account of scripts.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use rustix::fs::{Gid, OFlags, Uid, fchown};

use crate::confine::Account;

/// Makes a folder of the scripts, if need be with the folders above it, which are ours. No link is followed to it.
pub fn folder(path: &Path, account: Option<&Account>) -> io::Result<File> {
    if let Some(above) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o711).create(above)?;
    }
    match DirBuilder::new().mode(0o700).create(path) {
        Err(problem) if problem.kind() != ErrorKind::AlreadyExists => return Err(problem),
        _ => {}
    }
    let flags = (OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    let folder = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    give(&folder, account)?;
    Ok(folder)
}

/// Lets the account of scripts go through a run folder and the two above it, to what is theirs, without looking around in
/// them; where scripts have none of their own, nobody.
pub fn let_pass(folder: &Path, account: Option<&Account>) -> io::Result<()> {
    let mode = if account.is_some() { 0o711 } else { 0o700 };
    for folder in folder.ancestors().take(3) {
        if folder.metadata()?.mode() & 0o7777 != mode {
            std::fs::set_permissions(folder, std::fs::Permissions::from_mode(mode))?;
        }
    }
    Ok(())
}

/// Gives something to the account of the scripts, if they have one of their own.
pub fn give(file: &File, account: Option<&Account>) -> io::Result<()> {
    let Some(account) = account else { return Ok(()) };
    let found = file.metadata()?;
    if (found.uid(), found.gid()) != (account.uid, account.gid) {
        fchown(file, Some(Uid::from_raw(account.uid)), Some(Gid::from_raw(account.gid)))?;
    }
    Ok(())
}
