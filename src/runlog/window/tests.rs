//! Windows of a log of which the middle is not kept.

use std::path::Path;

use super::*;
use crate::runlog::{Plain, RecordKind, SegmentHead, last_line, segment_path, size};

const AT: &str = "2026-11-22T23:06:51.123Z";

fn texts(lines: &[LogEntry]) -> Vec<String> {
    lines.iter().map(|line| format!("{} {}", line.number, line.text)).collect()
}

fn records(lines: std::ops::RangeInclusive<u64>, mark: RecordKind) -> Vec<u8> {
    let mut bytes = Vec::new();
    for number in lines {
        Record::write(&mut bytes, AT, number, mark, &format!("line {number}"));
    }
    bytes
}

/// Writes a segment that begins there; answers where the next would.
fn segment(path: &Path, slot: usize, at: u64, lines: std::ops::RangeInclusive<u64>) -> u64 {
    let mut bytes = Vec::new();
    SegmentHead { number: *lines.start(), at }.write(&mut bytes, AT);
    bytes.extend(records(lines, RecordKind::End));
    std::fs::write(segment_path(path, slot), &bytes).unwrap();
    at + bytes.len() as u64
}

/// The lines 1 to 3, and 101 to 106 in two segments, the newer one in the first place.
fn with_hole(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("log");
    std::fs::write(&path, records(1..=3, RecordKind::End)).unwrap();
    let next = segment(&path, 4, 5000, 101..=103);
    segment(&path, 0, next, 104..=106);
    path
}

const HOLE: &str = "4 97 lines are missing here (lines 4 to 100, 4 KiB): of a log that is too long the first 4 MiB and the last 4 \
                    MiB are kept. The time and the number of each line count, some 30 bytes.";

#[test]
fn f6_a_remark_stands_in_place_of_what_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = with_hole(folder.path());
    let all = ["1 line 1", "2 line 2", "3 line 3", HOLE, "101 line 101", "102 line 102", "103 line 103"];
    let all: Vec<_> = all.into_iter().chain(["104 line 104", "105 line 105", "106 line 106"]).collect();
    let whole = read_from(&path, 0, u64::MAX).unwrap();
    assert_eq!(texts(&whole.lines), all);
    assert_eq!((whole.next, whole.lines[3].dropped, whole.lines[3].remark), (size(&path).unwrap(), 97, true));
    for most in 0..=all.len() {
        let last = read_before(&path, None, most).unwrap().lines;
        let expected = &all[all.len() - most..];
        // The remark alone, without a line before it, is left out.
        assert_eq!(texts(&last), if most == 7 { &expected[1..] } else { expected }, "the last {most}");
    }
    for (at, line) in whole.lines.iter().enumerate().filter(|(_, line)| line.dropped == 0) {
        let before = read_before(&path, Some(line.offset), 100).unwrap().lines;
        assert_eq!(texts(&before), all[..if at == 4 { 3 } else { at }].to_vec(), "before {}", line.text);
    }
    assert_eq!(last_line(&path).as_deref(), Some("line 106"));
    let text: Vec<u8> = Plain::new(&path).flat_map(Result::unwrap).collect();
    assert_eq!(String::from_utf8(text).unwrap().lines().count(), all.len());
}

#[test]
fn f6_who_reads_on_in_what_was_dropped_meanwhile_goes_on_behind_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = with_hole(folder.path());
    let (begins, ends) = (std::fs::metadata(&path).unwrap().len(), 5000);
    for from in [begins, begins + 1, 3000, ends - 1] {
        let chunk = read_from(&path, from, 0).unwrap();
        assert_eq!(texts(&chunk.lines[..2]), [HOLE, "101 line 101"], "from {from}");
        assert_eq!(chunk.next, size(&path).unwrap());
    }
    assert_eq!(texts(&read_from(&path, ends, 0).unwrap().lines)[0], "101 line 101");
}

#[test]
fn f6_a_segment_that_is_being_written_or_is_none_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    std::fs::write(&path, records(1..=3, RecordKind::End)).unwrap();
    let length = std::fs::metadata(&path).unwrap().len();
    for bytes in ["", "2026-11-22T23:06:51.123Z 4@", "anything\n", "2026-11-22T23:06:51.123Z 4@1\n"] {
        std::fs::write(segment_path(&path, 0), bytes).unwrap();
        assert_eq!((size(&path).unwrap(), read_from(&path, 0, 0).unwrap().lines.len()), (length, 3), "{bytes:?}");
    }
    let next = segment(&path, 0, length, 4..=6);
    assert_eq!(texts(&read_from(&path, 0, 0).unwrap().lines).len(), 6, "nothing is missing");
    // Of segments that do not follow each other the newest count.
    segment(&path, 1, next + 7, 20..=22);
    assert_eq!(texts(&read_from(&path, 0, 0).unwrap().lines)[4], "20 line 20");
}

