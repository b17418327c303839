//! Sentences of the dialog of Execute.

use super::dry_run::DryRunSentences;
use crate::domain::execution::Moment;
use crate::domain::kinds::Gate;
use crate::domain::unable::Unable;

/// Sentences of the dialog of Execute, which has dry runs in it.
pub trait ExecuteSentences: DryRunSentences {
    /// The title.
    fn execute_title(&self) -> &'static str;

    /// The title where a version is named.
    fn execute_version_title(&self, version: u32) -> String;

    /// The button.
    fn execute_now(&self) -> &'static str;

    /// The button where there is a draft that says something else.
    fn execute_as_saved(&self, version: u32) -> String;

    /// The button where an execution that waits is closed.
    fn close_and_execute(&self, closed: u32) -> String;

    /// The choice is that of an execution before.
    fn chosen_as_before(&self, execution: u32) -> String;

    /// Chooses all tasks.
    fn choose_all(&self) -> &'static str;

    /// Which tasks are skipped.
    fn will_be_skipped(&self, tasks: &[&str]) -> String;

    /// On a checkpoint: for whom it will wait, and who can decide it now.
    fn will_wait(&self, gate: Gate<'_>, able: &[String], unable: &[Unable]) -> String;

    /// Of checkpoints that too few people can decide now.
    fn nobody_decides(&self, tasks: &[&str]) -> String;

    /// What follows from it.
    fn nobody_decides_hint(&self) -> &'static str;

    /// The reader has a draft with changes that are not saved.
    fn unsaved_draft(&self) -> &'static str;

    /// What Execute does then.
    fn unsaved_draft_hint(&self, version: u32) -> String;

    /// Leads to the editor.
    fn go_to_editor(&self) -> &'static str;

    /// A newer version than the one that is to be executed was saved.
    fn older_version(&self, version: u32) -> String;

    /// What that means.
    fn older_version_hint(&self, newest: u32) -> String;

    /// An execution waits that will be closed.
    fn closes_execution(&self, closed: u32) -> String;

    /// At which checkpoints it waits, and what becomes of it.
    fn closes_execution_hint(&self, waiting: &[(&str, Moment)]) -> String;
}
