//! Lines of the bytes of a log, from its end or from a place in it, while it may still grow.

use chrono::{DateTime, Utc};

use super::record::{Record, RecordKind};

/// The fewest bytes that a read looks at: more than the records of any one line.
pub const SMALLEST_READ: u64 = 64 * 1024;

/// The most bytes of which a window of lines is made.
const LARGEST_READ: u64 = 4 * 1024 * 1024;

/// One line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// Its number, from 1.
    pub number: u64,
    /// Where it begins in the log: its first record, or the last that has all of it anew.
    pub offset: u64,
    /// When that came.
    pub at: DateTime<Utc>,
    /// Its text, without a newline; carriage returns and escape sequences are in it.
    pub text: String,
    /// Whether it was not ended yet: a later read gives the line again, with the same number and more text.
    pub partial: bool,
    /// Whether Tollgate itself says it, and not the script.
    pub remark: bool,
    /// How many lines were not kept, in whose place this remark stands: those from its number on. 0 with every other line.
    pub dropped: u64,
}

/// Some lines of a log, and where to go on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chunk {
    /// The lines, in order.
    pub lines: Vec<LogEntry>,
    /// The offset from which the next read goes on; it is the start of a line that was partial.
    pub next: u64,
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

/// Why a window begins where it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WindowEnd {
    /// Nothing is before it.
    Floor,
    /// It has as much as it may.
    Full,
}

/// Looks for the last lines before an offset, in more and more bytes.
#[derive(Debug)]
pub(super) struct LastLines {
    floor: u64,
    end: u64,
    max_lines: usize,
    span: u64,
}

impl LastLines {
    /// The last `max_lines` lines that begin at `floor`, which is the start of a line, or behind it, and end before `end`.
    pub(super) fn between(floor: u64, end: u64, max_lines: usize) -> Self {
        Self { floor, end, max_lines, span: SMALLEST_READ }
    }

    /// Which bytes to look at: their offset, and how many.
    pub(super) fn wanted(&self) -> (u64, u64) {
        let start = self.end.saturating_sub(self.span).max(self.floor);
        (start, self.end - start)
    }

    /// The lines, if these are enough bytes, and why there are no more; else more bytes are wanted.
    pub(super) fn in_bytes(&mut self, bytes: &[u8]) -> Option<(Chunk, WindowEnd)> {
        let (start, _) = self.wanted();
        let is_start = start == self.floor;
        let (chunk, whole) = last_lines(bytes, start, is_start, self.max_lines);
        if whole || self.span >= LARGEST_READ {
            return Some((chunk, if is_start { WindowEnd::Floor } else { WindowEnd::Full }));
        }
        self.span = self.span.saturating_mul(4);
        None
    }
}

/// The last `max_lines` lines of bytes that begin at `offset`, maybe the start of the first line, and whether there cannot
/// be more than these.
pub(super) fn last_lines(bytes: &[u8], offset: u64, is_start: bool, max_lines: usize) -> (Chunk, bool) {
    let mut chunk = if is_start { lines_of(bytes, offset) } else { without_first_line(bytes, offset) };
    let whole = is_start || chunk.lines.len() >= max_lines;
    let surplus = chunk.lines.len().saturating_sub(max_lines);
    chunk.lines.drain(..surplus);
    (chunk, whole)
}

/// The lines of `bytes`, which begin at a line; what follows the last newline is left for later.
pub(super) fn lines_of(bytes: &[u8], offset: u64) -> Chunk {
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
            Some(last) if last.partial && last.number == record.number => {
                if record.mark.is_anew() {
                    line_start = start;
                }
                last.extend(&record, start);
            }
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
    let rest = &bytes[skipped..];
    let mut chunk = lines_of(rest, offset + skipped as u64);
    // What is there anew is whole, and alone may take more than is ever looked at.
    let is_whole = |line: &LogEntry| {
        let start = usize::try_from(line.offset - offset).unwrap_or(usize::MAX);
        let record = bytes[start..].split(|&byte| byte == b'\n').next().and_then(Record::parse);
        record.is_some_and(|record| record.mark.is_anew())
    };
    if chunk.lines.first().is_some_and(|line| !is_whole(line)) {
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
            partial: record.mark.is_open(),
            remark: record.mark == RecordKind::Remark,
            dropped: 0,
        }
    }

    fn extend(&mut self, record: &Record<'_>, offset: u64) {
        if record.mark.is_anew() {
            self.text.clear();
            (self.offset, self.at) = (offset, record.at);
        }
        self.text.push_str(&record.text);
        self.partial = record.mark.is_open();
    }
}

#[cfg(test)]
mod tests;
