//! The lock of whoever removes files of a data folder: the server and `tollgate prune` do not trip over each other, and while
//! a backup is packed nothing goes that its copy of the database still has.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::Duration;

use tokio::time::sleep;

use crate::regular_file;

/// Between two looks at a lock that is held.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Held until it is dropped, or the process ends.
#[derive(Debug)]
pub struct PruneLock(#[expect(dead_code, reason = "held for its lock, which closing it gives up")] File);

impl PruneLock {
    /// Takes it; nothing if somebody has it.
    pub fn try_take(data: &Path) -> io::Result<Option<Self>> {
        let file = regular_file::private().create(true).truncate(false).open(data.join("prune.lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Waits for it.
    pub async fn take(data: &Path) -> io::Result<Self> {
        loop {
            match Self::try_take(data)? {
                Some(lock) => return Ok(lock),
                None => sleep(POLL_INTERVAL).await,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_at_a_time_removes_files() {
        let folder = tempfile::tempdir().unwrap();
        let held = PruneLock::take(folder.path()).await.unwrap();
        assert!(PruneLock::try_take(folder.path()).unwrap().is_none());
        drop(held);
        assert!(PruneLock::try_take(folder.path()).unwrap().is_some());
    }
}
