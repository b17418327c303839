//! Blanking of a value that should never have been typed, such as a key: a mark stands in its place wherever texts are kept, and
//! what has the mark is not run.

use std::fmt;
use std::ops::Add;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::definition::{Definition, Task};
use super::draft::Draft;
use super::execution::Execution;
use super::kinds::{Kind, TextUse};
use super::refusal::{Operation, Refusal};
use super::rollup::is_fulfilled;
use super::selection::Selection;
use super::variables::{VariableSpec, VariableValues};

/// What stands in the place of a value that was blanked. It means nothing in YAML, in a shell, in a URL or in a header.
pub const BLANK: &str = "__BLANKED__";

/// The fewest bytes of a value that can be blanked: what is shorter stands in many texts by chance.
pub const MIN_VALUE_LEN: usize = 6;

/// The most.
pub const MAX_VALUE_LEN: usize = 16 * 1024;

/// Keys of records under which names stand: names stay.
const NAMES: [&str; 2] = ["name", "task"];

/// Keys of records under which values stand by names that somebody chose, be it `name`.
const VALUES: [&str; 2] = ["variables", "outputs"];

/// A value that is to be blanked. It is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct UnwantedValue(String);

/// Why a value cannot be blanked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnwantedValueFault {
    /// It has fewer bytes than [`MIN_VALUE_LEN`].
    TooShort,
    /// It has more than [`MAX_VALUE_LEN`].
    TooLong,
    /// It is a part of the mark, which would never go.
    Mark,
}

/// In how much of a release task a value was found, or blanked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlankedCounts {
    /// Descriptions of release tasks.
    #[serde(default)]
    pub descriptions: u64,
    /// Versions.
    pub versions: u64,
    /// Drafts, whoever has them.
    pub drafts: u64,
    /// Executions, by the values of their variables or what their tasks gave out.
    pub executions: u64,
    /// Executions that lose their logs and run folders with it.
    #[serde(default)]
    pub logs: u64,
}

impl Add for BlankedCounts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            descriptions: self.descriptions + other.descriptions,
            versions: self.versions + other.versions,
            drafts: self.drafts + other.drafts,
            executions: self.executions + other.executions,
            logs: self.logs + other.logs,
        }
    }
}

impl BlankedCounts {
    /// Whether it is nowhere.
    pub fn is_none(self) -> bool {
        self == Self::default()
    }
}

/// What becomes of a text that somebody wrote of a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlankedSource {
    /// The value is not there, or stands for no more than a word of the format or a name.
    Unchanged,
    /// This.
    Blanked(String),
    /// It cannot be kept.
    Gone,
}

/// Where a value was blanked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlankedPlace {
    /// In a field of a task.
    Task {
        /// Its name.
        task: String,
        /// The field, as in the YAML.
        field: String,
    },
    /// In the value of a variable.
    Variable {
        /// Its name.
        name: String,
    },
}

impl UnwantedValue {
    /// The value that was typed. Blanks at its ends are no part of it.
    pub fn typed(text: &str) -> Result<Self, UnwantedValueFault> {
        let text = text.replace("\r\n", "\n");
        let text = text.trim();
        if text.len() < MIN_VALUE_LEN {
            return Err(UnwantedValueFault::TooShort);
        }
        if text.len() > MAX_VALUE_LEN {
            return Err(UnwantedValueFault::TooLong);
        }
        if BLANK.contains(text) {
            return Err(UnwantedValueFault::Mark);
        }
        Ok(Self(text.to_owned()))
    }

    /// It, to look for it.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Blanks it in a text; answers whether it was there.
    pub fn blank_in(&self, text: &mut String) -> bool {
        let is_there = text.contains(&self.0);
        if is_there {
            *text = text.replace(&self.0, BLANK);
        }
        is_there
    }

    /// Blanks it in values by names, and answers whether it was there. Names stay.
    pub fn blank_in_values(&self, values: &mut VariableValues) -> bool {
        self.in_all(values.values_mut())
    }

    /// Blanks it in every text of a definition that is no name; answers whether it was there.
    pub fn blank_in_definition(&self, definition: &mut Definition) -> bool {
        let tasks = definition.phases.iter_mut().flat_map(|phase| &mut phase.groups).flat_map(|group| &mut group.tasks);
        let in_tasks =
            tasks.fold(false, |found, Task { description, kind, .. }| self.in_task(description, kind) | found);
        let specs = definition.variables.iter_mut().map(|variable| &mut variable.spec);
        specs.fold(in_tasks, |found, spec| self.in_spec(spec) | found)
    }

    /// The same of a draft, with what was typed into it and could not be read.
    pub fn blank_in_draft(&self, draft: &mut Draft) -> bool {
        let mut found = self.blank_in(&mut draft.description);
        let tasks = draft.phases.iter_mut().flat_map(|phase| &mut phase.groups).flat_map(|group| &mut group.tasks);
        for task in tasks {
            found |= self.in_task(&mut task.description, &mut task.kind);
            found |= self.in_all(task.unread.values_mut());
        }
        for variable in &mut draft.variables {
            found |= self.in_spec(&mut variable.spec);
        }
        found
    }

    /// Blanks it in every text of a record, such as an event, that is no name; answers whether it was there. A word of the
    /// record's format, such as its kind, stays: with a mark in its place nobody could read it as a `T`.
    pub fn blank_in_record<T: DeserializeOwned>(&self, record: &mut Value) -> bool {
        let mut places = Vec::new();
        self.places_in(record, "", false, &mut places);
        let mut found = false;
        for place in places {
            let Some(Value::String(text)) = record.pointer_mut(&place) else { continue };
            let was = text.clone();
            self.blank_in(text);
            if T::deserialize(&*record).is_ok() {
                found = true;
            } else if let Some(text) = record.pointer_mut(&place) {
                *text = Value::String(was);
            }
        }
        found
    }

