//! Sentences on what is different between two versions.

use super::Locale;
use crate::domain::compare::{Comparison, FieldDiff, GroupDiff, PhaseDiff, TaskDiff, compare};
use crate::domain::definition::Definition;

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

/// Something that is different, in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeWords {
    /// What.
    pub words: String,
    /// Fields with the value before and after.
    pub fields: Vec<String>,
}

/// What is different between two definitions.
pub fn changes(before: &Definition, after: &Definition, locale: Locale) -> Vec<ChangeWords> {
    let words = locale.differences();
    let Comparison { best_effort, phases, groups, tasks } = compare(before, after);
    let row = |words: String| ChangeWords { words, fields: Vec::new() };
    let mut rows: Vec<ChangeWords> = best_effort.iter().map(|diff| row(words.field_differs(diff))).collect();
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
