//! The reserve: a file that keeps some room on the disk of the data folder. When the disk is nearly full it goes, so that the
//! database can write: what runs ends in order, the server starts again, and what is not needed can be removed.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{FallocateFlags, fallocate};
use rustix::io::Errno;

use crate::domain::disk::DiskRoom;
use crate::regular_file;

/// How large it is where there is room for it.
const SIZE: u64 = 32 * 1024 * 1024;

/// So much free space is left at least when it is made, in its own sizes: it must not be what fills the disk.
const BESIDE_IT: u64 = 4;

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReserveChange {
    /// Nothing.
    Kept,
    /// It went, since the disk is nearly full.
    Released,
    /// It is there again.
    Made,
}

/// The file.
#[derive(Debug, Clone)]
pub struct Reserve {
    file: PathBuf,
}

impl Reserve {
    /// In that data folder.
    pub fn of(data: &Path) -> Self {
        Self { file: data.join("reserve") }
    }

    /// Makes it, or lets it go, as the disk is now. Where no limit is set there is none.
    pub fn adjust(&self, room: DiskRoom) -> io::Result<ReserveChange> {
        let size = SIZE.min(room.least / 4);
        let there = self.file.try_exists()?;
        if there && (room.free < size || size == 0) {
            return self.release();
        }
        if !there && size > 0 && room.free >= room.least.saturating_add(size * BESIDE_IT) {
            self.make(size)?;
            return Ok(ReserveChange::Made);
        }
        Ok(ReserveChange::Kept)
    }

    /// Lets it go.
    pub fn release(&self) -> io::Result<ReserveChange> {
        match std::fs::remove_file(&self.file) {
            Ok(()) => Ok(ReserveChange::Released),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(ReserveChange::Kept),
            Err(error) => Err(error),
        }
    }

    fn make(&self, size: u64) -> io::Result<()> {
        let file = regular_file::open_with(regular_file::private().create(true).truncate(true), &self.file)?;
        let made = allocate(&file, size);
        if made.is_err() {
            // One that has less than it says would be worse than none.
            self.release()?;
        }
        made
    }
}

fn allocate(file: &File, size: u64) -> io::Result<()> {
    match fallocate(file, FallocateFlags::empty(), 0, size) {
        Ok(()) => Ok(()),
        // A file of holes keeps no room: there is none on such a file system.
        Err(Errno::OPNOTSUPP | Errno::NOSYS) => Err(io::ErrorKind::Unsupported.into()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(free: u64) -> DiskRoom {
        DiskRoom { free, total: 1 << 30, least: 1 << 20 }
    }

    #[test]
    fn d13_the_reserve_is_made_where_there_is_room_and_goes_when_the_disk_is_nearly_full() {
        let folder = tempfile::tempdir().unwrap();
        let (reserve, file) = (Reserve::of(folder.path()), folder.path().join("reserve"));
        assert_eq!(reserve.adjust(room(1 << 20)).unwrap(), ReserveChange::Kept, "there is no room for it");
        assert_eq!(reserve.adjust(room(1 << 24)).unwrap(), ReserveChange::Made);
        assert_eq!(std::fs::metadata(&file).unwrap().len(), (1 << 20) / 4);
        assert_eq!(reserve.adjust(room(1 << 24)).unwrap(), ReserveChange::Kept);
        assert_eq!(reserve.adjust(room(1 << 19)).unwrap(), ReserveChange::Kept, "short, but not nearly full");
        assert_eq!(reserve.adjust(room(1000)).unwrap(), ReserveChange::Released);
        assert!(!file.exists());
        assert_eq!(reserve.adjust(room(1000)).unwrap(), ReserveChange::Kept);
        let unlimited = DiskRoom { least: 0, ..room(1 << 29) };
        assert_eq!(reserve.adjust(unlimited).unwrap(), ReserveChange::Kept);
        reserve.adjust(room(1 << 24)).unwrap();
        assert_eq!(reserve.adjust(unlimited).unwrap(), ReserveChange::Released, "without a limit there is none");
    }
}
