//! The Timeline: what each task of an execution did when, attempts and waiting told apart.

use std::collections::HashMap;

use chrono::Duration;

use super::view::{Bar, BarKind, TimelinePhase, TimelineRow, TimelineView};
use crate::app::reads::ListedAttempt;
use crate::domain::execution::{AttemptKind, Execution, Moment, TaskRun};
use crate::domain::lengths::ended_at;
use crate::domain::outcome::Outcome;
use crate::messages::{Locale, attempt_took};
use crate::pages::components::release_context::Subject;
use crate::pages::components::{Elapsed, Status, lasted};
use crate::pages::release_tasks::detail::ExecutionDetail;

/// How many spaces the ticks make.
const SPACES: i32 = 5;

/// The whole of the time that is shown.
struct Span {
    start: Moment,
    length: Duration,
}

/// The timeline of an execution with these attempts.
pub fn of(
    subject: &Subject,
    execution: &Execution,
    detail: &ExecutionDetail,
    attempts: &[ListedAttempt],
) -> TimelineView {
    let end = execution.ended_at.unwrap_or(subject.now());
    let length = (end - execution.started_at).max(Duration::milliseconds(1));
    let span = Span { start: execution.started_at, length };
    let mut by_task: HashMap<usize, Vec<&ListedAttempt>> = HashMap::new();
    for attempt in attempts {
        by_task.entry(attempt.task).or_default().push(attempt);
    }
    let row = |index: usize, run: &TaskRun| TimelineRow {
        name: run.name.clone(),
        url: Some(subject.urls().task(execution.number, &run.name)),
        status: Status::of_task(&run.state),
        bars: bars(&span, run, by_task.get(&index).map_or(&[], Vec::as_slice), end),
        time: detail.lengths.of_task(execution, index).map(|length| Elapsed::of(length, subject.now())),
    };
    let phases = execution.definition.phases.iter().enumerate().map(|(number, phase)| TimelinePhase {
        name: format!("{} {}", number + 1, phase.name),
        rows: execution
            .tasks
            .iter()
            .enumerate()
            .filter(|(_, run)| run.place.phase == number)
            .map(|(index, run)| row(index, run))
            .collect(),
    });
    TimelineView {
        ticks: (0..=SPACES).map(|number| tick(length * number / SPACES)).collect(),
        phases: phases.collect(),
    }
}

/// A time on the scale: "0s", "0.4s", "1m 20s".
fn tick(time: Duration) -> String {
    match time.num_milliseconds() {
        0 => "0s".to_owned(),
        millis @ 1..10_000 => format!("{}.{}s", millis / 1000, millis % 1000 / 100),
        _ => lasted(time),
    }
}

fn bars(span: &Span, run: &TaskRun, attempts: &[&ListedAttempt], end: Moment) -> Vec<Bar> {
    let mut bars = Vec::new();
    if attempts.is_empty() {
        bars.extend(asked(span, run, end));
    }
    let mut before: Option<Moment> = None;
    for attempt in attempts {
        if let Some(rested) = before
            && attempt.kind == AttemptKind::Do
        {
            let told = format!("Between attempts for {}", lasted(attempt.started_at - rested));
            bars.push(span.bar(BarKind::Rest, rested, attempt.started_at, told));
        }
        let until = attempt.ended_at.unwrap_or(end);
        bars.push(span.bar(kind(attempt), attempt.started_at, until, told(attempt, until)));
        before = Some(until);
    }
    bars
}

/// The time for which people were waited for.
fn asked(span: &Span, run: &TaskRun, end: Moment) -> Option<Bar> {
    let start = run.started_at?;
    let over = if run.state.asking().is_some() { end } else { ended_at(&run.state)? };
    Some(span.bar(BarKind::Ask, start, over, format!("Waited for a decision for {}", lasted(over - start))))
}

fn kind(attempt: &ListedAttempt) -> BarKind {
    match (&attempt.outcome, attempt.kind) {
        (Some(Outcome::Succeeded { .. }) | None, AttemptKind::Undo) => BarKind::Undo,
        (None, AttemptKind::Do) => BarKind::Work,
        (Some(Outcome::Succeeded { .. }), AttemptKind::Do) => BarKind::Good,
        (
            Some(
                Outcome::Failed { .. }
                | Outcome::TimedOut { .. }
                | Outcome::Errored { .. }
                | Outcome::Interrupted { .. }
                | Outcome::Stopped,
            ),
            AttemptKind::Do | AttemptKind::Undo,
        ) => BarKind::Fail,
    }
}

fn told(attempt: &ListedAttempt, until: Moment) -> String {
    let took = attempt_took(attempt.outcome.as_ref(), attempt.kind, attempt.number, Locale::default());
    format!("{took} {}", lasted(until - attempt.started_at))
}

impl Span {
    fn bar(&self, kind: BarKind, from: Moment, to: Moment, told: String) -> Bar {
        let millis = |at: Moment| (at - self.start).num_milliseconds();
        Bar::spanning(kind, millis(from), millis(to), self.length.num_milliseconds(), told)
    }
}
