//! The modes of folders and files of the server, which a script under the server's own account can change, since the kernel's Landlock
//! does not keep that from it: they are set right again, and it is said.

use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// The modes that some folders and files had.
#[derive(Debug, Clone, Default)]
pub struct Modes(BTreeMap<PathBuf, u32>);

impl Modes {
    /// As they are now. What is not there has none.
    pub fn of<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Self {
        let modes = paths.into_iter().filter_map(|path| Some((path.to_owned(), mode(path)?)));
        Self(modes.collect())
    }

    /// Adds those of paths that were not there before.
    pub fn learn<'a>(&mut self, paths: impl IntoIterator<Item = &'a Path>) {
        for path in paths {
            if !self.0.contains_key(path)
                && let Some(mode) = mode(path)
            {
                self.0.insert(path.to_owned(), mode);
            }
        }
    }

    /// Sets those right that keep the owner out now or let others in, the upper ones first, and answers which.
    pub fn restore(&self) -> Vec<&Path> {
        // In this order a folder comes before what lies in it.
        let changed =
            self.0.iter().filter(|(path, was)| mode(path).is_some_and(|is| is != **was && !is_sound(path, is)));
        changed.filter(|(path, was)| set(path, **was)).map(|(path, _)| path.as_path()).collect()
    }
}

/// Gives the owner of a run folder, and of the four folders above it, back what a script may have taken: those down to the
/// data folder.
pub fn reopen(run_folder: &Path) {
    let folders: Vec<&Path> = run_folder.ancestors().take(5).collect();
    for folder in folders.into_iter().rev() {
        if let Some(mode) = mode(folder).filter(|mode| mode & 0o700 != 0o700) {
            set(folder, mode | 0o700);
        }
    }
}

/// Whether the owner may do everything, and others at most go through.
fn is_sound(path: &Path, mode: u32) -> bool {
    if path.is_dir() { mode & 0o7766 == 0o700 } else { mode & 0o7777 == 0o600 }
}

fn mode(path: &Path) -> Option<u32> {
    Some(path.symlink_metadata().ok().filter(|found| !found.is_symlink())?.mode() & 0o7777)
}

fn set(path: &Path, mode: u32) -> bool {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_changed_is_set_right_and_named() {
        let home = tempfile::tempdir().unwrap();
        let (data, run) = (home.path().join("data"), home.path().join("data/runs/1/task/1"));
        std::fs::create_dir_all(&run).unwrap();
        set(&data, 0o700);
        let modes = Modes::of([data.as_path(), run.as_path(), Path::new("/no/such/folder")]);
        assert!(modes.restore().is_empty());
        set(&run, 0o711);
        assert!(modes.restore().is_empty(), "the account of scripts may have to go through");
        set(&run, 0o000);
        set(&data, 0o777);
        assert_eq!(modes.restore(), [data.as_path(), run.as_path()]);
        assert_eq!(mode(&data), Some(0o700));
        set(&run, 0o000);
        set(&data, 0o000);
        reopen(&run);
        assert_eq!((mode(&data), mode(&run)), (Some(0o700), Some(0o700)));
    }
}
