//! Sentences on operations on several release tasks at once.

use crate::domain::refusal::Operation;

/// Sentences on operations on several release tasks at once.
pub trait BulkSentences {
    /// The title where nothing is done.
    fn nothing_done(&self) -> &'static str;

    /// No release task was chosen.
    fn nothing_chosen(&self) -> &'static str;

    /// More were chosen than may be.
    fn too_many_chosen(&self, count: usize, most: usize) -> String;

    /// The title before it is done.
    fn title(&self, operation: Operation, chosen: usize) -> String;

    /// What will be done with those with which it can be.
    fn sentence(&self, operation: Operation, possible: usize) -> String;

    /// The button.
    fn button(&self, operation: Operation, possible: usize) -> String;

    /// The link back before it is done.
    fn cancel(&self) -> &'static str;

    /// On one with which it can be done.
    fn will_be_done(&self, operation: Operation, version: u32) -> String;

    /// On one that waits, and that would be closed.
    fn waits(&self, execution: u32) -> String;

    /// On one that has variables without a value.
    fn needs_values(&self) -> &'static str;

    /// The title after it was done.
    fn done(&self, operation: Operation, done: usize, chosen: usize) -> String;

    /// So many were not there any more.
    fn gone(&self, count: usize) -> String;

    /// On one of which that execution has started.
    fn executed(&self, number: u32) -> String;

    /// On one that is deleted.
    fn deleted(&self) -> &'static str;

    /// On one with which it could not be done, for a reason that is no rule.
    fn failed(&self) -> &'static str;

    /// The link back after it was done.
    fn back_to_list(&self) -> &'static str;
}
