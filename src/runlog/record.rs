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
    /// A whole line that Tollgate itself says.
    Remark,
}

impl RecordKind {
    const fn byte(self) -> u8 {
        match self {
            Self::End => b'|',
            Self::More => b'+',
            Self::Remark => b'!',
        }
    }

    const fn of(byte: u8) -> Option<Self> {
        match byte {
            b'|' => Some(Self::End),
            b'+' => Some(Self::More),
            b'!' => Some(Self::Remark),
            _ => None,
        }
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
        for (mark, text) in
            [(RecordKind::End, "a | b"), (RecordKind::More, ""), (RecordKind::Remark, "\x1b[31mréd\r 1+1!")]
        {
            let mut out = Vec::new();
            Record::write(&mut out, &stamp(at), 1234, mark, text);
            assert_eq!(out.pop(), Some(b'\n'));
            let record = Record::parse(&out).expect("a record");
            assert_eq!((record.at, record.number, record.mark), (at, 1234, mark));
            assert_eq!(record.text, text);
        }
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
