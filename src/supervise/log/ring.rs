//! The files that a log is written to: its beginning, then a ring of segments, so that it takes no more than so much of the
//! disk however long a script writes.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::failpoints;
use crate::runlog::{SEGMENTS, SegmentHead, segment_path};

/// The files, of which one is written to.
#[derive(Debug)]
pub(super) struct Ring {
    path: PathBuf,
    /// The beginning, and the segments by their places, as far as they were made.
    first: File,
    segments: [Option<File>; SEGMENTS],
    /// How many segments were begun.
    begun: usize,
    /// Where the file that is written to begins in the log, and how long it is.
    start: u64,
    length: u64,
    /// How long the beginning may become, and a segment.
    most_of_first: u64,
    most_of_segment: u64,
}

impl Ring {
    /// Begins a log of which so many bytes are kept: half of them from its beginning, half from its end.
    pub(super) fn create(path: &Path, limit: u64) -> io::Result<Self> {
        let half = limit / 2;
        Ok(Self {
            path: path.to_owned(),
            first: OpenOptions::new().append(true).create(true).mode(0o600).open(path)?,
            segments: [const { None }; SEGMENTS],
            begun: 0,
            start: 0,
            length: 0,
            most_of_first: half,
            most_of_segment: half / (SEGMENTS as u64 - 1),
        })
    }

    /// Whether so many bytes more are too many for the file that is written to, so that the next segment is to begin.
    pub(super) fn is_full_with(&self, bytes: usize) -> bool {
        let most = if self.begun == 0 { self.most_of_first } else { self.most_of_segment };
        self.length + bytes as u64 > most
    }

    /// Begins the next segment, with the line of that number. The oldest one goes, if there is no other place.
    pub(super) fn begin_segment(&mut self, number: u64, stamp: &str) -> io::Result<()> {
        let slot = self.begun % SEGMENTS;
        let path = segment_path(&self.path, slot);
        // Whoever reads the old one goes on reading it.
        match std::fs::remove_file(&path) {
            Err(problem) if problem.kind() != ErrorKind::NotFound => return Err(problem),
            Ok(()) | Err(_) => {}
        }
        failpoints::reach("supervise.log.segment");
        let mut file = OpenOptions::new().append(true).create_new(true).mode(0o600).open(&path)?;
        let (mut head, at) = (Vec::new(), self.start + self.length);
        SegmentHead { number, at }.write(&mut head, stamp);
        file.write_all(&head)?;
        self.segments[slot] = Some(file);
        self.begun += 1;
        (self.start, self.length) = (at, head.len() as u64);
        Ok(())
    }

    /// Adds all of it, or nothing; the inner error says that half of it may be there, and that nothing can follow.
    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<io::Result<()>, io::Error> {
        let length = self.length;
        let (begin, rest) = bytes.split_at(failpoints::middle(bytes.len()));
        let mut file = self.current();
        let written = file.write_all(begin).and_then(|()| {
            failpoints::reach("supervise.log.middle");
            file.write_all(rest)
        });
        if written.is_ok() {
            self.length += bytes.len() as u64;
        } else {
            file.set_len(length)?;
        }
        Ok(written)
    }

    fn current(&self) -> &File {
        let segment = self.begun.checked_sub(1).and_then(|last| self.segments[last % SEGMENTS].as_ref());
        segment.unwrap_or(&self.first)
    }

    /// Whether nothing was written.
    pub(super) fn is_empty(&self) -> bool {
        self.start + self.length == 0
    }

    /// Has the disk keep what was written.
    pub(super) fn sync(&self) -> io::Result<()> {
        std::iter::once(&self.first).chain(self.segments.iter().flatten()).try_for_each(File::sync_data)
    }
}
