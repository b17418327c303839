//! The draft of a release task: what is edited, before it is saved. Its variables, phases, groups and tasks have ids that no other
//! element of it ever had, so that whoever asks for a change names what they mean, wherever it stands by then.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::definition::{Definition, Group, Phase, Task, TaskPosition};
use super::failure_policy::FailurePolicy;
use super::kinds::Kind;

mod matching;
mod problems;
mod variable;

pub use problems::{DraftFault, DraftProblem};
pub use variable::DraftVariable;

/// The key of a task's name among what could not be read.
pub(super) const NAME_FIELD: &str = "name";

/// Names a variable, a phase, a group or a task of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ElementId(pub u32);

impl fmt::Display for ElementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A release task that is being edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Its name, as it was typed.
    pub name: String,
    /// What it is for, as it was typed.
    pub description: String,
    /// Best effort policy: a failed task stops its group only.
    pub best_effort: bool,
    /// A new execution may take the place of one that waits for a person.
    #[serde(default)]
    pub supersede: bool,
    /// Whether it is rolled back by itself when it fails, and from where on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_failure: Option<FailurePolicy>,
    /// What is asked for when it is executed, in that order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<DraftVariable>,
    /// One after the other.
    pub phases: Vec<DraftPhase>,
    /// The id of the next new element. It never goes back, so that no id ever means another element.
    pub next_id: u32,
}

/// A phase of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftPhase {
    /// Its id.
    pub id: ElementId,
    /// Its name, as it was typed.
    pub name: String,
    /// At the same time.
    pub groups: Vec<DraftGroup>,
}

/// A group of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftGroup {
    /// Its id.
    pub id: ElementId,
    /// One after the other.
    pub tasks: Vec<DraftTask>,
}

/// A task of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftTask {
    /// Its id.
    pub id: ElementId,
    /// The last name that it could have.
    pub name: String,
    /// What it is for, as it was typed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// What it does: each field as it could last be read.
    pub kind: Kind,
    /// What was typed into fields and could not be read, by their keys as in the YAML: nothing typed is lost.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unread: BTreeMap<String, String>,
}

/// Where an element stands: indices from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ElementPosition {
    /// A variable.
    Variable {
        /// Its index.
        index: usize,
    },
    /// A phase.
    Phase {
        /// Its index.
        phase: usize,
    },
    /// A group.
    Group {
        /// Index of its phase.
        phase: usize,
        /// Its index in that.
        group: usize,
    },
    /// A task.
    Task(TaskPosition),
}

impl Draft {
    /// The draft of what was saved.
    pub fn of(name: &str, description: &str, definition: &Definition) -> Self {
        Self::empty(name).matched(name, description, definition)
    }

    /// The draft of a new release task: one phase with one group, in which the first task can be put.
    pub fn blank(name: &str) -> Self {
        let group = DraftGroup { id: ElementId(2), tasks: Vec::new() };
        let phase = DraftPhase { id: ElementId(1), name: super::names::numbered("phase", 1), groups: vec![group] };
        Self { phases: vec![phase], next_id: 3, ..Self::empty(name) }
    }

    fn empty(name: &str) -> Self {
        let (name, description) = (name.to_owned(), String::new());
        Self {
            name,
            description,
            best_effort: false,
            supersede: false,
            on_failure: None,
            variables: Vec::new(),
            phases: Vec::new(),
            next_id: 1,
        }
    }

    /// What would be saved. It may break rules: see [`Draft::problems`].
    pub fn definition(&self) -> Definition {
        let task = |task: &DraftTask| Task {
            name: task.name.clone(),
            description: task.description.clone(),
            kind: task.kind.clone(),
        };
        let group = |group: &DraftGroup| Group { tasks: group.tasks.iter().map(task).collect() };
        let phase =
            |phase: &DraftPhase| Phase { name: phase.name.clone(), groups: phase.groups.iter().map(group).collect() };
        Definition {
            best_effort: self.best_effort,
            supersede: self.supersede,
            on_failure: self.on_failure.clone(),
            variables: self.variables.iter().map(DraftVariable::declaration).collect(),
            phases: self.phases.iter().map(phase).collect(),
        }
    }

