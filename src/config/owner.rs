//! Whose a file or folder is, for whoever may not use it.

use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use nix::unistd::{Uid, User, geteuid};

/// The name of the account that something belongs to, if it is neither ours nor we may do everything: of the thing itself, or of
/// the nearest folder above it that we may look at.
pub fn of(path: &Path) -> Option<String> {
    let own = geteuid();
    let found = path.ancestors().find_map(|path| path.symlink_metadata().ok())?;
    let owner = Uid::from_raw(found.uid());
    (!own.is_root() && owner != own).then(|| name(owner))
}

/// What is said of a data folder that is something else.
pub(super) const NO_FOLDER: &str = "it is no folder; say another with --data";

/// Refuses a file in the place of the data folder.
pub(super) fn no_file(folder: &Path) -> io::Result<()> {
    if folder.is_file() {
        return Err(io::Error::other(format!("the data folder {} cannot be used: {NO_FOLDER}", folder.display())));
    }
    Ok(())
}

/// The error with the name of the owner, if that is why.
pub(super) fn told(path: &Path, problem: io::Error) -> io::Error {
    match of(path) {
        Some(owner) if problem.kind() == io::ErrorKind::PermissionDenied => io::Error::new(
            problem.kind(),
            format!("it belongs to {owner}, and this is {}: run it as {owner}", name(geteuid())),
        ),
        _ => problem,
    }
}

fn name(uid: Uid) -> String {
    match User::from_uid(uid) {
        Ok(Some(user)) => user.name,
        Ok(None) | Err(_) => format!("the account number {uid}"),
    }
}
