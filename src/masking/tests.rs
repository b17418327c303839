//! Tests of masks.

use proptest::prelude::*;

use super::*;

const SECRET: &str = "hunter2-hunter2";

/// What comes out of bytes that come in such pieces.
fn streamed(values: &[&str], pieces: &[&[u8]]) -> String {
    let mut stream = MaskedStream::new(Mask::new(values.iter().copied()));
    let mut given: Vec<u8> = pieces.iter().flat_map(|piece| stream.push(piece)).collect();
    given.extend(stream.finish());
    String::from_utf8_lossy(&given).into_owned()
}

fn base64_of(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(text)
}

#[test]
fn b26_a_secret_is_masked_in_every_usual_form() {
    let mask = Mask::new([SECRET]);
    assert_eq!(mask.text(&format!("a {SECRET} b{SECRET}{SECRET}")), "a *** b******");
    for before in ["", "x", "xy", "xyz", "user:"] {
        for after in ["", "\n", "z", ":rest of it"] {
            let encoded = base64_of(&format!("{before}{SECRET}{after}"));
            let masked = mask.text(&encoded);
            assert!(masked.contains(MASK) && masked.len() <= encoded.len() - 14, "{before:?} {after:?} {masked}");
        }
    }
    let awkward = "p@ss 'word'/\"ü\"";
    let mask = Mask::new([awkward]);
    for form in [
        "p%40ss%20%27word%27%2F%22%C3%BC%22",
        "p%40ss+%27word%27%2f%22%c3%bc%22",
        "p@ss 'word'/\\\"ü\\\"",
        "p@ss '\\''word'\\''/\"ü\"",
        "p@ss '\"'\"'word'\"'\"'/\"ü\"",
    ] {
        assert_eq!(mask.text(&format!("<{form}>")), "<***>", "{form}");
    }
}

#[test]
fn b26_of_a_secret_of_several_lines_each_long_line_is_masked_and_no_brace() {
    let key = "{\n  \"private_key\": \"abc\",\n}\n";
    let mask = Mask::new([key]);
    assert_eq!(mask.text("{ \"a\": 1 }"), "{ \"a\": 1 }");
    assert_eq!(mask.text("    \"private_key\": \"abc\", and"), "    *** and");
    assert_eq!(mask.text(&format!("<{}>", key.trim_end())), "<***>");
    assert_eq!(mask.text("<{\\n  \\\"private_key\\\": \\\"abc\\\",\\n}>"), "<***>");
    let long = "0123456789abcdef".repeat(20);
    let encoded = base64_of(&long);
    for length in LINE_LENS {
        let wrapped: Vec<String> =
            encoded.as_bytes().chunks(length).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
        let masked = Mask::new([long.as_str()]).text(&wrapped.join("\n"));
        let left: usize = masked.lines().filter(|line| *line != MASK).map(str::len).sum();
        assert!(left < 2 * MIN_LEN, "{masked}");
    }
}

#[test]
fn b26_what_is_short_is_not_looked_for() {
    assert!(Mask::new(["a", "1234567", ""]).is_empty());
    assert_eq!(streamed(&["1234567"], &[b"1234567"]), "1234567");
}

#[test]
fn the_beginning_of_a_secret_waits_until_it_is_certain() {
    let mut stream = MaskedStream::new(Mask::new([SECRET]));
    assert_eq!(stream.push(b"word hunt"), b"word ");
    assert_eq!(stream.push(b"ing\n"), b"hunting\n");
    assert_eq!(stream.push(b"hunter2-"), b"");
    assert_eq!(stream.push(b"hunter2"), b"***");
    assert_eq!(stream.push(b"!"), b"!");
    assert_eq!(streamed(&[SECRET], &[b"a hunter2-hunter"]), "a ***", "it was cut off");
    assert_eq!(streamed(&[SECRET], &[b"a hun"]), "a hun");
}

#[test]
fn secrets_that_overlap_are_one_mask() {
    let values = ["aaaaaaaa", "abcdefgh", "efghijkl", "abcdefghijklmnop"];
    assert_eq!(streamed(&values, &[b"<", b"a".repeat(300).as_slice(), b"a".repeat(300).as_slice(), b">"]), "<***>");
    assert_eq!(streamed(&values, &[b"abcdef", b"ghijkl>"]), "***>");
    assert_eq!(streamed(&values, &[b"abcdefgh", b"ijklmno"]), "***", "more than half of it");
    assert_eq!(streamed(&values, &[b"abcdefghijklm", b"nop."]), "***.");
}

proptest! {
    /// However the bytes are cut, they are masked as the whole is.
    #[test]
    fn b26_a_secret_is_masked_across_the_borders_of_pieces(
        words in prop::collection::vec(prop::sample::select(vec!["abab", "ab", "abababab", "b", "x", "cdcdcdcd", "cd"]), 0..20),
        cuts in prop::collection::vec(1..7_usize, 0..40),
    ) {
        let values = ["abababab", "ababcdcdcdcd", "cdcdcdcdcd"];
        let text = words.concat() + ".";
        let mut pieces = Vec::new();
        let mut rest = text.as_bytes();
        for cut in cuts {
            let (piece, after) = rest.split_at(cut.min(rest.len()));
            pieces.push(piece);
            rest = after;
        }
        pieces.push(rest);
        prop_assert_eq!(streamed(&values, &pieces), Mask::new(values).text(&text));
    }
}
