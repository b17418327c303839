//! Windows of a log: lines from a place on, before a place, around a line, or with a text in them. A log is read the same way
//! wherever it is kept.

use std::borrow::Cow;
use std::future::Future;
use std::io;
use std::path::Path;

use futures_util::FutureExt as _;

use super::ansi;
use super::files::{Extent, KEPT_LEN, LogFiles};
use super::read::{Chunk, LastLines, LogEntry, SMALLEST_READ, WindowEnd, lines_from, lines_of};
use super::record::Record;

/// Where the bytes of a log are.
pub trait LogBytes {
    /// Why they cannot be read.
    type Error;

    /// Which there are.
    fn extent(&self) -> impl Future<Output = Result<Extent, Self::Error>> + Send;

    /// So many at most from there on, as far as they follow each other.
    fn bytes(&self, offset: u64, most: u64) -> impl Future<Output = Result<Vec<u8>, Self::Error>> + Send;
}

/// How a text is shown to people.
pub type ShowText = fn(&str) -> Cow<'_, str>;

/// Lines with a text in them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Matches {
    /// The last of them.
    pub lines: Vec<LogEntry>,
    /// How many there are.
    pub count: u64,
    /// How many lines were not kept and could not be looked at.
    pub dropped: u64,
}

/// Reads files, which nobody has to wait for.
fn at_once<T>(read: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    read.now_or_never().unwrap_or_else(|| Err(io::ErrorKind::WouldBlock.into()))
}

/// Reads lines of the log in files from `offset` on; see [`forward`].
pub fn read_from(path: &Path, offset: u64, most: u64) -> io::Result<Chunk> {
    at_once(forward(&LogFiles::open(path)?, offset, most))
}

/// Reads lines of the log in files that end before an offset; see [`backward`].
pub fn read_before(path: &Path, end: Option<u64>, most: usize) -> io::Result<Chunk> {
    at_once(backward(&LogFiles::open(path)?, end, most))
}

/// Where a line of the log in files begins; see [`offset_of`].
pub fn find_line(path: &Path, number: u64) -> io::Result<u64> {
    at_once(offset_of(&LogFiles::open(path)?, number))
}

/// Looks for a text in the log in files; see [`search`].
pub fn find_text(path: &Path, wanted: &str, shown: ShowText, most: usize) -> io::Result<Matches> {
    at_once(search(&LogFiles::open(path)?, wanted, shown, most))
}

/// Lines from `offset` on (0, or the `next` of an earlier read), looking at no more than `most` bytes, but at
/// [`SMALLEST_READ`]. In place of lines that are not kept stands a remark.
pub async fn forward<S: LogBytes>(source: &S, offset: u64, most: u64) -> Result<Chunk, S::Error> {
    let mut from = offset;
    loop {
        let chunk = step(source, from, most.max(SMALLEST_READ)).await?;
        // A line that was written over again and again may be longer than what is looked at, until its last state.
        if !chunk.lines.is_empty() || chunk.next <= from {
            return Ok(chunk);
        }
        from = chunk.next;
    }
}

async fn step<S: LogBytes>(source: &S, offset: u64, most: u64) -> Result<Chunk, S::Error> {
    let Extent { dropped, end } = source.extent().await?;
    let Some(dropped) = dropped.filter(|dropped| offset < dropped.end) else {
        let bytes = if offset < end { source.bytes(offset, most).await? } else { Vec::new() };
        let more = offset.saturating_add(bytes.len() as u64) < end && !bytes.is_empty();
        return Ok(lines_from(&bytes, offset, more));
    };
    let before = match dropped.start.checked_sub(offset) {
        Some(left) if left > 0 => source.bytes(offset, left.min(most)).await?,
        _ => Vec::new(),
    };
    let behind = offset.saturating_add(before.len() as u64);
    if behind < dropped.start {
        return Ok(lines_from(&before, offset, true));
    }
    let after = source.bytes(dropped.end, most).await?;
    let more = dropped.end.saturating_add(after.len() as u64) < end;
    let rest = lines_from(&after, dropped.end, more);
    let last = last_number(source, dropped.start).await?;
    Ok(joined(lines_of(&before, offset), rest, dropped.start..dropped.end, last))
}

/// The last `most` lines that end before `end`, the offset of a line, or the last of all. `next` is where [`forward`] goes on.
pub async fn backward<S: LogBytes>(source: &S, end: Option<u64>, most: usize) -> Result<Chunk, S::Error> {
    let extent = source.extent().await?;
    let until = end.unwrap_or(extent.end).min(extent.end);
    // Whatever is before a line has ended: an earlier record of that very line is left out.
    let wanted = most;
    let most = if until < extent.end { most + 1 } else { most };
    let mut chunk = match extent.dropped {
        Some(dropped) if until > dropped.start => {
            let (late, begins) = last_lines(source, dropped.end, until.max(dropped.end), most).await?;
            let left = most.saturating_sub(late.lines.len() + 1);
            if left == 0 || begins == WindowEnd::Full {
                late
            } else {
                let (early, _) = last_lines(source, 0, dropped.start, left).await?;
                let last = last_number(source, dropped.start).await?;
                joined(early, late, dropped, last)
            }
        }
        _ => last_lines(source, 0, until, most).await?.0,
    };
    if until < extent.end {
        chunk.lines.pop_if(|line| line.partial);
    }
    let surplus = chunk.lines.len().saturating_sub(wanted);
    chunk.lines.drain(..surplus);
    Ok(chunk)
}

