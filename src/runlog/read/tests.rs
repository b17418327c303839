//! Reading a log from both ends, whole and while it grows.

use std::fs;
use std::path::PathBuf;

use super::*;
use crate::runlog::{read_before, read_from, size};

const AT: &str = "2026-11-22T23:06:51.123Z";

fn log(records: &[(u64, RecordKind, &str)], rest: &str) -> (tempfile::TempDir, PathBuf) {
    let mut bytes = Vec::new();
    for (number, mark, text) in records {
        Record::write(&mut bytes, AT, *number, *mark, text);
    }
    bytes.extend_from_slice(rest.as_bytes());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn texts(chunk: &Chunk) -> Vec<(u64, &str, bool)> {
    let line = |line: &'_ LogEntry| (line.number, line.partial);
    chunk.lines.iter().map(|each| (line(each).0, each.text.as_str(), line(each).1)).collect()
}

#[test]
fn no_log_yet_is_an_empty_log() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    assert_eq!(read_from(&path, 0, 10).unwrap(), Chunk::default());
    assert_eq!(read_before(&path, None, 10).unwrap(), Chunk::default());
    assert_eq!(size(&path).unwrap(), 0);
}

#[test]
fn a_partial_line_is_given_again_when_it_has_grown() {
    let (_folder, path) = log(&[(1, RecordKind::End, "a"), (2, RecordKind::More, "b")], "2026-1");
    let first = read_from(&path, 0, 0).unwrap();
    assert_eq!(texts(&first), [(1, "a", false), (2, "b", true)]);

    let mut bytes = fs::read(&path).unwrap();
    bytes.truncate(bytes.len() - 6);
    Record::write(&mut bytes, AT, 2, RecordKind::More, "c");
    Record::write(&mut bytes, AT, 2, RecordKind::End, "d");
    fs::write(&path, bytes).unwrap();
    let second = read_from(&path, first.next, 0).unwrap();
    assert_eq!(texts(&second), [(2, "bcd", false)]);
    assert_eq!(second.next, size(&path).unwrap());
    assert!(read_from(&path, second.next, 0).unwrap().lines.is_empty());
}

#[test]
fn a_line_that_another_follows_is_not_partial() {
    let (_folder, path) = log(&[(1, RecordKind::More, "a"), (2, RecordKind::Remark, "cut")], "");
    let chunk = read_from(&path, 0, 0).unwrap();
    assert_eq!(texts(&chunk), [(1, "a", false), (2, "cut", false)]);
    assert!(chunk.lines[1].remark);
}

#[test]
fn a_tail_keeps_the_numbers() {
    let records: Vec<_> = (1..=9000).map(|n| (n, RecordKind::End, "some text")).collect();
    let (_folder, path) = log(&records, "");
    let tail = read_before(&path, None, 5000).unwrap();
    assert_eq!(tail.lines.len(), 5000);
    assert_eq!(tail.lines[0].number, 4001);
    assert_eq!(tail.next, size(&path).unwrap());
    assert_eq!(read_before(&path, None, 100_000).unwrap().lines.len(), 9000);
}

#[test]
fn reading_on_gives_every_line_once() {
    let records: Vec<_> = (1..=9000).map(|n| (n, RecordKind::End, "some text")).collect();
    let (_folder, path) = log(&records, "");
    let (mut next, mut numbers) = (0, Vec::new());
    loop {
        let chunk = read_from(&path, next, 0).unwrap();
        if chunk.lines.is_empty() {
            break;
        }
        numbers.extend(chunk.lines.iter().map(|line| line.number));
        next = chunk.next;
    }
    assert_eq!(numbers, (1..=9000).collect::<Vec<_>>());
}

#[test]
fn behind_every_end_there_is_nothing() {
    let (_folder, path) = log(&[(1, RecordKind::End, "a")], "");
    for offset in [1000, u64::MAX / 2 + 1, u64::MAX] {
        assert_eq!(read_from(&path, offset, u64::MAX).unwrap(), Chunk { lines: Vec::new(), next: offset });
        assert_eq!(texts(&read_before(&path, Some(offset), 10).unwrap()), [(1, "a", false)]);
    }
}

#[test]
fn f8_a_line_that_was_written_over_is_read_from_its_last_record_on() {
    let anew = |n: u64| format!("{n:>200}%");
    let mut records = vec![(1, RecordKind::End, "first".to_owned()), (2, RecordKind::More, "0%".to_owned())];
    records.extend((1..1000).map(|n| (2, RecordKind::MoreAnew, anew(n))));
    let given: Vec<_> = records.iter().map(|(n, mark, text)| (*n, *mark, text.as_str())).collect();
    let (_folder, path) = log(&given, "");
    let (mut chunk, mut next) = (read_from(&path, 0, 0).unwrap(), 0);
    while chunk.next > next {
        next = chunk.next;
        chunk = read_from(&path, next, 0).unwrap();
    }
    assert_eq!(texts(&chunk), [(2, anew(999).as_str(), true)], "a window is smaller than the records of this line");
    let tail = read_before(&path, None, 2).unwrap();
    assert_eq!(tail.lines.last(), chunk.lines.last());
    assert_eq!(texts(&read_before(&path, Some(chunk.lines[0].offset), 10).unwrap()), [(1, "first", false)]);

    let mut bytes = fs::read(&path).unwrap();
    Record::write(&mut bytes, AT, 2, RecordKind::More, "!");
    Record::write(&mut bytes, AT, 2, RecordKind::End, "");
    Record::write(&mut bytes, AT, 3, RecordKind::End, "last");
    fs::write(&path, bytes).unwrap();
    let ended = format!("{}!", anew(999));
    assert_eq!(texts(&read_from(&path, next, 0).unwrap()), [(2, ended.as_str(), false), (3, "last", false)]);
}
