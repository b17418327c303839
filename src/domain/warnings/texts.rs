//! Warnings of scripts and of references in texts, whoever is in the team.

use super::super::draft::Draft;
use super::super::kinds::UsedText;
use super::super::names;
use super::super::reference::{self, Reference, Source};
use super::super::shell;
use super::{DraftWarning, Warning, scripts};

pub(super) fn of(draft: &Draft) -> Vec<DraftWarning> {
    let mut found = Vec::new();
    for (_, task) in draft.tasks() {
        for UsedText { field, text, used_as } in task.kind.texts() {
            let name = || task.name.clone();
            let mut add = |warning| found.push(DraftWarning { element: Some(task.id), field: field.clone(), warning });
            let is_script = used_as.is_script();
            if let Some(oddity) = scripts::oddity(text).filter(|_| is_script) {
                add(Warning::Script { task: name(), oddity });
            }
            // What no shell can read is refused, but to another program it may mean something.
            let is_refused = !is_script || shell::is_for_shell(text);
            for near in reference::near_misses(text).into_iter().filter(|near| !(near.certain && is_refused)) {
                if let Some(meant) = near.meant.filter(|meant| is_there(draft, &meant.source)) {
                    add(Warning::NearReference { task: name(), text: near.text, meant: meant.to_string() });
                }
            }
            let spans = reference::scan(text).0;
            for span in &spans {
                if let Some(meant) = with_default(draft, &span.reference) {
                    let text = span.reference.to_string();
                    add(Warning::NearDefault { task: name(), text, meant: meant.to_string() });
                } else if let Some(warning) = not_written(draft, &task.name, &span.reference) {
                    add(warning);
                }
            }
            if is_script && !spans.is_empty() && shell::is_for_shell(text) {
                let literals = shell::literals(text);
                for span in spans {
                    let literal = literals.iter().find(|(range, _)| range.contains(&span.range.start));
                    if let Some((_, why)) = literal {
                        let reference = span.reference.to_string();
                        add(Warning::NotReplaced { task: name(), reference, why: *why });
                    }
                }
            }
        }
    }
    found
}

fn is_there(draft: &Draft, source: &Source) -> bool {
    match (source.task(), source.variable()) {
        (Some(name), _) => draft.tasks().any(|(_, task)| task.name == name),
        (None, Some(name)) => draft.variables.iter().any(|variable| variable.name == name),
        (None, None) => true,
    }
}

/// The reference that is meant where `-` stands in place of `:-`: its task writes what is named before the `-`, and
/// nothing of the whole name.
fn with_default(draft: &Draft, reference: &Reference) -> Option<Reference> {
    let Reference { source: Source::Output { task: name, key }, default: None } = reference else { return None };
    let (_, task) = draft.tasks().find(|(_, task)| task.name == *name)?;
    let texts = task.kind.texts();
    let writes = |key: &str| texts.iter().any(|text| assigns(text.text, key));
    let (short, default) =
        key.match_indices('-').map(|(at, _)| (&key[..at], &key[at + 1..])).find(|(short, _)| writes(short))?;
    let source = Source::Output { task: name.clone(), key: short.to_owned() };
    (!writes(key)).then(|| Reference { source, default: Some(default.to_owned()) })
}

/// That no such output is written, where all are known that its task writes. One with a default may be missing.
fn not_written(draft: &Draft, task: &str, reference: &Reference) -> Option<Warning> {
    let Reference { source: Source::Output { task: of, key }, default: None } = reference else { return None };
    let (_, named) = draft.tasks().find(|(_, task)| task.name == *of)?;
    let written = reference::all_outputs(&named.kind).filter(|written| !written.contains(key))?;
    let nearest = names::nearest(key, written.iter().map(String::as_str)).map(str::to_owned);
    let (task, text) = (task.to_owned(), reference.to_string());
    Some(Warning::NotWritten { task, text, of: of.clone(), written: written.into_iter().collect(), nearest })
}

/// Whether a script gives something of that name a value.
fn assigns(script: &str, key: &str) -> bool {
    let wanted = format!("{key}=");
    let begins = |at: usize| {
        let before = &script[..at];
        let is_escape = before.ends_with("\\n");
        is_escape || !before.ends_with(|letter: char| letter.is_ascii_alphanumeric() || "_-$".contains(letter))
    };
    script.match_indices(&wanted).any(|(at, _)| begins(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f19_a_name_is_given_a_value_where_it_stands_alone() {
        for script in ["n=1", "echo \"n=$x\"", "printf 'a=1\\nn=2\\n'", "cat <<E\nn=1\nE"] {
            assert!(assigns(script, "n"), "{script}");
        }
        for script in ["an=1", "a-n=1", "$n=", "n", ""] {
            assert!(!assigns(script, "n"), "{script}");
        }
    }
}
