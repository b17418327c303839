//! Reading an archive: into an empty folder, and only if all of it is there.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Component, Path};

use flate2::read::GzDecoder;
use tar::{Archive, EntryType};

use super::{DATABASE, FORM, MANIFEST, Manifest, RUNS, WORKSPACE};

/// Lays what is in the archive into that folder, and answers what it says about itself. An error says what is wrong with it.
pub fn unpack(archive: &Path, folder: &Path) -> io::Result<Manifest> {
    let mut tar = Archive::new(GzDecoder::new(BufReader::new(File::open(archive)?)));
    tar.set_overwrite(false);
    tar.set_preserve_mtime(true);
    for entry in tar.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        let path = entry.path().map_err(damaged)?.into_owned();
        let ours = matches!(
            entry.header().entry_type(),
            EntryType::Regular | EntryType::GNUSparse | EntryType::Directory | EntryType::Symlink
        );
        if !ours || !is_ours(&path) || !entry.unpack_in(folder).map_err(damaged)? {
            return Err(wrong(&format!("it holds {}, which no backup of Tollgate does", path.display())));
        }
        if entry.header().entry_type() == EntryType::Directory {
            open_to_us(&folder.join(path))?;
        }
    }
    // The checksum of the whole stands behind its last entry.
    io::copy(&mut tar.into_inner(), &mut io::sink()).map_err(damaged)?;
    let manifest = manifest(&folder.join(MANIFEST))?;
    if !manifest.describes(&folder.join(DATABASE)).map_err(|_| wrong("it holds no database"))? {
        return Err(wrong("its database is not the one that was written into it"));
    }
    Ok(manifest)
}

/// Removes a folder with all that is in it, also where a script has left folders that nobody may write into.
pub fn remove(folder: &Path) -> io::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {}
        removed => return removed,
    }
    let mut left = vec![folder.to_owned()];
    while let Some(folder) = left.pop() {
        open_to_us(&folder)?;
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                left.push(entry.path());
            }
        }
    }
    std::fs::remove_dir_all(folder)
}

/// A folder is not always its owner's to write into: `go` leaves its modules so.
fn open_to_us(folder: &Path) -> io::Result<()> {
    let mut permissions = folder.symlink_metadata()?.permissions();
    permissions.set_mode(permissions.mode() | 0o700);
    std::fs::set_permissions(folder, permissions)
}

fn manifest(path: &Path) -> io::Result<Manifest> {
    let text = std::fs::read(path).map_err(|_| wrong("it is no backup of Tollgate"))?;
    let manifest: Manifest =
        serde_json::from_slice(&text).map_err(|_| wrong("what it says about itself is unknown"))?;
    if manifest.form > FORM {
        return Err(wrong(&format!("it was written by a newer Tollgate, {}", manifest.version)));
    }
    Ok(manifest)
}

fn is_ours(path: &Path) -> bool {
    let mut parts = path.components();
    let first = match parts.next() {
        Some(Component::Normal(first)) => first.to_str(),
        _ => None,
    };
    let alone = path.components().count() == 1;
    match first {
        Some(MANIFEST | DATABASE) => alone,
        Some(RUNS | WORKSPACE) => parts.all(|part| matches!(part, Component::Normal(_))),
        _ => false,
    }
}

/// What the disk did not take is not the archive's fault.
fn damaged(error: io::Error) -> io::Error {
    if matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem) {
        return error;
    }
    wrong(&format!("it is damaged or not whole: {error}"))
}

fn wrong(said: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, said)
}
