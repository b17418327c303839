//! The definition of a release task: variables, and phases, in them groups, in them tasks. The rules are in `validate`.

use serde::{Deserialize, Serialize};

use super::kinds::Kind;
use super::variables::Variable;

/// The whole order of one release task, in one version. Bound to an execution when it starts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// Best effort policy: a failed task stops its group only, the other groups and later phases go on.
    #[serde(default)]
    pub best_effort: bool,
    /// A new execution may take the place of one that waits for a person.
    #[serde(default)]
    pub supersede: bool,
    /// What is asked for when it is executed, in that order; at most 64.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variables: Vec<Variable>,
    /// One after the other, 1 to 20.
    pub phases: Vec<Phase>,
}

/// A step of the release. Its groups run at the same time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phase {
    /// Unique in the release task.
    pub name: String,
    /// At the same time, 1 to 20.
    pub groups: Vec<Group>,
}

/// Tasks that run one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// In order, 1 to 50.
    pub tasks: Vec<Task>,
}

/// One thing to do, or one checkpoint to pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Unique in the release task.
    pub name: String,
    /// What it is for, at most 128 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// What it does.
    pub kind: Kind,
}

impl Definition {
    /// Every task with its place, in the order of the definition.
    pub fn tasks(&self) -> impl Iterator<Item = (TaskPosition, &Task)> {
        self.phases.iter().enumerate().flat_map(|(phase, p)| {
            p.groups.iter().enumerate().flat_map(move |(group, g)| {
                g.tasks.iter().enumerate().map(move |(position, task)| (TaskPosition { phase, group, position }, task))
            })
        })
    }

    /// The variable of that name.
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.iter().find(|variable| variable.name == name)
    }

    /// Lets the lines of scripts end with LF, as programs need it, and tells the tasks in which they ended with CR LF.
    pub fn straighten(&mut self) -> Vec<String> {
        let groups = self.phases.iter_mut().flat_map(|phase| &mut phase.groups);
        let tasks = groups.flat_map(|group| &mut group.tasks);
        tasks.filter_map(|task| task.straighten().then(|| task.name.clone())).collect()
    }

    /// The task of that name.
    pub fn task(&self, name: &str) -> Option<(TaskPosition, &Task)> {
        self.tasks().find(|(_, task)| task.name == name)
    }
}

impl Task {
    fn straighten(&mut self) -> bool {
        let are_scripts: Vec<bool> = self.kind.texts().iter().map(|text| text.used_as.is_script()).collect();
        let mut is_other = false;
        for (text, is_script) in self.kind.texts_mut().into_iter().zip(are_scripts) {
            if is_script && text.contains("\r\n") {
                *text = text.replace("\r\n", "\n");
                is_other = true;
            }
        }
        is_other
    }
}

/// Where a task stands: indices from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TaskPosition {
    /// Index of the phase.
    pub phase: usize,
    /// Index of the group in its phase.
    pub group: usize,
    /// Index of the task in its group.
    pub position: usize,
}

impl TaskPosition {
    /// Whether a task at `self` has always ended before one at `later` starts.
    pub fn is_before(self, later: TaskPosition) -> bool {
        self.phase < later.phase
            || (self.phase == later.phase && self.group == later.group && self.position < later.position)
    }
}
