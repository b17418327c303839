//! Readable templates and styles: short lines, one element or declaration on each, indented by what is around.

use crate::{templates, texts};

const LONGEST: usize = 160;

/// Each level of what is around a line indents it by so much.
const STEP: usize = 2;

/// Elements that are words in a sentence. Any other begins a line.
const WORDS: [&str; 8] = ["a", "b", "br", "code", "i", "kbd", "span", "time"];

/// Elements that have no end.
const VOID: [&str; 6] = ["br", "hr", "input", "link", "meta", "!doctype"];

/// A template as it was read so far.
#[derive(Default)]
struct Reader {
    /// The elements that are open, but for `html`, whose content is not indented.
    open: Vec<String>,
    /// The element whose tag is not at its end yet.
    tag: Option<String>,
    wrong: Vec<String>,
}

impl Reader {
    fn line(&mut self, line: &str) {
        let written = line.trim_start();
        let markup = without(without(written.to_owned(), "{%", "%}"), "{{", "}}");
        let ends = markup.starts_with("</") || (self.tag.is_some() && markup.starts_with(['>', '/']));
        let depth = self.open.len() + usize::from(self.tag.is_some());
        let wanted = STEP * (depth - usize::from(ends && depth > 0));
        if line.len() - written.len() != wanted {
            self.wrong.push(format!("is not indented by {wanted}"));
        }
        if self.tag.is_some() && !ends {
            return;
        }
        let begun: Vec<_> = markup.split_inclusive('<').collect();
        let mut elements = 0;
        for (at, part) in begun.iter().enumerate() {
            elements += usize::from(self.part(part.trim_end_matches('<'), at > 0));
        }
        if elements > 1 {
            self.wrong.push("has more than one element".to_owned());
        }
        if ["{% for ", "{%- for "].iter().any(|it| written.contains(it)) && !markup.trim().is_empty() {
            self.wrong.push("has a loop inside".to_owned());
        }
    }

    /// What follows a `<`, up to the next. Answers whether an element begins that is not a word in a sentence.
    fn part(&mut self, part: &str, is_tag: bool) -> bool {
        if let (false, Some(name)) = (is_tag, &self.tag) {
            if part.starts_with('>') && !VOID.contains(&name.as_str()) {
                self.open.push(name.clone());
            }
            self.tag = None;
            return false;
        }
        if !is_tag {
            return false;
        }
        let name = part.split([' ', '>', '/']).next().unwrap_or_default();
        if let Some(end) = part.strip_prefix('/') {
            let end = end.trim_end().split('>').next().unwrap_or_default();
            if end != "html" && self.open.pop().as_deref() != Some(end) {
                self.wrong.push(format!("ends {end}, which is not the last that was begun"));
            }
            return false;
        }
        match part.split_once('>') {
            None => self.tag = Some(name.to_owned()),
            Some((tag, _)) if tag.ends_with('/') || VOID.contains(&name) || name == "html" => {}
            Some(_) => self.open.push(name.to_owned()),
        }
        !WORDS.contains(&name)
    }
}

/// The text without what is from `begin` to `end`. Line breaks stay.
fn without(mut text: String, begin: &str, end: &str) -> String {
    while let Some(at) = text.find(begin) {
        let length = text[at..].find(end).map_or(text.len() - at, |length| length + end.len());
        let breaks = "\n".repeat(text[at..at + length].matches('\n').count());
        text.replace_range(at..at + length, &breaks);
    }
    text
}

fn faults(text: &str) -> Vec<String> {
    let mut reader = Reader::default();
    let mut found = Vec::new();
    let text = without(text.to_owned(), "{#", "#}");
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.is_empty()) {
        reader.line(line);
        found.extend(reader.wrong.drain(..).map(|wrong| format!("{}: {wrong}: {}", number + 1, line.trim())));
    }
    if !reader.open.is_empty() {
        found.push(format!("ends before {:?}", reader.open));
    }
    found
}

fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_line_is_long_or_ends_in_a_space() {
    let vendored = |name: &str| name.starts_with("htmx-");
    let all = [templates(), texts("static", "css"), texts("static", "js")].concat();
    let mut wrong = Vec::new();
    for (name, text) in all.iter().filter(|(name, _)| !vendored(name)) {
        for (number, line) in text.lines().enumerate() {
            if line.chars().count() > LONGEST || line.trim_end() != line || line.contains('\t') {
                wrong.push(format!("{name}:{}: {line}", number + 1));
            }
        }
    }
    none(&wrong);
}

#[test]
fn templates_have_one_element_a_line_indented_by_what_is_around() {
    let told = |(name, text): &(String, String)| faults(text).into_iter().map(|it| format!("{name}:{it}")).collect();
    none(&templates().iter().flat_map(told as fn(&_) -> Vec<String>).collect::<Vec<_>>());
}

#[test]
fn what_is_hard_to_read_is_found() {
    for dense in [
        "<ul><li>one</li>\n</ul>\n",
        "<ul>\n<li>one</li>\n</ul>\n",
        "<p>\n    deep\n</p>\n",
        "<ul>\n  {% for a in b %}<li>{{ a }}</li>{% endfor %}\n</ul>\n",
        "<input\n  name=\"a\"\n  ><p>\n</p>\n",
        "<div>\n  <p>\n</div>\n",
    ] {
        assert!(!faults(dense).is_empty(), "{dense}");
    }
    let plain = "<ul{% if a > b %} class=\"c\"{% endif %}>\n  {% for a in b %}\n  <li><a href=\"{{ a }}\">a</a></li>\n  {% endfor %}\n\
                 </ul>\n<input\n  name=\"{{ a }}\"\n>\n<hr>\n";
    assert_eq!(faults(plain), [""; 0]);
}

#[test]
fn styles_have_one_declaration_a_line() {
    let mut wrong = Vec::new();
    for (name, text) in texts("static", "css") {
        let mut depth = 0_usize;
        for (number, line) in without(text, "/*", "*/").lines().enumerate().filter(|(_, line)| !line.trim().is_empty())
        {
            let written = line.trim_start();
            depth = depth.saturating_sub(written.matches('}').count());
            let indent = line.len() - written.len();
            let inside = written.trim_end_matches(['{', ';']).trim_start_matches('}');
            if inside.contains(['{', '}', ';']) || indent < STEP * depth || indent > STEP * (depth + 1) {
                wrong.push(format!("{name}:{}: {written}", number + 1));
            }
            depth += written.matches('{').count();
        }
    }
    none(&wrong);
}

#[test]
fn whatever_is_sent_is_sent_without_its_layout() {
    let (http, pages, api) = (texts("src/http", "rs"), texts("src/pages", "rs"), texts("src/api", "rs"));
    assert!(http.len() > 20 && pages.len() > 60 && !api.is_empty(), "the sources were not found");
    for (name, text) in [http, pages, api].concat() {
        let program = text.split("#[cfg(test)]").next().unwrap_or_default();
        assert!(name == "compact/mod.rs" || !program.contains(".render()"), "{name}: send it with compact::render");
    }
}
