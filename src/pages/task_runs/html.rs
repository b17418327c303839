//! A line of a log as HTML: every letter escaped, colours as classes, nothing else.

use std::fmt::Write as _;

use askama::filters::{Escaper, Html};

use crate::runlog::ansi::{self, Face, Style};

/// What a terminal would show of the line.
pub fn of(line: &str) -> String {
    let mut html = String::with_capacity(line.len() + 16);
    for span in ansi::spans(line) {
        let classes = classes(span.style);
        if classes.is_empty() {
            escape(&span.text, &mut html);
        } else {
            let _ = write!(html, "<span class=\"{classes}\">");
            escape(&span.text, &mut html);
            html.push_str("</span>");
        }
    }
    html
}

fn classes(style: Style) -> String {
    let colour = |kind: &str, number: Option<u8>| number.map(|number| format!("{kind}{number}"));
    let face = |face: Face| {
        let word = match face {
            Face::Bold => "bold",
            Face::Dim => "dim",
            Face::Italic => "italic",
            Face::Underline => "underline",
        };
        style.has(face).then(|| word.to_owned())
    };
    let colours = [colour("fg", style.foreground), colour("bg", style.background)];
    let all: Vec<String> = colours.into_iter().chain(Face::ALL.map(face)).flatten().collect();
    all.join(" ")
}

fn escape(text: &str, html: &mut String) {
    // A string can always be written to.
    let _ = Html.write_escaped_str(html, text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_become_classes() {
        assert_eq!(of("\x1b[1;32mok\x1b[0m done"), "<span class=\"fg2 bold\">ok</span> done");
    }

    #[test]
    fn nothing_that_a_script_writes_becomes_markup() {
        let hostile =
            "<script>alert(1)</script>\x1b[31m\"><img src=x onerror='alert(1)'>&\x1b]8;;javascript:alert(1)\x07x";
        assert_eq!(
            of(hostile),
            "&#60;script&#62;alert(1)&#60;/script&#62;<span class=\"fg1\">&#34;&#62;&#60;img src=x \
             onerror=&#39;alert(1)&#39;&#62;&#38;x</span>"
        );
    }
}
