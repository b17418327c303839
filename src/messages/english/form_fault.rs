//! Faults of what is typed into the form of a task, in the words of the form: the keys of YAML do not stand there.

use super::English;
use super::broken_rule::{broken_rule, field_fault};
use super::format_fault::{format_fault, mapping_fault, value_fault};
use crate::domain::validate::{BrokenRule, TaskPart};
use crate::format::{FormatFault, MappingFault};
use crate::messages::task_form::TaskFormSentences;

/// The field of that key, of the kind with that word, in a sentence.
fn field(kind: &str, key: &str) -> String {
    labelled(English.field_words(kind, key).label)
}

/// A label in a sentence: in quotes if it is more than a word.
pub(super) fn labelled(label: &str) -> String {
    if label.contains(' ') { format!("“{label}”") } else { label.to_owned() }
}

/// Why what was typed into the field of that key cannot be read.
pub fn form_fault(fault: &FormatFault, kind: &str, key: &str) -> String {
    let named = field(kind, key);
    match fault {
        FormatFault::Value { fault, .. } => format!("{named} {}", value_fault(fault)),
        FormatFault::Mapping { fault, .. } => match fault {
            MappingFault::KeyTwice { key: name, .. } => {
                format!("{named} must each have a name of their own; {name} is there twice.")
            }
            MappingFault::Missing { .. } => format!("{named} must not be empty."),
            MappingFault::Both { one, other } => {
                format!("Either {} or {} must be filled, not both.", field(kind, one), field(kind, other))
            }
            MappingFault::Without { key, other } => {
                format!("{} must not be filled without {}.", field(kind, key), field(kind, other))
            }
            // A form has the keys of its kind alone, and lists and mappings where they belong.
            MappingFault::NotAMapping { .. }
            | MappingFault::NotAGroup { .. }
            | MappingFault::MisspeltKey { .. }
            | MappingFault::UnknownKey { .. }
            | MappingFault::KeyOfOtherType { .. }
            | MappingFault::GroupsAndTasks => format!("{named} {}", mapping_fault(fault)),
        },
        FormatFault::File(_) => format_fault(fault),
        FormatFault::Rule(rule) => form_rule(rule, kind),
    }
}

/// The rule that a task of that kind breaks. Where a field of it does, the sentence does not name the task.
pub fn form_rule(rule: &BrokenRule, kind: &str) -> String {
    if let BrokenRule::Field { part, fault, .. } = rule {
        return format!("{} {}.", part_of_form(part, kind), field_fault(fault, &|key| field(kind, key)));
    }
    if let BrokenRule::NoShell { field: key, program, reference, .. } = rule {
        return format!(
            "{} is run by {program}, which does not know {reference}: give it to one of the {}.",
            field(kind, key),
            field(kind, "environment")
        );
    }
    broken_rule(rule)
}

fn part_of_form(part: &TaskPart, kind: &str) -> String {
    match part {
        TaskPart::Whole => "It".to_owned(),
        TaskPart::Field(key) => field(kind, key),
        TaskPart::Variable(variable) => format!("The variable {variable}"),
        TaskPart::Header(header) => format!("The header {header}"),
        TaskPart::VariableName => "The name of a variable".to_owned(),
        TaskPart::Approver => "An approver".to_owned(),
        TaskPart::WaitFor => field(kind, "for"),
        TaskPart::WaitUntil => field(kind, "until"),
    }
}
