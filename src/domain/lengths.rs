//! How long things took: an execution, its phases, its tasks. What counts is the time in which something was under way: an
//! execution that had ended, and went on because somebody retried it, skipped a task or rolled back, was at rest between.

use std::collections::HashMap;

use chrono::Duration;

use super::execution::{AttemptKind, Execution, Moment, TaskRun, TaskState};

/// A time in which nothing was under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rest {
    /// When the execution had ended.
    pub from: Moment,
    /// When it went on.
    pub until: Moment,
}

/// When an attempt at a task was under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptTime {
    /// Whether it did or undid.
    pub kind: AttemptKind,
    /// When it began.
    pub started_at: Moment,
    /// When it ended, if it has.
    pub ended_at: Option<Moment>,
}

/// How long something took, or has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    /// When it began.
    pub start: Moment,
    /// When it ended, if it has.
    pub end: Option<Moment>,
    /// For how long of that nothing was under way.
    pub rest: Duration,
}

impl Length {
    /// The time in which something was under way.
    pub fn busy(self, now: Moment) -> Duration {
        self.end.unwrap_or(now) - self.start - self.rest
    }
}

/// What is known of when an execution was under way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lengths {
    /// In order.
    pub rests: Vec<Rest>,
    /// Of each task by its index, in order.
    pub attempts: HashMap<usize, Vec<AttemptTime>>,
}

impl Lengths {
    /// From a start to an end, if there is one.
    pub fn between(&self, start: Moment, end: Option<Moment>) -> Length {
        let until = end.unwrap_or(Moment::MAX_UTC);
        let within = |rest: &Rest| (rest.until.min(until) - rest.from.max(start)).max(Duration::zero());
        Length { start, end, rest: self.rests.iter().map(within).sum() }
    }

    /// How long the execution took.
    pub fn of_execution(&self, execution: &Execution) -> Length {
        self.between(execution.started_at, execution.ended_at)
    }

    /// How long the last attempt at a task took, or the last time that people were asked; nothing for a task that was not
    /// begun, or where that says nothing of how it stands.
    pub fn of_task(&self, execution: &Execution, index: usize) -> Option<Length> {
        let run = &execution.tasks[index];
        let kind = match run.state {
            TaskState::Waiting
            | TaskState::Skipped { .. }
            | TaskState::RolledBack { .. }
            | TaskState::RollbackFailed { .. } => return None,
            TaskState::RollingBack { .. } | TaskState::RollbackDelayed { .. } => AttemptKind::Undo,
            TaskState::Running { .. }
            | TaskState::Delayed { .. }
            | TaskState::ToBeApproved { .. }
            | TaskState::Successful { .. }
            | TaskState::Failed { .. }
            | TaskState::Cancelled { .. } => AttemptKind::Do,
        };
        let attempts = self.attempts.get(&index).map_or(&[][..], Vec::as_slice);
        match attempts.iter().rfind(|attempt| attempt.kind == kind) {
            Some(last) => {
                let end = last.ended_at.or(ended_at(&run.state)).or(execution.ended_at);
                Some(Length { start: last.started_at, end, rest: Duration::zero() })
            }
            None => self.asked(execution, run),
        }
    }

    /// How long people were asked for the last time.
    fn asked(&self, execution: &Execution, run: &TaskRun) -> Option<Length> {
        let first = run.started_at?;
        let end = ended_at(&run.state).or(execution.ended_at);
        let start = if let TaskState::ToBeApproved { since, .. } = run.state {
            since
        } else {
            // A checkpoint is asked again after a rest.
            let until = end.unwrap_or(Moment::MAX_UTC);
            self.rests.iter().map(|rest| rest.until).filter(|at| *at <= until).max().map_or(first, |at| at.max(first))
        };
        Some(Length { start, end, rest: Duration::zero() })
    }

    /// How long a phase took, from the start of its first task to the end of its last.
    pub fn of_phase(&self, execution: &Execution, phase: usize) -> Option<Length> {
        let tasks = || execution.tasks.iter().filter(|run| run.place.phase == phase);
        let start = tasks().filter_map(|run| run.started_at).min()?;
        let is_off = |run: &TaskRun| matches!(run.state, TaskState::Skipped { .. });
        let under_way =
            tasks().any(|run| execution.ended_at.is_none() && ended_at(&run.state).is_none() && !is_off(run));
        let ended = || tasks().filter_map(|run| ended_at(&run.state)).max().or(execution.ended_at);
        Some(self.between(start, if under_way { None } else { ended() }))
    }
}

/// When a task came to rest.
pub fn ended_at(state: &TaskState) -> Option<Moment> {
    match state {
        TaskState::Successful { at }
        | TaskState::Failed { at, .. }
        | TaskState::Cancelled { at, .. }
        | TaskState::RolledBack { at }
        | TaskState::RollbackFailed { at, .. } => Some(*at),
        TaskState::Waiting
        | TaskState::Running { .. }
        | TaskState::Delayed { .. }
        | TaskState::ToBeApproved { .. }
        | TaskState::Skipped { .. }
        | TaskState::RollingBack { .. }
        | TaskState::RollbackDelayed { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Moment {
        Moment::UNIX_EPOCH + Duration::seconds(seconds)
    }

    fn rest(from: i64, until: i64) -> Rest {
        Rest { from: at(from), until: at(until) }
    }

    #[test]
    fn f27_what_was_at_rest_does_not_count() {
        let lengths = Lengths { rests: vec![rest(10, 130), rest(150, 200)], ..Lengths::default() };
        let busy = |start: i64, end: Option<i64>| {
            let length = lengths.between(at(start), end.map(at));
            (length.busy(at(300)).num_seconds(), length.rest.num_seconds())
        };
        assert_eq!(busy(0, Some(140)), (20, 120));
        assert_eq!(busy(0, Some(10)), (10, 0), "it ended, and has not gone on");
        assert_eq!(busy(0, None), (130, 170));
        assert_eq!(busy(130, Some(145)), (15, 0), "what began after it");
        assert_eq!(busy(140, Some(160)), (10, 10), "what began before it and ended in it");
    }
}
