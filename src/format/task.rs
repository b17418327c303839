//! From the tree to a task: its keys, and those of its kind.

use crate::domain::definition::Task;
use crate::domain::names;
use crate::domain::validate::NamedPart;

use super::decode::{self, MAX_NAME_LEN, unnamed};
use super::fault::{MappingFault, MappingName, ValueFault};
use super::fields::{Fields, Reader};
use super::kinds::{self, Guess, KindFormat};
use super::tree::Node;

const COMMON: [&str; 3] = ["name", "description", "type"];

pub(super) fn read(reader: &mut Reader, node: &Node, at: &str) -> Task {
    let Some(fields) = reader.fields(node, at, MappingName::Task) else {
        return Task { name: unnamed(node.line), description: String::new(), kind: kinds::stand_in() };
    };
    let what = match fields.peek("name") {
        Some(name) if name.len() <= MAX_NAME_LEN => MappingName::TaskNamed(name.to_owned()),
        Some(_) => MappingName::TaskLongName,
        None => MappingName::TaskUnnamed,
    };
    let fields = fields.called(what);
    let kind = match kind_of(reader, &fields) {
        Some(own) => (own.read)(reader, &fields),
        None => guess(&fields).map_or_else(kinds::stand_in, |guess| (guess.stand_in)()),
    };
    let name = decode::name(reader, &fields, NamedPart::Task);
    let description = reader.text(&fields, "description").unwrap_or_default();
    Task { name, description, kind }
}

/// The kind whose keys a task without a good type has, if there is one.
fn guess(fields: &Fields<'_>) -> Option<&'static Guess> {
    let mut guesses = kinds::ALL.iter().filter_map(|own| own.guess.as_ref());
    guesses.find(|guess| guess.keys.iter().any(|key| fields.get(key).is_some()))
}

/// The kind of a task, its keys checked; without the key `type`, a task with a script is a command.
fn kind_of(reader: &mut Reader, fields: &Fields<'_>) -> Option<&'static KindFormat> {
    let word = fields.peek("type");
    let found = kinds::ALL.iter().find(|own| word == Some(own.word));
    let has = |key: &str| fields.entries().any(|entry| entry.key == key);
    let implied = || kinds::ALL.iter().find(|own| own.implied_by.is_some_and(has));
    let is_untyped = fields.get("type").is_none();
    let found = found.or_else(|| implied().filter(|_| is_untyped));
    if let Some(own) = found {
        keys(reader, fields, own);
        return Some(own);
    }
    // Only keys that no type has are wrong for sure.
    let all: Vec<&'static str> =
        COMMON.into_iter().chain(kinds::ALL.iter().flat_map(|own| own.keys.iter().copied())).collect();
    reader.only(fields, &all);
    if is_untyped {
        let misspelt = |own: &KindFormat| own.implied_by.is_some_and(|key| reader.is_spoiled(&fields.at(key)));
        if !kinds::ALL.iter().any(misspelt) {
            reader.missing(fields, "type");
        }
    } else if let Some(word) = reader.text(fields, "type") {
        let words: Vec<&'static str> = kinds::ALL.iter().map(|own| own.word).collect();
        let fault = match names::nearest(&word, words.iter().copied()) {
            Some(meant) => ValueFault::Misspelt { found: word, meant },
            None => ValueFault::NoneOf { words, found: word },
        };
        reader.wrong_field(fields, "type", fault);
    }
    None
}

/// Complains about keys that a task of that kind does not have, and says so when they belong to another kind.
fn keys(reader: &mut Reader, fields: &Fields<'_>, own: &KindFormat) {
    let known: Vec<&'static str> = COMMON.into_iter().chain(own.keys.iter().copied()).collect();
    for entry in fields.entries().filter(|entry| !known.contains(&entry.key.as_str())) {
        if reader.is_full() {
            return;
        }
        let key = entry.key.as_str();
        if let Some(other) = kinds::ALL.iter().find(|other| other.keys.contains(&key)) {
            let fault = MappingFault::KeyOfOtherType { own: own.word, key: key.to_owned(), other: other.word };
            reader.wrong_key(fields, entry, fault);
        } else {
            reader.unknown(fields, entry, &known);
        }
    }
}
