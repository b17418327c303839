//! Sentences about variables of a release task.

use crate::domain::variables::{ValueOrigin, VariableProblem, VariableType};

/// Sentences about variables of a release task.
pub trait VariableSentences {
    /// What is wrong with the value that a variable was given.
    fn variable_problem(&self, problem: &VariableProblem) -> String;

    /// Above a form of which several values are wrong.
    fn variables_wrong(&self, count: usize) -> String;

    /// What a value of a type is, where one is asked for.
    fn variable_type(&self, of: VariableType) -> &'static str;

    /// Where the value comes from that a form offers: of the last execution, which has that number, or the default.
    fn origin(&self, origin: ValueOrigin, last: u32) -> Option<String>;

    /// Beside a variable that must have a value.
    fn required(&self) -> &'static str;

    /// What becomes of a string that is left empty: an empty text, or nothing.
    fn left_empty(&self, is_value: bool) -> &'static str;

    /// In the place of a value that is not set.
    fn not_set(&self) -> &'static str;

    /// In the place of a value that is an empty text.
    fn empty_text(&self) -> &'static str;

    /// At the head of a list to choose from, while nothing is chosen.
    fn choose(&self) -> &'static str;

    /// The default of a variable as it is listed.
    fn default_listed(&self, text: &str) -> String;
}
