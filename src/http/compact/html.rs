//! A page without its layout, and with all that deceives the eye made visible. Here every page and every part of one comes
//! by, so that no page can forget it; what fields give back stays as it is, and what is hidden in it is said beside.

use std::ops::Range;

use crate::domain::visible;
use crate::messages::Locale;

/// Elements in which every space counts, by how they begin and end.
const EXACT: [(&str, &str); 2] = [("<pre", "</pre"), ("<textarea", "</textarea")];

/// A page or a part of one, without its layout.
pub fn html(written: &str) -> String {
    let mut sent = String::with_capacity(written.len());
    let mut rest = written;
    while let Some(begin) = rest.find('<') {
        sent.push_str(&visible::text(words(&rest[..begin])));
        // A tag ends at the first of these: in what is in quotes it is escaped.
        let end = rest[begin..].find('>').map_or(rest.len(), |length| begin + length + 1);
        let (tag, after) = (&rest[begin..end], &rest[end..]);
        let given_back = given_back(tag);
        match &given_back {
            Some(at) => {
                let before = visible::text(&tag[..at.start]);
                let shown = format!("{before}{}{}", &tag[at.clone()], visible::text(&tag[at.end..]));
                push_tag(&mut sent, &shown);
            }
            None => push_tag(&mut sent, &visible::text(tag)),
        }
        rest = after;
        if let Some((_, end)) = EXACT.iter().find(|(begin, _)| tag.starts_with(begin)) {
            let (content, after) = rest.split_at(rest.find(end).unwrap_or(rest.len()));
            rest = after;
            if *end != TYPED {
                sent.push_str(&visible::text(content));
                continue;
            }
            sent.push_str(content);
            if let Some(end) = rest.find('>') {
                sent.push_str(&rest[..=end]);
                rest = &rest[end + 1..];
            }
            hint(&mut sent, content);
        } else if let Some(at) = given_back.filter(|_| is_seen(tag)) {
            hint(&mut sent, &tag[at]);
        }
    }
    sent.push_str(&visible::text(words(rest)));
    sent
}

/// The end of the element whose content is given back as it is.
const TYPED: &str = "</textarea";

/// Where in its tag the value of a control is: it comes back with its form, so that nothing may be changed in it.
fn given_back(tag: &str) -> Option<Range<usize>> {
    let is_control = ["<input", "<button", "<option"].iter().any(|begin| tag.starts_with(begin));
    let start = tag.match_indices("value=\"").find(|(at, _)| tag[..*at].ends_with([' ', '\n'])).filter(|_| is_control);
    let start = start.map(|(at, found)| at + found.len())?;
    Some(start..tag[start..].find('"').map_or(tag.len(), |length| start + length))
}

/// Whether the value of a control is seen as it is.
fn is_seen(tag: &str) -> bool {
    let is_other = |kind: &&str| tag.contains(&format!("type=\"{kind}\""));
    tag.starts_with("<input") && !["hidden", "checkbox", "radio"].iter().any(is_other)
}

/// Behind a field: that there is more in it than is seen.
fn hint(sent: &mut String, value: &str) {
    let hidden = visible::hidden(value);
    if !hidden.is_empty() {
        sent.push_str("<small class=\"unseen\">");
        sent.push_str(&Locale::default().errors().hidden_characters(&hidden));
        sent.push_str("</small>");
    }
}

/// What is between two tags, without the line breaks beside them.
fn words(text: &str) -> &str {
    let broken = |blank: &str| blank.contains('\n');
    let begun = text.trim_start_matches([' ', '\n']);
    let text = if broken(&text[..text.len() - begun.len()]) { begun } else { text };
    let ended = text.trim_end_matches([' ', '\n']);
    if broken(&text[ended.len()..]) { ended } else { text }
}

