//! Answers of a subcommand: lines for people, or one JSON document for programs, with everything else on standard error.

use std::io::Write as _;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::domain::visible;
use crate::messages::{self, Locale};

/// Where answers go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Output {
    /// Whether standard output is for one JSON document.
    pub json: bool,
}

impl Output {
    /// Says something to people while something goes on.
    pub fn line(self, text: &str) {
        let text = visible::text(text);
        if self.json {
            let _ = writeln!(std::io::stderr(), "{text}");
        } else {
            let _ = writeln!(std::io::stdout(), "{text}");
        }
    }

    /// Answers: the document to programs, or what there is for people.
    pub fn answer(self, document: &Value, people: impl FnOnce()) {
        if self.json {
            tell!("{document}");
        } else {
            people();
        }
    }
}

/// A moment for people.
pub fn moment(milliseconds: i64) -> String {
    DateTime::<Utc>::from_timestamp_millis(milliseconds)
        .map_or_else(String::new, |at| messages::moment(at, Locale::default()))
}

/// The word of a status as it stands on the screen: `to-be-approved` is To be approved.
pub fn status(word: &str) -> String {
    let words = word.replace(['-', '_'], " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
