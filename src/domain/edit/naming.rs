//! Names that new elements are offered, and other names for tasks and variables in the texts of others.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::draft::{Draft, DraftTask, NAME_FIELD};
use crate::domain::kinds::Kind;
use crate::domain::names;
use crate::domain::reference::{rename_tasks, rename_variables};

/// The first of `word-1`, `word-2`, … that is free, counted from `first`.
pub(super) fn offered(word: &str, first: usize, taken: &BTreeSet<String>) -> String {
    let names = (first..).map(|number| names::numbered(word, number));
    names.into_iter().find(|name| !taken.contains(name)).unwrap_or_default()
}

/// The name of a copy: `name-2`, `name-3`, … Of `name-2` the copy is `name-3`. A name that breaks the rule gives the copy one
/// that does not, made of what is good of it, or else of the word.
pub(super) fn of_copy(name: &str, word: &str, taken: &BTreeSet<String>) -> String {
    let good: String = name.chars().filter(|c| names::is_name_character(*c)).collect();
    let good = good.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    let (stem, number) = match good.rsplit_once('-') {
        Some((stem, digits)) if !stem.is_empty() && is_count(digits) => (stem, digits.parse().unwrap_or(1)),
        Some(_) | None => (good, 1),
    };
    let stem = if stem.is_empty() { word } else { stem };
    offered(stem, number + 1, taken)
}

/// Whether it is a number as copies have it. Years, dates and build numbers are part of the name.
fn is_count(digits: &str) -> bool {
    (1..=3).contains(&digits.len()) && !digits.starts_with('0') && digits.chars().all(|c| c.is_ascii_digit())
}

/// The names of all phases.
pub(super) fn of_phases(draft: &Draft) -> BTreeSet<String> {
    draft.phases.iter().map(|phase| phase.name.clone()).collect()
}

/// The names of all tasks.
pub(super) fn of_tasks(draft: &Draft) -> BTreeSet<String> {
    draft.tasks().map(|(_, task)| task.name.clone()).collect()
}

/// The first of `variable1`, `variable2`, … that is free.
pub(super) fn offered_variable(draft: &Draft) -> String {
    let taken: BTreeSet<&str> = draft.variables.iter().map(|variable| variable.name.as_str()).collect();
    let mut names = (1_usize..).map(|number| format!("variable{number}"));
    names.find(|name| !taken.contains(name.as_str())).unwrap_or_default()
}

/// What has the names that references name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NamedThing {
    Task,
    Variable,
}

/// New names by the old ones.
pub(super) type NewNames = BTreeMap<String, String>;

/// Gives tasks or variables their new names in the references of a kind; answers in how many.
pub(super) fn rename_in_kind(kind: &mut Kind, names: &NewNames, of: NamedThing) -> usize {
    kind.texts_mut().into_iter().map(|text| rename_in(text, names, of)).sum()
}

/// The same in what could not be read of a task.
pub(super) fn rename_in_unread(task: &mut DraftTask, names: &NewNames, of: NamedThing) -> usize {
    let texts = task.unread.iter_mut().filter(|(field, _)| *field != NAME_FIELD);
    texts.map(|(_, text)| rename_in(text, names, of)).sum()
}

fn rename_in(text: &mut String, names: &NewNames, of: NamedThing) -> usize {
    let new_name = |old: &str| names.get(old).map(String::as_str);
    let renamed = match of {
        NamedThing::Task => rename_tasks(text, &new_name),
        NamedThing::Variable => rename_variables(text, &new_name),
    };
    let Some(renamed) = renamed else { return 0 };
    *text = renamed.text;
    renamed.count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy_of(name: &str, taken: &[&str]) -> String {
        let taken = taken.iter().map(|name| (*name).to_owned()).collect();
        let copy = of_copy(name, "command", &taken);
        assert!(names::is_valid(&copy), "{copy}");
        copy
    }

    #[test]
    fn copies_are_numbered() {
        assert_eq!(copy_of("build", &["build"]), "build-2");
        assert_eq!(copy_of("build", &["build", "build-2"]), "build-3");
        assert_eq!(copy_of("build-2", &["build", "build-2"]), "build-3");
        assert_eq!(copy_of("build-2026", &["build-2026"]), "build-2026-2");
        assert_eq!(copy_of("build-007", &[]), "build-007-2");
        assert_eq!(copy_of("-", &[]), "command-2");
        assert_eq!(copy_of("1 ü-b!", &[]), "b-2");
        let long = "a".repeat(64);
        assert_eq!(copy_of(&long, &[&long]), format!("{}-2", "a".repeat(62)));
        let long_number = format!("{}-999", "a".repeat(60));
        assert_eq!(copy_of(&long_number, &[]), format!("{}-1000", "a".repeat(59)));
    }
}
