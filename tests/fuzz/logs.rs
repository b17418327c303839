//! Logs: whatever a script writes, in whatever pieces, is read back as its lines, and a page shows text and nothing else.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tollgate::pages::task_runs::html;
use tollgate::runlog::{
    Chunk, Line, LogEntry, MAX_LINE_LEN, Plain, SEGMENTS, SMALLEST_READ, ansi, find_line, last_line, read_before,
    read_from, segment_path,
};
use tollgate::supervise::log::LogWriter;

use crate::fuzz::{Fuzz, Random, hash};
use crate::terminal::put_together;

const STAMP: &str = "2026-11-22T23:06:51.123Z";
const MAX_LOG: u64 = 8 * 1024 * 1024;

const WORDS: &[&str] = &[
    "\x1b",
    "\x1b[",
    "\x1b]",
    "\x1bP",
    "\x1b_",
    "\x1b^",
    "\x1bX",
    "\x1b\\",
    "\x07",
    "\x1b[m",
    "\x1b[0m",
    "\x1b[1m",
    "\x1b[22m",
    "\x1b[31m",
    "\x1b[38;5;196m",
    "\x1b[38;2;1;2;3m",
    "\x1b[38:2::1:2:3m",
    "\x1b[48;5;",
    "\x1b[4:0m",
    "\x1b[4:3m",
    "\x1b[?25l",
    "\x1b[2K",
    "\x1b[K",
    "\x1b[2J",
    "\x1b[10;10H",
    "\x1b[1A",
    "\x1b[C",
    "\x1b[7D",
    "\x1b[3G",
    "\x1b[1K",
    "\x1b]0;title\x07",
    "\x1b]8;;http://x\x1b\\",
    "\x1b]52;c;aGk=\x07",
    "\x1bP1$q\x1b\\",
    "\x1b(B",
    "\x1bc",
    "\x1b7",
    "\x1b8",
    "\x1b[s",
    "\x1b[u",
    "\x1b[P",
    "\x1b[3P",
    "\x1b[2@",
    "\x1b[4X",
    "日本語",
    "👩\u{200d}💻",
    "\u{301}",
    "\r",
    "\n",
    "\r\n",
    "\t",
    "\x08",
    "\0",
    "\x0c",
    "\x18",
    "\x1a",
    "<",
    ">",
    "&",
    "\"",
    "'",
    "</span>",
    "<script>",
    "&lt;",
    "javascript:",
    "\u{9b}31m",
    "\u{9d}0;",
    "\u{90}",
    "\u{202e}",
    "\u{2066}",
    "\u{200b}",
    "\u{feff}",
    "é",
    "😀",
    "e\u{301}",
    "2026-11-22T23:06:51.123Z 17|",
    "2026-11-22T23:06:51.123Z 1+x\n",
    ";",
    ":",
    "99999999999",
    "a",
];

#[test]
fn logs() {
    let folder = folder();
    let files = [folder.path().join("whole"), folder.path().join("pieces")];
    Fuzz { name: "logs", corpus: crate::corpus("logs"), words: WORDS, cases: 400, longest: 40 * 1024 }.run(|input| {
        for file in &files {
            let _ = std::fs::remove_file(file);
        }
        holds(input, &files)
    });
}

/// What is seen of a line is known when it is put together of texts and of sequences that show nothing.
#[test]
fn sequences() {
    let corpus = (0..64_u64).map(|number| number.to_le_bytes().repeat(4)).collect();
    Fuzz { name: "sequences", corpus, words: WORDS, cases: 10_000, longest: 512 }.run(|input| {
        let (line, seen) = put_together(input);
        // Where half of a letter was taken off at the end, nothing is seen, blank or not.
        assert_eq!(ansi::plain(&line).trim_end_matches(' '), seen.trim_end_matches(' '), "{line:?}");
        shows(&line)
    });
}

/// Where nothing waits for a disk, if there is such a place.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

