//! Turns the bytes of a script into the records of its log, as they come.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::failpoints;
use crate::runlog::{MAX_LINE_LEN, MAX_PARTS, Record, RecordKind};

/// A text without a newline is written down after this time, so that progress is seen.
const TIMEOUT: Duration = Duration::from_millis(100);

/// What the disk did not take is offered again after this time.
const RETRY_DELAY: Duration = Duration::from_millis(500);

/// How long the end of a log is offered to a disk that is full.
const LAST_TRIES: Duration = Duration::from_secs(2);

/// How many bytes are kept in mind that the disk did not take; what comes then is counted only.
const MAX_BACKLOG: usize = 1024 * 1024;

/// Writes the log of one attempt. The script is not held up for it: while the disk is full, some of the log is kept in
/// mind, and of the rest is said how much is missing.
#[derive(Debug)]
pub struct LogWriter {
    file: File,
    number: u64,
    /// What came of the current line and is not written down yet.
    pending: Vec<u8>,
    pending_since: Option<Instant>,
    /// How many bytes and parts of the current line are written down.
    line_length: usize,
    line_parts: u32,
    batch: Vec<u8>,
    /// When the batch is offered again that the disk did not take.
    again_at: Option<Instant>,
    /// How many lines there was no room for.
    missing: u64,
    kept: u64,
    limit: u64,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Keeping,
    /// The limit is reached: the rest is dropped.
    Dropping,
}

