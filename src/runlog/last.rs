//! The last line of a log, as a card shows it.

use std::path::Path;

use super::read::{Chunk, last_lines};
use super::{ansi, read_before};

/// How far back a line with something in it is looked for.
const LOOK_BACK: usize = 20;
/// The most characters that are shown.
const MAX_SHOWN_LEN: usize = 200;

/// What can be read of the last line that is not blank, without colours; nothing while there is none.
pub fn last_line(path: &Path) -> Option<String> {
    // A log that cannot be read now is no reason to show no page.
    said_last(&read_before(path, None, LOOK_BACK).ok()?)
}

/// The same of the last bytes of a log, which begin at `offset`.
pub fn last_line_in(bytes: &[u8], offset: u64) -> Option<String> {
    said_last(&last_lines(bytes, offset, offset == 0, LOOK_BACK).0)
}

fn said_last(tail: &Chunk) -> Option<String> {
    tail.lines.iter().rev().map(|line| shown(&line.text)).find(|text| !text.is_empty())
}

/// A line as a card shows it: without colours, and not too long.
pub fn shown(text: &str) -> String {
    ansi::plain(text).trim().chars().take(MAX_SHOWN_LEN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runlog::{Record, RecordKind};

    #[test]
    fn the_last_line_that_says_something_is_shown_without_colours() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        assert_eq!(last_line(&path), None);
        let mut bytes = Vec::new();
        for (number, text) in [(1, "first"), (2, "10%\r\x1b[32m60%\x1b[0m done"), (3, "  \x1b[0m")] {
            Record::write(&mut bytes, "2026-11-22T23:06:51.123Z", number, RecordKind::End, text);
        }
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(last_line(&path).as_deref(), Some("60% done"));
    }
}
