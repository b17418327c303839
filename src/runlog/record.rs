//! One record of a log: to bytes and back.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};

const STAMP_LENGTH: usize = 24;

/// What a record says about its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordKind {
    /// The line ends with this record.
    End,
    /// The line was not ended yet; a record of the same number continues it.
    More,
    /// The line is this, whatever earlier records of it said, and ends with this record.
    EndAnew,
    /// The line is this, whatever earlier records of it said, and was not ended yet.
    MoreAnew,
    /// A whole line that Tollgate itself says.
    Remark,
}

impl RecordKind {
    const fn byte(self) -> u8 {
        match self {
            Self::End => b'|',
            Self::More => b'+',
            Self::EndAnew => b'=',
            Self::MoreAnew => b'~',
            Self::Remark => b'!',
        }
    }

    const fn of(byte: u8) -> Option<Self> {
        match byte {
            b'|' => Some(Self::End),
            b'+' => Some(Self::More),
            b'=' => Some(Self::EndAnew),
            b'~' => Some(Self::MoreAnew),
            b'!' => Some(Self::Remark),
            _ => None,
        }
    }

    /// Whether the line goes on.
    pub(super) const fn is_open(self) -> bool {
        matches!(self, Self::More | Self::MoreAnew)
    }

    /// Whether it is read without the records before it.
    pub(super) const fn is_anew(self) -> bool {
        matches!(self, Self::EndAnew | Self::MoreAnew)
    }
}

/// What a segment of a log begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentHead {
    /// The number of its first line.
    pub number: u64,
    /// Where the segment begins in the log.
    pub at: u64,
}

impl SegmentHead {
    /// The most bytes that it takes.
    pub const MAX_LEN: usize = STAMP_LENGTH + 1 + 20 + 1 + 20 + 1;

    /// Appends it to `out`.
    pub fn write(self, out: &mut Vec<u8>, stamp: &str) {
        out.extend_from_slice(format!("{stamp} {}@{}\n", self.number, self.at).as_bytes());
    }

    /// Reads it from the start of a segment; nothing if it is not there, or not whole.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let line = bytes.split_inclusive(|&byte| byte == b'\n').next()?.strip_suffix(b"\n")?;
        let (number, at) = std::str::from_utf8(line.get(STAMP_LENGTH + 1..)?).ok()?.split_once('@')?;
        Some(Self { number: number.parse().ok()?, at: at.parse().ok()? })
    }
}

/// One record of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<'a> {
    /// When the text came.
    pub at: DateTime<Utc>,
    /// The number of the line, from 1.
    pub number: u64,
    /// What the record says about its line.
    pub mark: RecordKind,
    /// The text, without a newline.
    pub text: Cow<'a, str>,
}

/// The time as records carry it.
pub fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

impl<'a> Record<'a> {
    /// Appends a record to `out`; `stamp` is made once for many records by [`stamp`].
    pub fn write(out: &mut Vec<u8>, stamp: &str, number: u64, mark: RecordKind, text: &str) {
        debug_assert!(!text.contains('\n'), "a record is one line");
        out.extend_from_slice(stamp.as_bytes());
        out.push(b' ');
        out.extend_from_slice(number.to_string().as_bytes());
        out.push(mark.byte());
        out.extend_from_slice(text.as_bytes());
        out.push(b'\n');
    }

    /// Reads a record, given without its newline; nothing if it is none.
    pub fn parse(line: &'a [u8]) -> Option<Self> {
        let (time, rest) = line.split_at_checked(STAMP_LENGTH)?;
        let rest = rest.strip_prefix(b" ")?;
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (number, rest) = rest.split_at(digits);
        let (&mark, text) = rest.split_first()?;
        let time = std::str::from_utf8(time).ok()?;
        Some(Self {
            at: NaiveDateTime::parse_from_str(time, "%Y-%m-%dT%H:%M:%S%.3fZ").ok()?.and_utc(),
            number: std::str::from_utf8(number).ok()?.parse().ok()?,
            mark: RecordKind::of(mark)?,
            text: String::from_utf8_lossy(text),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let at = DateTime::from_timestamp_millis(1_790_000_000_042).expect("a time");
        for (mark, text) in [
            (RecordKind::End, "a | b"),
            (RecordKind::More, ""),
            (RecordKind::EndAnew, "="),
            (RecordKind::MoreAnew, "~"),
            (RecordKind::Remark, "\x1b[31mréd\r 1+1!"),
        ] {
            let mut out = Vec::new();
            Record::write(&mut out, &stamp(at), 1234, mark, text);
            assert_eq!(out.pop(), Some(b'\n'));
            let record = Record::parse(&out).expect("a record");
            assert_eq!((record.at, record.number, record.mark), (at, 1234, mark));
            assert_eq!(record.text, text);
        }
    }

    #[test]
    fn f6_the_head_of_a_segment_is_read_as_it_was_written_and_is_no_record() {
        let head = SegmentHead { number: u64::MAX, at: u64::MAX };
        let mut out = Vec::new();
        head.write(&mut out, "2026-11-22T23:06:51.123Z");
        assert_eq!((SegmentHead::parse(&out), out.len()), (Some(head), SegmentHead::MAX_LEN));
        assert_eq!(SegmentHead::parse(&out[..out.len() - 1]), None, "it is not whole");
        assert_eq!(Record::parse(&out[..out.len() - 1]), None);
    }

    #[test]
    fn what_is_no_record_is_refused() {
        for line in [
            "",
            "2026-11-22T23:06:51.123Z",
            "2026-11-22T23:06:51.123Z |x",
            "2026-11-22T23:06:51.123Z 1?x",
            "2026-13-22T23:06:51.123Z 1|x",
        ] {
            assert_eq!(Record::parse(line.as_bytes()), None, "{line}");
        }
    }
}