/// A tag over several lines becomes one of one line.
fn push_tag(sent: &mut String, tag: &str) {
    if !tag.contains('\n') {
        return sent.push_str(tag);
    }
    let (mut quotes, mut from, mut blank) = (Quotes::default(), 0, false);
    for (at, byte) in tag.bytes().enumerate() {
        let layout = quotes.are_closed_at(byte) && matches!(byte, b' ' | b'\n');
        if layout && !blank {
            sent.push_str(&tag[from..at]);
        } else if blank && !layout {
            from = at;
            if !matches!(byte, b'>' | b'/') {
                sent.push(' ');
            }
        }
        blank = layout;
    }
    if !blank {
        sent.push_str(&tag[from..]);
    }
}

/// Which quotes were opened and not closed.
#[derive(Default)]
struct Quotes(Option<u8>);

impl Quotes {
    /// Reads on by one byte, and tells whether it is outside of quotes.
    fn are_closed_at(&mut self, byte: u8) -> bool {
        match self.0 {
            Some(opened) if opened == byte => self.0 = None,
            None if matches!(byte, b'"' | b'\'') => self.0 = Some(byte),
            Some(_) | None => return self.0.is_none(),
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_break_beside_a_tag_is_nothing() {
        assert_eq!(
            html("<ul>\n  <li>\n    one\n  </li>\n\n  <li>two</li>\n</ul>\n"),
            "<ul><li>one</li><li>two</li></ul>"
        );
    }

    #[test]
    fn a_space_on_a_line_and_a_line_break_between_words_stay() {
        assert_eq!(html("<p>\n  <b>Who</b> agreed\n  <i>now</i>\n</p>"), "<p><b>Who</b> agreed<i>now</i></p>");
        assert_eq!(html("<p>\n  one\n  two \n</p>"), "<p>one\n  two</p>");
        assert_eq!(html("<b>a</b> <b>b</b>"), "<b>a</b> <b>b</b>");
    }

    #[test]
    fn a_tag_over_several_lines_becomes_one_line() {
        let written = "<input\n  name=\"a\"\n\n  value=\"x &#62; y\n  z\" data-of='1\n \"2'\n  required\n>\n<use\n  href=\"#i\"\n/>";
        assert_eq!(
            html(written),
            "<input name=\"a\" value=\"x &#62; y\n  z\" data-of='1\n \"2' required><use href=\"#i\"/>"
        );
    }

    #[test]
    fn what_is_written_in_code_and_in_fields_stays_as_it_is() {
        let written = "<pre\n  id=\"a\"\n>\n  one\n  <b>\n two</b>\n</pre>\n<textarea>\n\n x\n</textarea>\n";
        assert_eq!(html(written), "<pre id=\"a\">\n  one\n  <b>\n two</b>\n</pre><textarea>\n\n x\n</textarea>");
    }

    #[test]
    fn f13_what_deceives_the_eye_is_seen_in_words_code_and_attributes() {
        for (written, sent) in [
            ("<title>safe\u{202e}exe.txt</title>", "<title>safe\u{fffd}exe.txt</title>"),
            ("<b title=\"a\u{200b}b\">\u{2066}c</b>", "<b title=\"a\u{fffd}b\">\u{fffd}c</b>"),
            ("<pre>rm\u{202e}\n</pre>\u{feff}", "<pre>rm\u{fffd}\n</pre>\u{fffd}"),
        ] {
            assert_eq!(html(written), sent);
        }
    }

    #[test]
    fn f13_what_a_field_gives_back_stays_and_is_told_beside() {
        let hint = "<small class=\"unseen\">Has characters that are not seen: U+202E.</small>";
        for tag in ["<textarea name=\"a\">x\u{202e}y</textarea>", "<input name=\"a\"\n  value=\"x\u{202e}y\">"] {
            assert_eq!(html(tag), format!("{}{hint}", tag.replace("\n ", "")));
        }
        for tag in ["<input type=\"hidden\" value=\"\u{202e}\">", "<option value=\"\u{202e}\">", "<input value=\"x\">"]
        {
            assert_eq!(html(tag), tag);
        }
    }

    #[test]
    fn a_part_that_is_cut_off_is_sent_as_far_as_it_goes() {
        for written in ["", "\n", "<", "<pre", "<pre>\n x", "<a title=\"", "words", "é <b>ü\n</b"] {
            assert!(html(written).len() <= written.len(), "{written}");
        }
    }
}
