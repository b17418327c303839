//! Words for what is done to a draft.

use crate::domain::edit::EditOperation;

/// What is done, before what it is done to.
pub fn verb(operation: EditOperation) -> &'static str {
    match operation {
        EditOperation::SetName
        | EditOperation::SetDescription
        | EditOperation::SetBestEffort
        | EditOperation::SetSupersede
        | EditOperation::SetFailurePolicy
        | EditOperation::DescribeTask
        | EditOperation::SetTask
        | EditOperation::SetVariable => "change",
        EditOperation::AddPhase | EditOperation::AddGroup | EditOperation::AddTask | EditOperation::AddVariable => {
            "add"
        }
        EditOperation::RenamePhase | EditOperation::RenameTask | EditOperation::RenameVariable => "rename",
        EditOperation::CopyPhase | EditOperation::CopyGroup | EditOperation::CopyTask => "copy",
        EditOperation::MovePhase | EditOperation::MoveGroup | EditOperation::MoveTask | EditOperation::MoveVariable => {
            "move"
        }
        EditOperation::RemovePhase
        | EditOperation::RemoveGroup
        | EditOperation::RemoveTask
        | EditOperation::RemoveVariable => "remove",
        EditOperation::Replace => "take",
        EditOperation::Merge => "merge",
    }
}

/// What was done, after what it was done to.
pub fn done(operation: EditOperation) -> &'static str {
    match operation {
        EditOperation::SetName
        | EditOperation::SetDescription
        | EditOperation::SetBestEffort
        | EditOperation::SetSupersede
        | EditOperation::SetFailurePolicy
        | EditOperation::DescribeTask
        | EditOperation::SetTask
        | EditOperation::SetVariable => "changed",
        EditOperation::AddPhase | EditOperation::AddGroup | EditOperation::AddTask | EditOperation::AddVariable => {
            "added"
        }
        EditOperation::RenamePhase | EditOperation::RenameTask | EditOperation::RenameVariable => "renamed",
        EditOperation::CopyPhase | EditOperation::CopyGroup | EditOperation::CopyTask => "copied",
        EditOperation::MovePhase | EditOperation::MoveGroup | EditOperation::MoveTask | EditOperation::MoveVariable => {
            "moved"
        }
        EditOperation::RemovePhase
        | EditOperation::RemoveGroup
        | EditOperation::RemoveTask
        | EditOperation::RemoveVariable => "removed",
        EditOperation::Replace => "taken",
        EditOperation::Merge => "merged",
    }
}