fn holds(input: &[u8], [whole_path, pieces_path]: &[PathBuf; 2]) -> u64 {
    written(whole_path, MAX_LOG, input, None);
    let mut random = Random(hash(input));
    written(pieces_path, MAX_LOG, input, Some(&mut random));

    let lines = whole(whole_path);
    let told = |lines: &[LogEntry]| -> Vec<(u64, bool, String)> {
        lines.iter().map(|line| (line.number, line.remark, line.text.clone())).collect()
    };
    assert_eq!(told(&whole(pieces_path)), told(&lines), "pieces make no difference");
    is_what_was_written(input, &lines);
    windows_agree(whole_path, &lines, &mut random);
    windows_agree(pieces_path, &whole(pieces_path), &mut random);
    a_short_one_has_both_ends(pieces_path, input, &lines, &mut random);

    let mut behaviour = 0;
    for line in &lines {
        assert!(line.text.len() <= 3 * MAX_LINE_LEN, "{} bytes in a line", line.text.len());
        behaviour ^= shows(&line.text);
    }
    if let Some(last) = last_line(whole_path) {
        assert!(last.chars().count() <= 200 && !last.trim().is_empty() && !last.contains(['\n', '\x1b']), "{last:?}");
    }
    behaviour
}

/// Writes a log, whole or in pieces, some of which are written down before their line has ended.
fn written(path: &Path, limit: u64, input: &[u8], mut pieces: Option<&mut Random>) {
    let mut log = LogWriter::create(path, limit).unwrap();
    let mut rest = input;
    while !rest.is_empty() {
        let length = pieces.as_mut().map_or(rest.len(), |random| {
            let most = if random.below(3) == 0 { 4 } else { 1 + rest.len() / 8 };
            1 + random.below(most.min(rest.len()))
        });
        let (piece, after) = rest.split_at(length.min(rest.len()));
        log.push(piece, STAMP);
        rest = after;
        if pieces.as_mut().is_some_and(|random| random.below(2) == 0) {
            log.flush(STAMP);
        }
    }
    log.finish(STAMP).unwrap();
}

/// Every line, read from the start in steps.
fn whole(path: &Path) -> Vec<LogEntry> {
    let (mut lines, mut from) = (Vec::new(), 0);
    loop {
        let Chunk { lines: more, next } = read_from(path, from, SMALLEST_READ).unwrap();
        if next == from {
            assert_eq!(more, [], "it stays where it is and gives lines");
            break;
        }
        assert!(next > from);
        from = next;
        lines.extend(more);
    }
    assert!(lines.iter().all(|line| !line.partial), "an ended log has no line that is not ended");
    assert!(lines.iter().map(|line| line.number).eq(1..=lines.len() as u64), "no hole and no line twice");
    lines
}

/// A line is what a terminal shows of it, with the style of the line before; a long one is ended by force.
fn is_what_was_written(input: &[u8], lines: &[LogEntry]) {
    let (mut line, mut expected) = (Line::new(MAX_LINE_LEN), Vec::new());
    for written in input.split_inclusive(|byte| *byte == b'\n') {
        let ended = written.strip_suffix(b"\n");
        line.write(ended.unwrap_or(written));
        if ended.is_some() || line.has_begun() {
            let last = line.end();
            expected.extend(line.take_full());
            expected.push(last);
        }
    }
    assert_eq!(lines.len(), expected.len());
    for (line, expected) in lines.iter().zip(expected) {
        assert_eq!(ansi::spans(&line.text), ansi::spans(&expected.text), "line {}", line.number);
        assert!(line.text.chars().all(|letter| letter >= ' ' || matches!(letter, '\t' | '\x1b')), "{:?}", line.text);
    }
}

/// Of a log that is too long the first lines and the last are those of the whole, and between them is said how many are not.
fn a_short_one_has_both_ends(path: &Path, input: &[u8], all: &[LogEntry], random: &mut Random) {
    for file in (0..SEGMENTS).map(|slot| segment_path(path, slot)).chain([path.to_owned()]) {
        let _ = std::fs::remove_file(file);
    }
    written(path, 1 + random.number() % 8192, input, Some(random));
    let (mut kept, mut next) = (Vec::new(), 1);
    for line in read_from(path, 0, u64::MAX).unwrap().lines {
        assert_eq!(line.number, next, "numbers are true");
        next += line.dropped.max(1);
        if line.dropped == 0 {
            kept.push((line.number, line.text));
        }
    }
    assert_eq!(next, all.len() as u64 + 1);
    let is_kept = |line: &&LogEntry| kept.binary_search_by_key(&line.number, |(number, _)| *number).is_ok();
    let expected: Vec<_> = all.iter().filter(is_kept).map(|line| (line.number, line.text.clone())).collect();
    assert!(kept == expected && kept.last().map(|(number, _)| *number) == all.last().map(|line| line.number));
    for file in (0..SEGMENTS).map(|slot| segment_path(path, slot)) {
        let _ = std::fs::remove_file(file);
    }
}

