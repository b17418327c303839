//! A page without its layout.

/// Elements in which every space counts, by how they begin and end.
const EXACT: [(&str, &str); 2] = [("<pre", "</pre"), ("<textarea", "</textarea")];

/// A page or a part of one, without its layout.
pub fn html(written: &str) -> String {
    let mut sent = String::with_capacity(written.len());
    let mut rest = written;
    while let Some(begin) = rest.find('<') {
        sent.push_str(words(&rest[..begin]));
        // A tag ends at the first of these: in what is in quotes it is escaped.
        let end = rest[begin..].find('>').map_or(rest.len(), |length| begin + length + 1);
        let (tag, after) = (&rest[begin..end], &rest[end..]);
        push_tag(&mut sent, tag);
        rest = after;
        if let Some((_, end)) = EXACT.iter().find(|(begin, _)| tag.starts_with(begin)) {
            let (content, after) = rest.split_at(rest.find(end).unwrap_or(rest.len()));
            sent.push_str(content);
            rest = after;
        }
    }
    sent.push_str(words(rest));
    sent
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
    fn a_part_that_is_cut_off_is_sent_as_far_as_it_goes() {
        for written in ["", "\n", "<", "<pre", "<pre>\n x", "<a title=\"", "words", "é <b>ü\n</b"] {
            assert!(html(written).len() <= written.len(), "{written}");
        }
    }
}
