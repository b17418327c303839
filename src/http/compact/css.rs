//! A style sheet without its layout and its comments.

/// A space is nothing after these, and nothing before those.
const AFTER: [char; 7] = ['{', '}', ';', ',', ':', '>', '('];
const BEFORE: [char; 7] = ['{', '}', ';', ',', '>', ')', '!'];

/// A style sheet as it is sent. A space before a colon stays: in a selector it says that something is inside of another.
pub fn css(written: &str) -> String {
    let mut sent = String::with_capacity(written.len());
    let (mut rest, mut blank) = (written, false);
    while let Some(first) = rest.chars().next() {
        let (part, after) = rest.split_at(length(rest, first));
        rest = after;
        if matches!(first, ' ' | '\n') || part.starts_with("/*") {
            blank = true;
            continue;
        }
        if blank && !sent.is_empty() && !sent.ends_with(AFTER) && !part.starts_with(BEFORE) {
            sent.push(' ');
        }
        if first == '}' && sent.ends_with(';') {
            sent.pop();
        }
        sent.push_str(part);
        blank = false;
    }
    sent
}

/// How long the comment, the string or the character is with which this begins.
fn length(text: &str, first: char) -> usize {
    let until = |end: &str, from: usize| text[from..].find(end).map_or(text.len(), |at| from + at + end.len());
    match first {
        '/' if text.starts_with("/*") => until("*/", 2),
        '"' => until("\"", 1),
        _ => first.len_utf8(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout_and_comments_go() {
        let written = "/* Why. */\n.a > b,\n.c {\n  color: red;\n  margin: 0 auto;\n}\n";
        assert_eq!(css(written), ".a>b,.c{color:red;margin:0 auto}");
        assert_eq!(
            css("@media (max-width: 720px) {\n  .a { top: 0 !important; }\n}"),
            "@media (max-width:720px){.a{top:0!important}}"
        );
    }

    #[test]
    fn spaces_that_say_something_stay() {
        for text in
            [".a .b{top:calc(1px + 2px)}", ".a :hover{margin:0 -4px}", "li + li{flex:1 0 0}", "@media a and (b){}"]
        {
            assert_eq!(css(text), text);
        }
        assert_eq!(css("a::after { content: \" /* { \"; }"), "a::after{content:\" /* { \"}");
    }

    #[test]
    fn a_style_sheet_that_is_cut_off_is_sent_as_far_as_it_goes() {
        for text in ["", "/*", "/* a", "a{content:\"", "é", "a{\n"] {
            assert!(css(text).len() <= text.len(), "{text}");
        }
    }
}
