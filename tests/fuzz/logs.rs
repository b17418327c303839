//! Logs: whatever a script writes, in whatever pieces, is read back as its lines, and a page shows text and nothing else.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tollgate::pages::task_runs::html;
use tollgate::runlog::{
    Chunk, LogEntry, MAX_LINE_LEN, MAX_PARTS, Plain, SMALLEST_READ, ansi, last_line, read_before, read_from, read_tail,
};
use tollgate::supervise::log::LogWriter;

use crate::fuzz::{Fuzz, Random, hash};

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
    "\x1b]0;title\x07",
    "\x1b]8;;http://x\x1b\\",
    "\x1b]52;c;aGk=\x07",
    "\x1bP1$q\x1b\\",
    "\x1b(B",
    "\x1bc",
    "\x1b7",
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
        assert_eq!(ansi::plain(&line), seen, "{line:?}");
        shows(&line)
    });
}

/// Where nothing waits for a disk, if there is such a place.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

fn holds(input: &[u8], [whole_path, pieces_path]: &[PathBuf; 2]) -> u64 {
    written(whole_path, input, None);
    let mut random = Random(hash(input));
    written(pieces_path, input, Some(&mut random));

    let lines = whole(whole_path);
    let told = |lines: &[LogEntry]| -> Vec<(u64, bool, String)> {
        lines.iter().map(|line| (line.number, line.remark, line.text.clone())).collect()
    };
    assert_eq!(told(&whole(pieces_path)), told(&lines), "pieces make no difference");
    is_what_was_written(input, &lines);
    windows_agree(whole_path, &lines, &mut random);
    windows_agree(pieces_path, &whole(pieces_path), &mut random);

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
fn written(path: &Path, input: &[u8], mut pieces: Option<&mut Random>) {
    let mut log = LogWriter::create(path, MAX_LOG).unwrap();
    let mut rest = input;
    let mut parts = 0;
    while !rest.is_empty() {
        let length = pieces.as_mut().map_or(rest.len(), |random| {
            let most = if random.below(3) == 0 { 4 } else { 1 + rest.len() / 8 };
            1 + random.below(most.min(rest.len()))
        });
        let (piece, after) = rest.split_at(length.min(rest.len()));
        log.push(piece, STAMP);
        rest = after;
        if pieces.as_mut().is_some_and(|random| random.below(2) == 0) && parts + 1 < MAX_PARTS {
            log.flush(STAMP);
            parts += 1;
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

/// A line is its text, with marks for what is no text; a long one is ended by force, between two characters.
fn is_what_was_written(input: &[u8], lines: &[LogEntry]) {
    let mut expected = Vec::new();
    for written in input.split_inclusive(|byte| *byte == b'\n') {
        let ended = written.strip_suffix(b"\n");
        let mut rest = ended.unwrap_or(written);
        while rest.len() > MAX_LINE_LEN {
            let begins_character = |start: &usize| {
                std::str::from_utf8(&rest[*start..MAX_LINE_LEN])
                    .is_err_and(|fault| fault.valid_up_to() == 0 && fault.error_len().is_none())
            };
            let end = (MAX_LINE_LEN - 3..MAX_LINE_LEN).find(begins_character).unwrap_or(MAX_LINE_LEN);
            expected.push(&rest[..end]);
            rest = &rest[end..];
        }
        if ended.is_some() || !rest.is_empty() {
            expected.push(rest);
        }
    }
    assert_eq!(lines.len(), expected.len());
    for (line, expected) in lines.iter().zip(expected) {
        assert_eq!(line.text, String::from_utf8_lossy(expected), "line {}", line.number);
    }
}

/// The end, what is before any place, and the download have the same lines.
fn windows_agree(path: &Path, lines: &[LogEntry], random: &mut Random) {
    let most = 1 + random.below(lines.len() + 2);
    let tail = read_tail(path, most).unwrap().lines;
    assert_eq!(tail, lines[lines.len().saturating_sub(most)..], "the last {most}");
    if !lines.is_empty() {
        let at = random.below(lines.len());
        let before = read_before(path, lines[at].offset, most).unwrap().lines;
        assert_eq!(before, lines[at.saturating_sub(most)..at], "the {most} before line {}", lines[at].number);
    }
    // Places that no page gives out: whatever is read there, it is read.
    let _ = read_before(path, random.number() >> random.below(64), most).unwrap();
    let _ = read_from(path, random.number() >> random.below(64), 1).unwrap();
    let download: Vec<u8> = Plain::new(path).flat_map(Result::unwrap).collect();
    let expected: Vec<String> = lines.iter().map(|line| format!("{STAMP} {}\n", line.text)).collect();
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

/// A line, and what is seen of it. Each byte chooses a piece.
fn put_together(bytes: &[u8]) -> (String, String) {
    const TEXTS: [&str; 12] = ["a", "B", " ", "<b>", "&amp;", "é", "😀", "漢", "\t", "[31m", "]0;x", "e\u{301}"];
    const NOTHING: [&str; 22] = [
        "\x1b[m",
        "\x1b[1;31m",
        "\x1b[38;5;9m",
        "\x1b[0;;4m",
        "\x1b[99999999999m",
        "\x1b[?25l",
        "\x1b[2J",
        "\x1b[10;10H",
        "\x1b[>c",
        "\x1b]0;title\x07",
        "\x1b]8;;http://x\x1b\\",
        "\x1bP1$q\"p\x1b\\",
        "\x1b_apc\x1b\\",
        "\x1b^pm\x1b\\",
        "\x1bXsos\x1b\\",
        "\x1b(B",
        "\x1b7",
        "\x1bc",
        "\x07",
        "\x08",
        "\0",
        "\u{9b}",
    ];
    let (mut line, mut seen) = (String::new(), String::new());
    for byte in bytes {
        let number = usize::from(*byte);
        if number < 128 {
            line.push_str(TEXTS[number % TEXTS.len()]);
            seen.push_str(TEXTS[number % TEXTS.len()]);
        } else if number < 240 {
            line.push_str(NOTHING[number % NOTHING.len()]);
        } else if number < 248 {
            // Back to the start, and something is written over it.
            line.push_str("\r!");
            "!".clone_into(&mut seen);
        } else {
            line.push_str("\x1b[2K");
            seen.clear();
        }
    }
    (line, seen)
}
