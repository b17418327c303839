//! The audit explains every state: what it tells is replayed, and must be possible and lead to what is stored.

use super::{Inconsistency, Inspected, Part, RecordedEvent, Violation};
use crate::domain::event::Event;
use crate::domain::execution::{AttemptKind, Direction, Execution, Intent, SkipReason, TaskRun, TaskState};
use crate::domain::failure_cause::FailureCause;
use crate::domain::failure_policy;
use crate::domain::policy::{self, allowed_in};
use crate::domain::refusal::Operation;
use crate::domain::schedule;
use crate::domain::status::ReleaseStatus;

/// Machines whose clocks disagree write their events down in another order than they happened: how many places an event may
/// be away from its own.
const ASTRAY: usize = 32;

/// How many events are tried before it is said that no order of them is possible.
const MAX_TRIES: usize = 20_000;

/// What the audit tells otherwise than it is stored.
pub fn findings(inspected: &Inspected) -> Vec<Inconsistency> {
    let stored = &inspected.execution;
    let begins = |told: &RecordedEvent| matches!(told.event, Event::Executed { .. });
    let (beginnings, told): (Vec<_>, Vec<_>) = inspected.events.iter().partition(|happened| begins(happened));
    let [RecordedEvent { at: begun_at, event: begun @ Event::Executed { number, version, skipped, variables, .. } }] =
        beginnings.as_slice()
    else {
        return vec![Inconsistency::of(Violation::NoBeginning)];
    };
    if (*number, *version) != (stored.number, stored.version) {
        return vec![Inconsistency::of(Violation::NoBeginning)];
    }
    let mut found = Vec::new();
    let not_chosen = stored.tasks.iter().filter(|task| is_not_chosen(task)).count();
    if *skipped != not_chosen {
        found.push(Inconsistency::of(Violation::NotChosen { told: *skipped, found: not_chosen }));
    }
    if *variables != stored.variables {
        found.push(Inconsistency::of(Violation::Unexplained { part: Part::Variables }));
    }
    let mut fresh = fresh(stored);
    fresh.apply(begun, *begun_at);
    match replay(fresh.clone(), &told) {
        Ok(replayed) => found.extend(differences(stored, &replayed)),
        Err(impossible) => match search(&fresh, &told, &mut MAX_TRIES.clone()) {
            Some(replayed) => found.extend(differences(stored, &replayed)),
            None => found.push(impossible_finding(stored, impossible)),
        },
    }
    found
}

fn is_not_chosen(task: &TaskRun) -> bool {
    matches!(task.state, TaskState::Skipped { why: SkipReason::NotSelected })
}

/// The execution before anything happened to it. What was not chosen stays so for ever.
fn fresh(stored: &Execution) -> Execution {
    let tasks = stored.tasks.iter().map(|task| {
        let state = if is_not_chosen(task) { task.state.clone() } else { TaskState::Waiting };
        TaskRun::untouched(task.id, task.place, task.name.clone(), state)
    });
    Execution {
        ended_at: None,
        direction: Direction::Forward,
        intent: Intent::Run,
        tasks: tasks.collect(),
        definition: stored.definition.clone(),
        variables: stored.variables.clone(),
        started_by: stored.started_by.clone(),
        starters: Vec::new(),
        ..*stored
    }
}

fn replay<'e>(mut execution: Execution, told: &[&'e RecordedEvent]) -> Result<Execution, &'e RecordedEvent> {
    for happened in told {
        let RecordedEvent { at, event } = happened;
        if !is_possible(&execution, event) {
            return Err(happened);
        }
        execution.apply(event, *at);
    }
    Ok(execution)
}

/// An order of the events that is possible, each near its place.
fn search(execution: &Execution, told: &[&RecordedEvent], tries: &mut usize) -> Option<Execution> {
    if told.is_empty() {
        return Some(execution.clone());
    }
    for next in 0..told.len().min(ASTRAY) {
        *tries = tries.checked_sub(1)?;
        let RecordedEvent { at, event } = told[next];
        if is_possible(execution, event) {
            let mut after = execution.clone();
            after.apply(event, *at);
            let rest: Vec<_> = told.iter().enumerate().filter(|(n, _)| *n != next).map(|(_, told)| *told).collect();
            if let Some(replayed) = search(&after, &rest, tries) {
                return Some(replayed);
            }
        }
    }
    None
}

