//! From the bytes of a file to its text: UTF-8, or UTF-16 with a mark at its start. Anything else is refused with the line and
//! what it looks like.

use super::Finding;
use super::fault::{FileFault, FormatFault};

/// What bytes look like that are no UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LooksLike {
    /// One byte for each letter, as in western Europe.
    Latin1,
    /// The same with the letters that Windows adds, such as curly quotes.
    Windows1252,
    /// Some other encoding: which one cannot be told for certain.
    Other,
    /// Two bytes for each letter, without the mark that says so.
    Utf16WithoutMark,
    /// Two bytes for each letter, as its mark says, and cut off or torn.
    BrokenUtf16,
    /// Four bytes for each letter.
    Utf32,
    /// No text at all.
    Binary,
}

/// The text of a file, however it was saved. A mark at its start is no part of it.
pub fn decode(bytes: Vec<u8>) -> Result<String, Vec<Finding>> {
    text(bytes).map_err(|(line, looks)| {
        let fault = FormatFault::File(FileFault::NotUtf8 { line, looks });
        vec![Finding { line, at: String::new(), fault }]
    })
}

/// The text, or the line where it shows that it is none, and what it looks like.
fn text(bytes: Vec<u8>) -> Result<String, (usize, LooksLike)> {
    match bytes.as_slice() {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Err((1, LooksLike::Utf32)),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest.to_vec()),
        _ => utf8(bytes),
    }
}

fn utf8(bytes: Vec<u8>) -> Result<String, (usize, LooksLike)> {
    if looks_like_utf16(&bytes) {
        return Err((1, LooksLike::Utf16WithoutMark));
    }
    String::from_utf8(bytes).map_err(|error| {
        let (line, bytes) = (line_at(error.as_bytes(), error.utf8_error().valid_up_to()), error.as_bytes());
        (line, looks_like(bytes))
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, (usize, LooksLike)> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(pairs.len());
    for letter in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        match letter {
            Ok(letter) => text.push(letter),
            Err(_) => return Err((line_at(text.as_bytes(), text.len()), LooksLike::BrokenUtf16)),
        }
    }
    if rest.is_empty() {
        return Ok(text);
    }
    Err((line_at(text.as_bytes(), text.len()), LooksLike::BrokenUtf16))
}

/// Every other byte of the first is zero: ASCII letters in two bytes each.
fn looks_like_utf16(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(64)];
    let (pairs, _) = start.as_chunks::<2>();
    let zeros = |place: usize| pairs.iter().filter(|pair| pair[place] == 0 && pair[1 - place] != 0).count();
    pairs.len() >= 2 && zeros(0).max(zeros(1)) * 4 >= pairs.len() * 3
}

fn looks_like(bytes: &[u8]) -> LooksLike {
    let is_control = |byte: &&u8| matches!(byte, 0..=8 | 14..=26 | 28..=31);
    let is_letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphabetic);
    let high = || (0..bytes.len()).filter(|at| bytes[*at] >= 0x80);
    let looks = if high().any(|at| bytes[at] < 0xa0) { LooksLike::Windows1252 } else { LooksLike::Latin1 };
    // Most of a text in western Europe is ASCII, and its other letters stand alone among those, or two of them.
    let is_among_ascii = high().count() * 4 <= bytes.len() && !high().any(|at| is_high(bytes, at..at + 3));
    let is_western = |at: usize| match bytes[at] {
        0xc0..=0xff if !matches!(bytes[at], 0xd7 | 0xf7) => {
            let is_beside = is_letter(at + 1) || at.checked_sub(1).is_some_and(is_letter);
            // A word of its own, such as à, è, é, ó: no other letter beside it is known to be.
            let is_word = matches!(bytes[at] | 0x20, 0xe0 | 0xe1 | 0xe8 | 0xe9 | 0xf2 | 0xf3);
            is_beside || is_word || is_high(bytes, at..at + 2)
        }
        // What a question or an exclamation begins with.
        0xa1 | 0xbf => is_letter(at + 1) && !at.checked_sub(1).is_some_and(is_letter),
        0xa0 | 0xa3 | 0xa7 | 0xa9 | 0xab | 0xb0 | 0xb5 | 0xbb => true,
        0x92 => is_apostrophe(&bytes[at + 1..]),
        // Signs that Windows adds: never between two letters.
        0x80 | 0x82 | 0x84 | 0x85 | 0x91 | 0x93..=0x97 | 0x99 => {
            !(is_letter(at + 1) && at.checked_sub(1).is_some_and(is_letter))
        }
        _ => false,
    };
    if bytes.contains(&0) {
        LooksLike::Binary
    } else if is_among_ascii && high().all(is_western) {
        looks
    } else if bytes.iter().filter(is_control).count() * 20 > bytes.len() && bytes.iter().any(|byte| is_no_ebcdic(*byte))
    {
        LooksLike::Binary
    } else {
        LooksLike::Other
    }
}

