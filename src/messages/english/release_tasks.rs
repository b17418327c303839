//! Sentences on the pages of a release task.

use super::English;
use super::dialogs::among;
use super::grammar::{counted, listed, scripts_run, time_left};
use super::words::{self, release_status, verdict};
use crate::domain::execution::{CancelReason, Decision, DecisionAuthority, DueNext, Moment, Supersession};
use crate::domain::kinds::{Deciders, Gate};
use crate::domain::refusal::Operation;
use crate::domain::status::ReleaseStatus;
use crate::messages::release_tasks::ReleaseTaskSentences;

impl ReleaseTaskSentences for English {
    fn terminating(&self) -> &'static str {
        "The tasks that run are being stopped; it ends when the last of them has."
    }

    fn terminated(&self, by: Option<&str>) -> String {
        format!("It was terminated by {}.", by.unwrap_or("a person"))
    }

    fn unchanged_lines(&self, count: usize) -> String {
        let verb = if count == 1 { "is" } else { "are" };
        format!("{} {verb} the same", counted(count, "line"))
    }

    fn lines_left_out(&self, count: usize) -> String {
        let verb = if count == 1 { "is" } else { "are" };
        format!("{} {verb} not shown: download both versions to compare all of them", counted(count, "more line"))
    }

    fn next_attempt(&self, tried: u32, attempts: u32, seconds: i64) -> String {
        let when = if seconds > 0 { format!("in {}", time_left(seconds)) } else { "now".to_owned() };
        format!("Attempt {tried} of {attempts} failed, the next one starts {when}")
    }

    fn without_rest(&self, rest: &str) -> String {
        format!("without {rest} at rest")
    }

    fn due(&self, next: DueNext) -> &'static str {
        match next {
            DueNext::Attempt => "Next attempt",
            DueNext::End => "Goes on",
        }
    }

    fn attempt_of(&self, attempt: u32, attempts: u32) -> String {
        format!("Attempt {attempt} of {attempts}")
    }

    fn waits_until(&self, until: Moment, now: Moment) -> String {
        format!("Goes on in {}", time_left((until - now).num_seconds()))
    }

    fn waits_for_place(&self, running: u32) -> String {
        format!("Waits for a place: {}.", scripts_run(running))
    }

    fn for_a_place(&self, running: u32) -> String {
        format!("for a place: {}", scripts_run(running))
    }

    fn skipped_by(&self, name: &str, comment: &str) -> String {
        format!("Skipped by {name}: {comment}")
    }

    fn cancelled(&self, why: &CancelReason) -> String {
        match why {
            CancelReason::Terminated => "Stopped, because the release was terminated.".to_owned(),
            CancelReason::ReleaseEnded => "Closed, because the release had ended before.".to_owned(),
            CancelReason::Superseded(Supersession { by, execution }) => {
                format!("Closed: superseded by execution #{execution}, which {} started.", by.name())
            }
        }
    }

    fn superseded(&self, by: &Supersession) -> String {
        let Supersession { by, execution } = by;
        format!("It was superseded by execution #{execution}, which {} started. What it changed stays.", by.name())
    }

    fn decision(&self, decision: &Decision) -> String {
        let said = format!("{} {}", decision.by.name(), self.said(decision));
        if decision.comment.is_empty() { said } else { format!("{said}: {}", decision.comment) }
    }

    fn said(&self, decision: &Decision) -> String {
        let did = verdict(decision.verdict);
        match decision.standing {
            DecisionAuthority::Approver => did.to_owned(),
            DecisionAuthority::Override => format!("{did} in place of the approvers"),
        }
    }

    fn edited_since(&self, version: u32) -> String {
        format!("Edited since: version {version}")
    }

    fn terminating_status(&self, status: ReleaseStatus) -> String {
        format!("{}, terminating", release_status(status))
    }

    fn on_hold(&self, status: ReleaseStatus) -> &'static str {
        if status == ReleaseStatus::Pausing {
            "Tasks that run go on to their end, nothing new starts, and nothing is decided until somebody continues it."
        } else {
            "Nothing starts, deadlines wait, and nothing is decided until somebody continues it."
        }
    }

    fn waits_for(&self, gate: Gate<'_>, agreed: usize) -> String {
        match gate.deciders {
            Deciders::Listed { .. } => {
                let missing = gate.needed().saturating_sub(agreed);
                let number = match (missing, agreed) {
                    (1, 0) => "one approval".to_owned(),
                    (1, _) => "one more approval".to_owned(),
                    (_, 0) => format!("{missing} approvals"),
                    (_, _) => format!("{missing} more approvals"),
                };
                format!("waits for {number} from {}.", among(gate.deciders, missing))
            }
            Deciders::Team => format!("waits for {}.", among(gate.deciders, 1)),
        }
    }

    fn failed_because(&self, failures: usize) -> &'static str {
        match failures {
            0 => "It ended before every task was done.",
            1 => "One task is the reason.",
            _ => "These tasks are the reason.",
        }
    }

    fn what_next(&self, retry: bool, roll_back: bool) -> Option<&'static str> {
        match (retry, roll_back) {
            (true, true) => Some(
                "Retry runs what failed and what never ran; what is done stays. Roll Back undoes what this execution changed.",
            ),
            (true, false) => Some("Retry runs what failed and what never ran; what is done stays."),
            (false, true) => Some("Roll Back goes on with what is not undone yet."),
            (false, false) => None,
        }
    }

    fn withheld(&self, operations: &[Operation]) -> String {
        let verb = if operations.len() == 1 { "is" } else { "are" };
        format!("{} {verb} not possible.", listed(operations.iter().map(|it| words::operation(*it)), "and"))
    }

    fn withheld_because(&self, team: &str) -> String {
        format!(
            "Scripts would run on the server, and the team {team} lacks the permission for that. An administrator gives it \
             under Teams, or with `tollgate team allow-scripts {team}`."
        )
    }

    fn phases_told(&self, done: usize, all: usize) -> String {
        let noun = if all == 1 { "phase" } else { "phases" };
        format!("{done} of {all} {noun} done")
    }
}
