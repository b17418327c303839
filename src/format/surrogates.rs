//! Halves of characters: generators of JSON write what is beyond U+FFFF as two escapes, `\ud83d\ude00`, which are no
//! characters to a parser of YAML.
//!
//! Before it reads, each half becomes the escape of a private character, `\U000fd83d`, and behind it two of these become the
//! character. Where no escape is meant (`'\ud83d'`, a script in a block) the letters are put back as they were.

use std::borrow::Cow;

/// What stands for the `\u` of a half while the parser reads.
const PRIVATE: &str = "\\U000f";

/// The private characters of the first halves begin here, and those of the second.
const FIRST: u32 = 0xf_d800;
const SECOND: u32 = 0xf_dc00;
const END: u32 = 0xf_e000;

/// The text with private escapes in place of halves; nothing if there are none, or if somebody else uses those characters.
pub(super) fn hidden(text: &str) -> Option<String> {
    let is_private = |letter: char| (FIRST..END).contains(&u32::from(letter));
    let is_taken =
        || text.chars().any(is_private) || halves(text, PRIVATE).chain(halves(text, "\\U000F")).next().is_some();
    let mut out = String::new();
    let mut from = 0;
    for at in halves(text, "\\u") {
        out.push_str(&text[from..at]);
        out.push_str(PRIVATE);
        from = at + "\\u".len();
    }
    if from == 0 || is_taken() {
        return None;
    }
    out.push_str(&text[from..]);
    Some(out)
}

/// The value of a scalar as the file means it, or a half that stands alone.
pub(super) fn restored(text: &str) -> Result<Cow<'_, str>, String> {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match u32::from(letter) {
            first @ FIRST..SECOND => {
                let second = letters.next_if(|next| (SECOND..END).contains(&u32::from(*next)));
                let both = second.and_then(|second| {
                    char::from_u32(0x1_0000 + ((first - FIRST) << 10) + (u32::from(second) - SECOND))
                });
                out.push(both.ok_or_else(|| escape(first))?);
            }
            second @ SECOND..END => return Err(escape(second)),
            _ => out.push(letter),
        }
    }
    let mut restored = String::with_capacity(out.len());
    let mut from = 0;
    for at in halves(&out, PRIVATE) {
        restored.push_str(&out[from..at]);
        restored.push_str("\\u");
        from = at + PRIVATE.len();
    }
    restored.push_str(&out[from..]);
    Ok(if restored == text { Cow::Borrowed(text) } else { Cow::Owned(restored) })
}

/// The text with other letters in place of halves, of the same length: enough to find where values stand.
pub(super) fn as_letters(text: &str) -> Cow<'_, str> {
    let mut found = halves(text, "\\u").map(|at| at + "\\u".len()).peekable();
    if found.peek().is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for at in found {
        out.push_str(&text[from..at]);
        out.push('e');
        from = at + 1;
    }
    out.push_str(&text[from..]);
    Cow::Owned(out)
}

fn escape(private: u32) -> String {
    format!("\\u{:04x}", private & 0xffff)
}

/// Where the escapes of halves begin that are written so.
fn halves<'t>(text: &'t str, begin: &'t str) -> impl Iterator<Item = usize> {
    text.match_indices(begin).map(|(at, _)| at).filter(move |at| {
        let digits = text.as_bytes().get(at + begin.len()..at + begin.len() + 4);
        digits.is_some_and(|digits| {
            matches!(digits[0], b'd' | b'D')
                && matches!(digits[1], b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F')
                && digits.iter().all(u8::is_ascii_hexdigit)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f17_two_halves_are_one_character_and_letters_stay_letters() {
        let hidden = |text: &str| hidden(text).unwrap();
        assert_eq!(hidden("a: \"\\uD83d\\ude00\\u00e9\""), "a: \"\\U000fD83d\\U000fde00\\u00e9\"");
        assert_eq!(restored("x\u{fd83d}\u{fde00}y").as_deref(), Ok("x😀y"));
        for letters in ["\\ud83d\\ude00", "\\\\uDbFf x \\u00e9 \\ud", "é\\udabcd"] {
            assert_eq!(restored(&hidden(letters)).as_deref(), Ok(letters));
        }
        assert_eq!(as_letters("\"\\uD83d\\ude00\" # é"), "\"\\ue83d\\uee00\" # é");
        assert_eq!(restored("\u{fd83d}x"), Err("\\ud83d".to_owned()));
        assert_eq!(restored("\u{fde00}\u{fd83d}"), Err("\\ude00".to_owned()));
        for text in ["", "\\u00e9", "\\ud7ff", "\\ud8", "\\ud83d \u{fd800}", "\\ud83d \\U000fDE00"] {
            assert_eq!(super::hidden(text), None, "{text}");
        }
    }
}
