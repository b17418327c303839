//! Writes release tasks as YAML of one fixed shape, which `parse` reads back to the same.

use std::fmt::Write as _;

use crate::domain::definition::Task;
use crate::domain::visible;

use super::{Document, failure, kinds, variables};

/// The YAML of several release tasks, one document each.
pub fn render_all<'d>(documents: impl IntoIterator<Item = &'d Document>) -> String {
    documents.into_iter().map(render).collect::<Vec<_>>().join("---\n")
}

/// The YAML of a release task.
pub fn render(document: &Document) -> String {
    let mut out = Writer::new();
    let Document { name, description, team, region, definition, straightened: _ } = document;
    out.text(0, "name", name);
    out.text_unless_empty(0, "description", description);
    for (key, value) in [("team", team), ("region", region)] {
        if let Some(value) = value {
            out.text(0, key, value);
        }
    }
    out.flag(0, "bestEffort", definition.best_effort);
    out.flag(0, "supersede", definition.supersede);
    failure::write(&mut out, definition.on_failure.as_ref());
    variables::write(&mut out, &definition.variables);
    out.line(0, "phases:");
    for phase in &definition.phases {
        out.text(2, "- name", &phase.name);
        if let [only] = phase.groups.as_slice() {
            out.line(4, "tasks:");
            only.tasks.iter().for_each(|task| out.task(6, task));
        } else {
            out.line(4, "groups:");
            for group in &phase.groups {
                out.line(6, "- tasks:");
                group.tasks.iter().for_each(|task| out.task(10, task));
            }
        }
    }
    out.into_text()
}

/// The text so far.
pub(super) struct Writer {
    out: String,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self { out: String::new() }
    }

    pub(super) fn into_text(self) -> String {
        self.out
    }

    pub(super) fn line(&mut self, indent: usize, text: &str) {
        let _ = writeln!(self.out, "{:indent$}{text}", "");
    }

    pub(super) fn text(&mut self, indent: usize, key: &str, value: &str) {
        let scalar = match value.trim_end_matches('\n').contains('\n') {
            _ if is_block(value) => block(value, indent + 2),
            true => quoted_lines(value, indent + 2),
            false => inline(value),
        };
        self.line(indent, &format!("{key}: {scalar}"));
    }

    pub(super) fn text_unless_empty(&mut self, indent: usize, key: &str, value: &str) {
        if !value.is_empty() {
            self.text(indent, key, value);
        }
    }

    pub(super) fn flag(&mut self, indent: usize, key: &str, flag: bool) {
        if flag {
            self.line(indent, &format!("{key}: true"));
        }
    }

    pub(super) fn list<'w>(&mut self, indent: usize, key: &str, words: impl Iterator<Item = &'w str>) {
        let words: Vec<String> = words.map(|word| if is_word(word) { word.to_owned() } else { quoted(word) }).collect();
        if !words.is_empty() {
            self.line(indent, &format!("{key}: [{}]", words.join(", ")));
        }
    }

    /// A task whose first line is indented by that much, to its dash.
    fn task(&mut self, dash: usize, task: &Task) {
        self.text(dash, "- name", &task.name);
        let indent = dash + 2;
        self.text_unless_empty(indent, "description", &task.description);
        kinds::write(self, indent, &task.kind);
    }
}

/// Whether a text is best written as a block: several lines that a block keeps as they are.
fn is_block(text: &str) -> bool {
    let inner = text.strip_suffix('\n').unwrap_or(text);
    inner.contains('\n')
        && !inner.starts_with([' ', '\t', '\n'])
        && !inner.ends_with('\n')
        && inner.lines().all(|line| line.is_empty() || !line.trim().is_empty())
        && inner.chars().all(|c| c == '\n' || c == '\t' || is_shown(c))
        && visible::hidden(inner).is_empty()
}

fn block(text: &str, indent: usize) -> String {
    let (mark, inner) = text.strip_suffix('\n').map_or(("|-", text), |inner| ("|", inner));
    let mut out = mark.to_owned();
    for line in inner.split('\n') {
        out.push('\n');
        if !line.is_empty() {
            let _ = write!(out, "{:indent$}{line}", "");
        }
    }
    out
}

/// A text in one line, quoted unless every reader of YAML takes it for a text without.
pub(super) fn inline(text: &str) -> String {
    let first = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
    let plain = |c: char| c.is_ascii_alphanumeric() || " _./@+,()-".contains(c);
    let is_plain = first && !text.ends_with(' ') && text.chars().all(plain) && !is_reserved(text);
    if is_plain { text.to_owned() } else { quoted(text) }
}

/// Whether a text can stand in a list `[…]` without quotes.
fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_.@-".contains(c))
        && !is_reserved(text)
}

/// Words that some reader of YAML takes for something else than a text.
fn is_reserved(text: &str) -> bool {
    ["true", "false", "yes", "no", "on", "off", "y", "n", "null"].contains(&text.to_ascii_lowercase().as_str())
}

fn quoted(text: &str) -> String {
    quoted_with(text, None)
}

/// The same over several lines, as the text has them: a backslash at the end of a line takes the break and what indents.
fn quoted_lines(text: &str, indent: usize) -> String {
    quoted_with(text, Some(&format!("\\\n{:indent$}", "")))
}

fn quoted_with(text: &str, next_line: Option<&str>) -> String {
    let mut out = String::from('"');
    let mut before = None;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => {
                out.push_str("\\n");
                out.push_str(next_line.filter(|_| letters.peek().is_some()).unwrap_or_default());
            }
            '\t' => out.push_str("\\t"),
            ' ' if before == Some('\n') && next_line.is_some() => out.push_str("\\x20"),
            c if is_shown(c) && !visible::is_hidden(before, c) => out.push(c),
            c => {
                let _ = match u32::from(c) {
                    code @ 0..=0xff => write!(out, "\\x{code:02x}"),
                    code @ 0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    code => write!(out, "\\U{code:08x}"),
                };
            }
        }
        before = Some(letter);
    }
    out.push('"');
    out
}

/// Whether a character can stand as it is: no control, no other line end, no mark that readers drop, none that turns
/// around the order in which letters are shown.
pub(super) fn is_shown(c: char) -> bool {
    let is_hidden = c.is_control()
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        || matches!(u32::from(c) & 0xffff, 0xfffe | 0xffff);
    !is_hidden
}