    /// The places of the texts that have it, as JSON pointers.
    fn places_in(&self, json: &Value, at: &str, are_values: bool, places: &mut Vec<String>) {
        match json {
            Value::String(text) if text.contains(&self.0) => places.push(at.to_owned()),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.places_in(item, &format!("{at}/{index}"), false, places);
                }
            }
            Value::Object(fields) => {
                for (key, field) in fields {
                    if are_values || !NAMES.contains(&key.as_str()) {
                        let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
                        self.places_in(field, &at, VALUES.contains(&key.as_str()), places);
                    }
                }
            }
            Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Blanks it in the text that somebody wrote of a definition, which it was blanked in before if it `was_there`. `describes`
    /// says whether a text describes that definition still.
    pub fn blank_in_source(&self, text: &str, was_there: bool, describes: impl Fn(&str) -> bool) -> BlankedSource {
        let mut whole = text.to_owned();
        let stands = self.blank_in(&mut whole);
        if !stands && !was_there {
            return BlankedSource::Unchanged;
        }
        if describes(&whole) {
            return if stands { BlankedSource::Blanked(whole) } else { BlankedSource::Unchanged };
        }
        // In another way than it is looked for, such as with escapes.
        if was_there {
            return BlankedSource::Gone;
        }
        // As a key, a word of the format or a name, which stay. A comment does not.
        match self.without_comments(text) {
            Some(without) if describes(&without) => BlankedSource::Blanked(without),
            Some(_) => BlankedSource::Gone,
            None => BlankedSource::Unchanged,
        }
    }

    /// Whether it stands in a comment of such a text.
    pub fn is_in_comments(&self, text: &str) -> bool {
        self.without_comments(text).is_some()
    }

    /// A text without it in what may be comments; none, if it is not there.
    fn without_comments(&self, text: &str) -> Option<String> {
        let mut found = false;
        let mut without = String::with_capacity(text.len());
        for line in text.split_inclusive('\n') {
            let is_mark = |at: &usize| line[..*at].chars().next_back().is_none_or(char::is_whitespace);
            let begins = line.match_indices('#').map(|(at, _)| at).find(is_mark).unwrap_or(line.len());
            let (before, comment) = line.split_at(begins);
            let mut comment = comment.to_owned();
            found |= self.blank_in(&mut comment);
            without.push_str(before);
            without.push_str(&comment);
        }
        // What goes over several lines is no single comment.
        (found || (self.0.contains('\n') && text.contains(&self.0))).then_some(without)
    }

    fn in_task(&self, description: &mut String, kind: &mut Kind) -> bool {
        self.blank_in(description) | self.in_all(kind.texts_mut())
    }

    fn in_spec(&self, spec: &mut VariableSpec) -> bool {
        let texts = spec.default.iter_mut().chain(&mut spec.choices);
        self.in_all(texts.chain([&mut spec.description]))
    }

    fn in_all<'t>(&self, texts: impl IntoIterator<Item = &'t mut String>) -> bool {
        texts.into_iter().fold(false, |found, text| self.blank_in(text) | found)
    }
}

/// Not what it is.
impl fmt::Debug for UnwantedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnwantedValue")
    }
}

/// Whether those tasks of a definition can be executed with those values: not when they need one that was blanked.
pub fn check_execute(definition: &Definition, selection: &Selection, values: &VariableValues) -> Result<(), Refusal> {
    let mut chosen = definition.tasks().map(|(_, task)| task).filter(|task| selection.has(&task.name));
    refuse(Operation::Execute, chosen.find_map(|task| in_task(task, |_| true)), values)
}

/// Whether what is asked of an execution can be done: not when a task that would run needs a value that was blanked.
pub fn check_again(execution: &Execution, operation: Operation) -> Result<(), Refusal> {
    let runs = |task: usize| match operation {
        Operation::Retry | Operation::Skip => !is_fulfilled(&execution.tasks[task].state),
        Operation::RollBack => execution.needs_undo(task),
        Operation::Edit
        | Operation::Execute
        | Operation::Decide
        | Operation::Pause
        | Operation::Continue
        | Operation::Terminate
        | Operation::Clone
        | Operation::Delete => false,
    };
    let unused = if operation == Operation::RollBack { TextUse::Script } else { TextUse::UndoScript };
    let mut running = (0..execution.tasks.len()).filter(|task| runs(*task)).map(|task| execution.spec(task)).peekable();
    if running.peek().is_none() {
        return Ok(());
    }
    refuse(operation, running.find_map(|task| in_task(task, |used_as| used_as != unused)), &execution.variables)
}

/// The fields of a task that have the mark, by their keys as in the YAML.
pub(super) fn blanked_fields(kind: &Kind) -> impl Iterator<Item = String> {
    kind.texts().into_iter().filter(|text| text.text.contains(BLANK)).map(|text| text.field)
}

fn in_task(task: &Task, is_used: impl Fn(TextUse) -> bool) -> Option<BlankedPlace> {
    let texts = task.kind.texts();
    let blanked = texts.into_iter().find(|text| is_used(text.used_as) && text.text.contains(BLANK))?;
    Some(BlankedPlace::Task { task: task.name.clone(), field: blanked.field })
}

fn refuse(operation: Operation, task: Option<BlankedPlace>, values: &VariableValues) -> Result<(), Refusal> {
    let variable = || {
        let (name, _) = values.iter().find(|(_, value)| value.contains(BLANK))?;
        Some(BlankedPlace::Variable { name: name.clone() })
    };
    match task.or_else(variable) {
        Some(place) => Err(Refusal::Blanked { operation, place }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