/// Whether the rules could have let that happen to the execution.
fn is_possible(execution: &Execution, event: &Event) -> bool {
    let over = execution.ended_at.is_some();
    let run = |task: &usize| execution.tasks.get(*task);
    let asked = |operation| allowed_in(operation, execution.status()) && !policy::is_terminating(execution);
    match event {
        Event::Executed { .. } => false,
        Event::AttemptStarted { task, attempt, kind, .. } => {
            !over && run(task).is_some_and(|run| *attempt == run.attempt + 1) && may_start(execution, *task, *kind)
        }
        Event::PlaceAsked { task, .. } => {
            let asks = |run: &TaskRun| run.waits.is_none() && execution.spec(*task).kind.may_need_place();
            run(task).is_some_and(asks) && schedule::startable(execution).contains(task)
        }
        Event::ComponentAwaited { task, .. } => {
            let is_looked_at = run(task).is_some() && execution.spec(*task).kind.is_looked_at();
            is_looked_at && schedule::startable(execution).contains(task)
        }
        Event::AttemptEnded { task, attempt, .. } => {
            run(task).and_then(|run| run.state.in_flight()).is_some_and(|(number, _)| number == *attempt)
        }
        Event::CheckpointOpened { task, again, .. } => {
            let waits = run(task).is_some_and(|run| match again {
                None => run.state == TaskState::Waiting,
                Some(_) => matches!(run.state, TaskState::Successful { .. }),
            });
            !over && waits && execution.spec(*task).kind.is_checkpoint() && execution.direction == Direction::Forward
        }
        Event::Decided { task, decision, .. } => {
            let open = run(task).is_some_and(|run| {
                let again = run.current_decisions().any(|earlier| earlier.by == decision.by);
                run.state.asking().is_some() && run.round == decision.round && !again
            });
            !over && open && matches!(execution.intent, Intent::Run | Intent::Retry)
        }
        Event::CheckpointExpired { task, .. } => !over && run(task).is_some_and(|run| run.state.asking().is_some()),
        Event::TaskCancelled { task, .. } => {
            let open = |run: &TaskRun| run.state.asking().is_some() || run.state.delayed_until().is_some();
            !over && run(task).is_some_and(open)
        }
        Event::Superseded(_) => !over && execution.status() == ReleaseStatus::ToBeApproved,
        Event::PauseAsked => asked(Operation::Pause),
        Event::Continued => asked(Operation::Continue),
        Event::TerminateAsked => asked(Operation::Terminate),
        Event::RetryAsked { .. } => asked(Operation::Retry),
        Event::TaskSkipped { task, .. } => {
            asked(Operation::Skip) && run(task).is_some() && policy::skippable(execution, *task).is_ok()
        }
        Event::RollBackAsked => asked(Operation::RollBack),
        Event::PolicyRollBack { .. } => failure_policy::roll_back(execution).as_ref() == Some(event),
        Event::AlsoStartedBy { .. } => !over,
        Event::Resumed => !over && execution.intent == Intent::Retry,
        Event::Ended { .. } => !over && !execution.anything_in_flight(),
    }
}

fn may_start(execution: &Execution, task: usize, kind: AttemptKind) -> bool {
    let state = &execution.tasks[task].state;
    match kind {
        AttemptKind::Do => {
            let waits = matches!(state, TaskState::Waiting | TaskState::Delayed { .. });
            execution.direction == Direction::Forward && waits && !execution.spec(task).kind.is_checkpoint()
        }
        AttemptKind::Undo => {
            execution.direction == Direction::Back && state.in_flight().is_none() && execution.needs_undo(task)
        }
    }
}

fn impossible_finding(stored: &Execution, RecordedEvent { at, event }: &RecordedEvent) -> Inconsistency {
    let task = event.task().and_then(|(task, _)| stored.tasks.get(task)).map(|run| run.name.clone());
    Inconsistency { task, fault: Violation::Impossible { event: Box::new(event.clone()), at: *at } }
}

/// Whether that state is stored that the rules make; an earlier version stored the sentence in the place of the cause.
fn is_same(stored: &TaskState, told: &TaskState) -> bool {
    let mut told = told.clone();
    if let Some((_, text @ FailureCause::Text(_))) = stored.failure()
        && let TaskState::Failed { cause, .. } | TaskState::RollbackFailed { cause, .. } = &mut told
        && matches!(
            cause,
            FailureCause::TimedOut { .. }
                | FailureCause::DeadlinePassed
                | FailureCause::StoppedUndoing
                | FailureCause::RollBackEnded
        )
    {
        *cause = text.clone();
    }
    *stored == told
}

fn differences(stored: &Execution, replayed: &Execution) -> Vec<Inconsistency> {
    let parts = |parts: &[(bool, Part)]| -> Vec<Violation> {
        parts.iter().filter(|(same, _)| !same).map(|(_, part)| Violation::Unexplained { part: *part }).collect()
    };
    let whole = parts(&[
        (stored.ended_at == replayed.ended_at, Part::End),
        (stored.starters == replayed.starters, Part::Starters),
        (stored.direction == replayed.direction, Part::Direction),
        (stored.intent == replayed.intent, Part::Intent),
    ]);
    let mut found: Vec<Inconsistency> = whole.into_iter().map(Inconsistency::of).collect();
    for (task, (stored_run, told)) in stored.tasks.iter().zip(&replayed.tasks).enumerate() {
        let mut faults = parts(&[
            (is_same(&stored_run.state, &told.state), Part::State),
            (stored_run.started_at == told.started_at && stored_run.begun == told.begun, Part::Began),
            (stored_run.attempt == told.attempt, Part::Attempts),
            (stored_run.tries == told.tries, Part::Tries),
            (stored_run.round == told.round, Part::Rounds),
            (stored_run.waits == told.waits && stored_run.held == told.held, Part::Waits),
            (stored_run.outputs == told.outputs, Part::Outputs),
        ]);
        for decision in stored_run.decisions.iter().filter(|decision| !told.decisions.contains(decision)) {
            let by = decision.by.name().to_owned();
            faults.push(Violation::DecisionUntold { by, verdict: decision.verdict });
        }
        for decision in told.decisions.iter().filter(|decision| !stored_run.decisions.contains(decision)) {
            let by = decision.by.name().to_owned();
            faults.push(Violation::DecisionLost { by, verdict: decision.verdict });
        }
        found.extend(faults.into_iter().map(|fault| Inconsistency::at(stored, task, fault)));
    }
    found
}
