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
fn f9_columns_are_those_of_a_terminal() {
    for (written, seen) in [
        ("日本語\x08\x08Z", "日本Z"),
        ("日本語\x08Z", "日本 Z"),
        ("日本語\rx", "x 本語"),
        ("日本語\r\x1b[Cx", " x本語"),
        ("abc\r日", "日c"),
        ("日本\x1b[2Gあ", " あ"),
        ("日本語\x1b[4D\x1b[K!", "日!"),
        ("e\u{301}\x08X", "X"),
        ("ae\u{301}\x08\x08b", "be\u{301}"),
        ("e\u{301}\re", "e"),
        ("e\rx\u{301}", "x\u{301}"),
        ("\u{301}a", "\u{301}a"),
        ("👩\u{200d}💻\r..", "..💻"),
        ("a\tb\rXY", "XY      b"),
        ("a\tb\x1b[9Gc", "a\tc"),
        ("abcdef\r\x1b[2P", "cdef"),
        ("abc\x1b[D\x1b[P", "ab"),
        ("日本語\r\x1b[P", " 本語"),
        ("abc\r\x1b[2@x", "x abc"),
        ("abcdef\r\x1b[2Xx", "x cdef"),
        ("abc\x1b[2`x\x1b[ay", "axcy"),
        ("50%\x1b7 of it\x1b8!", "50%!of it"),
        ("50%\x1b[s of it\x1b[u!", "50%!of it"),
        ("ab\x1b[ucd", "abcd"),
    ] {
        assert_eq!(lines(1000, written.as_bytes()), [seen], "{written:?}");
    }
    let told = lines(1000, b"one\x1b[31m\x1b7\x1b[0m\ntwo\x1b8three");
    assert_eq!(told, ["one", "two\x1b[0;31mthree"], "the column was one of another line, and the style was not");
}

#[test]
fn f9_a_long_line_is_not_cut_in_a_sign() {
    for sign in ["e\u{301}\u{302}", "👩\u{200d}💻", "👍🏽", "🇩🇪", "각", "क\u{94d}ष"] {
        for before in 0..40 {
            let written = format!("{}{}", "x".repeat(before), sign.repeat(60));
            let told = lines(100, written.as_bytes());
            assert!(told.len() > 2 && told.iter().all(|text| text.len() <= 100 + MAX_SIGN), "{told:?}");
            assert_eq!(told.concat(), written);
            for text in &told {
                assert!(
                    text.trim_start_matches('x').replace(sign, "").is_empty(),
                    "{sign} with {before} before: {text:?}"
                );
            }
        }
    }
    let endless = lines(100, "\u{301}".repeat(10_000).as_bytes());
    assert!(endless.iter().all(|text| text.len() <= 100 + MAX_SIGN), "what never ends is cut all the same");
    assert_eq!(endless.concat(), "\u{301}".repeat(10_000));
}

#[test]
fn f9_a_line_does_not_grow_without_end_by_sequences_alone() {
    let mut line = Line::new(1000);
    line.write("ab\r".as_bytes());
    line.write("\x1b[9999@".repeat(10_000).as_bytes());
    assert!(line.end().text.len() <= 1000 && line.take_full().is_empty());
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
