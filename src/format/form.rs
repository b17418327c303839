//! Forms of tasks: which fields each kind asks for, their values as they are typed, and back. A form is read by the very functions
//! that read a file, so that no rule is written twice.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::catalog::NamedObject;
use crate::domain::kinds::Kind;
use crate::domain::validate::{BrokenRule, validate_kind};

use super::Finding;
use super::fault::MappingName;
use super::fields::Reader;
use super::kinds::{self, KindFormat};
use super::render::Writer;
use super::tree::{self, Entry, Node, Scalar, Value};

/// A field of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormField {
    /// Its key as in the YAML, with the keys that it is below: `retry.attempts`.
    pub key: &'static str,
    /// How it is asked for.
    pub control: FieldControl,
    /// What it counts as while it is empty; may be empty itself.
    pub default: &'static str,
    /// References may stand in it.
    pub takes_references: bool,
}

/// How the value of a field is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldControl {
    /// One line of text.
    Line,
    /// A script: lines of code.
    Script,
    /// Lines of prose.
    Prose,
    /// A whole number.
    Number,
    /// A length of time, such as `90s` or `2h 30m`.
    Duration,
    /// A time of day, such as `22:00`.
    TimeOfDay,
    /// A time zone.
    Zone,
    /// Yes or no.
    Flag,
    /// One of these words; the first is meant while nothing is chosen.
    Choice(&'static [&'static str]),
    /// The name of something that is there, which is also offered to choose from.
    Named(NamedObject),
    /// A version, which is also offered.
    Version,
    /// Any of the members of the team.
    Members,
    /// Any of the roles.
    Roles,
    /// Names, each with a value.
    Pairs,
    /// Names, each with a text of several lines.
    Texts,
}

impl FieldControl {
    /// Whether names are asked for, each with something.
    pub fn has_names(self) -> bool {
        matches!(self, Self::Pairs | Self::Texts)
    }
}

impl FormField {
    pub(super) const fn of(key: &'static str, control: FieldControl) -> Self {
        Self { key, control, default: "", takes_references: false }
    }

    pub(super) const fn or(self, default: &'static str) -> Self {
        Self { default, ..self }
    }

    pub(super) const fn with_references(self) -> Self {
        Self { takes_references: true, ..self }
    }
}

/// The value of a field as it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormValue {
    /// A text, a word or a number; `true` of a flag.
    Text(String),
    /// Several words.
    Words(Vec<String>),
    /// Names with their values, in the order of the form.
    Pairs(Vec<NamedValue>),
}

/// A name with its value.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct NamedValue {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// The values of a form by the keys of its fields. What is empty is absent.
pub type FormValues = BTreeMap<&'static str, FormValue>;

/// What was read of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormReading {
    /// The kind, with the values of before where a field could not be read.
    pub kind: Kind,
    /// What could not be read, each with the key of its field.
    pub faults: Vec<FieldFinding>,
}

/// A field that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFinding {
    /// Its key.
    pub key: &'static str,
    /// Why.
    pub finding: Finding,
}

/// The words of all kinds, in the order in which people are told of them.
pub fn kind_words() -> impl Iterator<Item = &'static str> {
    kinds::ALL.iter().map(|own| own.word)
}

/// What a new task of that kind begins with.
pub fn new_kind(word: &str) -> Option<Kind> {
    Kind::offered().into_iter().find(|kind| kind.word() == word)
}

/// The fields of that kind.
pub fn form_fields(kind: &Kind) -> &'static [FormField] {
    own(kind).form
}

/// The values that its form shows.
pub fn form_values(kind: &Kind) -> FormValues {
    let mut out = Writer::new();
    kinds::write(&mut out, 0, kind);
    let (documents, _) = tree::documents(&out.into_text());
    let Some(node) = documents.first() else { return FormValues::new() };
    let fields = form_fields(kind);
    fields.iter().filter_map(|field| Some((field.key, shown(&held(node, fields, field)?, field.control)))).collect()
}

/// What a field of a form holds. What is below its key and has a field of its own is shown there.
fn held(node: &Node, fields: &[FormField], field: &FormField) -> Option<Node> {
    let found = at(node, field.key)?;
    let below = fields.iter().filter_map(|other| Some((other, other.key.strip_prefix(field.key)?.strip_prefix('.')?)));
    let below: Vec<_> = below.collect();
    let Value::Mapping(entries) = found.value else { return (!field.control.has_names()).then_some(found) };
    let is_elsewhere = |entry: &Entry| {
        below.iter().any(|(other, key)| match entry.key.strip_prefix(key) {
            Some("") => !other.control.has_names(),
            Some(rest) => other.control.has_names() && rest.starts_with('.'),
            None => false,
        })
    };
    let own: Vec<Entry> = entries.into_iter().filter(|entry| !is_elsewhere(entry)).collect();
    (!own.is_empty()).then_some(Node { value: Value::Mapping(own), ..found })
}

/// Reads the values of a form of a task that was of this kind before.
pub fn read_form(before: &Kind, values: &FormValues) -> FormReading {
    let own = own(before);
    let (kind, faults) = read(own, values);
    if faults.is_empty() {
        return FormReading { kind, faults };
    }
    let wrong: BTreeSet<&str> = faults.iter().map(|fault| fault.key).collect();
    let mut sound = form_values(before);
    sound.retain(|key, _| wrong.contains(key));
    sound.extend(values.iter().filter(|(key, _)| !wrong.contains(*key)).map(|(key, value)| (*key, value.clone())));
    // Two fields that will not go together may both be right alone: then it stays as it was.
    let (kind, left) = read(own, &sound);
    FormReading { kind: if left.is_empty() { kind } else { before.clone() }, faults }
}

