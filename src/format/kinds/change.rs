//! The keys that the kinds have in common that change components.

use crate::domain::kinds::{ComponentName, IfExists};
use crate::domain::specification::Specification;
use crate::format::fault::{MappingName, ValueFault};
use crate::format::fields::{Fields, Reader};
use crate::format::render::{Writer, inline};
use crate::format::tree::Value;

/// The words of `ifExists`.
pub(super) const WORDS: [&str; 3] = ["fail", "keep", "update"];

pub(super) fn component(reader: &mut Reader, fields: &Fields<'_>, key: &'static str) -> ComponentName {
    ComponentName(reader.needed_text(fields, key).unwrap_or_else(|| "app/component".to_owned()))
}

pub(super) fn if_exists(reader: &mut Reader, fields: &Fields<'_>) -> IfExists {
    let Some(text) = reader.text(fields, "ifExists") else { return IfExists::default() };
    let found = IfExists::ALL.into_iter().find(|one| one.word() == text);
    if found.is_none() {
        reader.wrong_field(fields, "ifExists", ValueFault::NoneOf { words: WORDS.to_vec(), found: text });
    }
    found.unwrap_or_default()
}

/// Fields of a specification: flat as in `environment.LOG_LEVEL: info`, or the named ones below their word.
pub(super) fn specification(reader: &mut Reader, fields: &Fields<'_>, key: &'static str) -> Specification {
    let mut read = Specification::new();
    let Some(entry) = fields.get(key) else { return read };
    let Some(own) = reader.fields(&entry.value, &fields.at(key), MappingName::Key(key)) else { return read };
    for entry in own.entries() {
        match &entry.value.value {
            Value::Mapping(_) => {
                let Some(inner) = reader.fields(&entry.value, &own.at(&entry.key), MappingName::Key(key)) else {
                    continue;
                };
                for below in inner.entries() {
                    let value = reader.letters(&inner, &below.key).unwrap_or_default();
                    read.insert(format!("{}.{}", entry.key, below.key), value);
                }
            }
            Value::Scalar(_) | Value::Sequence(_) => {
                let value = reader.letters(&own, &entry.key).unwrap_or_default();
                read.insert(entry.key.clone(), value);
            }
        }
    }
    read
}

pub(super) fn write_specification(out: &mut Writer, indent: usize, key: &str, fields: &Specification) {
    if fields.is_empty() {
        return;
    }
    out.line(indent, &format!("{key}:"));
    for (field, value) in fields {
        out.text(indent + 2, &inline(field), value);
    }
}

pub(super) fn write_if_exists(out: &mut Writer, indent: usize, if_exists: IfExists) {
    if if_exists != IfExists::default() {
        out.line(indent, &format!("ifExists: {}", if_exists.word()));
    }
}
