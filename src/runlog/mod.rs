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
//! text as a terminal shows it: letters, tabs, and sequences for their styles. The marks: `|` ends the line, `+` says that the
//! line was not ended when it was written down (the next record of the same number continues it), `=` and `~` are the same
//! for a line that was written over: it is this, whatever earlier records of it said. `!` is a whole line said by Tollgate.
//! Because each record carries its number, a reader may start anywhere and still number lines rightly.
//!
//! Of a log that is too long the beginning and the end are kept, in several files, which the files module tells of; a reader
//! puts a remark in place of what is missing. A file is only appended to. A reader ignores a last record without its newline:
//! it is still being written. A line is ended by force when it grows past [`MAX_LINE_LEN`] bytes, and written anew when it was
//! written down in [`MAX_PARTS`] records, so a reader that looks at [`SMALLEST_READ`] bytes always sees a whole line.
//!
//! This module names nothing of ours, so that whoever writes a log and whoever shows it can share it.

use std::path::{Path, PathBuf};

pub mod ansi;
mod files;
mod last;
mod plain;
mod read;
mod record;
mod screen;
mod window;

pub use files::{Extent, KEPT_LEN, LogFiles, SEGMENTS, is_of_log, segment_path, size};
pub use last::{last_line, last_line_in, shown};
pub use plain::{Plain, PlainCursor};
pub use read::{Chunk, LogEntry, SMALLEST_READ, lines_from};
pub use record::{Record, RecordKind, SegmentHead, stamp};
pub use screen::{Line, LineText};
pub use window::{
    LogBytes, Matches, ShowText, backward, find_line, find_text, forward, offset_of, read_before, read_from, search,
};

/// Where the log of the attempt with this run folder is.
pub fn path_in(run_folder: &Path) -> PathBuf {
    run_folder.join("log")
}

/// A line is ended by force when its text is longer than this many bytes.
pub const MAX_LINE_LEN: usize = 16 * 1024;

/// A line is written anew when it was written down in this many parts.
pub const MAX_PARTS: u32 = 256;