impl LogWriter {
    /// Begins the log.
    pub fn create(path: &Path, limit: u64) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
        Ok(Self {
            file,
            number: 1,
            pending: Vec::new(),
            pending_since: None,
            line_length: 0,
            line_parts: 0,
            batch: Vec::new(),
            again_at: None,
            missing: 0,
            kept: 0,
            limit,
            state: State::Keeping,
        })
    }

    /// Takes what the script wrote, at the time that `stamp` says.
    pub fn push(&mut self, bytes: &[u8], stamp: &str) {
        if self.state == State::Dropping {
            return;
        }
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            if self.state == State::Dropping {
                break;
            }
            let ended = piece.strip_suffix(b"\n");
            self.pending.extend_from_slice(ended.unwrap_or(piece));
            self.split_long_line(stamp);
            if ended.is_some() {
                let text = std::mem::take(&mut self.pending);
                self.record(RecordKind::End, &text, stamp);
            }
        }
        self.pending_since = match (self.pending.is_empty(), self.pending_since) {
            (true, _) => None,
            (false, None) => Some(Instant::now()),
            (false, since) => since,
        };
        self.write_batch(stamp);
    }

    /// When [`Self::flush`] is due, if anything waits.
    pub fn due(&self) -> Option<Instant> {
        [self.pending_since.map(|since| since + TIMEOUT), self.again_at].into_iter().flatten().min()
    }

    /// Writes down what waits: what has come of a line that is not ended yet, and what there was no room for.
    pub fn flush(&mut self, stamp: &str) {
        self.pending_since = None;
        let unfinished = self.pending.split_off(whole_characters(&self.pending));
        let text = std::mem::replace(&mut self.pending, unfinished);
        if !text.is_empty() {
            let mark = if self.line_parts + 1 >= MAX_PARTS { RecordKind::End } else { RecordKind::More };
            self.record(mark, &text, stamp);
        }
        self.write_batch(stamp);
    }

    /// Adds a line of ours after what has come.
    pub fn remark(&mut self, words: &str, stamp: &str) {
        if !self.pending.is_empty() || self.line_parts > 0 {
            let text = std::mem::take(&mut self.pending);
            self.pending_since = None;
            self.record(RecordKind::End, &text, stamp);
        }
        self.record(RecordKind::Remark, words.as_bytes(), stamp);
        self.write_batch(stamp);
    }

    /// Ends the log: a last line without a newline is a line too.
    pub fn finish(&mut self, stamp: &str) -> io::Result<()> {
        if !self.pending.is_empty() || self.line_parts > 0 {
            let text = std::mem::take(&mut self.pending);
            self.record(RecordKind::End, &text, stamp);
        }
        self.pending_since = None;
        let until = Instant::now() + LAST_TRIES;
        loop {
            self.write_batch(stamp);
            match self.again_at {
                Some(at) if at < until => std::thread::sleep(at.saturating_duration_since(Instant::now())),
                Some(_) => return Err(io::ErrorKind::StorageFull.into()),
                None => break,
            }
        }
        if self.kept > 0 { self.file.sync_data() } else { Ok(()) }
    }

    fn split_long_line(&mut self, stamp: &str) {
        while self.state == State::Keeping && self.line_length + self.pending.len() > MAX_LINE_LEN {
            let room = MAX_LINE_LEN.saturating_sub(self.line_length).min(self.pending.len());
            let cut = whole_characters(&self.pending[..room]);
            let rest = self.pending.split_off(cut);
            let text = std::mem::replace(&mut self.pending, rest);
            self.record(RecordKind::End, &text, stamp);
        }
    }

    fn record(&mut self, mark: RecordKind, bytes: &[u8], stamp: &str) {
        if self.state == State::Dropping {
            return;
        }
        if self.again_at.is_some() && self.batch.len() > MAX_BACKLOG {
            self.missing += u64::from(mark != RecordKind::More);
            self.count(mark, bytes.len());
            return;
        }
        let before = self.batch.len();
        Record::write(&mut self.batch, stamp, self.number, mark, &String::from_utf8_lossy(bytes));
        if self.kept + self.batch.len() as u64 > self.limit {
            self.batch.truncate(before);
            // A line of which a part is written down ends there.
            let number = self.number + u64::from(self.line_parts > 0);
            let words = format!(
                "The log has reached its limit of {} bytes: what the script writes from here on is not kept.",
                self.limit
            );
            Record::write(&mut self.batch, stamp, number, RecordKind::Remark, &words);
            self.drop_the_rest();
            return;
        }
        self.count(mark, bytes.len());
    }

    fn count(&mut self, mark: RecordKind, length: usize) {
        match mark {
            RecordKind::More => {
                self.line_length += length;
                self.line_parts += 1;
            }
            RecordKind::End | RecordKind::Remark => {
                self.number += 1;
                self.line_length = 0;
                self.line_parts = 0;
            }
        }
    }

    fn write_batch(&mut self, stamp: &str) {
        if self.again_at.is_some_and(|at| Instant::now() < at) {
            return;
        }
        self.again_at = None;
        if self.batch.is_empty() {
            return;
        }
        if !self.append() {
            self.again_at = Some(Instant::now() + RETRY_DELAY);
        } else if self.missing > 0 {
            self.say_what_is_missing(stamp);
        }
    }

    /// Whether the disk has taken the batch, whole.
    fn append(&mut self) -> bool {
        let (begin, rest) = self.batch.split_at(failpoints::middle(self.batch.len()));
        let written = self.file.write_all(begin).and_then(|()| {
            failpoints::reach("supervise.log.middle");
            self.file.write_all(rest)
        });
        if written.is_ok() {
            self.kept += self.batch.len() as u64;
            self.batch.clear();
        } else if let Err(problem) = self.file.set_len(self.kept) {
            // Half a record may be there: nothing that follows could be read.
            eprintln!("The log could not be shortened to its last whole line: {problem}.");
            self.batch.clear();
            self.drop_the_rest();
        }
        written.is_ok()
    }

    fn say_what_is_missing(&mut self, stamp: &str) {
        // A line of which a part is written down ends there.
        self.number += u64::from(self.line_parts > 0);
        (self.line_length, self.line_parts) = (0, 0);
        let words = match std::mem::take(&mut self.missing) {
            1 => "One line is missing here: there was no room for it on the disk.".to_owned(),
            lines => format!("{lines} lines are missing here: there was no room for them on the disk."),
        };
        self.record(RecordKind::Remark, words.as_bytes(), stamp);
        self.write_batch(stamp);
    }

    fn drop_the_rest(&mut self) {
        self.state = State::Dropping;
        self.pending = Vec::new();
        self.pending_since = None;
        self.line_length = 0;
        self.line_parts = 0;
    }
}

/// How many bytes of `bytes` do not end in the middle of a character.
fn whole_characters(bytes: &[u8]) -> usize {
    let last = bytes.len().saturating_sub(3);
    for start in (last..bytes.len()).rev() {
        if bytes[start] & 0b1100_0000 == 0b1000_0000 {
            continue;
        }
        return match std::str::from_utf8(&bytes[start..]) {
            Err(problem) if problem.error_len().is_none() => start,
            Ok(_) | Err(_) => bytes.len(),
        };
    }
    bytes.len()
}

#[cfg(test)]
mod tests;
