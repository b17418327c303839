//! Selection of the tasks that an execution runs: what may be left out, and what is offered again.

use std::collections::BTreeSet;

use super::definition::{Definition, TaskPosition};
use super::execution::{Execution, SkipReason, TaskState};
use super::refusal::Refusal;

/// Which tasks an execution runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// All of them.
    All,
    /// Those of these names.
    Only(BTreeSet<String>),
}

impl Selection {
    /// Whether the task of that name is chosen.
    pub fn has(&self, task: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.contains(task),
        }
    }

    /// Names of the tasks of a definition that are not chosen, in its order.
    pub fn left_out<'d>(&self, definition: &'d Definition) -> Vec<&'d str> {
        definition.tasks().map(|(_, task)| task.name.as_str()).filter(|name| !self.has(name)).collect()
    }

    /// Whether a definition may be executed so.
    pub fn check(&self, definition: &Definition) -> Result<(), Refusal> {
        let Self::Only(names) = self else { return Ok(()) };
        if let Some(unknown) = names.iter().find(|name| definition.task(name).is_none()) {
            return Err(Refusal::NoSuchTask { task: unknown.clone() });
        }
        if names.is_empty() {
            return Err(Refusal::NothingChosen);
        }
        let gates = gates_left_out(definition, names);
        if gates.is_empty() { Ok(()) } else { Err(Refusal::GateLeftOut { gates }) }
    }

    /// The choice of the last execution once more, for a definition that may be another by now: tasks are known by their
    /// names, and what is new is chosen. A gate that must not be left out any more is chosen too, and so is everything if
    /// nothing of the choice is left.
    pub fn again(definition: &Definition, last: Option<&Execution>) -> Self {
        let left_out: BTreeSet<&str> = last.map(not_selected).unwrap_or_default().into_iter().collect();
        let all = definition.tasks().map(|(_, task)| &task.name);
        let mut names: BTreeSet<String> = all.filter(|name| !left_out.contains(name.as_str())).cloned().collect();
        names.extend(gates_left_out(definition, &names));
        if names.is_empty() || definition.tasks().all(|(_, task)| names.contains(&task.name)) {
            Self::All
        } else {
            Self::Only(names)
        }
    }
}

/// Names of the tasks that were not chosen when an execution was started.
fn not_selected(execution: &Execution) -> Vec<&str> {
    let is_left_out = |state: &TaskState| matches!(state, TaskState::Skipped { why: SkipReason::NotSelected });
    execution.tasks.iter().filter(|run| is_left_out(&run.state)).map(|run| run.name.as_str()).collect()
}

/// Gates that are not among those names though something behind them is.
fn gates_left_out(definition: &Definition, names: &BTreeSet<String>) -> Vec<String> {
    let behind = |gate: TaskPosition| {
        definition.tasks().any(|(place, task)| names.contains(&task.name) && gate.is_before(place))
    };
    definition
        .tasks()
        .filter(|(_, task)| !task.kind.may_be_left_out() && !names.contains(&task.name))
        .filter(|(place, _)| behind(*place))
        .map(|(_, task)| task.name.clone())
        .collect()
}
