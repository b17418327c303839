//! Visible text: makes what deceives the eye in a text from outside seen. One function for all that is shown.
//!
//! Nothing that is kept, sent to programs or given back to be edited is changed: only what people read.

use std::borrow::Cow;

/// Whether a character is not seen and changes how others are read: it turns around the order of letters, takes no room, or
/// is a control. A tab and the ends of lines are layout. Joiners and variants of a letter are not among them: see [`text`].
pub fn is_deceiving(letter: char) -> bool {
    if matches!(letter, '\t' | '\n' | '\r') {
        return false;
    }
    // Bidirectional marks, embeddings, overrides and isolates.
    let turns =
        matches!(letter, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    // Without any width: spaces, joiners of words, soft hyphens, signs of notation, fillers.
    let takes_no_room = matches!(
        letter,
        '\u{00ad}'
            | '\u{034f}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'
            | '\u{2060}'..='\u{2065}'
            | '\u{206a}'..='\u{206f}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    );
    // Ends of lines that some programs obey and others do not show.
    let ends_line = matches!(letter, '\u{2028}' | '\u{2029}');
    turns || takes_no_room || ends_line || letter.is_control()
}

/// Whether it joins letters or chooses a variant of one, as some scripts and emoji need.
fn is_joining(letter: char) -> bool {
    matches!(letter, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

/// Whether a joiner has something to do behind that character. In Latin text it has not, and would only be hidden.
fn takes_joiner(before: Option<char>) -> bool {
    before.is_some_and(|before| !before.is_ascii() && !is_deceiving(before) && !is_joining(before))
}

/// A variant of a sign that is on every keyboard is an emoji.
fn takes_variant(before: Option<char>) -> bool {
    before.is_some_and(|before| before.is_ascii_digit() || matches!(before, '#' | '*'))
}

/// Whether a letter is hidden behind that one.
pub fn is_hidden(before: Option<char>, letter: char) -> bool {
    if is_joining(letter) {
        let is_emoji =
            letter == '\u{fe0f}' && takes_variant(before) || letter == '\u{200d}' && before == Some('\u{fe0f}');
        return !takes_joiner(before) && !is_emoji;
    }
    is_deceiving(letter)
}

/// The characters of a text that are hidden in it, each once, in their order.
pub fn hidden(text: &str) -> Vec<char> {
    let mut found = Vec::new();
    if is_plain(text) {
        return found;
    }
    let mut before = None;
    for letter in text.chars() {
        if is_hidden(before, letter) && !found.contains(&letter) {
            found.push(letter);
        }
        before = Some(letter);
    }
    found
}

/// The text as it is shown: in the place of each character that is hidden in it stands U+FFFD.
pub fn text(text: &str) -> Cow<'_, str> {
    if is_plain(text) || hidden(text).is_empty() {
        return Cow::Borrowed(text);
    }
    let mut before = None;
    let mut seen = |letter: char| {
        let shown = if is_hidden(before, letter) { char::REPLACEMENT_CHARACTER } else { letter };
        before = Some(letter);
        shown
    };
    Cow::Owned(text.chars().map(&mut seen).collect())
}

/// Whether a reader would see nothing of it at all.
pub fn is_blank(text: &str) -> bool {
    // The last is a pattern of Braille without a dot.
    text.chars().all(|c| {
        c.is_whitespace() || is_deceiving(c) || is_joining(c) || is_mark(c) || matches!(c, '\u{1d159}' | '\u{2800}')
    })
}

/// Whether it is a mark on the letter before it: without any letter it is no more than a speck.
fn is_mark(letter: char) -> bool {
    matches!(
        letter,
        '\u{0300}'..='\u{036f}'
            | '\u{0483}'..='\u{0489}'
            | '\u{0591}'..='\u{05bd}'
            | '\u{0610}'..='\u{061a}'
            | '\u{064b}'..='\u{065f}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe20}'..='\u{fe2f}'
            | '\u{e0100}'..='\u{e01ef}'
    )
}

/// Most texts are: nothing in them needs a look at each character.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte < 0x7f && (byte >= b' ' || matches!(byte, b'\t' | b'\n' | b'\r')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{account, names};

    #[test]
    fn f21_marks_without_a_letter_say_nothing() {
        for nothing in ["\u{0301}", " \u{0301}\u{20dd}\n", "\u{fe20}\u{200d}", "\u{2800}\u{064b}"] {
            assert!(is_blank(nothing), "{nothing:?}");
        }
        for something in ["e\u{0301}", "\u{5d0}\u{5b0}", ".", "👍\u{fe0f}"] {
            assert!(!is_blank(something), "{something:?}");
        }
    }

    #[test]
    fn f13_what_deceives_the_eye_is_made_visible() {
        for deceiving in [
            '\u{202e}',
            '\u{202a}',
            '\u{2066}',
            '\u{2069}',
            '\u{200e}',
            '\u{200f}',
            '\u{061c}',
            '\u{200b}',
            '\u{2060}',
            '\u{feff}',
            '\u{ad}',
            '\u{3164}',
            '\u{115f}',
            '\u{e0041}',
            '\u{2028}',
            '\0',
            '\u{1b}',
            '\u{7f}',
            '\u{9b}',
            '\u{200d}',
            '\u{200c}',
            '\u{fe0f}',
        ] {
            assert_eq!(text(&format!("pay{deceiving}pal")), "pay\u{fffd}pal", "{:x}", u32::from(deceiving));
            assert_eq!(hidden(&format!("a{deceiving}b{deceiving}")), [deceiving]);
        }
    }

    #[test]
    fn f13_what_languages_and_emoji_need_stays() {
        for fine in ["plain", "Grüße, 世界", "a\tb\r\nc", "می‌خواهم", "क्‍ष", "👩‍💻 ❤️ 1️⃣ 🏳️‍🌈", "עברית", "عربي", ""]
        {
            assert_eq!(text(fine), fine);
            assert!(hidden(fine).is_empty(), "{fine}");
        }
    }

    #[test]
    fn f13_no_name_has_a_letter_that_looks_like_another() {
        // Of Cyrillic, Greek, full-width and mathematical letters, and with something hidden.
        for deceiving in ["\u{430}nn", "\u{3bf}perator", "\u{ff41}nn", "\u{1d41a}nn", "an\u{200b}n", "ann\u{202e}"] {
            assert!(account::check_user_name(deceiving).is_err(), "{deceiving}");
            assert!(account::check_place_name(deceiving).is_err(), "{deceiving}");
            assert!(!names::is_valid(deceiving), "{deceiving}");
        }
    }

    #[test]
    fn f21_what_nobody_would_see_is_blank() {
        for blank in ["", " \n", "\u{200b}", "\u{200d}\u{feff} \u{3164}", "\u{2800}", "\u{202e}", "\u{a0}\u{ad}"] {
            assert!(is_blank(blank), "{blank:?}");
        }
        assert!(!is_blank("\u{200b}x") && !is_blank("👍"));
    }
}
