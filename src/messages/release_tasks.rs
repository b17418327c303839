//! Sentences on the pages of a release task.

use crate::domain::execution::{CancelReason, Decision, DueNext, Moment, Supersession};
use crate::domain::kinds::Gate;
use crate::domain::refusal::Operation;
use crate::domain::status::ReleaseStatus;

/// Sentences on the pages of a release task.
pub trait ReleaseTaskSentences {
    /// While what runs is being stopped.
    fn terminating(&self) -> &'static str;

    /// After somebody terminated it.
    fn terminated(&self, by: Option<&str>) -> String;

    /// In a comparison, in the place of lines that did not change.
    fn unchanged_lines(&self, count: usize) -> String;

    /// At the end of a comparison of which only the first part is shown.
    fn lines_left_out(&self, count: usize) -> String;

    /// Between two attempts.
    fn next_attempt(&self, tried: u32, attempts: u32, seconds: i64) -> String;

    /// Before the time at which a task that waits goes on.
    fn due(&self, next: DueNext) -> &'static str;

    /// Beside a length of time: for how long nothing was under way, which does not count.
    fn without_rest(&self, rest: &str) -> String;

    /// During an attempt of several.
    fn attempt_of(&self, attempt: u32, attempts: u32) -> String;

    /// During a wait.
    fn waits_until(&self, until: Moment, now: Moment) -> String;

    /// On a task that waits for a place.
    fn waits_for_place(&self, running: u32) -> String;

    /// The same where it stands after the word that it waits.
    fn for_a_place(&self, running: u32) -> String;

    /// On a task that a person skipped.
    fn skipped_by(&self, name: &str, comment: &str) -> String;

    /// On a task that was cancelled.
    fn cancelled(&self, why: &CancelReason) -> String;

    /// After a newer execution took the place of one that waited.
    fn superseded(&self, by: &Supersession) -> String;

    /// What somebody said, in one line: "approver agreed: budget fine".
    fn decision(&self, decision: &Decision) -> String;

    /// What somebody did, and in which right.
    fn said(&self, decision: &Decision) -> String;

    /// The definition is newer than what was executed.
    fn edited_since(&self, version: u32) -> String;

    /// The pill of a release that is being stopped.
    fn terminating_status(&self, status: ReleaseStatus) -> String;

    /// While it is held.
    fn on_hold(&self, status: ReleaseStatus) -> &'static str;

    /// For whom a checkpoint waits.
    fn waits_for(&self, gate: Gate<'_>, agreed: usize) -> String;

    /// Before the list of what failed.
    fn failed_because(&self, failures: usize) -> &'static str;

    /// What can be done about a failed release.
    fn what_next(&self, retry: bool, roll_back: bool) -> Option<&'static str>;

    /// The operations that are not offered since the team may not have scripts run on the server, before the reason.
    fn withheld(&self, operations: &[Operation]) -> String;

    /// That reason, and who can change it.
    fn withheld_because(&self, team: &str) -> String;

    /// The phases of a list row for who does not see their colours.
    fn phases_told(&self, done: usize, all: usize) -> String;
}
