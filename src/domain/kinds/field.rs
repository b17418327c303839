//! Fields of a kind as data: to compare two versions of a task, and to merge what two people changed.

use std::collections::BTreeMap;

use super::{JsonCheck, Retry, StatusRange};
use crate::domain::people::Role;

/// A field of a task that has a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindField {
    /// Its key as in the YAML; of a variable or a header with its name: `environment.NAME`.
    pub key: String,
    /// Its value.
    pub value: FieldValue,
}

/// The value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldValue {
    /// A text of any length.
    Text(String),
    /// The written word of a kind, or of a choice.
    Word(&'static str),
    /// A list of names.
    List(Vec<String>),
    /// A list of roles.
    Roles(Vec<Role>),
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(u32),
    /// A time in seconds.
    Seconds(u64),
    /// A time in milliseconds.
    Milliseconds(u64),
    /// A time of day.
    TimeOfDay {
        /// 0 to 23.
        hour: u32,
        /// 0 to 59.
        minute: u32,
    },
    /// Statuses of an answer.
    Statuses(StatusRange),
    /// A value in a body of JSON.
    Json(JsonCheck),
}

impl KindField {
    pub(in crate::domain) fn new(key: impl Into<String>, value: FieldValue) -> Self {
        Self { key: key.into(), value }
    }

    pub(in crate::domain) fn text(key: impl Into<String>, text: &str) -> Self {
        Self::new(key, FieldValue::Text(text.to_owned()))
    }
}

/// The fields of a retry.
pub(super) fn of_retry(retry: Retry) -> [KindField; 2] {
    [
        KindField::new("retry.attempts", FieldValue::Number(retry.attempts)),
        KindField::new("retry.delay", FieldValue::Seconds(retry.delay)),
    ]
}

/// The fields of variables or headers below a key.
pub(super) fn of_map<'m>(
    key: &'static str,
    map: &'m BTreeMap<String, String>,
) -> impl Iterator<Item = KindField> + use<'m> {
    map.iter().map(move |(name, text)| KindField::text(format!("{key}.{name}"), text))
}

/// Makes one variable or header what it is in another map.
pub(super) fn take_entry(map: &mut BTreeMap<String, String>, other: &BTreeMap<String, String>, name: &str) {
    match other.get(name) {
        Some(text) => drop(map.insert(name.to_owned(), text.clone())),
        None => drop(map.remove(name)),
    }
}