    /// Whether both say the same, whatever ids their next elements will have.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let said = |draft: &'_ Self| (draft.best_effort, draft.supersede, draft.on_failure.clone());
        (&self.name, &self.description, said(self), &self.variables, &self.phases)
            == (&other.name, &other.description, said(other), &other.variables, &other.phases)
    }

    /// Every group with its place, in order.
    pub fn groups(&self) -> impl Iterator<Item = (usize, usize, &DraftGroup)> {
        self.phases
            .iter()
            .enumerate()
            .flat_map(|(phase, of)| of.groups.iter().enumerate().map(move |(index, group)| (phase, index, group)))
    }

    /// Every task with its place, in order.
    pub fn tasks(&self) -> impl Iterator<Item = (TaskPosition, &DraftTask)> {
        self.groups().flat_map(|(phase, group, of)| {
            of.tasks.iter().enumerate().map(move |(position, task)| (TaskPosition { phase, group, position }, task))
        })
    }

    /// The id of every element.
    pub fn ids(&self) -> impl Iterator<Item = ElementId> {
        let phases = self.phases.iter().map(|phase| phase.id);
        let groups = self.groups().map(|(_, _, group)| group.id);
        let variables = self.variables.iter().map(|variable| variable.id);
        phases.chain(groups).chain(self.tasks().map(|(_, task)| task.id)).chain(variables)
    }

    /// Where the element stands; nothing if there is none of that id.
    pub fn position(&self, id: ElementId) -> Option<ElementPosition> {
        let phase = || self.phase_index(id).map(|phase| ElementPosition::Phase { phase });
        let group = || self.group_index(id).map(|(phase, group)| ElementPosition::Group { phase, group });
        let variable = || self.variable_index(id).map(|index| ElementPosition::Variable { index });
        phase().or_else(group).or_else(|| self.task_position(id).map(ElementPosition::Task)).or_else(variable)
    }

    /// The phase of that id.
    pub fn phase(&self, id: ElementId) -> Option<&DraftPhase> {
        self.phases.iter().find(|phase| phase.id == id)
    }

    /// The group of that id.
    pub fn group(&self, id: ElementId) -> Option<&DraftGroup> {
        self.groups().map(|(_, _, group)| group).find(|group| group.id == id)
    }

    /// The task of that id.
    pub fn task(&self, id: ElementId) -> Option<&DraftTask> {
        self.tasks().map(|(_, task)| task).find(|task| task.id == id)
    }

    pub(super) fn phase_index(&self, id: ElementId) -> Option<usize> {
        self.phases.iter().position(|phase| phase.id == id)
    }

    pub(super) fn group_index(&self, id: ElementId) -> Option<(usize, usize)> {
        self.groups().find(|(_, _, group)| group.id == id).map(|(phase, group, _)| (phase, group))
    }

    pub(super) fn task_position(&self, id: ElementId) -> Option<TaskPosition> {
        self.tasks().find(|(_, task)| task.id == id).map(|(position, _)| position)
    }

    pub(super) fn task_mut(&mut self, id: ElementId) -> Option<&mut DraftTask> {
        let groups = self.phases.iter_mut().flat_map(|phase| &mut phase.groups);
        groups.flat_map(|group| &mut group.tasks).find(|task| task.id == id)
    }

    /// No new element gets one of these ids.
    pub(super) fn use_ids(&mut self, ids: impl IntoIterator<Item = ElementId>) {
        let last = ids.into_iter().map(|id| id.0).max().unwrap_or(0);
        self.next_id = self.next_id.max(last.saturating_add(1));
    }

    /// The tasks that references mean: of each name the first, as the rules have it.
    pub(super) fn named(&self) -> BTreeMap<&str, ElementId> {
        let mut first = BTreeMap::new();
        for (_, task) in self.tasks() {
            first.entry(task.name.as_str()).or_insert(task.id);
        }
        first
    }
}

#[cfg(test)]
mod tests;
