//! The log of one attempt: how it is written down, and how it is read while it grows.
//!
//! A log is a text file of records, one a line, each ended by a newline:
//!
//! ```text
//! 2026-11-22T23:06:51.123Z 17|the text of line 17
//! 2026-11-22T23:06:51.300Z 18+Downloading
//! 2026-11-22T23:06:51.900Z 18|... done
//! 2026-11-22T23:06:52.000Z 19!a remark of Tollgate itself
//! ```
//!
//! A record is the time (RFC 3339, UTC, milliseconds, always 24 characters), a space, the number of its line, a mark and
//! the text as it came, with carriage returns and escape sequences. The marks: `|` ends the line, `+` says that the line
//! was not ended when it was written down (the next record of the same number continues it), `!` is a whole line said by
//! Tollgate. Because each record carries its number, a reader may start anywhere and still number lines rightly.
//!
//! The file is only appended to. A reader ignores a last record without its newline: it is still being written. A line is
//! ended by force when it grows past [`MAX_LINE_LEN`] bytes or [`MAX_PARTS`] records, so a reader that looks at
//! [`SMALLEST_READ`] bytes always sees a whole line.
//!
//! This module names nothing of ours, so that whoever writes a log and whoever shows it can share it.

use std::path::{Path, PathBuf};

pub mod ansi;
mod last;
mod plain;
mod read;
mod record;

pub use last::{last_line, last_line_in, shown};
pub use plain::{Plain, PlainCursor};
pub use read::{Chunk, LastLines, LogEntry, SMALLEST_READ, lines_from, read_before, read_from, read_tail, size};
pub use record::{Record, RecordKind, stamp};

/// Where the log of the attempt with this run folder is.
pub fn path_in(run_folder: &Path) -> PathBuf {
    run_folder.join("log")
}

/// A line is ended by force when its text is longer than this many bytes.
pub const MAX_LINE_LEN: usize = 16 * 1024;

/// A line is ended by force when it was written down in this many parts.
pub const MAX_PARTS: u32 = 256;
