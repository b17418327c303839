//! Turns the bytes of a script into the records of its log, as they come.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use ring::Ring;

use crate::runlog::{Line, LineText, MAX_LINE_LEN, MAX_PARTS, Record, RecordKind};

mod ring;

/// A text without a newline is written down after this time, so that progress is seen.
const TIMEOUT: Duration = Duration::from_millis(100);

/// After so many records of one line they are written so much more seldom, until it is this seldom: a progress bar that
/// runs for hours is not to fill the log.
const RECORDS_A_STEP: u32 = 32;
const MAX_TIMEOUT: Duration = Duration::from_secs(5);

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
    files: Ring,
    number: u64,
    line: Line,
    pending_since: Option<Instant>,
    /// How many records of the current line there are, and how many of them since all of it was in one.
    records: u32,
    parts: u32,
    batch: Vec<u8>,
    /// The line that the next segment begins with, while that could not be made.
    next_segment: Option<u64>,
    /// When the batch is offered again that the disk did not take.
    again_at: Option<Instant>,
    /// How many lines there was no room for.
    missing: u64,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Keeping,
    /// The file cannot be written to any more: the rest is dropped.
    Dropping,
}

impl LogWriter {
    /// Begins the log.
    pub fn create(path: &Path, limit: u64) -> io::Result<Self> {
        Ok(Self {
            files: Ring::create(path, limit)?,
            number: 1,
            line: Line::new(MAX_LINE_LEN),
            pending_since: None,
            records: 0,
            parts: 0,
            batch: Vec::new(),
            next_segment: None,
            again_at: None,
            missing: 0,
            state: State::Keeping,
        })
    }

