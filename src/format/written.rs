//! Texts as their authors wrote them: the part of a file that each release task is, with comments, and the same part with its
//! team and region for whoever takes it elsewhere.

use super::render::{Writer, render};
use super::tree::{self, Node, Value};
use super::{Document, Finding, parse};

/// What parts of a file are divided by.
const DIVIDER: &str = "---";

/// A release task with the text that describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenDocument {
    /// What the text says.
    pub document: Document,
    /// The text, if it is another than would be written of the document anyway.
    pub text: Option<String>,
}

impl WrittenDocument {
    /// The release task with its text, in which team and region are put if it does not name them. A text that does not say
    /// just what the release task is says nothing.
    pub fn of(document: Document, text: Option<&str>) -> Self {
        let text = text.and_then(|text| placed(text, &document)).filter(|text| *text != render(&document));
        Self { document, text }
    }
}

/// The release tasks that a text describes, each with its part of the text; or what is wrong with it, as [`parse`] tells it.
pub fn parse_written(text: &str) -> Result<Vec<WrittenDocument>, Vec<Finding>> {
    let documents = parse(text)?;
    let parts = parts(text);
    let part = |index: usize| parts.get(index).filter(|_| parts.len() == documents.len());
    let written = |(index, document): (usize, &Document)| {
        let text = part(index).filter(|part| describes(part, document) && **part != render(document)).cloned();
        WrittenDocument { document: document.clone(), text }
    };
    Ok(documents.iter().enumerate().map(written).collect())
}

/// The text of several release tasks, each as it was written or else as it is rendered, one YAML document each.
pub fn render_written<'d>(all: impl IntoIterator<Item = &'d WrittenDocument>) -> String {
    let text = |written: &WrittenDocument| written.text.clone().unwrap_or_else(|| render(&written.document));
    all.into_iter().map(text).collect::<Vec<_>>().join(&format!("{DIVIDER}\n"))
}

fn describes(text: &str, document: &Document) -> bool {
    matches!(parse(text).as_deref(), Ok([only]) if only == document)
}

/// The text of one release task, which says all that the document says.
fn placed(text: &str, document: &Document) -> Option<String> {
    let parts = parts(text);
    let [part] = parts.as_slice() else { return None };
    if describes(part, document) {
        return Some(part.clone());
    }
    let (nodes, _) = tree::documents(part);
    let [Node { value: Value::Mapping(entries), .. }] = nodes.as_slice() else { return None };
    let name = entries.iter().find(|entry| entry.key == "name")?;
    let mut added = Writer::new();
    for (key, value) in [("team", &document.team), ("region", &document.region)] {
        let is_there = entries.iter().any(|entry| entry.key == key);
        if let Some(value) = value.as_ref().filter(|_| !is_there) {
            added.text(0, key, value);
        }
    }
    let lines: Vec<&str> = part.split_inclusive('\n').collect();
    let (before, after) = lines.split_at_checked(name.value.line)?;
    let placed = [before.concat(), added.into_text(), after.concat()].concat();
    describes(&placed, document).then_some(placed)
}

/// The parts of a text between its dividers, each with a line end; none where dividers say more than that something ends. What
/// is only comments belongs to what follows it, or else to what stands before it.
fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for line in text.split_inclusive('\n') {
        if line.trim_end() == DIVIDER {
            parts.push(String::new());
        } else if line.starts_with("...") || line.starts_with('%') || line.starts_with("--- ") {
            return Vec::new();
        } else if let Some(part) = parts.last_mut() {
            part.push_str(line);
        }
    }
    let mut whole: Vec<String> = Vec::new();
    let mut comments = String::new();
    for mut part in parts {
        if !part.is_empty() && !part.ends_with('\n') {
            part.push('\n');
        }
        let is_comment = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
        comments.push_str(&part);
        if !part.lines().all(is_comment) {
            whole.push(std::mem::take(&mut comments));
        }
    }
    if let Some(last) = whole.last_mut().filter(|_| !comments.trim().is_empty()) {
        last.push_str(&comments);
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: &str = "# The shop\nname: shop # behind it\n# Of the phases\nphases:\n  - name: one\n    tasks:\n      - name: go # first\n        type: wait\n        for: 5m\n";
    const FLEET: &str =
        "name: fleet\nphases:\n  - name: one\n    tasks:\n      - name: go\n        type: wait\n        for: 5m\n";

    fn texts(text: &str) -> Vec<Option<String>> {
        parse_written(text).unwrap().into_iter().map(|written| written.text).collect()
    }

    #[test]
    fn a14_each_release_task_of_a_file_keeps_its_part() {
        let fleet = format!("{FLEET}# At the end\n");
        assert_eq!(texts(&format!("{SHOP}---\n{fleet}")), [Some(SHOP.to_owned()), Some(fleet.clone())]);
        assert_eq!(texts(&format!("---\r\n{SHOP}---\n{FLEET}---\n# At the end")), [Some(SHOP.to_owned()), Some(fleet)]);
        let headed = format!("# All of it\n{SHOP}");
        assert_eq!(texts(&format!("# All of it\n---\n{SHOP}---\n---\n{FLEET}")), [Some(headed), None]);
    }

    #[test]
    fn a14_what_would_be_written_anyway_or_cannot_be_divided_is_not_kept() {
        let written = render(&parse(FLEET).unwrap()[0]);
        assert_eq!(texts(&written), [None]);
        assert_eq!(texts(&format!("{SHOP}...\n---\n{FLEET}")), [None, None]);
    }

    #[test]
    fn a14_team_and_region_are_put_below_the_name_of_a_text_that_names_none() {
        let document = parse(SHOP).unwrap().remove(0);
        let document = Document { team: Some("Storefront".to_owned()), region: Some("eu-west".to_owned()), ..document };
        let placed = WrittenDocument::of(document.clone(), Some(SHOP)).text.unwrap();
        let expected = SHOP.replace("behind it\n", "behind it\nteam: Storefront\nregion: eu-west\n");
        assert_eq!(placed, expected);
        assert_eq!(WrittenDocument::of(document.clone(), Some(&placed)).text, Some(placed.clone()), "as it is");
        let elsewhere = Document { region: Some("us-east".to_owned()), ..document.clone() };
        assert_eq!(WrittenDocument::of(elsewhere, Some(&placed)).text, None, "it says another region");
        let renamed = Document { name: "other".to_owned(), ..document };
        assert_eq!(WrittenDocument::of(renamed, Some(SHOP)).text, None);
    }

    #[test]
    fn a14_written_and_read_again_it_is_the_same() {
        let all = parse_written(&format!("{SHOP}---\n{FLEET}")).unwrap();
        assert_eq!(parse_written(&render_written(&all)).unwrap(), all);
    }
}
