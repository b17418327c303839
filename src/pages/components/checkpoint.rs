//! Facts that a reader needs to decide a checkpoint: in the dialog, on its page and in My Approvals.

use super::release_context::Subject;
use super::{Fact, FactValue, SaidRow, When};
use crate::domain::execution::{Decision, Execution, Moment, TaskState};
use crate::domain::kinds::{Deciders, Kind};
use crate::domain::people::Person;
use crate::domain::unable::Able;
use crate::domain::values::Names;
use crate::domain::{policy, reference, unable};
use crate::http::error::HttpError;
use crate::messages::Locale;

/// What to check, in words, with the values that earlier tasks gave; may be empty.
pub fn what_to_check(execution: &Execution, task: usize, names: Names<'_>) -> String {
    let text = execution.spec(task).kind.gate().map(|gate| gate.check).unwrap_or_default();
    reference::fill_or(text, Locale::default().dialogs().not_known(), &|reference| {
        execution.value(task, names, reference)
    })
}

/// Who may decide it.
pub fn deciders(kind: &Kind) -> String {
    kind.gate().map(|gate| Locale::default().dialogs().deciders(gate)).unwrap_or_default()
}

/// Who that is now, by name, and without those whom four eyes keep away: whoever waits for them can ask somebody.
/// Nothing where it waits for nobody now.
pub async fn able(subject: &Subject, execution: &Execution, task: usize) -> Result<Option<Able>, HttpError> {
    if policy::checkpoint_waits(execution, task).is_err() {
        return Ok(None);
    }
    let people = subject.site.app.asked_by(&subject.visible, &execution.definition).await?;
    Ok(unable::able(&people, execution, task))
}

/// Why too few of these people can decide that checkpoint, if it waits for them.
pub fn impasse(people: &[Person], execution: &Execution, task: usize) -> Option<String> {
    unable::impasse(people, execution, task).map(|impasse| Locale::default().dialogs().impasse(&impasse))
}

/// The people whom checkpoints of an execution ask; nobody where none waits.
pub async fn people(subject: &Subject, execution: &Execution) -> Result<Vec<Person>, HttpError> {
    if execution.tasks.iter().all(|run| run.state.asking().is_none()) {
        return Ok(Vec::new());
    }
    Ok(subject.site.app.asked_by(&subject.visible, &execution.definition).await?)
}

/// The same as a fact.
pub async fn able_fact(subject: &Subject, execution: &Execution, task: usize) -> Result<Option<Fact>, HttpError> {
    let words = Locale::default().dialogs();
    Ok(able(subject, execution, task).await?.map(|able| Fact::text(words.able_now(), words.able(&able))))
}

/// Who decides, how many agreed, until when; nothing of a task that is no gate.
pub fn facts(execution: &Execution, task: usize, now: Moment) -> Vec<Fact> {
    let run = &execution.tasks[task];
    let Some(gate) = execution.spec(task).kind.gate() else { return Vec::new() };
    let said = Locale::default().dialogs();
    let mut facts =
        vec![Fact::text("Started by", said.starters(execution)), Fact::text("Decided by", said.deciders(gate))];
    match gate.deciders {
        Deciders::Listed { .. } => {
            facts.push(Fact::text("Agreed", format!("{} of {}", run.agreed(), gate.required)));
        }
        // The first of them decides: nothing is counted.
        Deciders::Team => {}
    }
    if let TaskState::ToBeApproved { since, deadline, again } = &run.state {
        facts.push(Fact::new("Waiting since", FactValue::When(When::at(*since, now))));
        let said = Locale::default().components();
        facts.extend(again.as_ref().map(|environment| Fact::text("Asked again", said.asked_again(environment))));
        let said = Locale::default().dialogs();
        facts.extend(
            deadline.map(|at| Fact::new(said.at_deadline(gate.on_deadline), FactValue::When(When::at(at, now)))),
        );
    }
    facts
}

/// What people said, oldest first.
pub fn said<'d>(decisions: impl IntoIterator<Item = &'d Decision>, now: Moment) -> Vec<SaidRow> {
    let row = |decision: &Decision| SaidRow {
        who: decision.by.name().to_owned(),
        said: Locale::default().release_tasks().said(decision),
        comment: decision.comment.clone(),
        when: When::at(decision.at, now),
    };
    decisions.into_iter().map(row).collect()
}
