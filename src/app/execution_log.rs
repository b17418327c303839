//! Lines of the server's log about executions: who started, decided, asked and ended what, by name. Each is written once, by the
//! replica that committed it, after the commit. What people type and what scripts give is in none of them.

use std::time::Duration;

use super::AppError;
use crate::domain::event::{Event, GateOutcome};
use crate::domain::execution::{AttemptKind, DecisionAuthority, Execution, SkipReason, Verdict};
use crate::domain::failure_cause::FailureCause;
use crate::domain::outcome::Outcome;
use crate::store::{ReleasePlace, Stamp, StoreError, WriteTx};

/// What is to be written about an execution when its commit is done.
pub(super) struct ExecutionLog {
    place: ReleasePlace,
    stamp: Stamp,
    number: u32,
    /// From the start to the end, if it is over.
    took: Option<Duration>,
    events: Vec<Event>,
}

/// Writes a line: what is said of every execution, then fields of its own, then the sentence.
macro_rules! line {
    ($log:expr, $level:ident, $sentence:literal $(, $field:ident = $value:expr)*) => {
        tracing::$level!(
            who = $log.stamp.actor.name(),
            release_task = $log.place.name.as_str(),
            region = $log.place.region.as_str(),
            team = $log.place.team.as_str(),
            execution = $log.number,
            $($field = $value,)*
            $sentence
        )
    };
}

impl ExecutionLog {
    /// What is worth a line of these events of an execution, as it is after them; none if nothing is.
    pub async fn of(
        tx: &WriteTx,
        execution: &Execution,
        stamp: &Stamp,
        events: &[Event],
    ) -> Result<Option<Self>, AppError> {
        let events: Vec<Event> = events.iter().filter(|event| is_told(event)).cloned().collect();
        if events.is_empty() {
            return Ok(None);
        }
        let Some(place) = tx.release_place(execution.release_id).await? else { return Ok(None) };
        let took = execution.ended_at.and_then(|ended| (ended - execution.started_at).to_std().ok());
        Ok(Some(Self { place, stamp: stamp.clone(), number: execution.number, took, events }))
    }

    /// Writes it, now that its commit is done. Where the answer to the commit was lost, that is all that is known.
    pub fn write(&self, committed: &Result<(), StoreError>) {
        match committed {
            Ok(()) => self.events.iter().for_each(|event| self.line(event)),
            Err(StoreError::CommitUnknown(_)) => {
                line!(self, warn, "commit not answered: whether it was done, the activity of the release task says");
            }
            Err(_) => {}
        }
    }

