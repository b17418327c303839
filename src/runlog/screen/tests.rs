//! Lines of a terminal after everything that was written to them.

use super::*;
use crate::runlog::ansi;

fn lines(most: usize, bytes: &[u8]) -> Vec<String> {
    let mut line = Line::new(most);
    let mut told = Vec::new();
    for piece in bytes.split(|&byte| byte == b'\n') {
        line.write(piece);
        told.extend(line.take_full());
        told.push(line.end());
    }
    told.into_iter().map(|told| told.text).collect()
}

#[test]
fn f9_what_is_written_over_is_seen_as_a_terminal_shows_it() {
    for (written, seen) in [
        ("a long text here\rab", "ablong text here"),
        ("10%\x08\x08\x0820%", "20%"),
        ("10%\r50%\r100%", "100%"),
        ("100%\r\x1b[K50%", "50%"),
        ("abc\x1b[2Kd", "   d"),
        ("abc\x1b[1Gx\x1b[Cy", "xby"),
        ("abcdef\x1b[3D\x1b[1Kx", "   xef"),
        ("abc\r\tx", "abc     x"),
        ("a\tb\r\n", "a\tb"),
        ("done\r", "done"),
        ("\x08\x08a", "a"),
    ] {
        assert_eq!(lines(1000, written.trim_end_matches('\n').as_bytes()), [seen], "{written:?}");
    }
}

#[test]
fn f9_a_style_lasts_over_the_end_of_a_line() {
    let told = lines(1000, b"\x1b[1;31mred start\nstill red\x1b[0m\nplain");
    assert_eq!(told, ["\x1b[0;1;31mred start", "\x1b[0;1;31mstill red", "plain"]);
}

#[test]
fn f8_a_long_run_is_cut_neither_in_a_sequence_nor_in_a_character() {
    let told = lines(100, "\x1b[38;2;255;0;0mé😀".repeat(40).as_bytes());
    assert!(told.len() > 2, "{told:?}");
    let lengths: Vec<_> = told.iter().map(String::len).collect();
    assert!(lengths.iter().all(|length| *length <= 100), "{lengths:?}");
    let seen: String = told.iter().map(|text| ansi::plain(text)).collect();
    assert_eq!(seen, "é😀".repeat(40));
    assert!(told.iter().all(|text| text.starts_with("\x1b[0;91m")), "{told:?}");
}

#[test]
fn f8_a_line_that_is_written_over_for_ever_stays_one_line() {
    let mut bytes = Vec::new();
    for number in 1..=3000 {
        bytes.extend_from_slice(format!("\r{number} of 3000 [\x1b[32m{}\x1b[0m]", "#".repeat(50)).as_bytes());
    }
    let told = lines(16 * 1024, &bytes);
    assert_eq!(told.len(), 1);
    assert_eq!(ansi::plain(&told[0]), format!("3000 of 3000 [{}]", "#".repeat(50)));
}

#[test]
fn only_what_is_new_is_told_unless_something_was_written_over() {
    let mut line = Line::new(1000);
    line.write(b"one");
    assert_eq!(line.news(), Some(LineText { text: "one".to_owned(), anew: false }));
    assert_eq!(line.news(), None);
    line.write(b" two \xe2\x9c");
    assert_eq!(line.news(), Some(LineText { text: " two ".to_owned(), anew: false }));
    line.write(b"\x93\rx");
    assert_eq!(line.news(), Some(LineText { text: "xne two ✓".to_owned(), anew: true }));
    line.write(b"\rx");
    assert_eq!(line.end(), LineText { text: String::new(), anew: false }, "the same letter is no news");
}

#[test]
fn a_sequence_without_end_is_not_kept() {
    let mut line = Line::new(1000);
    line.write(b"\x1b]0;");
    for _ in 0..40 {
        line.write("x".repeat(64 * 1024).as_bytes());
        line.take_full();
    }
    line.write(b"\n");
    line.end();
    line.write(b"text");
    assert_eq!(line.end().text, "text");
}
