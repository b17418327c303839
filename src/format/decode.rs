//! From the tree to a release task: the document, its phases and their groups.

use crate::domain::account;
use crate::domain::definition::{Definition, Group, Phase};
use crate::domain::names;
use crate::domain::validate::{self, NamedPart};

use super::fault::{FormatFault, MappingFault, MappingName, ValueFault};
use super::fields::{Fields, Reader};
use super::tree::{Node, Value};
use super::{Document, Finding, failure, task, variables};

const DOCUMENT: [&str; 9] =
    ["name", "description", "team", "region", "bestEffort", "supersede", "onFailure", "variables", "phases"];
/// How keys begin whose values are nothing by themselves: a place for what anchors name.
const PARKED: &str = "x-";
/// A name of more bytes is not repeated.
pub(super) const MAX_NAME_LEN: usize = 256;
const PHASE: [&str; 3] = ["name", "groups", "tasks"];

/// A release task, with stand-ins for what is wrong, and everything that is wrong.
pub(super) fn document(node: &Node) -> (Document, Vec<Finding>) {
    let mut reader = Reader::default();
    let mut document = read(&mut reader, node);
    document.straightened = document.definition.straighten();
    // The rules of the whole (what is unique, what is named where) say nothing about half a document.
    if !node.cut {
        let naming = validate::validate_naming(&document.name, &document.description);
        for problem in naming.into_iter().chain(validate::validate(&document.definition)) {
            reader.add(problem);
        }
    }
    (document, reader.findings)
}

fn read(reader: &mut Reader, node: &Node) -> Document {
    let Some(fields) = reader.fields(node, "", MappingName::Release) else {
        let definition = Definition::default();
        let (name, straightened) = (unnamed(node.line), Vec::new());
        return Document { name, description: String::new(), team: None, region: None, definition, straightened };
    };
    for entry in fields.entries() {
        if entry.key.starts_with(PARKED) {
            reader.parked(&entry.value, &fields.at(&entry.key));
        } else if !DOCUMENT.contains(&entry.key.as_str()) && !reader.is_full() {
            reader.unknown(&fields, entry, &DOCUMENT);
        }
    }
    let name = name(reader, &fields, NamedPart::Release);
    let description = reader.text(&fields, "description").unwrap_or_default();
    let team = place(reader, &fields, "team");
    let region = place(reader, &fields, "region");
    let best_effort = reader.flag(&fields, "bestEffort");
    let supersede = reader.flag(&fields, "supersede");
    let on_failure = failure::read(reader, &fields);
    let variables = variables::read(reader, &fields);
    if fields.get("phases").is_none() {
        reader.missing(&fields, "phases");
    }
    let mut phases = Vec::new();
    for (index, node) in reader.items(&fields, "phases").unwrap_or_default().iter().enumerate() {
        phases.push(phase(reader, node, &format!("phases[{index}]")));
    }
    let definition = Definition { best_effort, supersede, on_failure, variables, phases };
    Document { name, description, team, region, definition, straightened: Vec::new() }
}

fn place(reader: &mut Reader, fields: &Fields<'_>, key: &str) -> Option<String> {
    let name = reader.text(fields, key)?;
    if account::check_place_name(&name).is_err() {
        reader.wrong_field(fields, key, ValueFault::PlaceName { found: name.clone() });
    }
    Some(name)
}

fn phase(reader: &mut Reader, node: &Node, at: &str) -> Phase {
    let Some(fields) = reader.fields(node, at, MappingName::Phase) else {
        return Phase { name: unnamed(node.line), groups: Vec::new() };
    };
    reader.only(&fields, &PHASE);
    let name = name(reader, &fields, NamedPart::Phase);
    let mut groups = Vec::new();
    match (fields.get("groups"), fields.get("tasks")) {
        (Some(_), Some(tasks)) => {
            let fault = MappingFault::GroupsAndTasks;
            reader.wrong(tasks.line, at, FormatFault::Mapping { of: MappingName::Phase, fault });
        }
        (None, None) => reader.missing(&fields, "groups"),
        (Some(_), None) => {
            for (index, node) in reader.items(&fields, "groups").unwrap_or_default().iter().enumerate() {
                groups.push(group(reader, node, &format!("{at}.groups[{index}]")));
            }
        }
        (None, Some(entry)) => match reader.items(&fields, "tasks") {
            Some(items) => {
                let at = format!("{at}.groups[0]");
                reader.note(&format!("{at}.tasks"), entry.line, &entry.value);
                groups.push(tasks(reader, items, &at));
            }
            None => reader.spoil(format!("{at}.groups")),
        },
    }
    Phase { name, groups }
}

fn group(reader: &mut Reader, node: &Node, at: &str) -> Group {
    let nothing = Group { tasks: Vec::new() };
    match &node.value {
        Value::Sequence(items) => {
            reader.note(&format!("{at}.tasks"), node.line, node);
            tasks(reader, items, at)
        }
        Value::Mapping(entries) if entries.iter().any(|entry| entry.key == "tasks") => {
            let Some(fields) = reader.fields(node, at, MappingName::Group) else { return nothing };
            reader.only(&fields, &["tasks"]);
            if fields.get("tasks").is_none() {
                reader.missing(&fields, "tasks");
            }
            let items = reader.items(&fields, "tasks").unwrap_or_default();
            tasks(reader, items, at)
        }
        Value::Mapping(_) | Value::Scalar(_) => {
            let fault = MappingFault::NotAGroup { found: node.shape() };
            reader.wrong(node.line, at, FormatFault::Mapping { of: MappingName::Group, fault });
            nothing
        }
    }
}

fn tasks(reader: &mut Reader, items: &[Node], at: &str) -> Group {
    let tasks = items.iter().enumerate().map(|(index, node)| task::read(reader, node, &format!("{at}.tasks[{index}]")));
    Group { tasks: tasks.collect() }
}

/// The name of a mapping. One that is far too long is complained about at once: later sentences repeat it.
pub(super) fn name(reader: &mut Reader, fields: &Fields<'_>, of: NamedPart) -> String {
    let what = match of {
        NamedPart::Release => MappingName::Release,
        NamedPart::Phase => MappingName::Phase,
        NamedPart::Task => MappingName::Task,
    };
    if fields.get("name").is_none() {
        reader.missing_in(fields, "name", what);
    }
    let Some(name) = reader.text(fields, "name") else { return unnamed(fields.line()) };
    match names::fault(&name).filter(|_| name.len() > MAX_NAME_LEN) {
        None => name,
        Some(fault) => {
            reader.wrong(fields.line_of("name"), fields.at("name"), FormatFault::name(of, fault));
            unnamed(fields.line())
        }
    }
}

/// Stands in for a name that is missing.
pub(super) fn unnamed(line: usize) -> String {
    format!("unnamed-{line}")
}
