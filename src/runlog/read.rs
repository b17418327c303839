//! Reads lines from a log, from its end or from a place in it, while it may still grow.

use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use chrono::{DateTime, Utc};

use super::record::{Record, RecordKind};
use crate::regular_file;

/// The fewest bytes that a read looks at: more than the records of any one line.
pub const SMALLEST_READ: u64 = 64 * 1024;

/// The most bytes of which a window of lines is made.
const LARGEST_READ: u64 = 4 * 1024 * 1024;

/// One line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// Its number, from 1.
    pub number: u64,
    /// Where it begins in the log.
    pub offset: u64,
    /// When its first part came.
    pub at: DateTime<Utc>,
    /// Its text, without a newline; carriage returns and escape sequences are in it.
    pub text: String,
    /// Whether it was not ended yet: a later read gives the line again, with the same number and more text.
    pub partial: bool,
    /// Whether Tollgate itself says it, and not the script.
    pub remark: bool,
}

/// Some lines of a log, and where to go on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chunk {
    /// The lines, in order.
    pub lines: Vec<LogEntry>,
    /// The offset from which the next read goes on; it is the start of a line that was partial.
    pub next: u64,
}

/// How many bytes the log has; 0 when there is none yet.
pub fn size(path: &Path) -> io::Result<u64> {
    match regular_file::metadata(path) {
        Ok(metadata) => Ok(metadata.len()),
        Err(problem) if problem.kind() == ErrorKind::NotFound => Ok(0),
        Err(problem) => Err(problem),
    }
}

/// Reads lines from `offset` on (0, or the `next` of an earlier read), looking at no more than `max_bytes` of the log
/// (but at least [`SMALLEST_READ`]).
pub fn read_from(path: &Path, offset: u64, max_bytes: u64) -> io::Result<Chunk> {
    let max_bytes = max_bytes.max(SMALLEST_READ);
    let Some((bytes, length)) = bytes_from(path, offset, max_bytes)? else {
        return Ok(Chunk { lines: Vec::new(), next: offset });
    };
    Ok(lines_from(&bytes, offset, offset.saturating_add(max_bytes) < length))
}

/// The lines of `bytes`, which begin at the line at `offset`. When there is more to read behind them, a line that
/// they end in is left for later.
pub fn lines_from(bytes: &[u8], offset: u64, more_to_read: bool) -> Chunk {
    let mut chunk = lines_of(bytes, offset);
    if more_to_read && chunk.lines.last().is_some_and(|line| line.partial) {
        chunk.lines.pop();
    }
    chunk
}

/// Reads the last `max_lines` lines, or fewer when they are very long; `next` is where a later [`read_from`] goes on.
pub fn read_tail(path: &Path, max_lines: usize) -> io::Result<Chunk> {
    read_before(path, size(path)?, max_lines)
}

/// Reads the last `max_lines` lines that end before `end`, the offset of a line or of the end of the log.
pub fn read_before(path: &Path, end: u64, max_lines: usize) -> io::Result<Chunk> {
    let mut window = LastLines::before(end.min(size(path)?), max_lines);
    loop {
        let (start, length) = window.wanted();
        let Some((bytes, _)) = bytes_from(path, start, length)? else {
            return Ok(Chunk::default());
        };
        if let Some(chunk) = window.in_bytes(&bytes) {
            return Ok(chunk);
        }
    }
}

/// Looks for the last lines before an offset, in more and more bytes.
#[derive(Debug)]
pub struct LastLines {
    end: u64,
    max_lines: usize,
    span: u64,
}

impl LastLines {
    /// The last `max_lines` lines that end before `end`.
    pub fn before(end: u64, max_lines: usize) -> Self {
        Self { end, max_lines, span: SMALLEST_READ }
    }

    /// Which bytes to look at: their offset, and how many.
    pub fn wanted(&self) -> (u64, u64) {
        let start = self.end.saturating_sub(self.span);
        (start, self.end - start)
    }

