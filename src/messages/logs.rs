//! Words around a log.

/// Its title.
pub fn title(attempt: u32) -> String {
    format!("Log of attempt {attempt}")
}

/// The link to the lines before this one.
pub fn earlier(first: u64) -> String {
    match first.saturating_sub(1) {
        1 => "Show the line before these".to_owned(),
        before => format!("Show the {before} lines before these"),
    }
}

/// The link from earlier lines to the last ones.
pub const NEWEST: &str = "Show the newest lines";
/// At the end, while it may grow.
pub const RUNNING: &str = "Running…";
/// At the end, before it began.
pub const NOT_STARTED: &str = "Not started yet.";
/// Instead of a log that somebody took away.
pub const GONE: &str = "The log is not there any more: its folder was removed from the data folder.";
/// Instead of a log that cannot be read.
pub fn unreadable(problem: &std::io::Error) -> String {
    format!("The log cannot be read: {problem}.")
}

/// At the end, when it is whole.
pub const ENDS: &str = "The log ends here.";
