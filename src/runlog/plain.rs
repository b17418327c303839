//! The log as plain text for a download: the time, a space and what a terminal shows of each line, without colours.

use std::io;
use std::path::{Path, PathBuf};

use super::read::{Chunk, LogEntry};
use super::record::stamp;
use super::{ansi, read_from};

/// Goes through a log block by block, up to where it ends when it is read.
#[derive(Debug, Default)]
pub struct PlainCursor {
    next: u64,
    over: bool,
}

impl PlainCursor {
    /// How many bytes a block has at most.
    pub const BLOCK: u64 = 256 * 1024;

    /// Where the next block begins; none at the end.
    pub fn wants(&self) -> Option<u64> {
        (!self.over).then_some(self.next)
    }

    /// The lines that were read there, as text; none at the end.
    pub fn text(&mut self, chunk: &Chunk) -> Option<String> {
        // A line that is not ended yet is given once, as it is, and ends the text.
        self.over = chunk.next == self.next || chunk.lines.last().is_some_and(|line| line.partial);
        self.next = chunk.next;
        (!chunk.lines.is_empty()).then(|| chunk.lines.iter().map(plain).collect())
    }
}

/// Gives the log in a file as plain text.
#[derive(Debug)]
pub struct Plain {
    path: PathBuf,
    cursor: PlainCursor,
}

impl Plain {
    /// Begins at the start of the log; one that does not exist yet is empty.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), cursor: PlainCursor::default() }
    }
}

impl Iterator for Plain {
    type Item = io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        match read_from(&self.path, self.cursor.wants()?, PlainCursor::BLOCK) {
            Ok(chunk) => self.cursor.text(&chunk).map(|text| Ok(text.into_bytes())),
            Err(problem) => {
                self.cursor.over = true;
                Some(Err(problem))
            }
        }
    }
}

fn plain(line: &LogEntry) -> String {
    format!("{} {}\n", stamp(line.at), ansi::plain(&line.text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runlog::{Record, RecordKind};

    #[test]
    fn a_download_is_times_and_texts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let at = "2026-11-22T23:06:51.123Z";
        let mut bytes = Vec::new();
        Record::write(&mut bytes, at, 1, RecordKind::More, "a");
        Record::write(&mut bytes, at, 1, RecordKind::End, "b");
        Record::write(&mut bytes, at, 2, RecordKind::More, "c");
        std::fs::write(&path, bytes).unwrap();
        let text: Vec<u8> = Plain::new(&path).flat_map(Result::unwrap).collect();
        let text = String::from_utf8(text).unwrap();
        assert_eq!(text, format!("{at} ab\n{at} c\n"));
    }
}
