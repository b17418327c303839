//! Words around a log.

use std::num::NonZero;

use super::{English, system};
use crate::messages::logs::LogSentences;

impl LogSentences for English {
    fn title(&self, attempt: u32, host: Option<NonZero<u32>>) -> String {
        let host = host.map(|host| format!(", host {host}")).unwrap_or_default();
        format!("Log of attempt {attempt}{host}")
    }

    fn earlier(&self, first: u64) -> String {
        match first.saturating_sub(1) {
            1 => "Show the line before these".to_owned(),
            before => format!("Show the {before} lines before these"),
        }
    }

    fn after(&self) -> &'static str {
        "Show the lines after these"
    }

    fn all(&self) -> &'static str {
        "Show the whole log"
    }

    fn found(&self, count: u64, shown: usize, dropped: u64) -> String {
        let found = match count {
            0 => "No line has it".to_owned(),
            1 => "1 line has it".to_owned(),
            count if count > shown as u64 => format!("{count} lines have it; the last {shown} are shown"),
            count => format!("{count} lines have it"),
        };
        match dropped {
            0 => format!("{found}."),
            1 => format!("{found}. 1 line is not kept and could not be searched."),
            dropped => format!("{found}. {dropped} lines are not kept and could not be searched."),
        }
    }

    fn not_kept(&self, line: u64) -> String {
        format!("Line {line} is not kept: of a log that is too long the beginning and the end are kept.")
    }

    fn no_such_line(&self, line: u64, last: u64) -> String {
        match last {
            0 => format!("There is no line {line}: the log is empty."),
            _ if line == 0 => "There is no line 0: lines are counted from 1.".to_owned(),
            last => format!("There is no line {line}: the last one is line {last}."),
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
        format!("The log cannot be read: {}.", system::in_words(&problem.to_string()))
    }

    fn ends(&self) -> &'static str {
        "The log ends here."
    }
}
