//! Sentences about how a server keeps scripts from itself.

use crate::domain::isolation::{Confined, Isolation};

/// Sentences about how a server keeps scripts from itself.
pub trait IsolationSentences {
    /// How far, in two words.
    fn confined(&self, confined: Confined) -> &'static str;

    /// All that is to be known, a sentence each: what is kept apart, then what is not.
    fn sentences(&self, isolation: &Isolation) -> Vec<String>;

    /// Which old folders of the workspace do not belong to one team.
    fn shared(&self, isolation: &Isolation) -> Vec<String>;
}
