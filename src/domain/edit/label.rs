//! Labels of actions: what the history says about each, as data.

use serde::{Deserialize, Serialize};

use super::EditCommand;

/// An action of a person, to be told in a few words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionLabel {
    /// What was done.
    pub operation: EditOperation,
    /// Name of the element when it was done: of the variable, the phase or the task; of a group's phase; of the release task.
    pub name: String,
    /// Number of the group in its phase, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<usize>,
}

/// What was done: a command without what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EditOperation {
    /// The release task was named.
    SetName,
    /// It was said what it is for.
    SetDescription,
    /// The best effort policy was set.
    SetBestEffort,
    /// Set whether a new execution may take the place of one that waits.
    SetSupersede,
    /// It was said what happens by itself after a failure.
    SetFailurePolicy,
    /// A variable was added.
    AddVariable,
    /// It was named.
    RenameVariable,
    /// It was said what its value can be.
    SetVariable,
    /// It was moved.
    MoveVariable,
    /// It was removed.
    RemoveVariable,
    /// A phase was added.
    AddPhase,
    /// It was named.
    RenamePhase,
    /// It was copied.
    CopyPhase,
    /// It was moved.
    MovePhase,
    /// It was removed.
    RemovePhase,
    /// A group was added.
    AddGroup,
    /// It was copied.
    CopyGroup,
    /// It was moved.
    MoveGroup,
    /// It was removed.
    RemoveGroup,
    /// A task was added.
    AddTask,
    /// It was named.
    RenameTask,
    /// It was said what it is for.
    DescribeTask,
    /// It was said what it does.
    SetTask,
    /// It was copied.
    CopyTask,
    /// It was moved.
    MoveTask,
    /// It was removed.
    RemoveTask,
    /// Everything was replaced.
    Replace,
    /// It was merged with what somebody else saved.
    Merge,
}

impl EditCommand {
    /// What it does.
    pub fn operation(&self) -> EditOperation {
        match self {
            Self::SetName { .. } => EditOperation::SetName,
            Self::SetDescription { .. } => EditOperation::SetDescription,
            Self::SetBestEffort { .. } => EditOperation::SetBestEffort,
            Self::SetSupersede { .. } => EditOperation::SetSupersede,
            Self::SetFailurePolicy { .. } => EditOperation::SetFailurePolicy,
            Self::AddVariable { .. } => EditOperation::AddVariable,
            Self::RenameVariable { .. } => EditOperation::RenameVariable,
            Self::SetVariable { .. } => EditOperation::SetVariable,
            Self::MoveVariable { .. } => EditOperation::MoveVariable,
            Self::RemoveVariable { .. } => EditOperation::RemoveVariable,
            Self::AddPhase { .. } => EditOperation::AddPhase,
            Self::RenamePhase { .. } => EditOperation::RenamePhase,
            Self::CopyPhase { .. } => EditOperation::CopyPhase,
            Self::MovePhase { .. } => EditOperation::MovePhase,
            Self::RemovePhase { .. } => EditOperation::RemovePhase,
            Self::AddGroup { .. } => EditOperation::AddGroup,
            Self::CopyGroup { .. } => EditOperation::CopyGroup,
            Self::MoveGroup { .. } => EditOperation::MoveGroup,
            Self::RemoveGroup { .. } => EditOperation::RemoveGroup,
            Self::AddTask { .. } => EditOperation::AddTask,
            Self::RenameTask { .. } => EditOperation::RenameTask,
            Self::DescribeTask { .. } => EditOperation::DescribeTask,
            Self::SetTask { .. } => EditOperation::SetTask,
            Self::CopyTask { .. } => EditOperation::CopyTask,
            Self::MoveTask { .. } => EditOperation::MoveTask,
            Self::RemoveTask { .. } => EditOperation::RemoveTask,
            Self::Several { commands } => commands.first().map_or(EditOperation::Replace, Self::operation),
            Self::Replace { .. } => EditOperation::Replace,
        }
    }
}
