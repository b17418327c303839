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
    let last = |of_ours: bool| {
        let lines = tail.lines.iter().rev().filter(|line| line.remark == of_ours);
        lines.map(|line| shown(&line.text)).find(|text| !text.is_empty())
    };
    // What Tollgate says of it below may help, but the reason is what the script said itself.
    last(false).or_else(|| last(true))
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

    #[test]
    fn f23_the_last_line_of_the_script_is_shown_and_a_remark_of_ours_only_without_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut bytes = Vec::new();
        let mut write = |number, kind, text| {
            Record::write(&mut bytes, "2026-11-22T23:06:51.123Z", number, kind, text);
            std::fs::write(&path, &bytes).unwrap();
        };
        write(1, RecordKind::Remark, "before it");
        assert_eq!(last_line(&path).as_deref(), Some("before it"));
        write(2, RecordKind::End, "Permission denied (publickey).");
        write(3, RecordKind::Remark, "Scripts reach nothing of the server.");
        assert_eq!(last_line(&path).as_deref(), Some("Permission denied (publickey)."));
    }
}
