//! The rules of references: what a task may know of others.

use super::super::definition::{Task, TaskPosition};
use super::super::kinds::{TextUse, UsedText};
use super::super::names;
use super::super::reference::{self, ReferenceSpan, Source};
use super::{Named, Problems, task_at};

/// Shells in which `${NAME}` is the value of a variable.
const SHELLS: [&str; 6] = ["sh", "bash", "dash", "ash", "ksh", "zsh"];

pub(super) fn check(known: &Named<'_>, place: TaskPosition, task: &Task, problems: &mut Problems) {
    for UsedText { field, text, used_as } in task.kind.texts() {
        let at = format!("{}.{field}", task_at(place));
        let (found, wrong) = reference::scan(text);
        for wrong in wrong {
            let rule = format!("The reference {} in {} {}.", wrong.text, task.name, wrong.fault);
            problems.add_in_line(&at, rule, wrong.line);
        }
        let is_script = match used_as {
            TextUse::Script | TextUse::UndoScript => true,
            TextUse::Value => false,
        };
        if let Some(program) = interpreter(text).filter(|program| is_script && !SHELLS.contains(program))
            && let Some(ReferenceSpan { reference, line, .. }) = found.first()
        {
            let rule = format!(
                "The {field} of {} is run by {program}, which does not know {reference}: give it to a variable in \
                 environment.",
                task.name
            );
            problems.add_in_line(&at, rule, *line);
        }
        for ReferenceSpan { reference, line, .. } in found {
            if problems.is_full() {
                return;
            }
            if let Some(fault) = fault(known, place, used_as, &reference.source) {
                problems.add_in_line(&at, format!("The reference {reference} in {} {fault}", task.name), line);
            }
        }
    }
}

/// The program that the first line of a script names.
fn interpreter(script: &str) -> Option<&str> {
    let line = script.lines().next()?.strip_prefix("#!")?;
    let mut words = line.split_whitespace().map(|word| word.rsplit('/').next().unwrap_or(word));
    match words.next()? {
        "env" => words.find(|word| !word.starts_with('-') && !word.contains('=')),
        program => Some(program),
    }
}

fn fault(known: &Named<'_>, place: TaskPosition, used_as: TextUse, source: &Source) -> Option<String> {
    let name = source.task()?;
    let Some(&(named_place, named)) = known.get(name) else {
        return Some(match names::nearest(name, known.keys().copied()) {
            Some(other) => format!("names no task of this release task; did you mean {other}?"),
            None => "names no task of this release task.".to_owned(),
        });
    };
    match source {
        Source::Output { .. } if !named.kind.has_outputs() => {
            return Some(format!("asks for an output, and {name} is a {}, which has none.", named.kind.words()));
        }
        Source::Decision { .. } if !named.kind.has_decision() => {
            return Some(format!("asks for a decision, and {name} is a {}, which has none.", named.kind.words()));
        }
        Source::Output { .. } | Source::Decision { .. } | Source::Release(_) => {}
    }
    if named_place == place {
        let own_outputs = used_as == TextUse::UndoScript && matches!(source, Source::Output { .. });
        return (!own_outputs).then(|| "names the task itself.".to_owned());
    }
    if named_place.is_before(place) {
        return None;
    }
    Some(if named_place.phase == place.phase && named_place.group != place.group {
        format!(
            "names a task that runs at the same time, in another group of the phase; move {name} to an earlier phase."
        )
    } else {
        "names a task that comes later.".to_owned()
    })
}
