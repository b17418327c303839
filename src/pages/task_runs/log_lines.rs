//! Lines of a log as a page shows them.

use std::num::NonZero;

use super::html;
use super::view::{LogLine, LogSource};
use crate::domain::execution::Moment;
use crate::pages::components::ClockTime;
use crate::runlog::{Chunk, LogEntry};

/// What they have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct LogLines {
    /// The attempt.
    pub(super) attempt: u32,
    /// The host of it, if that is not the first.
    pub(super) host: Option<NonZero<u32>>,
    /// When they are shown.
    pub(super) now: Moment,
    /// The line that was asked for.
    pub(super) asked: Option<u64>,
}

impl LogLines {
    /// Whether it is the line that was asked for, or stands in its place.
    pub(super) fn is_asked(&self, line: &LogEntry) -> bool {
        self.asked.is_some_and(|asked| (line.number..line.number + line.dropped.max(1)).contains(&asked))
    }

    /// All of them.
    pub(super) fn all(&self, chunk: &Chunk) -> Vec<LogLine> {
        chunk.lines.iter().map(|line| self.shown(line)).collect()
    }

    /// The last of them that a page has room for; those before them are left for another page.
    pub(super) fn last_fitting(&self, chunk: &Chunk, room: usize) -> Vec<LogLine> {
        let mut lines = fitting(chunk.lines.iter().rev().map(|line| self.shown(line)), room);
        lines.reverse();
        lines
    }

    /// The first of them that a page has room for.
    pub(super) fn first_fitting(&self, chunk: &Chunk, most: usize, room: usize) -> Vec<LogLine> {
        fitting(chunk.lines.iter().take(most).map(|line| self.shown(line)), room)
    }

    fn shown(&self, line: &LogEntry) -> LogLine {
        let is_asked = self.is_asked(line);
        let number = self.asked.filter(|_| is_asked).unwrap_or(line.number);
        let host = self.host.map(|host| format!("&host={host}")).unwrap_or_default();
        let url = format!("?attempt={}{host}&line={number}#L{number}", self.attempt);
        LogLine {
            number,
            url: (line.dropped == 0).then_some(url),
            time: ClockTime::at(line.at, self.now),
            source: match line.remark {
                _ if is_asked => LogSource::Asked,
                true => LogSource::Tollgate,
                false => LogSource::Out,
            },
            html: html::of(&line.text),
        }
    }
}

/// As many as there is room for in HTML, but one in any case.
fn fitting(lines: impl Iterator<Item = LogLine>, room: usize) -> Vec<LogLine> {
    let (mut fitting, mut size) = (Vec::new(), 0);
    for line in lines {
        size += line.html.len();
        if size > room && !fitting.is_empty() {
            break;
        }
        fitting.push(line);
    }
    fitting
}