#[test]
fn f6_of_a_line_that_is_written_over_only_its_last_state_is_missed_by_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let mut first = records(1..=1, RecordKind::End);
    first.extend(records(2..=2, RecordKind::MoreAnew));
    std::fs::write(&path, first).unwrap();
    let mut bytes = Vec::new();
    SegmentHead { number: 2, at: 9000 }.write(&mut bytes, AT);
    Record::write(&mut bytes, AT, 2, RecordKind::EndAnew, "100%");
    std::fs::write(segment_path(&path, 2), bytes).unwrap();
    for lines in [read_from(&path, 0, 0).unwrap().lines, read_before(&path, None, 10).unwrap().lines] {
        assert_eq!(texts(&lines), ["1 line 1", "2 100%"]);
    }
}

#[test]
fn f6_a_line_of_which_the_end_is_not_kept_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let mut first = records(1..=1, RecordKind::End);
    first.extend(records(2..=2, RecordKind::MoreAnew));
    std::fs::write(&path, first).unwrap();
    segment(&path, 2, 9000, 5..=6);
    let at = find_line(&path, 2).unwrap();
    for (lines, from) in [
        (read_from(&path, 0, 0).unwrap().lines, 0),
        (read_before(&path, None, 10).unwrap().lines, 0),
        (read_from(&path, at, 0).unwrap().lines, 1),
    ] {
        assert_eq!(lines.iter().map(|line| line.number).collect::<Vec<_>>(), [1, 2, 5, 6][from..]);
        assert_eq!(lines[1 - from].dropped, 3, "what was written over it later is not known: {lines:?}");
    }
}

#[test]
fn f7_every_line_is_found_by_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let wide = |number: u64| format!("line {number} {}", "x".repeat((number * 37 % 900) as usize));
    let mut bytes = Vec::new();
    for number in 1..=2000 {
        Record::write(&mut bytes, AT, number, RecordKind::More, &wide(number));
        Record::write(&mut bytes, AT, number, RecordKind::End, "");
    }
    std::fs::write(&path, &bytes).unwrap();
    let mut next = 2_000_000;
    for slot in 0..3 {
        let first = 5001 + slot as u64 * 1000;
        next = segment(&path, slot, next, first..=first + 999);
    }
    for number in (1..=2000).step_by(7).chain(5001..=5003).chain(7990..=8000) {
        let at = find_line(&path, number).unwrap();
        assert_eq!(read_from(&path, at, 0).unwrap().lines[0].number, number);
    }
    for number in [2001, 5000] {
        let at = find_line(&path, number).unwrap();
        let line = &read_from(&path, at, 0).unwrap().lines[0];
        assert_eq!((line.number, line.dropped), (2001, 3000), "what is not kept is said in its place");
    }
    assert_eq!(find_line(&path, 8001).unwrap(), size(&path).unwrap());
    assert_eq!(find_line(&path, 0).unwrap(), 0);
}

#[test]
fn f7_a_search_looks_at_the_whole_log_and_at_what_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let path = with_hole(folder.path());
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.extend(records(4..=4, RecordKind::End));
    Record::write(&mut bytes, AT, 5, RecordKind::End, "\x1b[31mFA\x1b[0mTAL: näher");
    std::fs::write(&path, bytes).unwrap();
    let found = find_text(&path, "LINE 10", shown, 100).unwrap();
    assert_eq!((found.count, found.dropped, found.lines.len()), (6, 95, 6));
    let found = find_text(&path, "line", shown, 2).unwrap();
    assert_eq!((found.count, texts(&found.lines)), (10, vec!["105 line 105".to_owned(), "106 line 106".to_owned()]));
    assert_eq!(find_text(&path, "fatal: NÄH", shown, 2).unwrap().lines[0].number, 5);
    assert_eq!(find_text(&path, "[31m", shown, 2).unwrap().count, 0);
}
/// As pages show a text.
fn shown(text: &str) -> Cow<'_, str> {
    text.replace('\u{200b}', "\u{fffd}").into()
}

#[test]
fn f13_what_is_hidden_is_found_by_what_is_shown_for_it_and_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let mut bytes = Vec::new();
    for (number, text) in [(1, "pay\u{200b}pal"), (2, "paypal"), (3, "a\u{fffd}b")] {
        Record::write(&mut bytes, AT, number, RecordKind::End, text);
    }
    std::fs::write(&path, bytes).unwrap();
    let numbers = |wanted: &str| -> Vec<u64> {
        find_text(&path, wanted, shown, 10).unwrap().lines.iter().map(|line| line.number).collect()
    };
    assert_eq!(numbers("PAY\u{fffd}pal"), [1]);
    assert_eq!(numbers("pay\u{200b}pal"), [1]);
    assert_eq!(numbers("\u{fffd}"), [1, 3]);
    assert_eq!(numbers("paypal"), [2]);
}
