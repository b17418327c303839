//! Logs in the simulation: what a script writes in pieces, a supervisor that writes it down, dies at any byte, and readers
//! that follow it, jump into it and look for things in it, one step after the other as the seed says.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tollgate::runlog::{
    Line, LogEntry, MAX_LINE_LEN, Record, SEGMENTS, SMALLEST_READ, find_text, read_before, read_from, segment_path,
};
use tollgate::supervise::log::LogWriter;

use crate::rng::Rng;

const STAMP: &str = "2026-11-22T23:06:51.123Z";

/// What a script writes, piece by piece.
const PIECES: &[&str] = &[
    "a line\n",
    "\n",
    "begun",
    " and on",
    "\r50%",
    "\x1b[31mred",
    "\x1b[0m",
    "日本語\x08\x08Z",
    "e\u{301}",
    "\x1b7 aside\x1b8",
    "\x1b[P",
    "\t",
    "needle\n",
];

/// Who reads a log while it grows, and what they saw of it.
#[derive(Default)]
struct Follower {
    next: u64,
    lines: BTreeMap<u64, LogEntry>,
}

impl Follower {
    fn reads(&mut self, path: &Path, most: u64) {
        let chunk = read_from(path, self.next, most).unwrap();
        assert!(chunk.next >= self.next, "it goes back");
        for line in chunk.lines {
            // Where the reader is may be dropped meanwhile: what is told then is what is missing in the log by now.
            if line.dropped > 0 {
                self.lines.retain(|number, _| !(line.number..line.number + line.dropped).contains(number));
            }
            let known = self.lines.get(&line.number);
            assert!(known.is_none_or(|known| known.partial), "line {} is given again", line.number);
            self.lines.insert(line.number, line);
        }
        self.next = chunk.next;
    }

    /// Every line was seen, or told to be missing.
    fn saw_all_of(&self, expected: &[String]) {
        let mut number = 1;
        for line in self.lines.values() {
            assert_eq!(line.number, number, "a hole, or a line twice");
            number += line.dropped.max(1);
            if line.dropped == 0 {
                let at = usize::try_from(line.number).unwrap() - 1;
                assert!(!line.partial, "line {} has not ended", line.number);
                assert_eq!(line.text, expected[at], "line {}", line.number);
            }
        }
        assert_eq!(number, expected.len() as u64 + 1);
    }
}

/// What the lines are in the end: the writer ends one only where a newline does, or where it is too long.
fn expected(written: &[u8]) -> Vec<String> {
    let (mut line, mut lines) = (Line::new(MAX_LINE_LEN), Vec::new());
    for piece in written.split_inclusive(|byte| *byte == b'\n') {
        line.write(piece.strip_suffix(b"\n").unwrap_or(piece));
        if piece.ends_with(b"\n") || line.has_begun() {
            let whole = line.whole();
            lines.extend(line.take_full().into_iter().map(|told| told.text));
            lines.push(whole.text);
            line.end();
        }
    }
    lines
}

fn files(path: &Path) -> Vec<PathBuf> {
    let segments = (0..SEGMENTS).map(|slot| segment_path(path, slot));
    std::iter::once(path.to_owned()).chain(segments).filter(|file| file.exists()).collect()
}

/// The log as if its supervisor had died before all of the newest file was written: it is read, without a line too many.
fn dies(path: &Path, rng: &Rng) {
    let copy = tempfile::tempdir_in(path.parent().unwrap()).unwrap();
    let newest = files(path).into_iter().max_by_key(|file| first_number(file)).unwrap();
    for file in files(path) {
        let mut bytes = fs::read(&file).unwrap();
        if file == newest {
            bytes.truncate(rng.below(bytes.len() + 1));
        }
        fs::write(copy.path().join(file.file_name().unwrap()), bytes).unwrap();
    }
    let lines = read_from(&copy.path().join("log"), 0, u64::MAX).unwrap().lines;
    assert!(lines.is_sorted_by(|one, other| one.number + one.dropped.max(1) == other.number), "{lines:?}");
}

/// The number of the first line in a file of a log.
fn first_number(file: &Path) -> u64 {
    let bytes = fs::read(file).unwrap();
    let first = bytes.split(|byte| *byte == b'\n').find_map(Record::parse);
    first.map_or(u64::MAX, |record| record.number)
}

fn history(seed: u64, folder: &Path) {
    let rng = Rng::new(seed);
    let path = folder.join("log");
    let limit = 600 + rng.next() % 6000;
    let mut log = LogWriter::create(&path, limit).unwrap();
    let (mut written, mut follower) = (Vec::new(), Follower::default());
    for _ in 0..80 + rng.below(80) {
        match rng.below(8) {
            0..4 => {
                for _ in 0..=rng.below(6) {
                    let piece = rng.pick(PIECES).as_bytes();
                    // A letter may come in two pieces.
                    let (one, other) = piece.split_at(rng.below(piece.len() + 1));
                    log.push(one, STAMP);
                    log.push(other, STAMP);
                    written.extend_from_slice(piece);
                }
            }
            4 => log.flush(STAMP),
            5 => follower.reads(&path, SMALLEST_READ),
            6 => dies(&path, &rng),
            _ => {
                let last = read_before(&path, None, 1 + rng.below(30)).unwrap().lines;
                assert!(last.is_sorted_by(|one, other| one.number + one.dropped.max(1) == other.number), "{last:?}");
            }
        }
    }
    log.finish(STAMP).unwrap();
    let expected = expected(&written);
    while follower.next < tollgate::runlog::size(&path).unwrap() {
        follower.reads(&path, SMALLEST_READ);
    }
    follower.saw_all_of(&expected);
    let mut late = Follower::default();
    late.reads(&path, u64::MAX);
    late.saw_all_of(&expected);
    let found = find_text(&path, "needle", str_as_it_is, usize::MAX).unwrap();
    let kept = late
        .lines
        .values()
        .filter(|line| line.dropped == 0 && tollgate::runlog::ansi::plain(&line.text).contains("needle"));
    assert_eq!(found.count, kept.count() as u64);
}

fn str_as_it_is(text: &str) -> std::borrow::Cow<'_, str> {
    text.into()
}

#[test]
fn a_log_is_whole_to_whoever_reads_it_while_it_grows() {
    let from = std::env::var("TOLLGATE_SIM_FROM").map_or(1, |text| text.parse().unwrap());
    for seed in from..from + 300 {
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let folder_path = folder.path();
        let played = std::panic::catch_unwind(|| history(seed, folder_path));
        assert!(played.is_ok(), "seed {seed}: TOLLGATE_SIM_FROM={seed} plays it again");
    }
}
