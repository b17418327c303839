//! Free space of the disk of the data folder, and how much of it is to be free so that anything new is started.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rustix::fs::statvfs;

use crate::domain::disk::DiskRoom;

/// Bytes that are free, and all that there are.
pub type DiskBytes = (u64, u64);

/// Asks a disk for its free space, and knows how much there is to be.
#[derive(Clone)]
pub struct FreeSpace {
    ask: Arc<dyn Fn() -> io::Result<DiskBytes> + Send + Sync>,
    least: u64,
}

impl FreeSpace {
    /// The disk of that folder.
    pub fn of(folder: &Path, least: u64) -> Self {
        let folder = folder.to_owned();
        Self::told_by(move || Ok(room_of(&folder)?), least)
    }

    /// A disk that is as the function says, for tests.
    pub fn told_by(ask: impl Fn() -> io::Result<DiskBytes> + Send + Sync + 'static, least: u64) -> Self {
        Self { ask: Arc::new(ask), least }
    }

    /// A disk that is never full, where nothing is ever started.
    pub fn unlimited() -> Self {
        Self::told_by(|| Ok((u64::MAX, u64::MAX)), 0)
    }

    /// What is free now. A disk that does not say counts as one that has enough: what is started finds out.
    pub fn room(&self) -> Option<DiskRoom> {
        match (self.ask)() {
            Ok((free, total)) => Some(DiskRoom { free, total, least: self.least }),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "could not read free space of disk");
                None
            }
        }
    }

    /// The same, if less is free than is to be.
    pub fn shortage(&self) -> Option<DiskRoom> {
        self.room().filter(DiskRoom::is_short)
    }
}

/// What is free for us, not for root alone.
fn room_of(folder: &Path) -> rustix::io::Result<DiskBytes> {
    let found = statvfs(folder)?;
    Ok((found.f_bavail.saturating_mul(found.f_frsize), found.f_blocks.saturating_mul(found.f_frsize)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_short_below_what_is_to_be_free() {
        let told = |free| FreeSpace::told_by(move || Ok((free, 1000)), 100);
        assert_eq!(told(100).shortage(), None);
        assert_eq!(told(99).shortage(), Some(DiskRoom { free: 99, total: 1000, least: 100 }));
        assert_eq!(FreeSpace::told_by(|| Err(io::Error::other("away")), 100).shortage(), None);
        assert_eq!(FreeSpace::unlimited().shortage(), None);
    }

    #[test]
    fn the_disk_of_a_folder_has_some_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let room = FreeSpace::of(folder.path(), 0).room().unwrap();
        assert!(room.total > 0 && room.free <= room.total);
    }
}