    /// Takes what the script wrote, at the time that `stamp` says.
    pub fn push(&mut self, bytes: &[u8], stamp: &str) {
        if self.state == State::Dropping {
            return;
        }
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            let ended = piece.strip_suffix(b"\n");
            self.line.write(ended.unwrap_or(piece));
            for told in self.line.take_full() {
                self.record_end(&told, stamp);
            }
            if ended.is_some() {
                self.end_line(stamp);
            }
        }
        self.pending_since = match (self.line.has_begun(), self.pending_since) {
            (false, _) => None,
            (true, None) => Some(Instant::now()),
            (true, since) => since,
        };
        self.write_batch(stamp);
    }

    /// When [`Self::flush`] is due, if anything waits.
    pub fn due(&self) -> Option<Instant> {
        let timeout = (TIMEOUT * (1 + self.records / RECORDS_A_STEP)).min(MAX_TIMEOUT);
        [self.pending_since.map(|since| since + timeout), self.again_at].into_iter().flatten().min()
    }

    /// Writes down what waits: what has come of a line that is not ended yet, and what there was no room for.
    pub fn flush(&mut self, stamp: &str) {
        self.pending_since = None;
        if let Some(mut told) = self.line.news() {
            if self.parts + 1 >= MAX_PARTS {
                told = self.line.whole();
            }
            let mark = if told.anew { RecordKind::MoreAnew } else { RecordKind::More };
            self.record(mark, &told.text, stamp);
        }
        self.write_batch(stamp);
    }

    /// Adds a line of ours after what has come.
    pub fn remark(&mut self, words: &str, stamp: &str) {
        self.end_what_has_begun(stamp);
        self.record(RecordKind::Remark, words, stamp);
        self.write_batch(stamp);
    }

    /// Ends the log: a last line without a newline is a line too.
    pub fn finish(&mut self, stamp: &str) -> io::Result<()> {
        self.end_what_has_begun(stamp);
        let until = Instant::now() + LAST_TRIES;
        loop {
            self.write_batch(stamp);
            match self.again_at {
                Some(at) if at < until => std::thread::sleep(at.saturating_duration_since(Instant::now())),
                Some(_) => return Err(io::ErrorKind::StorageFull.into()),
                None => break,
            }
        }
        if self.files.is_empty() { Ok(()) } else { self.files.sync() }
    }

    fn end_what_has_begun(&mut self, stamp: &str) {
        if self.line.has_begun() {
            self.pending_since = None;
            self.end_line(stamp);
        }
    }

    fn end_line(&mut self, stamp: &str) {
        let told = self.line.end();
        for full in self.line.take_full() {
            self.record_end(&full, stamp);
        }
        self.record_end(&told, stamp);
    }

    fn record_end(&mut self, told: &LineText, stamp: &str) {
        self.record(if told.anew { RecordKind::EndAnew } else { RecordKind::End }, &told.text, stamp);
    }

    fn record(&mut self, mark: RecordKind, text: &str, stamp: &str) {
        if self.state == State::Dropping {
            return;
        }
        if self.again_at.is_some() && self.batch.len() > MAX_BACKLOG {
            return self.miss(mark);
        }
        let is_whole = self.parts == 0 || matches!(mark, RecordKind::EndAnew | RecordKind::MoreAnew);
        let length = stamp.len() + text.len() + 24;
        if is_whole && self.next_segment.is_none() && self.files.is_full_with(self.batch.len() + length) {
            // What waits belongs to the file before, which is to become no longer while the disk does not take it.
            self.write_batch(stamp);
            if !self.batch.is_empty() || self.state == State::Dropping {
                return self.miss(mark);
            }
            self.next_segment = Some(self.number);
            self.write_batch(stamp);
        }
        Record::write(&mut self.batch, stamp, self.number, mark, text);
        self.count(mark);
    }

    /// There is no room for it.
    fn miss(&mut self, mark: RecordKind) {
        self.missing += u64::from(matches!(mark, RecordKind::End | RecordKind::EndAnew | RecordKind::Remark));
        self.count(mark);
    }

    fn count(&mut self, mark: RecordKind) {
        match mark {
            RecordKind::More => (self.records, self.parts) = (self.records.saturating_add(1), self.parts + 1),
            RecordKind::MoreAnew => (self.records, self.parts) = (self.records.saturating_add(1), 1),
            RecordKind::End | RecordKind::EndAnew | RecordKind::Remark => {
                self.number += 1;
                (self.records, self.parts) = (0, 0);
            }
        }
    }

    fn write_batch(&mut self, stamp: &str) {
        if self.again_at.is_some_and(|at| Instant::now() < at) {
            return;
        }
        self.again_at = None;
        if let Some(number) = self.next_segment {
            if self.files.begin_segment(number, stamp).is_err() {
                self.again_at = Some(Instant::now() + RETRY_DELAY);
                return;
            }
            self.next_segment = None;
        }
        if self.batch.is_empty() {
            return;
        }
        match self.files.append(&self.batch) {
            Ok(Ok(())) => {
                self.batch.clear();
                if self.missing > 0 {
                    self.say_what_is_missing(stamp);
                }
            }
            Ok(Err(_)) => self.again_at = Some(Instant::now() + RETRY_DELAY),
            Err(problem) => {
                // Half a record may be there: nothing that follows could be read.
                eprintln!("The log could not be shortened to its last whole line: {problem}.");
                self.drop_the_rest();
            }
        }
    }

    fn say_what_is_missing(&mut self, stamp: &str) {
        // A line of which a part is written down ends there.
        self.number += u64::from(self.parts > 0);
        (self.records, self.parts) = (0, 0);
        let words = match std::mem::take(&mut self.missing) {
            1 => "One line is missing here: there was no room for it on the disk.".to_owned(),
            lines => format!("{lines} lines are missing here: there was no room for them on the disk."),
        };
        self.record(RecordKind::Remark, &words, stamp);
        self.write_batch(stamp);
    }

    fn drop_the_rest(&mut self) {
        self.state = State::Dropping;
        self.batch = Vec::new();
        self.line = Line::new(MAX_LINE_LEN);
        self.pending_since = None;
    }
}

#[cfg(test)]
mod tests;
