//! Sentences on what is different between two versions.

use crate::domain::compare::{FieldDiff, GroupDiff, PhaseDiff, TaskDiff};

/// Sentences on what is different between two versions.
pub trait DifferenceSentences {
    /// When nothing is.
    fn nothing_differs(&self) -> &'static str;

    /// On a phase that was added, removed, named anew or moved.
    fn phase_differs(&self, diff: &PhaseDiff) -> String;

    /// On a group that was added, removed or moved.
    fn group_differs(&self, diff: &GroupDiff) -> String;

    /// On a task that was added, removed, named anew, moved or changed; its fields are told beside it.
    fn task_differs(&self, diff: &TaskDiff) -> String;

    /// On a field with its value before and after. A long text is only said to be another.
    fn field_differs(&self, diff: &FieldDiff) -> String;
}
