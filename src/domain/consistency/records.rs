//! Attempts: at most one is live for a task, exactly where the task says so, and their numbers have no hole.

use super::{AttemptRecord, Inconsistency, Inspected, Violation};
use crate::domain::execution::TaskState;

/// What is wrong with the attempts.
pub fn findings(inspected: &Inspected) -> Vec<Inconsistency> {
    let execution = &inspected.execution;
    let mut of_tasks: Vec<Vec<&AttemptRecord>> = vec![Vec::new(); execution.tasks.len()];
    for attempt in &inspected.attempts {
        of_tasks[attempt.task].push(attempt);
    }
    let mut found = Vec::new();
    for (task, attempts) in of_tasks.iter_mut().enumerate() {
        attempts.sort_by_key(|attempt| attempt.number);
        let run = &execution.tasks[task];
        let faults = [live(attempts, &run.state), numbers(attempts, run.attempt), endings(attempts)];
        found.extend(faults.into_iter().flatten().map(|fault| Inconsistency::at(execution, task, fault)));
    }
    found
}

fn live(attempts: &[&AttemptRecord], state: &TaskState) -> Vec<Violation> {
    let said = state.in_flight();
    let live: Vec<_> = attempts.iter().filter(|attempt| attempt.ended_at.is_none()).collect();
    let mut found = Vec::new();
    if live.len() > 1 {
        found.push(Violation::LiveTwice { attempts: live.iter().map(|attempt| attempt.number).collect() });
    }
    let is_said = |attempt: &AttemptRecord| said == Some((attempt.number, attempt.kind));
    if let Some((attempt, _)) = said
        && !live.iter().any(|attempt| is_said(attempt))
    {
        found.push(Violation::NotLive { attempt });
    }
    let unsaid = live.iter().filter(|attempt| !is_said(attempt));
    found.extend(unsaid.map(|attempt| Violation::LiveUnsaid { attempt: attempt.number }));
    found
}

fn numbers(attempts: &[&AttemptRecord], last: u32) -> Vec<Violation> {
    let found: Vec<u32> = attempts.iter().map(|attempt| attempt.number).collect();
    if found.iter().copied().eq(1..=last) { Vec::new() } else { vec![Violation::AttemptNumbers { found, last }] }
}

fn endings(attempts: &[&AttemptRecord]) -> Vec<Violation> {
    let half = attempts.iter().filter(|attempt| attempt.ended_at.is_some() != attempt.outcome.is_some());
    half.map(|attempt| Violation::HalfEnded { attempt: attempt.number }).collect()
}