/// The rules that names and values in the field of that key break, beside what cannot be read of it.
pub fn pair_rules(of: &Kind, values: &FormValues, key: &str) -> Vec<BrokenRule> {
    let (kind, _) = read(own(of), values);
    let is_own = |at: &str| at.strip_prefix(key).is_some_and(|rest| rest.starts_with('.'));
    validate_kind(&kind).into_iter().filter(|problem| is_own(&problem.at)).map(|problem| problem.rule).collect()
}

fn own(kind: &Kind) -> &'static KindFormat {
    // The list of kinds is made of the same lines as what writes them.
    format_of(kind.word()).unwrap_or(&kinds::ALL[0])
}

fn format_of(word: &str) -> Option<&'static KindFormat> {
    kinds::ALL.iter().find(|own| own.word == word)
}

fn read(own: &'static KindFormat, values: &FormValues) -> (Kind, Vec<FieldFinding>) {
    let mut root = Vec::new();
    for (key, value) in values.iter().filter(|(key, value)| !is_meant_anyway(own, key, value)) {
        insert(&mut root, key, node_of(value));
    }
    let root = node(Value::Mapping(root));
    let mut reader = Reader::default();
    let Some(fields) = reader.fields(&root, "", MappingName::Task) else { return (kinds::stand_in(), Vec::new()) };
    let kind = (own.read)(&mut reader, &fields);
    let faults = reader.findings.into_iter().map(|finding| FieldFinding { key: key_of(own, &finding.at), finding });
    (kind, faults.collect())
}

/// Whether that is what a list of words has as its first, which is sent whether or not somebody chose it.
fn is_meant_anyway(own: &KindFormat, key: &str, value: &FormValue) -> bool {
    own.form.iter().any(|field| match (field.control, value) {
        (FieldControl::Choice([first, ..]), FormValue::Text(text)) => field.key == key && text == first,
        _ => false,
    })
}

/// The field that a path leads to: into it, or to what it is below.
fn key_of(own: &KindFormat, at: &str) -> &'static str {
    let is_within = |inner: &str, outer: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    let keys = || own.form.iter().map(|field| field.key);
    let found = keys().find(|key| is_within(at, key)).or_else(|| keys().find(|key| is_within(key, at)));
    found.or_else(|| keys().next()).unwrap_or_default()
}

fn node(value: Value) -> Node {
    Node { line: 1, value, cut: false }
}

fn scalar(text: &str) -> Node {
    // Its lines are lines of what was typed into the field.
    node(Value::Scalar(Scalar { text: text.to_owned(), block: Some(1), is_null: false, is_plain: false }))
}

fn node_of(value: &FormValue) -> Node {
    match value {
        FormValue::Text(text) => scalar(text),
        FormValue::Words(words) => node(Value::Sequence(words.iter().map(|word| scalar(word)).collect())),
        FormValue::Pairs(pairs) => node(Value::Mapping(
            pairs.iter().map(|pair| Entry { key: pair.name.clone(), line: 1, value: scalar(&pair.value) }).collect(),
        )),
    }
}

fn insert(into: &mut Vec<Entry>, key: &str, value: Node) {
    let Some((outer, inner)) = key.split_once('.') else {
        into.push(Entry { key: key.to_owned(), line: 1, value });
        return;
    };
    if !into.iter().any(|entry| entry.key == outer) {
        into.push(Entry { key: outer.to_owned(), line: 1, value: node(Value::Mapping(Vec::new())) });
    }
    if let Some(Value::Mapping(entries)) =
        into.iter_mut().find(|entry| entry.key == outer).map(|entry| &mut entry.value.value)
    {
        insert(entries, inner, value);
    }
}

/// The value at a key, or of all keys that begin with it and a dot.
fn at(node: &Node, key: &str) -> Option<Node> {
    let (outer, inner) = key.split_once('.').map_or((key, None), |(outer, inner)| (outer, Some(inner)));
    let Value::Mapping(entries) = &node.value else { return None };
    let found = entries.iter().find(|entry| entry.key == outer);
    if let Some(inner) = inner {
        return at(&found?.value, inner);
    }
    let below = |entry: &Entry| {
        let key = entry.key.strip_prefix(outer)?.strip_prefix('.')?.to_owned();
        Some(Entry { key, ..entry.clone() })
    };
    let below: Vec<Entry> = entries.iter().filter_map(below).collect();
    if below.is_empty() { Some(found?.value.clone()) } else { Some(self::node(Value::Mapping(below))) }
}

fn shown(node: &Node, control: FieldControl) -> FormValue {
    let text = |node: &Node| match &node.value {
        Value::Scalar(scalar) => Some(scalar.text.clone()),
        Value::Sequence(_) | Value::Mapping(_) => None,
    };
    match (&node.value, control) {
        (Value::Sequence(items), _) => FormValue::Words(items.iter().filter_map(text).collect()),
        (Value::Mapping(entries), _) => FormValue::Pairs(
            entries
                .iter()
                .filter_map(|entry| Some(NamedValue { name: entry.key.clone(), value: text(&entry.value)? }))
                .collect(),
        ),
        (Value::Scalar(scalar), FieldControl::Members | FieldControl::Roles) => {
            FormValue::Words(vec![scalar.text.clone()])
        }
        (Value::Scalar(scalar), _) => FormValue::Text(scalar.text.clone()),
    }
}

#[cfg(test)]
mod tests;
