//! The log of a script on a host, as it comes from there: cut into lines, without secrets.

use crate::masking::{Mask, MaskedStream};
use crate::runlog::{Line, MAX_LINE_LEN};

/// A line without an end is ended when so many bytes of it wait.
const MAX_WAITING: usize = 64 * 1024;

/// What has come of a log and is not recorded yet.
pub(super) struct RemoteLog {
    mask: Mask,
    waiting: Vec<u8>,
    /// Where what waits begins in the log on the host.
    from: u64,
    line: Line,
    /// What comes begins within a line, of which the rest is left out.
    within_line: bool,
}

impl RemoteLog {
    /// One that goes on from there.
    pub(super) fn from(from: u64, mask: Mask) -> Self {
        Self { mask, waiting: Vec::new(), from, line: Line::new(MAX_LINE_LEN), within_line: false }
    }

    /// Where the next bytes begin in the log on the host.
    pub(super) fn next(&self) -> u64 {
        self.from + self.waiting.len() as u64
    }

    /// Goes on somewhere else, probably within a line.
    pub(super) fn skip_to(&mut self, from: u64) {
        (self.waiting, self.from, self.within_line) = (Vec::new(), from, true);
    }

    /// Takes the next bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let mut bytes = bytes;
        if self.within_line {
            let end = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1);
            self.within_line = end == bytes.len() && bytes.last() != Some(&b'\n');
            self.from += end as u64;
            bytes = &bytes[end..];
        }
        self.waiting.extend_from_slice(bytes);
    }

    /// The lines that are whole, or all that waits if no more comes; and from where on the log is not recorded with them.
    pub(super) fn take(&mut self, is_end: bool) -> (Vec<String>, u64) {
        let until = self.until(is_end);
        if until == 0 {
            return (Vec::new(), self.from);
        }
        let rest = self.waiting.split_off(until);
        let raw = std::mem::replace(&mut self.waiting, rest);
        self.from += raw.len() as u64;
        let mut stream = MaskedStream::new(self.mask.clone());
        let mut masked = stream.push(&raw);
        masked.extend(stream.finish());
        let mut lines = Vec::new();
        for piece in masked.split_inclusive(|byte| *byte == b'\n') {
            self.line.write(piece.strip_suffix(b"\n").unwrap_or(piece));
            lines.extend(self.line.take_full().into_iter().map(|full| full.text));
            let last = self.line.end();
            lines.extend(self.line.take_full().into_iter().map(|full| full.text));
            lines.push(last.text);
        }
        (lines, self.from)
    }

    fn until(&self, is_end: bool) -> usize {
        let bytes = &self.waiting;
        if is_end {
            return bytes.len();
        }
        let whole = self.mask.last_cut(bytes, |at| bytes[at - 1] == b'\n');
        if whole == 0 && bytes.len() > MAX_WAITING { self.mask.last_cut(bytes, |_| true) } else { whole }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(secrets: &[&str]) -> RemoteLog {
        RemoteLog::from(0, Mask::new(secrets.iter().copied()))
    }

    #[test]
    fn a_line_is_recorded_when_all_of_it_has_come() {
        let mut log = log(&[]);
        log.push(b"one\ntw");
        assert_eq!(log.take(false), (vec!["one".to_owned()], 4));
        assert_eq!(log.next(), 6);
        log.push(b"o\r2\n\xff\xc3");
        assert_eq!(log.take(false), (vec!["2wo".to_owned()], 10));
        log.push(b"\xa9");
        assert_eq!(log.take(true), (vec!["\u{fffd}\u{e9}".to_owned()], 13));
        log.push("x".repeat(MAX_WAITING + 1).as_bytes());
        assert_eq!(log.take(false).0.concat().len(), MAX_WAITING + 1, "a line without an end is ended");
    }

    #[test]
    fn where_a_log_goes_on_never_lies_within_a_secret() {
        let secret = "first line of it\nsecond line of it";
        let text = format!("a\n{secret}\nb {secret}\nc\n");
        for cut in 1..text.len() {
            let mut first = log(&[secret]);
            first.push(&text.as_bytes()[..cut]);
            let (mut lines, at) = first.take(false);
            // Whoever goes on knows the place alone.
            let mut second = RemoteLog::from(at, Mask::new([secret]));
            second.push(&text.as_bytes()[usize::try_from(at).unwrap()..]);
            lines.extend(second.take(true).0);
            assert_eq!(lines, ["a", "***", "b ***", "c"], "{cut}");
        }
    }

    #[test]
    fn what_is_left_out_ends_with_a_line() {
        let mut log = log(&[]);
        log.skip_to(100);
        log.push(b"half");
        assert_eq!(log.take(false), (Vec::new(), 104));
        log.push(b" of it\nwhole\n");
        assert_eq!(log.take(false), (vec!["whole".to_owned()], 117));
    }
}