async fn last_lines<S: LogBytes>(
    source: &S,
    floor: u64,
    end: u64,
    most: usize,
) -> Result<(Chunk, WindowEnd), S::Error> {
    let mut window = LastLines::between(floor, end, most);
    loop {
        let (start, length) = window.wanted();
        let bytes = source.bytes(start, length).await?;
        if let Some(found) = window.in_bytes(&bytes) {
            return Ok(found);
        }
    }
}

/// The number of the last line before an offset that ends before it, too.
async fn last_number<S: LogBytes>(source: &S, end: u64) -> Result<u64, S::Error> {
    let start = end.saturating_sub(SMALLEST_READ);
    let bytes = source.bytes(start, end - start).await?;
    let last = bytes.split(|&byte| byte == b'\n').rev().find_map(Record::parse);
    Ok(last.map_or(0, |record| record.number.saturating_sub(u64::from(record.mark.is_open()))))
}

/// The lines before and after what is not kept, with a remark between that says how much that is. A line of which only the
/// beginning is kept is missing. Where only earlier states of one line are not kept, nothing is.
fn joined(mut early: Chunk, late: Chunk, dropped: std::ops::Range<u64>, last: u64) -> Chunk {
    if let Some(first) = late.lines.first() {
        early.lines.pop_if(|line| line.partial);
        let lines = first.number.saturating_sub(last).saturating_sub(1);
        if lines > 0 {
            early.lines.push(LogEntry {
                number: last + 1,
                offset: dropped.start,
                at: first.at,
                text: missing(last + 1, lines, dropped.end - dropped.start),
                partial: false,
                remark: true,
                dropped: lines,
            });
        }
    }
    early.lines.extend(late.lines);
    Chunk { lines: early.lines, next: late.next }
}

/// What stands in place of lines that are not kept.
fn missing(first: u64, lines: u64, bytes: u64) -> String {
    let (what, which) = match lines {
        1 => ("1 line is".to_owned(), format!("line {first}")),
        lines => (format!("{lines} lines are"), format!("lines {first} to {}", first + lines - 1)),
    };
    let size = match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{} KiB", bytes / 1024),
        _ => format!("{}.{} MiB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    };
    let kept = KEPT_LEN / 1_048_576;
    format!(
        "{what} missing here ({which}, {size}): of a log that is too long the first {kept} MiB and the last {kept} MiB are \
         kept. The time and the number of each line count, some 30 bytes."
    )
}

/// Where the line of that number begins, or the next that is kept, or the log ends. The line is looked for by halves.
pub async fn offset_of<S: LogBytes>(source: &S, number: u64) -> Result<u64, S::Error> {
    let Extent { dropped, end } = source.extent().await?;
    let (mut low, mut high) = (0, end);
    if let Some(dropped) = dropped {
        let after = source.bytes(dropped.end, SMALLEST_READ).await?;
        if first_from(&after, dropped.end, 0).is_some_and(|(_, first)| first <= number) {
            low = dropped.end;
        } else {
            high = dropped.start;
        }
    }
    let mut found = high;
    while high - low > SMALLEST_READ {
        let middle = low + (high - low) / 2;
        let bytes = source.bytes(middle, SMALLEST_READ.min(high - middle)).await?;
        let skipped = bytes.iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |newline| newline + 1);
        match first_from(&bytes[skipped..], middle + skipped as u64, 0) {
            Some((at, of)) if of < number => low = at,
            Some((at, _)) => (high, found) = (middle, at),
            None => high = middle,
        }
    }
    let bytes = source.bytes(low, high - low + SMALLEST_READ).await?;
    Ok(first_from(&bytes, low, number).map_or(found, |(at, _)| at.min(found)))
}

/// The first record from that number on in bytes that begin at a record: where, and its number.
fn first_from(bytes: &[u8], offset: u64, number: u64) -> Option<(u64, u64)> {
    let mut at = offset;
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        let record = line.strip_suffix(b"\n").and_then(Record::parse);
        if let Some(record) = record.filter(|record| record.number >= number) {
            return Some((at, record.number));
        }
        at += line.len() as u64;
    }
    None
}

/// The lines of the whole log in which a text is seen, in capitals or not: how many, and the last `most` of them. What is
/// looked for may be copied from where it is shown, or from what was written.
pub async fn search<S: LogBytes>(source: &S, wanted: &str, shown: ShowText, most: usize) -> Result<Matches, S::Error> {
    /// How many bytes are looked at in one step.
    const STEP: u64 = 256 * 1024;
    let (wanted, wanted_shown) = (wanted.to_lowercase(), shown(wanted).to_lowercase());
    let is_in = |line: &str| {
        let text = ansi::plain(line);
        text.to_lowercase().contains(&wanted) || shown(&text).to_lowercase().contains(&wanted_shown)
    };
    let (mut found, mut from) = (Matches::default(), 0);
    loop {
        let Chunk { lines, next } = forward(source, from, STEP).await?;
        let is_last = next <= from;
        for line in lines {
            found.dropped += line.dropped;
            // What has not ended is given again, until there is nothing behind it.
            let counts = line.dropped == 0 && (is_last || !line.partial);
            if counts && is_in(&line.text) {
                found.count += 1;
                found.lines.push(line);
            }
        }
        let surplus = found.lines.len().saturating_sub(most);
        found.lines.drain(..surplus);
        if is_last {
            return Ok(found);
        }
        from = next;
    }
}

#[cfg(test)]
mod tests;
