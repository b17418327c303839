//! Reads the fields of a mapping, each into the type it must have, and writes down what is wrong and where.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use crate::domain::names;
use crate::domain::validate::Problem;

use super::fault::{FormatFault, MappingFault, MappingName, ValueFault, ValueName};
use super::tree::{Entry, Node, Value};
use super::{Finding, MAX_FINDINGS, duration};

/// What was found wrong so far, and where each field stands.
#[derive(Default)]
pub(super) struct Reader {
    pub findings: Vec<Finding>,
    lines: BTreeMap<String, Place>,
    /// Fields that have been complained about: what stands in for them is not to be complained about again.
    spoiled: BTreeSet<String>,
}

/// Where a field stands.
#[derive(Clone, Copy)]
struct Place {
    /// Its line, or the first line of its text.
    line: usize,
    /// The lines of its text are lines of the file.
    is_block: bool,
}

/// The keys of a mapping that were expected there.
pub(super) struct Fields<'n> {
    /// What the mapping is.
    what: MappingName,
    node: &'n Node,
    at: String,
    entries: BTreeMap<&'n str, &'n Entry>,
}

impl<'n> Fields<'n> {
    /// The field of that key, unless it is absent or empty.
    pub(super) fn get(&self, key: &str) -> Option<&'n Entry> {
        self.entries.get(key).copied().filter(|entry| !entry.value.is_null())
    }

    /// The same mapping, of which more is known.
    pub(super) fn called(self, what: MappingName) -> Self {
        Self { what, ..self }
    }

    /// The text of a field, if it is one, without a complaint if it is not.
    pub(super) fn peek(&self, key: &str) -> Option<&'n str> {
        match &self.get(key)?.value.value {
            Value::Scalar(scalar) => Some(&scalar.text),
            Value::Sequence(_) | Value::Mapping(_) => None,
        }
    }

    /// Every field, empty ones too.
    pub(super) fn entries(&self) -> impl Iterator<Item = &'n Entry> {
        self.entries.values().copied()
    }

    /// Where the mapping starts.
    pub(super) fn line(&self) -> usize {
        self.node.line
    }

    /// The line of a field, or of the mapping that lacks it.
    pub(super) fn line_of(&self, key: &str) -> usize {
        self.get(key).map_or(self.node.line, |entry| entry.line)
    }

    /// The path of a field.
    pub(super) fn at(&self, key: &str) -> String {
        if self.at.is_empty() { key.to_owned() } else { format!("{}.{key}", self.at) }
    }
}

impl Reader {
    /// Writes down that a field is wrong.
    pub(super) fn wrong(&mut self, line: usize, at: impl Into<String>, fault: FormatFault) {
        let at = at.into();
        if !self.is_full() {
            self.findings.push(Finding { line, at: at.clone(), fault });
        }
        self.spoiled.insert(at);
    }

    /// Whether nothing more is written down.
    pub(super) fn is_full(&self) -> bool {
        self.findings.len() > MAX_FINDINGS
    }

    /// Remembers that a field is wrong because of something that has been complained about.
    pub(super) fn spoil(&mut self, at: impl Into<String>) {
        self.spoiled.insert(at.into());
    }

    /// Whether a field, or what it is in, has been complained about.
    pub(super) fn is_spoiled(&self, at: &str) -> bool {
        outers(at).any(|outer| self.spoiled.contains(outer))
    }

    /// Writes down where a field stands.
    pub(super) fn note(&mut self, at: &str, line: usize, node: &Node) {
        let block = match &node.value {
            Value::Scalar(scalar) => scalar.block,
            Value::Sequence(_) | Value::Mapping(_) => None,
        };
        let place = Place { line: block.unwrap_or(line), is_block: block.is_some() };
        self.lines.insert(at.to_owned(), place);
    }

