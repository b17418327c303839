//! Sentences on the pages of a release task.

use crate::domain::execution::{CancelReason, Decision, DecisionAuthority, Moment};
use crate::domain::kinds::{Deciders, Gate};
use crate::domain::status::ReleaseStatus;

use super::{Locale, release_status, verdict};

/// While what runs is being stopped.
pub const TERMINATING: &str = "The tasks that run are being stopped; it ends when the last of them has.";

/// After a person terminated it.
pub const TERMINATED: &str = "It was terminated by a person.";

/// In a comparison, in the place of lines that did not change.
pub fn unchanged_lines(count: usize) -> String {
    format!("{count} lines are the same")
}

/// At the end of a comparison of which only the first part is shown.
pub fn lines_left_out(count: usize) -> String {
    format!("{count} more lines are not shown: download both versions to compare all of them")
}

/// Between two attempts.
pub fn next_attempt(tried: u32, attempts: u32, seconds: i64) -> String {
    let when = if seconds > 0 { format!("in {seconds} s") } else { "now".to_owned() };
    format!("Attempt {tried} of {attempts} failed, the next one starts {when}")
}

/// During an attempt of several.
pub fn attempt_of(attempt: u32, attempts: u32) -> String {
    format!("Attempt {attempt} of {attempts}")
}

/// During a wait.
pub fn waits_until(until: Moment, now: Moment) -> String {
    let left = (until - now).num_seconds().max(0);
    if left < 3600 {
        format!("Goes on in {}", if left < 60 { format!("{left} s") } else { format!("{} min", left / 60) })
    } else {
        format!("Goes on at {} UTC", until.format("%H:%M"))
    }
}

/// On a task that waits for a place.
pub fn waits_for_place(running: u32) -> String {
    format!("Waits for a place: {}.", scripts_run(running))
}

/// How many scripts run where a task waits.
pub(super) fn scripts_run(running: u32) -> String {
    if running == 1 {
        "1 script runs on this server".to_owned()
    } else {
        format!("{running} scripts run on this server")
    }
}

/// On a task that a person skipped.
pub fn skipped_by(name: &str, comment: &str) -> String {
    format!("Skipped by {name}: {comment}")
}

/// On a task that was cancelled.
pub fn cancelled(why: CancelReason) -> &'static str {
    match why {
        CancelReason::Terminated => "Stopped, because the release was terminated.",
        CancelReason::ReleaseEnded => "Closed, because the release had ended before.",
    }
}

/// What somebody said, in one line: "approver agreed: budget fine".
pub fn decision(decision: &Decision) -> String {
    let said = format!("{} {}", decision.by.name(), said(decision));
    if decision.comment.is_empty() { said } else { format!("{said}: {}", decision.comment) }
}

/// What somebody did, and in which right.
pub fn said(decision: &Decision) -> String {
    let did = verdict(decision.verdict, Locale::default());
    match decision.standing {
        DecisionAuthority::Approver => did.to_owned(),
        DecisionAuthority::Override => format!("{did} in place of the approvers"),
    }
}

/// The definition is newer than what was executed.
pub fn edited_since(version: u32) -> String {
    format!("Edited since: version {version}")
}

/// The pill of a release that is being stopped.
pub fn terminating_status(status: ReleaseStatus) -> String {
    format!("{}, terminating", release_status(status, Locale::default()))
}

/// While it is held.
pub fn on_hold(status: ReleaseStatus) -> &'static str {
    if status == ReleaseStatus::Pausing {
        "Tasks that run go on to their end, nothing new starts, and nothing is decided until somebody continues it."
    } else {
        "Nothing starts, deadlines wait, and nothing is decided until somebody continues it."
    }
}

/// For whom a checkpoint waits.
pub fn waits_for(gate: Gate<'_>, agreed: usize) -> String {
    match gate.deciders {
        Deciders::Listed { .. } => {
            let missing = gate.needed().saturating_sub(agreed);
            let number = match (missing, agreed) {
                (1, 0) => "one approval".to_owned(),
                (1, _) => "one more approval".to_owned(),
                (_, 0) => format!("{missing} approvals"),
                (_, _) => format!("{missing} more approvals"),
            };
            format!("waits for {number}: {}.", super::dialogs::deciders(gate))
        }
        Deciders::Team => "waits for an operator or approver of the team.".to_owned(),
    }
}

/// Before the list of what failed.
pub fn failed_because(failures: usize) -> &'static str {
    match failures {
        0 => "It ended before every task was done.",
        1 => "One task is the reason.",
        _ => "These tasks are the reason.",
    }
}

/// What can be done about a failed release.
pub fn what_next(retry: bool, roll_back: bool) -> Option<&'static str> {
    match (retry, roll_back) {
        (true, true) => Some(
            "Retry runs what failed and what never ran; what is done stays. Roll Back undoes what this execution changed.",
        ),
        (true, false) => Some("Retry runs what failed and what never ran; what is done stays."),
        (false, true) => Some("Roll Back goes on with what is not undone yet."),
        (false, false) => None,
    }
}

/// The phases of a list row for who does not see their colours.
pub fn phases_told(done: usize, all: usize) -> String {
    let noun = if all == 1 { "phase" } else { "phases" };
    format!("{done} of {all} {noun} done")
}