    fn line(&self, event: &Event) {
        match event {
            Event::Executed { version, supersedes, .. } => {
                let (road, token) = (self.stamp.road.word(), self.stamp.credential.as_deref());
                line!(
                    self,
                    info,
                    "execution started",
                    version = version,
                    by = road,
                    token = token,
                    supersedes = supersedes
                );
            }
            Event::Decided { name, decision, gate, .. } => {
                let verdict = decision.verdict.word();
                let authority = match decision.standing {
                    DecisionAuthority::Approver => "approver",
                    DecisionAuthority::Override => "override",
                };
                let checkpoint = match (gate, decision.verdict) {
                    (GateOutcome::StillOpen, Verdict::Agree | Verdict::Reject) => "open",
                    (GateOutcome::Passed, Verdict::Agree | Verdict::Reject) => "passed",
                    (GateOutcome::Rejected, Verdict::Agree | Verdict::Reject) => "rejected",
                };
                line!(
                    self,
                    info,
                    "checkpoint decided",
                    task = name.as_str(),
                    verdict = verdict,
                    authority = authority,
                    checkpoint = checkpoint
                );
            }
            Event::AttemptEnded { name, attempt, kind, outcome, again_at, .. } => {
                let again = again_at.map(|at| at.to_rfc3339());
                let (task, again) = (name.as_str(), again.as_deref());
                let reason = reason(outcome);
                match kind {
                    AttemptKind::Do => {
                        line!(
                            self,
                            info,
                            "attempt failed",
                            task = task,
                            attempt = attempt,
                            reason = reason,
                            again = again
                        );
                    }
                    AttemptKind::Undo => {
                        line!(self, info, "roll back of task failed", task = task, attempt = attempt, reason = reason);
                    }
                }
            }
            Event::CheckpointExpired { name, .. } => {
                line!(self, info, "checkpoint expired undecided", task = name.as_str());
            }
            Event::TaskSkipped { name, .. } => {
                line!(self, info, "failed task skipped; execution retried", task = name.as_str());
            }
            Event::Superseded(by) => line!(self, info, "execution superseded", newer = by.execution),
            Event::PauseAsked => line!(self, info, "execution paused"),
            Event::Continued => line!(self, info, "execution continued"),
            Event::TerminateAsked => line!(self, info, "execution terminated"),
            Event::RetryAsked { .. } => line!(self, info, "execution retried"),
            Event::RollBackAsked => line!(self, info, "roll back of execution asked"),
            Event::PolicyRollBack { version, from, failed } => {
                let failed = failed.join(", ");
                line!(
                    self,
                    info,
                    "execution rolls back by policy",
                    version = version,
                    from = from.as_str(),
                    failed = failed.as_str()
                );
            }
            Event::Ended { status } => {
                // To the second: how long a short one took is in the log of its tasks.
                let took = Duration::from_secs(self.took.unwrap_or_default().as_secs());
                let took = humantime::format_duration(took).to_string();
                line!(self, info, "execution ended", status = status.word(), took = took.as_str());
            }
            Event::AttemptStarted { .. }
            | Event::PlaceAsked { .. }
            | Event::ComponentAwaited { .. }
            | Event::CheckpointOpened { .. }
            | Event::TaskCancelled { .. }
            | Event::AlsoStartedBy { .. }
            | Event::Resumed => {}
        }
    }
}

fn is_told(event: &Event) -> bool {
    match event {
        Event::Executed { .. }
        | Event::Decided { .. }
        | Event::CheckpointExpired { .. }
        | Event::Superseded(_)
        | Event::PauseAsked
        | Event::Continued
        | Event::TerminateAsked
        | Event::RetryAsked { .. }
        | Event::RollBackAsked
        | Event::PolicyRollBack { .. }
        | Event::Ended { .. } => true,
        Event::TaskSkipped { why, .. } => matches!(why, SkipReason::ByPerson { .. }),
        Event::AttemptEnded { outcome, .. } => !matches!(outcome, Outcome::Succeeded { .. } | Outcome::Stopped),
        Event::AttemptStarted { .. }
        | Event::PlaceAsked { .. }
        | Event::ComponentAwaited { .. }
        | Event::CheckpointOpened { .. }
        | Event::TaskCancelled { .. }
        | Event::AlsoStartedBy { .. }
        | Event::Resumed => false,
    }
}

/// Why an attempt did not succeed, in words of ours: a cause may hold what a script or a server gave.
fn reason(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Succeeded { .. } => "succeeded".to_owned(),
        Outcome::Stopped => "stopped".to_owned(),
        Outcome::TimedOut { seconds } => format!("timed out after {seconds} s"),
        Outcome::Failed { cause } => format!("failed: {}", word(cause)),
        Outcome::Errored { cause } => format!("errored: {}", word(cause)),
        Outcome::Interrupted { cause } => format!("interrupted: {}", word(cause)),
    }
}

/// The stored word of a cause, without what it holds.
fn word(cause: &FailureCause) -> String {
    if let FailureCause::Exited { status } = cause {
        return format!("exited with status {status}");
    }
    let stored = serde_json::to_value(cause).ok();
    let word = stored.as_ref().and_then(|stored| stored.get("because")?.as_str());
    word.unwrap_or("see its page").replace('_', " ")
}
