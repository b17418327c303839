//! Sentences of the dialogs that ask before an operation.

use crate::domain::execution::{Execution, TaskRun};
use crate::domain::kinds::{Gate, OnDeadline};
use crate::domain::refusal::Unasked;
use crate::domain::unable::{Able, Impasse};

/// Sentences of the dialogs that ask before an operation, and of what follows them.
pub trait DialogSentences {
    /// The title of the dialog that restores a version.
    fn restore_title(&self, old: u32) -> String;

    /// What that does.
    fn restore(&self, old: u32, new: u32) -> String;

    /// Its button.
    fn restore_button(&self) -> &'static str;

    /// Before Terminate.
    fn terminate(&self, execution: &Execution) -> String;

    /// Before the list of what Terminate stops.
    fn will_be_stopped(&self) -> &'static str;

    /// One line of that list: what runs, what waits for a person, what is due later. Nothing for all else.
    fn stopped(&self, task: &TaskRun) -> Option<String>;

    /// Before Roll Back, of that many tasks to undo.
    fn roll_back(&self, number: u32, tasks: usize) -> String;

    /// Before the list of what Roll Back undoes.
    fn will_be_undone(&self) -> &'static str;

    /// One line of that list.
    fn undone(&self, task: &str, kind: &str) -> String;

    /// The same of a task that changed an application or a component.
    fn undone_change(&self, task: &str, kind: &str, changed: &str) -> String;

    /// Before Delete.
    fn delete(&self) -> &'static str;

    /// The title of the dialog that restores a deleted release task.
    fn undelete_title(&self, name: &str) -> String;

    /// Under it: where it belongs.
    fn undelete_about(&self, team: &str, region: &str) -> String;

    /// What that does.
    fn undelete(&self) -> &'static str;

    /// Its button.
    fn undelete_button(&self) -> &'static str;

    /// Its name is another's by now.
    fn undelete_name_taken(&self, name: &str, team: &str) -> String;

    /// There is no room for it in its region.
    fn undelete_region_full(&self, region: &str) -> String;

    /// There is no room for it in its team.
    fn undelete_team_full(&self, team: &str, region: &str) -> String;

    /// Before Skip.
    fn skip(&self, task: &str) -> String;

    /// The name for a copy is taken.
    fn name_taken(&self) -> &'static str;

    /// The region holds as many release tasks as it may.
    fn region_full(&self) -> &'static str;

    /// The team holds as many release tasks in the region as it may.
    fn team_full(&self) -> &'static str;

    /// Who may decide a gate; "and" where it takes all of those that it lists.
    fn deciders(&self, gate: Gate<'_>) -> String;

    /// Who started an execution, and whoever counts as a starter beside them.
    fn starters(&self, execution: &Execution) -> String;

    /// Before the names of who may decide a checkpoint.
    fn able_now(&self) -> &'static str;

    /// Who may decide a checkpoint; where nobody may, why not.
    fn able(&self, able: &Able) -> String;

    /// Why an administrator would decide in place of the approvers, whom it does not ask for that reason.
    fn overrides(&self, why: Unasked) -> String;

    /// Why too few people can decide a checkpoint that waits.
    fn impasse(&self, impasse: &Impasse) -> String;

    /// After the refusal of somebody who may not decide.
    fn who_may(&self, approvers: &str, able: Option<&Able>) -> String;

    /// What happens at a deadline, before the time.
    fn at_deadline(&self, on: OnDeadline) -> &'static str;

    /// In what to check, in the place of a value that a task did not give.
    fn not_known(&self) -> &'static str;
}
