//! Release tasks as code: YAML read with every problem at once, each with its line, and written so that it reads back
//! the same. `docs/release-task-format.md` tells people about it. Knows no database and no files.

use std::collections::BTreeMap;
use std::fmt;

use crate::domain::definition::Definition;

mod decode;
mod duration;
mod fields;
mod render;
mod task;
mod tree;

pub use duration::written as written_duration;
pub use render::{render, render_all};
pub use tree::LARGEST_FILE;

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
}

/// A problem of a file. Writes itself as `LINE: FIELD: RULE`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// From 1.
    pub line: usize,
    /// The field, such as `phases[1].groups[0].tasks[2].timeout`; empty for the document itself.
    pub at: String,
    /// A sentence.
    pub rule: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, at, rule } = self;
        if at.is_empty() { write!(f, "{line}: {rule}") } else { write!(f, "{line}: {at}: {rule}") }
    }
}

/// The release tasks that a text describes, one for each YAML document, or all that is wrong with it.
pub fn parse(text: &str) -> Result<Vec<Document>, Vec<Finding>> {
    let (nodes, mut findings) = tree::documents(text);
    let mut documents = Vec::new();
    let mut lines: BTreeMap<(Option<String>, String), usize> = BTreeMap::new();
    for node in nodes.iter().filter(|node| !node.is_null()) {
        let (document, wrong) = decode::document(node);
        findings.extend(wrong);
        let key = (document.team.clone(), document.name.clone());
        if let Some(first) = lines.get(&key) {
            let rule = format!("A file must not have a release task twice; {} is also at line {first}.", document.name);
            findings.push(Finding { line: node.line, at: "name".to_owned(), rule });
        } else {
            lines.insert(key, node.line);
        }
        documents.push(document);
    }
    if documents.is_empty() && findings.is_empty() {
        let rule = "A file must have at least one release task, and this one is empty.".to_owned();
        findings.push(Finding { line: 1, at: String::new(), rule });
    }
    if findings.is_empty() {
        Ok(documents)
    } else {
        findings.sort();
        Err(findings)
    }
}

#[cfg(test)]
mod tests;
