//! Blanking of a value that should never have been typed, such as a key: a mark stands in its place wherever texts are kept, and
//! what has the mark is not run.

use std::fmt;
use std::ops::Add;

use serde::{Deserialize, Serialize};

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
