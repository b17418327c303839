//! Lines of a log from a place on, and whether more come.

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::release_tasks::bodies::milliseconds;
use crate::app::{Log, LogError};
use crate::runlog::{LogEntry, PlainCursor, ansi};

/// A line of a log.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoggedLine {
    /// Its number, from 1.
    number: u64,
    /// When it came, in milliseconds since 1970.
    time: i64,
    /// Its text, without colours.
    text: String,
    /// Whether Tollgate itself says it, and not the script.
    remark: bool,
}

impl From<&LogEntry> for LoggedLine {
    fn from(entry: &LogEntry) -> Self {
        Self {
            number: entry.number,
            time: milliseconds(entry.at),
            text: ansi::plain(&entry.text),
            remark: entry.remark,
        }
    }
}

/// Lines of a log.
#[derive(Debug)]
pub struct LogWindow {
    /// They, in order.
    pub lines: Vec<LoggedLine>,
    /// From where to go on.
    pub next: u64,
    /// Whether there is more to read already.
    pub has_more: bool,
}

impl LogWindow {
    /// The lines from that place on, some of them. While the log grows, a line that is not ended yet is not among them.
    pub async fn read(log: &Log, from: u64, grows: bool) -> Result<Self, LogError> {
        let chunk = log.from(from, PlainCursor::BLOCK).await?;
        let size = log.size().await?;
        let is_cut = chunk.lines.last().is_some_and(|line| line.partial);
        let lines = chunk.lines.iter().filter(|line| !(grows && line.partial)).map(LoggedLine::from).collect();
        // Behind a line that is not ended there is nothing: of a log that does not grow, all is told with it.
        let next = if is_cut && !grows { size } else { chunk.next };
        Ok(Self { lines, next, has_more: !is_cut && from < next && next < size })
    }
}
