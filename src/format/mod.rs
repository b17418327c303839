//! Release tasks as code: YAML read with every problem at once, each with its line, and written so that it reads back
//! the same. `docs/format.md` tells people about it. Knows no database and no files.

use std::collections::BTreeMap;

use crate::domain::definition::Definition;
use crate::domain::visible;

mod decode;
mod duration;
mod encoding;
mod failure;
mod fault;
mod fields;
pub mod form;
mod handwritten;
mod json;
mod kinds;
mod merge_keys;
mod render;
mod surrogates;
mod tags;
mod task;
mod tree;
mod variables;
mod written;

pub use duration::{read as read_duration, written as written_duration};
pub use encoding::{LooksLike, decode};
pub use fault::{DurationFault, FileFault, FormatFault, MappingFault, MappingName, ValueFault, ValueName, ValueShape};
pub use handwritten::{Handwritten, handwritten};
pub use json::{from_json, to_json};
pub use render::{render, render_all};
pub use tree::MAX_FILE_LEN;
pub use written::{WrittenDocument, parse_written, render_written};

/// The most problems that are told of a text.
pub const MAX_FINDINGS: usize = 200;
/// The most characters of a field.
const MAX_FIELD_LEN: usize = 200;

/// A release task as a file describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its name.
    pub name: String,
    /// At most 128 characters.
    pub description: String,
    /// Name of the team that owns it; without one, whoever reads the file decides.
    pub team: Option<String>,
    /// Name of the region that it releases to; without one, whoever reads the file decides.
    pub region: Option<String>,
    /// What it releases, in which order.
    pub definition: Definition,
    /// The tasks in whose scripts lines ended with CR LF: they end with LF now, as programs need it.
    pub straightened: Vec<String>,
}

/// A problem of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// From 1.
    pub line: usize,
    /// The field, such as `phases[1].groups[0].tasks[2].timeout`; empty for the document itself.
    pub at: String,
    /// What is wrong.
    pub fault: FormatFault,
}

/// The release tasks that a text describes, one for each YAML document, or what is wrong with it: all of it, unless it
/// is more than anybody reads.
pub fn parse(text: &str) -> Result<Vec<Document>, Vec<Finding>> {
    let (nodes, mut findings) = tree::documents(text);
    let mut documents = Vec::new();
    let mut lines: BTreeMap<(Option<String>, String), usize> = BTreeMap::new();
    for node in nodes.iter().filter(|node| !node.is_blank()) {
        if findings.len() > MAX_FINDINGS {
            break;
        }
        let (document, wrong) = decode::document(node);
        findings.extend(wrong);
        let key = (document.team.clone(), document.name.clone());
        if let Some(first) = lines.get(&key) {
            let fault = FileFault::ReleaseTwice { name: document.name.clone(), line: *first };
            findings.push(Finding { line: node.line, at: "name".to_owned(), fault: FormatFault::File(fault) });
        } else {
            lines.insert(key, node.line);
        }
        documents.push(document);
    }
    if documents.is_empty() && findings.is_empty() {
        findings.push(Finding { line: 1, at: String::new(), fault: FormatFault::File(FileFault::Nothing) });
    }
    if findings.is_empty() { Ok(documents) } else { Err(told(text, indented(text, findings))) }
}

/// Where a line is wrong that is indented by no plain spaces, that alone is told, of each such line: the rest follows from it.
fn indented(text: &str, findings: Vec<Finding>) -> Vec<Finding> {
    let odd = |line: &str| line.trim_start_matches(' ').chars().next().filter(|c| c.is_whitespace() && !c.is_ascii());
    let lines: BTreeMap<usize, char> =
        (1..).zip(encoding::lines(text)).filter_map(|(number, line)| Some((number, odd(line)?))).collect();
    if !findings.iter().any(|finding| lines.contains_key(&finding.line)) {
        return findings;
    }
    let told =
        |(line, found)| Finding { line, at: String::new(), fault: FormatFault::File(FileFault::OddIndent { found }) };
    lines.into_iter().map(told).collect()
}

/// What is told of what is wrong: in the order of lines that the file has, and no more than somebody reads.
fn told(text: &str, mut findings: Vec<Finding>) -> Vec<Finding> {
    // YAML ends a line like this, and its parser tells some mistakes in the line behind the last.
    let last = text.replace("\r\n", "\n").trim_end_matches(['\n', '\r']).split(['\n', '\r']).count();
    for finding in &mut findings {
        finding.line = finding.line.clamp(1, last);
        finding.at = readable(&finding.at, MAX_FIELD_LEN);
    }
    findings.sort_by(|one, other| (one.line, &one.at).cmp(&(other.line, &other.at)));
    if findings.len() > MAX_FINDINGS {
        findings.truncate(MAX_FINDINGS - 1);
        findings.push(Finding { line: last, at: String::new(), fault: FormatFault::File(FileFault::More) });
    }
    findings
}

/// A text without what a terminal would obey, and without its middle if it is long.
pub fn readable(text: &str, most: usize) -> String {
    // On a terminal and in one line: no layout either.
    let is_shown = |letter: char| render::is_shown(letter) && !visible::is_deceiving(letter);
    let shown = |letter: char| if is_shown(letter) { letter } else { char::REPLACEMENT_CHARACTER };
    let count = text.chars().count();
    if count <= most {
        return text.chars().map(shown).collect();
    }
    let start = text.chars().take(most * 3 / 4);
    let end = text.chars().skip(count - most / 4);
    start.chain(['…']).chain(end).map(shown).collect()
}

#[cfg(test)]
mod tests;
