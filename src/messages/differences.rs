//! Sentences on what is different between two versions.

use super::Locale;
use crate::domain::compare::{Comparison, FieldDiff, GroupDiff, PhaseDiff, TaskDiff, VariableDiff};
use crate::domain::kinds::FieldValue;
use crate::domain::merge::ConflictAspect;

/// Sentences on what is different between two versions.
pub trait DifferenceSentences {
    /// When nothing is.
    fn nothing_differs(&self) -> &'static str;

    /// Before what changed since an execution of one version, up to another version.
    fn since_execution(&self, number: u32, from: u32, to: u32) -> String;

    /// When an execution of that number ran the same version.
    fn since_same_version(&self, number: u32, version: u32) -> String;

    /// When there is no execution before it.
    fn first_execution(&self) -> &'static str;

    /// At the end of changes of which only the first are shown.
    fn more_changes(&self, count: usize) -> String;

    /// Leads to the comparison of two versions.
    fn compare_versions(&self, from: u32, to: u32) -> String;

    /// On a variable that was added, removed, named anew, moved or changed; its fields are told beside it.
    fn variable_differs(&self, diff: &VariableDiff) -> String;

    /// On a phase that was added, removed, named anew or moved.
    fn phase_differs(&self, diff: &PhaseDiff) -> String;

    /// On a group that was added, removed or moved.
    fn group_differs(&self, diff: &GroupDiff) -> String;

    /// On a task that was added, removed, named anew, moved or changed; its fields are told beside it.
    fn task_differs(&self, diff: &TaskDiff) -> String;

    /// On a field with its value before and after. A long text is only said to be another.
    fn field_differs(&self, diff: &FieldDiff) -> String;

    /// The value of a field, or that it is a long text.
    fn field_value(&self, value: &FieldValue) -> String;

    /// The title of the page that merges.
    fn merge_title(&self) -> &'static str;

    /// Why a draft has to be merged.
    fn saved_before(&self, who: &str, newest: u32, based_on: u32) -> String;

    /// Heads what a version changed.
    fn changes_of(&self, version: u32) -> String;

    /// The name of a version.
    fn version(&self, number: u32) -> String;

    /// What of an element both changed.
    fn conflict(&self, name: &str, aspect: &ConflictAspect) -> String;

    /// Of an element that only one of them removed: it is there.
    fn is_there(&self) -> &'static str;

    /// The same of the other: it is not.
    fn is_not_there(&self) -> &'static str;

    /// Before what was changed since a version.
    fn since_version(&self, version: u32) -> String;

    /// Names in their order.
    fn in_order(&self, names: &[String]) -> String;

    /// A group of a phase, by its number from 1.
    fn group_of(&self, phase: &str, number: usize) -> String;

    /// When the draft is another than the page showed.
    fn draft_changed(&self) -> &'static str;
}

/// Something that is different, in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeWords {
    /// What.
    pub words: String,
    /// Fields with the value before and after.
    pub fields: Vec<String>,
}

/// What is different, in words; when nothing is, that is said.
pub fn changes(comparison: &Comparison, locale: Locale) -> Vec<ChangeWords> {
    let words = locale.differences();
    let Comparison { best_effort, supersede, on_failure, variables, phases, groups, tasks } = comparison;
    let row = |words: String| ChangeWords { words, fields: Vec::new() };
    let mut rows: Vec<ChangeWords> =
        best_effort.iter().chain(supersede).chain(on_failure).map(|diff| row(words.field_differs(diff))).collect();
    rows.extend(variables.iter().map(|diff| {
        // One that was removed says no more; of one that was added all that it says is new.
        let fields = diff.fields.iter().filter(|_| diff.after.is_some());
        ChangeWords {
            words: words.variable_differs(diff),
            fields: fields.map(|diff| words.field_differs(diff)).collect(),
        }
    }));
    rows.extend(phases.iter().map(|diff| row(words.phase_differs(diff))));
    rows.extend(groups.iter().map(|diff| row(words.group_differs(diff))));
    rows.extend(tasks.iter().map(|diff| {
        // What was added or removed is told as a whole.
        let is_in_both = diff.before.is_some() && diff.after.is_some();
        let fields = diff.fields.iter().filter(|_| is_in_both);
        ChangeWords { words: words.task_differs(diff), fields: fields.map(|diff| words.field_differs(diff)).collect() }
    }));
    if rows.is_empty() {
        rows.push(row(words.nothing_differs().to_owned()));
    }
    rows
}
