//! Words of the forms of tasks: a label and a help for each field.

use crate::domain::people::Role;
use crate::domain::reference::OfferedReference;
use crate::domain::validate::BrokenRule;
use crate::format::FormatFault;

/// A field as people are asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldWords {
    /// Before it.
    pub label: &'static str,
    /// Below it; may be empty.
    pub help: &'static str,
    /// The title of the part of the form that begins with it.
    pub part: Option<&'static str>,
}

/// Words of the forms of tasks.
pub trait TaskFormSentences {
    /// The field of that key, as in the YAML, of the kind with that word.
    fn field_words(&self, kind: &str, key: &str) -> FieldWords;

    /// Why what was typed into the field of that key cannot be read, in the words of the form.
    fn form_fault(&self, fault: &FormatFault, kind: &str, key: &str) -> String;

    /// The rule that a task of that kind breaks, in the words of its form. The task is not named where a field of it does.
    fn form_rule(&self, rule: &BrokenRule, kind: &str) -> String;

    /// A choice of a field.
    fn choice(&self, word: &'static str) -> &'static str;

    /// All who have a role.
    fn role_members(&self, role: Role) -> &'static str;

    /// What a value is that can be named in a text.
    fn reference_words(&self, offered: &OfferedReference) -> String;

    /// How many there are today.
    fn people_today(&self, count: usize) -> String;

    /// Beside an approver who is not a member of the team.
    fn not_a_member(&self) -> &'static str;

    /// In the place of a value that was left out.
    fn default_value(&self, value: &str) -> String;
}