/// The end, what is before any place, and the download have the same lines.
fn windows_agree(path: &Path, lines: &[LogEntry], random: &mut Random) {
    let most = 1 + random.below(lines.len() + 2);
    let tail = read_before(path, None, most).unwrap().lines;
    assert_eq!(tail, lines[lines.len().saturating_sub(most)..], "the last {most}");
    if !lines.is_empty() {
        let at = random.below(lines.len());
        let before = read_before(path, Some(lines[at].offset), most).unwrap().lines;
        assert_eq!(before, lines[at.saturating_sub(most)..at], "the {most} before line {}", lines[at].number);
        let found = read_from(path, find_line(path, lines[at].number).unwrap(), 0).unwrap().lines;
        assert_eq!(found[0].number, lines[at].number);
    }
    // Places that no page gives out: whatever is read there, it is read.
    let _ = read_before(path, Some(random.number() >> random.below(64)), most).unwrap();
    let _ = read_from(path, random.number() >> random.below(64), 1).unwrap();
    let download: Vec<u8> = Plain::new(path).flat_map(Result::unwrap).collect();
    let expected: Vec<String> = lines.iter().map(|line| format!("{STAMP} {}\n", ansi::plain(&line.text))).collect();
    assert!(download == expected.concat().as_bytes(), "the download differs");
}

/// A line as HTML: text and spans of known classes, one after the other, and of it only what a terminal would show.
fn shows(line: &str) -> u64 {
    let plain = ansi::plain(line);
    assert!(!plain.contains(|c: char| c.is_control() && c != '\t'), "{plain:?}");
    assert!(!plain.contains(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')), "{plain:?}");
    assert_eq!(ansi::plain(&plain), plain, "what is seen is seen as it is");
    let html = html::of(line);
    assert!(html.len() <= 24 * line.len(), "{} bytes became {}", line.len(), html.len());
    let (seen, classes) = read_html(&html);
    assert_eq!(seen, plain, "{html:?}");
    hash(classes.as_bytes()) ^ u64::from(plain.is_empty()) ^ u64::from(plain.len() == line.len()) << 1
}

/// What is seen of such HTML, and which classes it has; fails over anything else.
fn read_html(html: &str) -> (String, String) {
    let (mut seen, mut classes, mut open) = (String::new(), String::new(), false);
    let mut rest = html;
    while let Some(letter) = rest.chars().next() {
        let known = [("&#38;", '&'), ("&#60;", '<'), ("&#62;", '>'), ("&#34;", '"'), ("&#39;", '\'')];
        if let Some(after) = rest.strip_prefix("<span class=\"").filter(|_| !open) {
            let (words, after) = after.split_once("\">").expect("a span begins");
            let styled = |word: &str| {
                let number = word.strip_prefix("fg").or(word.strip_prefix("bg")).map(str::parse::<u8>);
                number.map_or(["bold", "dim", "italic", "underline"].contains(&word), |number| number.unwrap() < 16)
            };
            assert!(words.split(' ').all(styled), "{words:?}");
            classes.push_str(words);
            (rest, open) = (after, true);
        } else if let Some(after) = rest.strip_prefix("</span>").filter(|_| open) {
            (rest, open) = (after, false);
        } else if let Some((name, letter)) = known.into_iter().find(|(name, _)| rest.starts_with(name)) {
            seen.push(letter);
            rest = &rest[name.len()..];
        } else {
            assert!(!['<', '>', '&', '"', '\''].contains(&letter), "raw {letter:?} in {html:?}");
            seen.push(letter);
            rest = &rest[letter.len_utf8()..];
        }
    }
    assert!(!open, "a span is not closed: {html:?}");
    (seen, classes)
}
