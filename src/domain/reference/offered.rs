//! The values that the texts of a task can name, to choose from.

use std::collections::BTreeSet;

use super::{DecisionPart, Reference, ReleasePart, Source, scan};
use crate::domain::definition::TaskPosition;
use crate::domain::draft::{Draft, DraftTask};
use crate::domain::kinds::{Kind, TextUse};

/// The variable of a script that has the path of the file for its outputs.
const OUTPUT_FILE: &str = "TOLLGATE_OUTPUT";

/// A value that can be named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedReference {
    /// What names it.
    pub reference: Reference,
    /// Whether anything has this output so far; if not, its name stands for one that people have to put there.
    pub is_known: bool,
    /// The task writes it itself: only its roll-back script comes after that.
    pub is_own: bool,
}

/// What the texts of the task at that place can name: of each task that has always ended before it, the nearest first, of
/// itself for undoing it, the variables, and of the release.
pub fn offered(draft: &Draft, at: TaskPosition) -> Vec<OfferedReference> {
    let named = named_outputs(draft);
    let mut earlier: Vec<(TaskPosition, &DraftTask)> = draft.tasks().filter(|(place, _)| place.is_before(at)).collect();
    earlier.reverse();
    let mut offered = Vec::new();
    for (_, task) in earlier {
        of_outputs(task, &named, false, &mut offered);
        if task.kind.has_decision() {
            let sources = DecisionPart::ALL.map(|part| Source::Decision { task: task.name.clone(), part });
            offered.extend(sources.map(|source| known(source, false)));
        }
    }
    if let Some((_, own)) = draft.tasks().find(|(place, task)| *place == at && task.kind.has_undo()) {
        of_outputs(own, &named, true, &mut offered);
    }
    let variables = draft.variables.iter().map(|variable| Source::Variable { name: variable.name.clone() });
    offered.extend(variables.map(|source| known(source, false)));
    offered.extend(ReleasePart::ALL.map(|part| known(Source::Release(part), false)));
    offered
}

fn known(source: Source, is_own: bool) -> OfferedReference {
    OfferedReference { reference: Reference { source, default: None }, is_known: true, is_own }
}

fn of_outputs(task: &DraftTask, named: &BTreeSet<(String, String)>, is_own: bool, offered: &mut Vec<OfferedReference>) {
    if !task.kind.has_outputs() {
        return;
    }
    let mut keys: BTreeSet<String> = written_outputs(task).collect();
    keys.extend(named.iter().filter(|(name, _)| *name == task.name).map(|(_, key)| key.clone()));
    let source = |key: String| Source::Output { task: task.name.clone(), key };
    if keys.is_empty() {
        offered.push(OfferedReference { is_known: false, ..known(source("NAME".to_owned()), is_own) });
    }
    offered.extend(keys.into_iter().map(|key| known(source(key), is_own)));
}

/// The outputs that any task names, each with the task that gives it.
fn named_outputs(draft: &Draft) -> BTreeSet<(String, String)> {
    let texts = draft.tasks().flat_map(|(_, task)| task.kind.texts());
    let sources = texts.flat_map(|text| scan(text.text).0).map(|span| span.reference.source);
    let output = |source| match source {
        Source::Output { task, key } => Some((task, key)),
        Source::Decision { .. } | Source::Variable { .. } | Source::Secret { .. } | Source::Release(_) => None,
    };
    sources.filter_map(output).collect()
}

/// The names that its script seems to write: what stands before `=` in the words of a line that also names the file for them.
fn written_outputs(task: &DraftTask) -> impl Iterator<Item = String> {
    let lines = task.kind.texts().into_iter().flat_map(|text| text.text.lines());
    let names = lines.filter(|line| line.contains(OUTPUT_FILE)).flat_map(names_in);
    let names: BTreeSet<String> = names.filter(|name| super::is_output_name(name)).collect();
    names.into_iter()
}

/// What stands before `=` in the words of a line.
fn names_in(line: &str) -> Vec<String> {
    let line = line.replace("\\n", " ");
    let words = line.split([' ', '\t', '"', '\'', ';']);
    words.filter_map(|word| word.split_once('=')).map(|(name, _)| name.to_owned()).collect()
}

/// The names of all outputs that a script writes, as far as it can be told: each line that names the file for them prints
/// plain names into it. Nothing where one does something else, or none names it.
pub(in crate::domain) fn all_outputs(kind: &Kind) -> Option<BTreeSet<String>> {
    let mut all = BTreeSet::new();
    for text in kind.texts().into_iter().filter(|text| text.used_as == TextUse::Script) {
        for line in text.text.lines().filter(|line| line.contains(OUTPUT_FILE)) {
            let is_print = ["echo ", "printf "].iter().any(|command| line.trim_start().starts_with(command));
            let names = names_in(line);
            if !is_print || names.is_empty() || !names.iter().all(|name| super::is_output_name(name)) {
                return None;
            }
            all.extend(names);
        }
    }
    (!all.is_empty()).then_some(all)
}

#[cfg(test)]
mod tests;
