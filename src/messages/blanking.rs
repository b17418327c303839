//! Sentences about values that are blanked wherever release tasks keep them.

use crate::domain::blanking::{BlankedCounts, UnwantedValueFault};

/// Sentences about values that are blanked wherever release tasks keep them.
pub trait BlankingSentences {
    /// The name of the page.
    fn blank_title(&self) -> &'static str;

    /// What it does, and what to do first.
    fn blank_lead(&self) -> String;

    /// Below the field for the value.
    fn blank_hint(&self) -> String;

    /// What is wrong with a value.
    fn unwanted_fault(&self, fault: UnwantedValueFault) -> String;

    /// Nobody said yes to it.
    fn blank_not_confirmed(&self) -> &'static str;

    /// "3 versions, 1 draft and 2 executions".
    fn blanked_counts(&self, counts: BlankedCounts) -> String;

    /// Above the places where a value stands; the field is empty again.
    fn value_found(&self, releases: usize) -> String;

    /// It stands in so many drafts of release tasks that were never saved.
    fn value_in_new_drafts(&self, drafts: u64) -> String;

    /// It stands nowhere.
    fn value_nowhere(&self) -> &'static str;

    /// Of a release task that is under way.
    fn not_blanked_now(&self) -> &'static str;

    /// What was done, and which release tasks, with so many more, are under way.
    fn value_blanked(&self, counts: BlankedCounts, releases: usize, active: &[String], more: usize) -> String;
}
