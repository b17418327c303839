//! Words around a log.

use super::English;
use crate::messages::logs::LogSentences;

impl LogSentences for English {
    fn title(&self, attempt: u32) -> String {
        format!("Log of attempt {attempt}")
    }

    fn earlier(&self, first: u64) -> String {
        match first.saturating_sub(1) {
            1 => "Show the line before these".to_owned(),
            before => format!("Show the {before} lines before these"),
        }
    }

    fn newest(&self) -> &'static str {
        "Show the newest lines"
    }

    fn running(&self) -> &'static str {
        "Running…"
    }

    fn not_started(&self) -> &'static str {
        "Not started yet."
    }

    fn gone(&self) -> &'static str {
        "The log is not there any more: its folder was removed from the data folder."
    }

    fn unreadable(&self, problem: &std::io::Error) -> String {
        format!("The log cannot be read: {problem}.")
    }

    fn ends(&self) -> &'static str {
        "The log ends here."
    }
}
