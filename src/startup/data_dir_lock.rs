//! The data folder, held by one server at a time: two would pick up each other's scripts, since both have its name.

use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use tokio::time::sleep;

use crate::regular_file;
use crate::store::new_id;

/// How long after the end of a server that was killed its folder may still be held: by a process that it was about to
/// begin and that has not become a supervisor yet, which holds whatever the server held until then.
const LINGERS: Duration = Duration::from_secs(2);

/// Between two looks at a folder that is held.
const FAST_POLL: Duration = Duration::from_millis(20);

/// A data folder that nobody else serves, until this is dropped or the process ends, however it ends.
#[derive(Debug)]
pub struct DataDirLock {
    path: PathBuf,
    /// Closed when a script's supervisor is started, so that no script holds the folder.
    _lock: File,
}

impl DataDirLock {
    /// Takes the folder, or says that another server has it.
    pub async fn take(path: &Path) -> anyhow::Result<Self> {
        let taken = Self::take_patiently(path).await?;
        taken.with_context(|| format!("another Tollgate serves this data folder: {}", path.display()))
    }

    /// Takes the folder, also from a server that is just ending; nothing if one has it for longer.
    pub async fn take_patiently(path: &Path) -> anyhow::Result<Option<Self>> {
        let asked = Instant::now();
        loop {
            let taken = Self::try_take(path)?;
            if taken.is_some() || asked.elapsed() >= LINGERS {
                return Ok(taken);
            }
            sleep(FAST_POLL).await;
        }
    }

    /// Takes the folder at once; nothing if a server has it.
    pub fn try_take(path: &Path) -> anyhow::Result<Option<Self>> {
        let file = path.join("lock");
        let lock = regular_file::private()
            .create(true)
            .truncate(false)
            .open(&file)
            .with_context(|| format!("{} cannot be opened", file.display()))?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Self { path: path.to_owned(), _lock: lock })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("{} cannot be locked", file.display()))
            }
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The name of the folder's engine: what it claimed before the last stop is its own to pick up again. Made at the
    /// first start; what a crash left half written counts as missing.
    pub fn node(&self) -> anyhow::Result<String> {
        let file = self.path.join("node");
        match std::fs::read_to_string(&file) {
            Ok(node) if !node.trim().is_empty() => return Ok(node.trim().to_owned()),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("{} cannot be read", file.display())),
        }
        let node = new_id::<uuid::Uuid>().to_string();
        self.write(&file, &node).with_context(|| format!("{} cannot be written", file.display()))?;
        Ok(node)
    }

    /// Whole or not at all, and still there after the machine's crash.
    fn write(&self, path: &Path, text: &str) -> io::Result<()> {
        let aside = path.with_extension("new");
        let mut file = regular_file::private().create(true).truncate(true).open(&aside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&aside, path)?;
        File::open(&self.path)?.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::poll;

    use super::*;

    #[tokio::test]
    async fn one_server_at_a_time_holds_a_data_folder() {
        let folder = tempfile::tempdir().unwrap();
        let _held = DataDirLock::take(folder.path()).await.unwrap();
        let refused = DataDirLock::take(folder.path()).await.unwrap_err().to_string();
        assert_eq!(refused, format!("another Tollgate serves this data folder: {}", folder.path().display()));
    }

    /// As after a kill of a server that was about to begin a script.
    #[tokio::test]
    async fn a_folder_that_is_held_for_a_moment_longer_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let held = DataDirLock::take(folder.path()).await.unwrap();
        let mut next = Box::pin(DataDirLock::take(folder.path()));
        assert!(poll!(&mut next).is_pending());
        drop(held);
        next.await.unwrap();
    }

    #[test]
    fn the_name_stays_and_a_half_written_one_counts_as_missing() {
        let folder = tempfile::tempdir().unwrap();
        let held = DataDirLock::try_take(folder.path()).unwrap().unwrap();
        let node = held.node().unwrap();
        assert_eq!(held.node().unwrap(), node);
        std::fs::write(folder.path().join("node"), "\n").unwrap();
        let fresh = held.node().unwrap();
        assert!(!fresh.is_empty() && fresh != node);
        assert_eq!(held.node().unwrap(), fresh);
    }
}