/// Whether none of those bytes is ASCII.
fn is_high(bytes: &[u8], at: std::ops::Range<usize>) -> bool {
    bytes.get(at).is_some_and(|bytes| bytes.iter().all(|byte| *byte >= 0x80))
}

/// Whether an English word ends like that behind an apostrophe.
fn is_apostrophe(after: &[u8]) -> bool {
    let end = after.iter().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(after.len());
    matches!(&after[..end], b"" | b"s" | b"t" | b"d" | b"m" | b"ll" | b"re" | b"ve")
}

/// Controls that no text of EBCDIC has, whose ends of lines are 0x15 and 0x25.
fn is_no_ebcdic(byte: u8) -> bool {
    matches!(byte, 1..=4 | 6..=8 | 14..=20 | 22..=26 | 28..=31)
}

/// The lines of a text, without their ends.
pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

/// The line of a byte. Lines end with LF, CR LF, or CR alone.
pub(super) fn line_at(bytes: &[u8], at: usize) -> usize {
    let before = &bytes[..at];
    let ends = |(index, byte): (usize, &u8)| *byte == b'\n' || (*byte == b'\r' && bytes.get(index + 1) != Some(&b'\n'));
    1 + before.iter().enumerate().filter(|found| ends(*found)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "name: shop\r\n# Grüße 🎉\nphases: []\n";

    fn in_utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn f17_a_text_is_read_however_it_was_saved() {
        let marked = format!("\u{feff}{TEXT}");
        for bytes in [
            TEXT.as_bytes().to_vec(),
            marked.as_bytes().to_vec(),
            in_utf16(&marked, u16::to_le_bytes),
            in_utf16(&marked, u16::to_be_bytes),
        ] {
            assert_eq!(decode(bytes).as_deref(), Ok(TEXT));
        }
        assert_eq!(decode(Vec::new()).as_deref(), Ok(""));
        assert_eq!(decode(vec![0xff, 0xfe]).as_deref(), Ok(""));
    }

    #[test]
    fn f17_what_is_no_text_is_refused_with_its_line_and_what_it_looks_like() {
        let of = |bytes: &[u8]| match decode(bytes.to_vec()).map_err(|mut found| found.remove(0).fault) {
            Err(FormatFault::File(FileFault::NotUtf8 { line, looks })) => (line, looks),
            other => panic!("{other:?}"),
        };
        assert_eq!(of(b"a: 1\nb: 2\nc: 3\nd: Gr\xfc\xdfe\n"), (4, LooksLike::Latin1));
        assert_eq!(of(b"a: 1\r\rb: Gr\xfc\xdfe\n"), (3, LooksLike::Latin1));
        for lone in [
            b"a: D\xe9ploiement \xe0 Paris".as_slice(),
            b"a: Il sito \xe8 pronto",
            b"a: \xbfListo? S\xed",
            b"note: \xa1S\xed, ahora!",
        ] {
            assert_eq!(of(lone), (1, LooksLike::Latin1));
        }
        assert_eq!(of(b"a: 1\r\nb: \x93quoted\x94\n"), (2, LooksLike::Windows1252));
        assert_eq!(of(b"a: 1\nb: don\x92t\n"), (2, LooksLike::Windows1252));
        assert_eq!(of(&in_utf16(TEXT, u16::to_le_bytes)), (1, LooksLike::Utf16WithoutMark));
        assert_eq!(of(&in_utf16(TEXT, u16::to_be_bytes)), (1, LooksLike::Utf16WithoutMark));
        assert_eq!(of(b"\xff\xfea\0\n\0b"), (2, LooksLike::BrokenUtf16));
        assert_eq!(of(b"\xff\xfea\0\n\0\0\xd8"), (2, LooksLike::BrokenUtf16));
        assert_eq!(of(b"\xff\xfe\0\0a\0\0\0"), (1, LooksLike::Utf32));
        for (encoding, bytes) in [
            ("Shift-JIS", b"name: shop\nb: \x83e\x83X\x83g\n".as_slice()),
            ("EUC-JP", b"name: shop\nb: \xa5\xc6\xa5\xb9\xa5\xc8\n"),
            ("Mac Roman", b"name: shop\nb: Gr\x9f\xa7e\n"),
            ("Mac Roman", b"name: shop\nb: Espa\x96a\n"),
            ("Mac Roman", b"name: shop\nb: Garc\x92a\n"),
            ("KOI8-R", b"name: shop\nb: \xf0\xd2\xc9\xd7\xc5\xd4\n"),
            ("EBCDIC", b"\x95\x81\x94\x85\x7a\x40\xa2\x88\x96\x97\x25\x82\x7a\x40\xf1\x15"),
        ] {
            assert_eq!(of(bytes).1, LooksLike::Other, "{encoding}");
        }
        assert_eq!(of(b"\x1f\x8b\x08\x00\x00\x00\xe5\xff"), (1, LooksLike::Binary));
    }
}
