//! Sentences of dry runs.

use crate::domain::dry_run::{Expectation, ForecastWord};

/// Sentences of dry runs.
pub trait DryRunSentences {
    /// The heading.
    fn what_will_change(&self) -> &'static str;

    /// What a dry run is, where there is none.
    fn not_tried(&self) -> &'static str;

    /// The button where there is none.
    fn dry_run(&self) -> &'static str;

    /// The button where there is one.
    fn try_again(&self) -> &'static str;

    /// The word of what is expected of a task.
    fn word(&self, word: ForecastWord) -> &'static str;

    /// Of how many tasks that is expected.
    fn tasks_of(&self, word: ForecastWord, count: usize) -> String;

    /// What is expected of a task, in sentences.
    fn expected(&self, expected: &Expectation) -> String;

    /// So many tasks would fail.
    fn would_fail(&self, count: usize) -> String;
}
