//! From bytes to lines, whatever the pieces they come in.

use super::*;
use crate::runlog::{LogEntry, SEGMENTS, ansi, read_from, segment_path, size};

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
        assert_eq!(texts(&lines), ["one", "", "zwölf ✓ \u{1F680}", "last"], "pieces of {size}");
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
fn a_line_in_very_many_parts_is_one_line() {
    let lines = written(1_000_000, |log| {
        for _ in 0..MAX_PARTS * 2 {
            log.push(b".", AT);
            log.flush(AT);
        }
        log.push(b"\nnext\n", AT);
    });
    let whole = ".".repeat(MAX_PARTS as usize * 2);
    assert_eq!(texts(&lines), [whole.as_str(), "next"]);
}

#[test]
fn f8_a_bar_that_is_written_over_is_one_line_however_fast_it_comes() {
    for flushes in [0, 1, 7] {
        let lines = written(1_000_000, |log| {
            for number in 1..=3000 {
                log.push(format!("\r{number} of 3000 [{}]", "#".repeat(40)).as_bytes(), AT);
                if flushes > 0 && number % flushes == 0 {
                    log.flush(AT);
                }
            }
            log.push(b"\nover\n", AT);
        });
        assert_eq!(texts(&lines), [format!("3000 of 3000 [{}]", "#".repeat(40)).as_str(), "over"]);
        assert_eq!(lines.iter().map(|line| line.number).collect::<Vec<_>>(), [1, 2]);
    }
}

#[test]
fn f8_a_line_that_goes_on_for_long_is_written_down_more_seldom() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = LogWriter::create(&folder.path().join("log"), 10_000).unwrap();
    let waits = |log: &mut LogWriter, text: &[u8]| {
        let before = Instant::now();
        log.push(text, AT);
        log.due().unwrap().duration_since(before)
    };
    assert!(waits(&mut log, b"\r1") < TIMEOUT * 3);
    for number in 0..10_000 {
        log.push(format!("\r{number}").as_bytes(), AT);
        log.flush(AT);
    }
    assert!(waits(&mut log, b"\rlast") >= MAX_TIMEOUT);
    log.push(b"\n", AT);
    assert!(waits(&mut log, b"another") < TIMEOUT * 3);
}

#[test]
fn f9_a_colour_goes_on_in_the_next_line() {
    let lines = written(10_000, |log| log.push(b"\x1b[31mred start\nstill red\x1b[0m\nplain\n", AT));
    let styles: Vec<_> = lines.iter().map(|line| ansi::spans(&line.text)[0].style.foreground).collect();
    assert_eq!(styles, [Some(1), Some(1), None]);
}

/// How many bytes the files of a log have together.
fn room(path: &Path) -> u64 {
    let segments = (0..SEGMENTS).map(|slot| segment_path(path, slot));
    let files = std::iter::once(path.to_owned()).chain(segments);
    files.filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum()
}

#[test]
fn f6_the_beginning_and_the_end_are_kept_and_the_disk_is_never_filled() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let limit = 64 * 1024;
    let mut log = LogWriter::create(&path, limit).unwrap();
    let (mut most, mut told) = (0, 0);
    for number in 1..=20_000_u64 {
        log.push(format!("line {number} noise noise noise\n").as_bytes(), AT);
        most = most.max(room(&path));
        // It is never shorter than it was.
        let now = size(&path).unwrap();
        assert!(now > told, "{now} after {told}");
        told = now;
    }
    log.push(b"FATAL: the reason\n", AT);
    log.finish(AT).unwrap();
    assert!(most <= limit / 2 + limit / 2 / 4 * 5 + 1024, "{most} bytes");
    let lines = read_from(&path, 0, u64::MAX).unwrap().lines;
    assert_eq!(texts(&lines[..1]), ["line 1 noise noise noise"]);
    assert_eq!(lines.last().unwrap().text, "FATAL: the reason");
    assert_eq!(lines.last().unwrap().number, 20_001, "numbers are those of what was written");
    let (at, hole) = lines.iter().enumerate().find(|(_, line)| line.dropped > 0).unwrap();
    assert_eq!(lines.len() as u64 - 1 + hole.dropped, 20_001);
    let bytes = |lines: &[LogEntry]| lines.iter().map(|line| line.text.len() as u64 + 32).sum::<u64>();
    assert!(bytes(&lines[..at]) > limit / 2 - 1024 && bytes(&lines[at + 1..]) >= limit / 2 - 1024);
    assert!(
        lines[at + 1..]
            .iter()
            .all(|line| line.text == format!("line {} noise noise noise", line.number) || line.number == 20_001)
    );
}

#[test]
fn f6_a_log_that_is_a_little_too_long_is_whole() {
    let lines = written(64 * 1024, |log| {
        for number in 1..=900 {
            log.push(format!("line {number} noise noise noise\n").as_bytes(), AT);
        }
    });
    assert!(lines.iter().map(|line| line.number).eq(1..=900));
}

#[test]
fn f6_a_supervisor_that_dies_at_any_byte_leaves_a_log_that_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let mut log = LogWriter::create(&path, 4096).unwrap();
    for number in 1..=200_u64 {
        log.push(format!("line {number}\n").as_bytes(), AT);
        // The newest file as if only so much of it had been written.
        let newest = (0..SEGMENTS).map(|slot| segment_path(&path, slot)).filter(|it| it.exists());
        let newest = newest.max_by_key(|it| it.metadata().unwrap().modified().unwrap());
        let Some(newest) = newest else { continue };
        let whole = std::fs::read(&newest).unwrap();
        for cut in [0, 1, 30, whole.len().saturating_sub(1)] {
            std::fs::write(&newest, &whole[..cut.min(whole.len())]).unwrap();
            let lines = read_from(&path, 0, u64::MAX).unwrap().lines;
            assert!(lines.is_sorted_by_key(|line| line.number) && lines[0].number == 1, "{:?}", texts(&lines));
        }
        std::fs::write(&newest, &whole).unwrap();
    }
    assert_eq!(read_from(&path, 0, u64::MAX).unwrap().lines.last().unwrap().text, "line 200");
}
