//! From bytes to lines, whatever the pieces they come in.

use super::*;
use crate::runlog::{LogEntry, read_from};

const AT: &str = "2026-11-22T23:06:51.123Z";

fn written(limit: u64, write: impl FnOnce(&mut LogWriter)) -> Vec<LogEntry> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let mut log = LogWriter::create(&path, limit).unwrap();
    write(&mut log);
    log.finish(AT).unwrap();
    read_from(&path, 0, u64::MAX).unwrap().lines
}

fn texts(lines: &[LogEntry]) -> Vec<&str> {
    lines.iter().map(|line| line.text.as_str()).collect()
}

#[test]
fn lines_are_the_same_however_they_are_cut() {
    let bytes = "one\r\n\nzwölf ✓ \u{1F680}\nlast".as_bytes();
    for size in 1..=bytes.len() {
        let lines = written(10_000, |log| {
            for piece in bytes.chunks(size) {
                log.push(piece, AT);
                log.flush(AT);
            }
        });
        assert_eq!(texts(&lines), ["one\r", "", "zwölf ✓ \u{1F680}", "last"], "pieces of {size}");
        assert!(lines.iter().all(|line| !line.partial));
    }
}

#[test]
fn what_is_not_text_is_replaced() {
    let lines = written(10_000, |log| log.push(b"a\xff\xc3\nb\xe2\x82", AT));
    assert_eq!(texts(&lines), ["a\u{FFFD}\u{FFFD}", "b\u{FFFD}"]);
}

#[test]
fn a_long_line_is_split_between_characters() {
    let text = "é".repeat(MAX_LINE_LEN);
    let lines = written(1_000_000, |log| log.push(format!("x{text}\n").as_bytes(), AT));
    assert_eq!(lines.len(), 3);
    assert_eq!(texts(&lines).concat(), format!("x{text}"));
    assert_eq!(lines.iter().map(|line| line.number).collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn the_longest_line_is_one_line() {
    let longest = "x".repeat(MAX_LINE_LEN);
    let lines = written(1_000_000, |log| log.push(format!("{longest}\nnext\n").as_bytes(), AT));
    assert_eq!(texts(&lines), [longest.as_str(), "next"]);
    // Also in parts.
    let lines = written(1_000_000, |log| {
        log.push(longest.as_bytes(), AT);
        log.flush(AT);
        log.push(b"\nnext\n", AT);
    });
    assert_eq!(texts(&lines), [longest.as_str(), "next"]);
}

#[test]
fn a_line_in_very_many_parts_is_ended() {
    let lines = written(1_000_000, |log| {
        for _ in 0..MAX_PARTS * 2 {
            log.push(b".", AT);
            log.flush(AT);
        }
    });
    let whole = ".".repeat(MAX_PARTS as usize);
    assert_eq!(texts(&lines), [whole.as_str(), whole.as_str()]);
}

#[test]
fn the_log_ends_at_its_limit_with_a_sentence() {
    let lines = written(130, |log| {
        log.push(b"part", AT);
        log.flush(AT);
        for _ in 0..100 {
            log.push(b"more and more\n", AT);
        }
    });
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0].text, "partmore and more");
    assert!(lines.last().unwrap().remark);
    assert!(lines.last().unwrap().text.contains("its limit of 130 bytes"));
}
