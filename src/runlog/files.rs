//! The files of a log: its beginning, and a ring of segments with its end.
//!
//! The file `log` has the beginning. What comes when that is full goes into `log.0`, `log.1` and so on; after the last of
//! these the first is written anew, so that the newest segments are there however long a script writes. A segment begins at
//! a line, or at a record that has its line anew, and says at which offset. Offsets count every byte that was ever written:
//! what is no longer kept is a hole, always the same one, which grows at its end.

use std::ffi::OsString;
use std::fs::File;
use std::future::{Future, ready};
use std::io::{self, ErrorKind};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use super::record::SegmentHead;
use super::window::LogBytes;
use crate::regular_file;

/// How many bytes are kept of the beginning of a log, and how many of its end at least: of records, so that a log of very
/// many short lines takes no more room than one of long lines.
pub const KEPT_LEN: u64 = 4 * 1024 * 1024;

/// How many segments the end is made of: all but one have that many bytes together.
pub const SEGMENTS: usize = 5;

/// The most bytes of a segment: far more than a supervisor writes, but a script may have put another file in its place.
const MAX_SEGMENT_LEN: u64 = 4 * KEPT_LEN;

/// How often it is looked again while segments come and go.
const LOOKS: usize = 64;

/// Which bytes of a log there are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extent {
    /// What is not kept between the beginning and the end.
    pub dropped: Option<Range<u64>>,
    /// How many bytes were ever written.
    pub end: u64,
}

/// The file of a segment.
pub fn segment_path(log: &Path, slot: usize) -> PathBuf {
    let mut name: OsString = log.as_os_str().to_owned();
    name.push(format!(".{slot}"));
    name.into()
}

/// Whether a file of a run folder has a part of the log.
pub fn is_of_log(name: &str) -> bool {
    name == "log" || (0..SEGMENTS).any(|slot| name.strip_prefix("log.").is_some_and(|rest| rest == slot.to_string()))
}

/// How many bytes were written to the log; 0 when there is none yet.
pub fn size(path: &Path) -> io::Result<u64> {
    Ok(LogFiles::open(path)?.extent_now().end)
}

/// The files of a log as they are at one moment, whatever is written and dropped meanwhile.
#[derive(Debug, Default)]
pub struct LogFiles {
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    file: File,
    start: u64,
    length: u64,
}

impl Part {
    fn end(&self) -> u64 {
        self.start.saturating_add(self.length)
    }
}

impl LogFiles {
    /// Opens what there is; a log that does not exist yet is empty.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut looks = LOOKS;
        loop {
            looks -= 1;
            let (parts, is_whole) = Self::look(path)?;
            if is_whole || looks == 0 {
                return Ok(Self { parts });
            }
        }
    }

    /// What is there now, and whether no segment was missed that was written while others were looked at.
    fn look(path: &Path) -> io::Result<(Vec<Part>, bool)> {
        let Some(first) = opened(path)? else { return Ok((Vec::new(), true)) };
        let mut segments = Vec::new();
        for slot in 0..SEGMENTS {
            let Some(file) = opened(&segment_path(path, slot))? else { continue };
            let mut bytes = [0; SegmentHead::MAX_LEN];
            let read = read_at(&file, &mut bytes, 0)?;
            if let Some(head) = SegmentHead::parse(&bytes[..read]) {
                segments.push((head.at, file));
            }
        }
        segments.sort_by_key(|(start, _)| *start);
        // How long one is counts after the next was found: then it grows no more.
        let part = |(start, file): (u64, File)| Ok(Part { length: file.metadata()?.len(), start, file });
        let first = part((0, first))?;
        let mut segments: Vec<Part> = segments.into_iter().map(part).collect::<io::Result<_>>()?;
        for segment in &mut segments {
            segment.length = segment.length.min(MAX_SEGMENT_LEN);
        }
        let follow = |pair: &[Part]| pair[0].end() == pair[1].start;
        let is_whole = segments.windows(2).all(follow);
        let newest = segments.windows(2).rposition(|pair| !follow(pair)).map_or(0, |at| at + 1);
        segments.drain(..newest);
        // A script may have put something else in its place.
        segments.retain(|segment| segment.start >= first.length);
        Ok((std::iter::once(first).chain(segments).collect(), is_whole))
    }

    /// Which bytes there are.
    pub fn extent_now(&self) -> Extent {
        let end = self.parts.last().map_or(0, Part::end);
        let dropped = match self.parts.as_slice() {
            [first, second, ..] if first.end() < second.start => Some(first.end()..second.start),
            _ => None,
        };
        Extent { dropped, end }
    }

    /// The bytes from there on that are in one file, so many at most.
    pub fn bytes_of_one(&self, offset: u64, most: u64) -> io::Result<Vec<u8>> {
        let Some(part) = self.parts.iter().find(|part| (part.start..part.end()).contains(&offset)) else {
            return Ok(Vec::new());
        };
        let wanted = (part.end() - offset).min(most);
        let mut bytes = vec![0; usize::try_from(wanted).unwrap_or(usize::MAX)];
        let read = read_at(&part.file, &mut bytes, offset - part.start)?;
        bytes.truncate(read);
        Ok(bytes)
    }

    fn bytes_now(&self, offset: u64, most: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        loop {
            let read = bytes.len() as u64;
            let more = self.bytes_of_one(offset.saturating_add(read), most - read)?;
            if more.is_empty() {
                return Ok(bytes);
            }
            bytes.extend(more);
        }
    }
}

impl LogBytes for LogFiles {
    type Error = io::Error;

    fn extent(&self) -> impl Future<Output = io::Result<Extent>> + Send {
        ready(Ok(self.extent_now()))
    }

    fn bytes(&self, offset: u64, most: u64) -> impl Future<Output = io::Result<Vec<u8>>> + Send {
        ready(self.bytes_now(offset, most))
    }
}

fn opened(path: &Path) -> io::Result<Option<File>> {
    match regular_file::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(problem) if problem.kind() == ErrorKind::NotFound => Ok(None),
        Err(problem) => Err(problem),
    }
}

/// As many bytes as there are: a script may have made the file shorter.
fn read_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut read = 0;
    while read < bytes.len() {
        match file.read_at(&mut bytes[read..], offset + read as u64) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(problem) if problem.kind() == ErrorKind::Interrupted => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok(read)
}
