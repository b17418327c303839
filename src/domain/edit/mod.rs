//! Editing of a draft: every change of it is a command, by whatever means somebody asks for it. A command names elements by
//! their ids and never by their places; [`apply`] carries it out, all of it or nothing, and gives back what undoes it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::definition::Definition;
use super::draft::{Draft, ElementId};
use super::failure_policy::FailurePolicy;
use super::kinds::Kind;
use super::variables::VariableSpec;

mod copy;
mod history;
mod label;
mod naming;
mod patch;
mod plan;
mod steps;
mod tasks;
mod variables;

pub use history::{Editing, History, HistoryEntry, HistoryStep, MAX_HISTORY_BYTES, MAX_HISTORY_ENTRIES};
pub use label::{ActionLabel, EditOperation};
pub use patch::Patch;
pub use steps::{Destination, Toward, destinations, step};

/// What somebody asks to be changed. Where something goes is said by what it goes behind: nothing means to the first place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "edit", rename_all = "snake_case")]
pub enum EditCommand {
    /// Names the release task.
    SetName {
        /// As it was typed.
        name: String,
    },
    /// Says what the release task is for.
    SetDescription {
        /// As it was typed.
        description: String,
    },
    /// Sets the best effort policy.
    SetBestEffort {
        /// Whether it is on.
        best_effort: bool,
    },
    /// Sets whether a new execution may take the place of one that waits for a person.
    SetSupersede {
        /// Whether it may.
        supersede: bool,
    },
    /// Says whether it is rolled back by itself when it fails.
    SetFailurePolicy {
        /// From where on, and after what; without it, it is not.
        policy: Option<FailurePolicy>,
    },
    /// Adds a variable.
    AddVariable {
        /// The variable before it.
        after: Option<ElementId>,
        /// Its name; without it one is offered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// Names a variable, in the references to it too. It keeps its name if it cannot have the new one, which is then kept
    /// beside it.
    RenameVariable {
        /// The variable.
        variable: ElementId,
        /// As it was typed.
        name: String,
    },
    /// Says what the value of a variable can be.
    SetVariable {
        /// The variable.
        variable: ElementId,
        /// As it was typed.
        spec: VariableSpec,
    },
    /// Moves a variable.
    MoveVariable {
        /// The variable.
        variable: ElementId,
        /// The variable before it.
        after: Option<ElementId>,
    },
    /// Removes a variable. References to it stay, and are problems.
    RemoveVariable {
        /// The variable.
        variable: ElementId,
    },
    /// Adds a phase with one group.
    AddPhase {
        /// The phase before it.
        after: Option<ElementId>,
        /// Its name; without it one is offered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// Names a phase.
    RenamePhase {
        /// The phase.
        phase: ElementId,
        /// As it was typed.
        name: String,
    },
    /// Puts a copy of a phase behind it.
    CopyPhase {
        /// The phase.
        phase: ElementId,
    },
    /// Moves a phase.
    MovePhase {
        /// The phase.
        phase: ElementId,
        /// The phase before it.
        after: Option<ElementId>,
    },
    /// Removes a phase with all that is in it.
    RemovePhase {
        /// The phase.
        phase: ElementId,
    },
    /// Adds a group without tasks.
    AddGroup {
        /// The phase that it is to be in.
        phase: ElementId,
        /// The group before it.
        after: Option<ElementId>,
    },
    /// Puts a copy of a group behind it.
    CopyGroup {
        /// The group.
        group: ElementId,
    },
    /// Moves a group.
    MoveGroup {
        /// The group.
        group: ElementId,
        /// The phase that it is to be in.
        phase: ElementId,
        /// The group before it.
        after: Option<ElementId>,
    },
    /// Removes a group with all that is in it.
    RemoveGroup {
        /// The group.
        group: ElementId,
    },
    /// Adds a task.
    AddTask {
        /// The group that it is to be in.
        group: ElementId,
        /// The task before it.
        after: Option<ElementId>,
        /// Its name; without it one is offered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// What it does.
        kind: Kind,
    },
    /// Names a task, in the references to it too. It keeps its name if it cannot have the new one, which is then kept
    /// among what could not be read.
    RenameTask {
        /// The task.
        task: ElementId,
        /// As it was typed.
        name: String,
    },
    /// Says what a task is for.
    DescribeTask {
        /// The task.
        task: ElementId,
        /// As it was typed.
        description: String,
    },
    /// Says what a task does.
    SetTask {
        /// The task.
        task: ElementId,
        /// Each field, as it could last be read.
        kind: Kind,
        /// What could not be read, by the keys of the fields as in the YAML. The key of the name is not looked at.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        unread: BTreeMap<String, String>,
    },
    /// Puts a copy of a task behind it.
    CopyTask {
        /// The task.
        task: ElementId,
    },
    /// Moves a task.
    MoveTask {
        /// The task.
        task: ElementId,
        /// The group that it is to be in.
        group: ElementId,
        /// The task before it.
        after: Option<ElementId>,
    },
    /// Removes a task.
    RemoveTask {
        /// The task.
        task: ElementId,
    },
    /// Several commands, one after the other, as one action.
    Several {
        /// Each of them; the action is told as the first of them that changes anything.
        commands: Vec<EditCommand>,
    },
    /// Puts what was read from a text in the place of everything. What is still there keeps its id.
    Replace {
        /// Its name.
        name: String,
        /// What it is for.
        description: String,
        /// What it releases.
        definition: Definition,
    },
}

impl EditCommand {
    /// The element that it removes.
    fn removes(&self) -> Option<ElementId> {
        match self {
            Self::RemovePhase { phase: id }
            | Self::RemoveGroup { group: id }
            | Self::RemoveTask { task: id }
            | Self::RemoveVariable { variable: id } => Some(*id),
            Self::SetName { .. }
            | Self::SetDescription { .. }
            | Self::SetBestEffort { .. }
            | Self::SetSupersede { .. }
            | Self::SetFailurePolicy { .. }
            | Self::AddVariable { .. }
            | Self::RenameVariable { .. }
            | Self::SetVariable { .. }
            | Self::MoveVariable { .. }
            | Self::AddPhase { .. }
            | Self::RenamePhase { .. }
            | Self::CopyPhase { .. }
            | Self::MovePhase { .. }
            | Self::AddGroup { .. }
            | Self::CopyGroup { .. }
            | Self::MoveGroup { .. }
            | Self::AddTask { .. }
            | Self::RenameTask { .. }
            | Self::DescribeTask { .. }
            | Self::SetTask { .. }
            | Self::CopyTask { .. }
            | Self::MoveTask { .. }
            | Self::Several { .. }
            | Self::Replace { .. } => None,
        }
    }
}

/// Why a command is not carried out. The draft is then as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditRefusal {
    /// There is no such element, any more or at all.
    Gone {
        /// The id that was named.
        element: ElementId,
    },
    /// The element that it was to go behind is not in that place.
    NotThere {
        /// The id that was named.
        after: ElementId,
    },
    /// There would be more than there may be.
    TooMany {
        /// Of what.
        of: CountLimit,
        /// How many there may be.
        most: usize,
    },
    /// So many elements were added that there is no id for another one.
    NoIdLeft,
    /// There is nothing to undo.
    NothingToUndo,
    /// There is nothing to redo.
    NothingToRedo,
}

/// A number of elements that has a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountLimit {
    /// Phases of the release task.
    Phases,
    /// Groups of a phase.
    Groups,
    /// Tasks of a group.
    Tasks,
    /// Tasks of the release task.
    TasksInAll,
    /// Variables of the release task.
    Variables,
}

