//! The variables of a release task: their keys, and how they are written.

use crate::domain::names;
use crate::domain::validate::BrokenRule;
use crate::domain::variables::{Variable, VariableSpec, VariableType};

use super::decode::MAX_NAME_LEN;
use super::fault::{FormatFault, MappingName, ValueFault};
use super::fields::{Fields, Reader};
use super::render::Writer;
use super::tree::Node;
use super::{MAX_FIELD_LEN, readable};

const KEYS: [&str; 6] = ["name", "type", "default", "required", "description", "choices"];

/// The word of a type that there is not yet.
const SECRET: &str = "secret";

/// The variables under the key `variables`.
pub(super) fn read(reader: &mut Reader, fields: &Fields<'_>) -> Vec<Variable> {
    let items = reader.items(fields, "variables").unwrap_or_default();
    let numbered = items.iter().enumerate();
    numbered.map(|(index, node)| variable(reader, node, &format!("variables[{index}]"))).collect()
}

fn variable(reader: &mut Reader, node: &Node, at: &str) -> Variable {
    let Some(fields) = reader.fields(node, at, MappingName::Variable) else {
        return Variable { name: unnamed(node.line), spec: VariableSpec::default() };
    };
    let what = match fields.peek("name") {
        Some(name) if name.len() <= MAX_NAME_LEN => MappingName::VariableNamed(name.to_owned()),
        Some(_) | None => MappingName::Variable,
    };
    let fields = fields.called(what);
    reader.only(&fields, &KEYS);
    let name = name(reader, &fields);
    let spec = VariableSpec {
        of: type_of(reader, &fields),
        // `~` and `null` are texts here: a default keeps its letters.
        default: reader.letters(&fields, "default"),
        required: reader.flag(&fields, "required"),
        description: reader.text(&fields, "description").unwrap_or_default(),
        choices: reader.words(&fields, "choices").into_iter().map(|(_, word)| word).collect(),
    };
    Variable { name, spec }
}

/// The name. One that is far too long is complained about at once: later sentences repeat it.
fn name(reader: &mut Reader, fields: &Fields<'_>) -> String {
    let Some(name) = reader.needed_text(fields, "name") else { return unnamed(fields.line()) };
    if name.len() <= MAX_NAME_LEN {
        return name;
    }
    let rule = BrokenRule::VariableName { name: readable(&name, MAX_FIELD_LEN) };
    reader.wrong(fields.line_of("name"), fields.at("name"), FormatFault::Rule(rule));
    unnamed(fields.line())
}

/// Stands in for a name that is missing.
fn unnamed(line: usize) -> String {
    format!("unnamed_{line}")
}

fn type_of(reader: &mut Reader, fields: &Fields<'_>) -> VariableType {
    let Some(word) = reader.text(fields, "type") else { return VariableType::default() };
    if let Some(of) = VariableType::from_word(&word) {
        return of;
    }
    let words = VariableType::WORDS;
    let fault = match names::nearest(&word, words) {
        _ if word == SECRET => ValueFault::NoSecrets,
        Some(meant) => ValueFault::Misspelt { found: word, meant },
        None => ValueFault::NoneOf { words: words.to_vec(), found: word },
    };
    reader.wrong_field(fields, "type", fault);
    // What they must be depends on the type.
    reader.spoil(fields.at("default"));
    reader.spoil(fields.at("choices"));
    VariableType::default()
}

/// Writes them, if there are any.
pub(super) fn write(out: &mut Writer, variables: &[Variable]) {
    if !variables.is_empty() {
        out.line(0, "variables:");
    }
    for Variable { name, spec } in variables {
        let VariableSpec { of, default, required, description, choices } = spec;
        out.text(2, "- name", name);
        out.line(4, &format!("type: {}", of.word()));
        if let Some(default) = default {
            out.text(4, "default", default);
        }
        out.flag(4, "required", *required);
        out.text_unless_empty(4, "description", description);
        out.list(4, "choices", choices.iter().map(String::as_str));
    }
}