    /// The fields of a node that must be a mapping; `what` it is, for those who are told.
    pub(super) fn fields<'n>(&mut self, node: &'n Node, at: &str, what: MappingName) -> Option<Fields<'n>> {
        let Value::Mapping(entries) = &node.value else {
            let fault = MappingFault::NotAMapping { found: node.shape() };
            self.wrong(node.line, at, FormatFault::Mapping { of: what, fault });
            return None;
        };
        self.lines.entry(at.to_owned()).or_insert(Place { line: node.line, is_block: false });
        let mut fields = Fields { what, node, at: at.to_owned(), entries: BTreeMap::new() };
        for entry in entries {
            if let Some(first) = fields.entries.get(entry.key.as_str()) {
                let fault = MappingFault::KeyTwice { key: entry.key.clone(), line: first.line };
                self.wrong_key(&fields, entry, fault);
            } else {
                self.note(&fields.at(&entry.key), entry.line, &entry.value);
                fields.entries.insert(&entry.key, entry);
            }
        }
        Some(fields)
    }

    /// Complains about each key that is not known there.
    pub(super) fn only(&mut self, fields: &Fields<'_>, known: &[&'static str]) {
        for entry in fields.entries().filter(|entry| !known.contains(&entry.key.as_str())) {
            if self.is_full() {
                return;
            }
            self.unknown(fields, entry, known);
        }
    }

    /// Complains about a key that stands twice in what nothing reads, at whatever depth.
    pub(super) fn parked(&mut self, node: &Node, at: &str) {
        match &node.value {
            Value::Scalar(_) => {}
            Value::Sequence(items) => {
                items.iter().enumerate().for_each(|(index, item)| self.parked(item, &format!("{at}[{index}]")));
            }
            Value::Mapping(_) => {
                let Some(fields) = self.fields(node, at, MappingName::Parked) else { return };
                for entry in fields.entries() {
                    self.parked(&entry.value, &fields.at(&entry.key));
                }
            }
        }
    }

    /// Complains about a key that is not known there.
    pub(super) fn unknown(&mut self, fields: &Fields<'_>, entry: &Entry, known: &[&'static str]) {
        let key = entry.key.clone();
        let fault = match names::nearest(&key, known.iter().copied()) {
            Some(meant) => {
                // That it is missing then is the same mistake.
                self.spoil(fields.at(meant));
                MappingFault::MisspeltKey { key, meant }
            }
            None => MappingFault::UnknownKey { key, known: known.to_vec() },
        };
        self.wrong_key(fields, entry, fault);
    }

    /// Writes down that a key is wrong in its mapping.
    pub(super) fn wrong_key(&mut self, fields: &Fields<'_>, entry: &Entry, fault: MappingFault) {
        let fault = FormatFault::Mapping { of: fields.what.clone(), fault };
        self.wrong(entry.line, fields.at(&entry.key), fault);
    }

    /// Complains that a key is missing, unless it was misspelt or may stand behind a syntax error.
    pub(super) fn missing(&mut self, fields: &Fields<'_>, key: &'static str) {
        self.missing_in(fields, key, fields.what.clone());
    }

    /// As [`missing`](Self::missing), of a mapping that is called so.
    pub(super) fn missing_in(&mut self, fields: &Fields<'_>, key: &'static str, what: MappingName) {
        let at = fields.at(key);
        if let Some(entry) = fields.entries.get(key) {
            let fault = ValueFault::Empty;
            self.wrong(entry.line, at, FormatFault::Value { of: ValueName::Key(key.to_owned()), fault });
        } else if fields.node.cut || self.is_spoiled(&at) {
            self.spoil(at);
        } else {
            let fault = MappingFault::Missing { key };
            self.wrong(fields.node.line, at, FormatFault::Mapping { of: what, fault });
        }
    }

    /// The text of a field.
    pub(super) fn text(&mut self, fields: &Fields<'_>, key: &str) -> Option<String> {
        let entry = fields.get(key)?;
        self.word(&entry.value, &fields.at(key), entry.line, ValueName::Key(key.to_owned()))
    }

    /// The text of a field, letter by letter: what YAML takes for nothing is nothing only if there is no letter of it.
    pub(super) fn letters(&mut self, fields: &Fields<'_>, key: &str) -> Option<String> {
        let entry = fields.entries.get(key).copied()?;
        match &entry.value.value {
            Value::Scalar(scalar) if scalar.is_null => Some(scalar.text.clone()).filter(|text| !text.is_empty()),
            Value::Scalar(_) | Value::Sequence(_) | Value::Mapping(_) => self.text(fields, key),
        }
    }

    /// The text of a field that must be there.
    pub(super) fn needed_text(&mut self, fields: &Fields<'_>, key: &'static str) -> Option<String> {
        if fields.get(key).is_none() {
            self.missing(fields, key);
        }
        self.text(fields, key)
    }

    /// A field that is true or false; false when it is absent.
    pub(super) fn flag(&mut self, fields: &Fields<'_>, key: &str) -> bool {
        let Some(text) = self.text(fields, key) else { return false };
        if text != "true" && text != "false" {
            self.wrong_field(fields, key, ValueFault::NeitherOf { words: ["true", "false"], found: text.clone() });
        }
        text == "true"
    }

    /// A field that is a whole number.
    pub(super) fn number(&mut self, fields: &Fields<'_>, key: &str) -> Option<u32> {
        let text = self.text(fields, key)?;
        match plain_number(&text) {
            Ok(number) => Some(number),
            Err(fault) => {
                self.wrong_field(fields, key, fault);
                None
            }
        }
    }

    /// A field that is a length of time, in seconds.
    pub(super) fn duration(&mut self, fields: &Fields<'_>, key: &str) -> Option<u64> {
        let text = self.text(fields, key)?;
        match duration::read(&text) {
            Ok(seconds) => Some(seconds),
            Err(fault) => {
                self.wrong_field(fields, key, ValueFault::Duration(fault));
                None
            }
        }
    }

    /// The items of a field that must be a list.
    pub(super) fn items<'n>(&mut self, fields: &Fields<'n>, key: &str) -> Option<&'n [Node]> {
        let entry = fields.get(key)?;
        if let Value::Sequence(items) = &entry.value.value {
            return Some(items);
        }
        self.wrong_field(fields, key, ValueFault::NotAList { found: entry.value.shape() });
        None
    }

    /// The words of a field that must be a list of words, each with its line; none when it is absent.
    pub(super) fn words(&mut self, fields: &Fields<'_>, key: &'static str) -> Vec<(usize, String)> {
        let mut words = Vec::new();
        let items = self.items(fields, key).unwrap_or_default();
        for (index, item) in items.iter().enumerate() {
            let at = format!("{}[{index}]", fields.at(key));
            self.note(&at, item.line, item);
            // A choice keeps its letters; anybody else who is called null is nobody.
            if item.is_blank() || (item.is_null() && key != "choices") {
                let fault = ValueFault::Empty;
                self.wrong(item.line, at, FormatFault::Value { of: ValueName::EntryOf(key), fault });
                continue;
            }
            words.extend(self.word(item, &at, item.line, ValueName::EntryOf(key)).map(|word| (item.line, word)));
        }
        words
    }

    /// Writes down that the value of a field is wrong.
    pub(super) fn wrong_field(&mut self, fields: &Fields<'_>, key: &str, fault: ValueFault) {
        let of = ValueName::Key(key.to_owned());
        self.wrong(fields.line_of(key), fields.at(key), FormatFault::Value { of, fault });
    }

    fn word(&mut self, node: &Node, at: &str, line: usize, of: ValueName) -> Option<String> {
        if let Value::Scalar(scalar) = &node.value {
            return Some(scalar.text.clone());
        }
        self.wrong(line, at, FormatFault::Value { of, fault: ValueFault::NotSingle { found: node.shape() } });
        None
    }

    /// Adds a rule of the domain that is broken, at its line, unless the field was complained about already.
    pub(super) fn add(&mut self, problem: Problem) {
        let Problem { at, rule, line } = problem;
        if self.is_spoiled(&at) || self.is_full() {
            return;
        }
        let start = outers(&at).find_map(|outer| self.lines.get(outer));
        let start = start.copied().unwrap_or(Place { line: 1, is_block: false });
        let line = if start.is_block { start.line + line } else { start.line };
        self.findings.push(Finding { line, at, fault: FormatFault::Rule(rule) });
    }
}

/// A number as everybody reads it: with zeros before it some take it for an octal one.
pub(super) fn plain_number<N: FromStr>(text: &str) -> Result<N, ValueFault> {
    let number = text.parse().map_err(|_| ValueFault::NotANumber { found: text.to_owned() })?;
    let is_plain = text == "0" || text.starts_with(|first: char| matches!(first, '1'..='9'));
    if is_plain { Ok(number) } else { Err(ValueFault::NotPlainNumber { found: text.to_owned() }) }
}

/// The path itself, then that of each thing that it is in.
fn outers(at: &str) -> impl Iterator<Item = &str> {
    let ends = at.rmatch_indices(['.', '[']).map(|(end, _)| end).chain([0]);
    std::iter::once(at).chain(ends.map(|end| &at[..end]))
}
