//! Words around a log.

use std::num::NonZero;

/// Words around a log.
pub trait LogSentences {
    /// Its title; the number of the host, if the attempt works on hosts.
    fn title(&self, attempt: u32, host: Option<NonZero<u32>>) -> String;

    /// The link to the lines before this one.
    fn earlier(&self, first: u64) -> String;

    /// The link to the lines after these.
    fn after(&self) -> &'static str;

    /// The link from what was found to the whole log.
    fn all(&self) -> &'static str;

    /// What a search found, of which so many lines are shown, in a log of which so many are not kept.
    fn found(&self, count: u64, shown: usize, dropped: u64) -> String;

    /// The line that was asked for is not kept.
    fn not_kept(&self, line: u64) -> String;

    /// The line that was asked for does not exist; the last one does.
    fn no_such_line(&self, line: u64, last: u64) -> String;

    /// The link from earlier lines to the last ones.
    fn newest(&self) -> &'static str;

    /// At the end, while it may grow.
    fn running(&self) -> &'static str;

    /// At the end, before it began.
    fn not_started(&self) -> &'static str;

    /// Instead of a log that somebody took away.
    fn gone(&self) -> &'static str;

    /// Instead of a log that cannot be read.
    fn unreadable(&self, problem: &std::io::Error) -> String;

    /// At the end, when it is whole.
    fn ends(&self) -> &'static str;
}
