//! Words of the page of the audit.

use super::English;
use super::grammar::counted;
use crate::messages::audit::AuditSentences;

impl AuditSentences for English {
    fn lead(&self, days: u32) -> String {
        format!(
            "Who did what, when and from where, newest first; also what was refused. Sign-ins and refusals are kept for \
             {}, everything else for ever. What is refused again and again is summed up by the hour.",
            counted(usize::try_from(days).unwrap_or(usize::MAX), "day")
        )
    }

    fn refused(&self) -> &'static str {
        "Refused"
    }

    fn place(&self, release: &str, execution: Option<u32>) -> String {
        match execution {
            Some(number) => format!("{release} · execution #{number}"),
            None => release.to_owned(),
        }
    }
}