    /// The lines, if these are enough bytes; else more are wanted.
    pub fn in_bytes(&mut self, bytes: &[u8]) -> Option<Chunk> {
        let (start, _) = self.wanted();
        let (chunk, whole) = last_lines(bytes, start, self.max_lines);
        if whole || self.span >= LARGEST_READ {
            return Some(chunk);
        }
        self.span = self.span.saturating_mul(4);
        None
    }
}

/// The last `max_lines` lines of bytes that begin at `offset`, and whether there cannot be more than these.
pub(super) fn last_lines(bytes: &[u8], offset: u64, max_lines: usize) -> (Chunk, bool) {
    let mut chunk = if offset == 0 { lines_of(bytes, 0) } else { without_first_line(bytes, offset) };
    let whole = offset == 0 || chunk.lines.len() >= max_lines;
    let surplus = chunk.lines.len().saturating_sub(max_lines);
    chunk.lines.drain(..surplus);
    (chunk, whole)
}

/// The bytes from `offset` on, and how long the file is; nothing when there is no file yet.
fn bytes_from(path: &Path, offset: u64, max_bytes: u64) -> io::Result<Option<(Vec<u8>, u64)>> {
    let mut file = match regular_file::open(path) {
        Ok(file) => file,
        Err(problem) if problem.kind() == ErrorKind::NotFound => return Ok(None),
        Err(problem) => return Err(problem),
    };
    let length = file.metadata()?.len();
    // A page may ask for any offset; behind the end there is nothing, and no way to seek to some of them.
    if offset >= length {
        return Ok(Some((Vec::new(), length)));
    }
    file.seek(SeekFrom::Start(offset))?;
    let expected = length.saturating_sub(offset).min(max_bytes);
    let mut bytes = Vec::with_capacity(usize::try_from(expected).unwrap_or_default());
    file.take(max_bytes).read_to_end(&mut bytes)?;
    Ok(Some((bytes, length)))
}

/// The lines of `bytes`, which begin at a line; what follows the last newline is left for later.
fn lines_of(bytes: &[u8], offset: u64) -> Chunk {
    let mut chunk = Chunk { lines: Vec::new(), next: offset };
    let mut position = offset;
    let mut line_start = offset;
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        let Some(line) = line.strip_suffix(b"\n") else {
            break;
        };
        let start = position;
        position += line.len() as u64 + 1;
        let Some(record) = Record::parse(line) else {
            continue;
        };
        match chunk.lines.last_mut() {
            Some(last) if last.partial && last.number == record.number => last.extend(&record),
            last => {
                // A line that another number follows gets no more text, whatever its last record said.
                if let Some(last) = last {
                    last.partial = false;
                }
                line_start = start;
                chunk.lines.push(LogEntry::of(record, start));
            }
        }
    }
    let unfinished = chunk.lines.last().is_some_and(|line| line.partial);
    chunk.next = if unfinished { line_start } else { position };
    chunk
}

/// The lines of `bytes`, which begin anywhere: the first line of which there is a trace may be cut, and is left out.
fn without_first_line(bytes: &[u8], offset: u64) -> Chunk {
    let Some(newline) = bytes.iter().position(|&byte| byte == b'\n') else {
        return Chunk { lines: Vec::new(), next: offset };
    };
    let skipped = newline + 1;
    let mut chunk = lines_of(&bytes[skipped..], offset + skipped as u64);
    if !chunk.lines.is_empty() {
        chunk.lines.remove(0);
    }
    chunk
}

impl LogEntry {
    fn of(record: Record<'_>, offset: u64) -> Self {
        Self {
            number: record.number,
            offset,
            at: record.at,
            text: record.text.into_owned(),
            partial: record.mark == RecordKind::More,
            remark: record.mark == RecordKind::Remark,
        }
    }

    fn extend(&mut self, record: &Record<'_>) {
        self.text.push_str(&record.text);
        self.partial = record.mark == RecordKind::More;
    }
}

#[cfg(test)]
mod tests;