/// What became of a command that was not refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Everything is already so: a move to where it is, a name that it has.
    Unchanged,
    /// The draft is another.
    Changed(EditSummary),
}

/// What a command did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditSummary {
    /// The action, as the history tells it.
    pub label: ActionLabel,
    /// What is to be looked at: what was added, copied, moved or changed; nothing once it is removed, and of the release task
    /// itself.
    pub element: Option<ElementId>,
    /// In how many references a task or a variable has another name than before.
    pub references: usize,
}

/// A command that was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedEdit {
    /// What became of it.
    pub edit: Edit,
    /// What undoes it.
    pub undo: Patch,
    /// The bytes that it and what undoes it take when they are stored, whichever takes more.
    pub bytes: usize,
}

/// Carries out a command.
pub fn apply(draft: &mut Draft, command: &EditCommand) -> Result<AppliedEdit, EditRefusal> {
    let plan::Plan { changes, label, element, references } = plan::plan(draft, command)?;
    if changes.is_empty() {
        return Ok(AppliedEdit { edit: Edit::Unchanged, undo: Patch::default(), bytes: 0 });
    }
    let patch = Patch::of(changes);
    let size = patch.bytes();
    let undo = patch.apply(draft)?;
    let bytes = size.max(undo.bytes());
    Ok(AppliedEdit { edit: Edit::Changed(EditSummary { label, element, references }), undo, bytes })
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(super) use tests::random;
