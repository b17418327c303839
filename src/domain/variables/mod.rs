//! Variables of a release task: what is asked for when it is executed, and used as `${vars.NAME}`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::kinds::{FieldValue, KindField};

mod given;

pub(super) use given::fault;
pub use given::{OfferedVariable, ValueOrigin, VariableFault, VariableProblem, offered, resolve};

/// The most variables of a release task.
pub const MAX_DECLARED: usize = 64;
/// The most bytes of a value.
pub const MAX_VALUE_LEN: usize = 4 * 1024;
/// The most choices of a variable.
pub const MAX_CHOICES: usize = 50;
/// The most characters of a choice.
pub const MAX_CHOICE_LEN: usize = 128;
/// The most characters of the name of a variable.
pub const MAX_VARIABLE_NAME_LEN: usize = 64;

/// Values by the names of their variables. A variable that is not set is not in it, and an empty text is a value.
pub type VariableValues = BTreeMap<String, String>;

/// A variable that a release task declares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variable {
    /// Unique in the release task.
    pub name: String,
    /// What its value can be.
    pub spec: VariableSpec,
}

/// What the value of a variable can be, and how it is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariableSpec {
    /// What kind of value it has.
    #[serde(rename = "type")]
    pub of: VariableType,
    /// The value when none is given, as it was written. An empty text, which only a string can have, says that a value
    /// that is left empty is an empty text; without it such a variable is not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Nothing is executed while it is not set.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// What it is for, at most 128 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// What a choice can be, in the order in which it is offered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
}

/// What kind of value a variable has. Every value is kept as the text that was given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VariableType {
    /// Any text.
    #[default]
    String,
    /// A whole number, in its shortest form.
    Integer,
    /// `true` or `false`.
    Bool,
    /// One of several texts.
    Choice,
}

impl VariableType {
    /// Every type, in the order in which people are told of them.
    pub const ALL: [Self; 4] = [Self::String, Self::Integer, Self::Bool, Self::Choice];
    /// Their words, in the same order.
    pub const WORDS: [&'static str; 4] = ["string", "integer", "bool", "choice"];

    /// Its word, as in the YAML.
    pub fn word(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Bool => "bool",
            Self::Choice => "choice",
        }
    }

    /// The type of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|of| of.word() == word)
    }
}

impl VariableSpec {
    /// Its fields that say something, by their keys as in the YAML, in the order in which people read them.
    pub(super) fn fields(&self) -> Vec<KindField> {
        let Self { of, default, required, description, choices } = self;
        let mut fields = vec![KindField::new("type", FieldValue::Word(of.word()))];
        fields.extend(default.as_deref().map(|text| KindField::text("default", text)));
        fields.push(KindField::new("required", FieldValue::Flag(*required)));
        if !description.is_empty() {
            fields.push(KindField::text("description", description));
        }
        if !choices.is_empty() {
            fields.push(KindField::new("choices", FieldValue::List(choices.clone())));
        }
        fields
    }

    /// Makes the field of that key what it is in another, which may mean that it says nothing.
    pub(super) fn take(&mut self, key: &str, other: &Self) {
        match key {
            "type" => self.of = other.of,
            "default" => self.default.clone_from(&other.default),
            "required" => self.required = other.required,
            "description" => self.description.clone_from(&other.description),
            "choices" => self.choices.clone_from(&other.choices),
            _ => {}
        }
    }
}

/// Whether a variable can have that name: a letter, then letters, digits and `_`, at most 64 in all.
pub fn is_variable_name(name: &str) -> bool {
    name.len() <= MAX_VARIABLE_NAME_LEN
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests;
