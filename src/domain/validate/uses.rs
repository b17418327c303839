//! The rules of references: what a task may know of others.

use super::super::definition::{Task, TaskPosition};
use super::super::kinds::{TextUse, UsedText};
use super::super::names;
use super::super::reference::{self, ReferenceFault, ReferenceSpan, Source};
use super::super::shell;
use super::{BrokenRule, Known, Problems, task_at};

/// What is wrong with a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UseFault {
    /// It only begins like one.
    IllFormed(ReferenceFault),
    /// It is nearly one, and nobody else's.
    NearMiss {
        /// The reference that was meant, if that can be told.
        meant: Option<String>,
    },
    /// It names a secret where others than the work itself could read it.
    SecretPlace,
    /// It names a task that there is not.
    NoSuchTask {
        /// The task that was meant, if one is called nearly so.
        nearest: Option<String>,
    },
    /// It names a variable that is not declared.
    NoSuchVariable {
        /// The variable that was meant, if one is called nearly so.
        nearest: Option<String>,
    },
    /// It asks for an output of a task that has none.
    NoOutput {
        /// The task.
        of: String,
        /// The word of its kind.
        kind: &'static str,
    },
    /// It asks for a decision at a task that nobody decides.
    NoDecision {
        /// The task.
        of: String,
        /// The word of its kind.
        kind: &'static str,
    },
    /// It names the task itself.
    Itself,
    /// It names a task that runs at the same time.
    SameTime {
        /// The task.
        of: String,
    },
    /// It names a task that comes later.
    Later,
}

pub(super) fn check(known: &Known<'_>, place: TaskPosition, task: &Task, problems: &mut Problems) {
    for UsedText { field, text, used_as } in task.kind.texts() {
        let at = format!("{}.{field}", task_at(place));
        let (found, wrong) = reference::scan(text);
        for wrong in wrong {
            problems.add_in_line(&at, broken(task, wrong.text, UseFault::IllFormed(wrong.fault)), wrong.line);
        }
        let is_script = used_as.is_script();
        if let Some(program) = shell::interpreter(text).filter(|program| is_script && !shell::is_shell(program))
            && let Some(ReferenceSpan { reference, line, .. }) = found.first()
        {
            let (field, program, reference) = (field.clone(), program.to_owned(), reference.clone());
            let rule = BrokenRule::NoShell { task: task.name.clone(), field, program, reference };
            problems.add_in_line(&at, rule, *line);
        }
        // A program that is no shell may have its own meaning for it.
        if !is_script || shell::is_for_shell(text) {
            for near in reference::near_misses(text).into_iter().filter(|near| near.certain) {
                let fault = UseFault::NearMiss { meant: near.meant.map(|meant| meant.to_string()) };
                problems.add_in_line(&at, broken(task, near.text, fault), near.line);
            }
        }
        for ReferenceSpan { reference, line, .. } in found {
            if problems.is_full() {
                return;
            }
            if let Some(fault) = fault(known, place, used_as, &reference.source) {
                problems.add_in_line(&at, broken(task, reference.to_string(), fault), line);
            }
        }
    }
}

fn broken(task: &Task, reference: String, fault: UseFault) -> BrokenRule {
    BrokenRule::Use { task: task.name.clone(), reference, fault }
}

fn fault(known: &Known<'_>, place: TaskPosition, used_as: TextUse, source: &Source) -> Option<UseFault> {
    if let Some(name) = source.variable() {
        let declared = || known.variables.iter().map(|variable| variable.name.as_str());
        let nearest = || names::nearest(name, declared()).map(str::to_owned);
        return (!declared().any(|known| known == name)).then(|| UseFault::NoSuchVariable { nearest: nearest() });
    }
    if source.secret().is_some() {
        return (used_as != TextUse::PrivateValue).then_some(UseFault::SecretPlace);
    }
    let name = source.task()?;
    let Some(&(named_place, named)) = known.tasks.get(name) else {
        let nearest = names::nearest(name, known.tasks.keys().copied()).map(str::to_owned);
        return Some(UseFault::NoSuchTask { nearest });
    };
    match source {
        Source::Output { .. } if !named.kind.has_outputs() => {
            return Some(UseFault::NoOutput { of: name.to_owned(), kind: named.kind.word() });
        }
        Source::Decision { .. } if !named.kind.has_decision() => {
            return Some(UseFault::NoDecision { of: name.to_owned(), kind: named.kind.word() });
        }
        Source::Output { .. }
        | Source::Decision { .. }
        | Source::Variable { .. }
        | Source::Secret { .. }
        | Source::Release(_) => {}
    }
    if named_place == place {
        let own_outputs = used_as == TextUse::UndoScript && matches!(source, Source::Output { .. });
        return (!own_outputs).then_some(UseFault::Itself);
    }
    if named_place.is_before(place) {
        return None;
    }
    Some(if named_place.phase == place.phase && named_place.group != place.group {
        UseFault::SameTime { of: name.to_owned() }
    } else {
        UseFault::Later
    })
}
