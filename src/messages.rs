//! Every sentence said to a person, in the language of a [`Locale`]. Templates have their own words; the rules have none.

pub mod accounts;
pub mod api;
pub mod audit;
pub mod check_report;
pub mod dialogs;
mod english;
pub mod errors;
pub mod isolation;
mod locale;
pub mod logs;
pub mod replicas;
mod said;
pub mod told;
pub mod view;

use crate::domain::execution::Moment;

pub use locale::{
    Locale, account_event, attempt, attempt_status, attempt_took, broken_rule, broken_rules, event, fail_reason,
    failed_task, failure_cause, finding, format_fault, kind, operation, outcome, refusal, release_event,
    release_status, task_status, verdict,
};
pub use said::said;

/// A moment in a sentence: pages show it in the reader's zone beside, a sentence names the zone.
pub fn moment(at: Moment) -> String {
    at.format("%-d %b %Y, %H:%M UTC").to_string()
}

/// Words as a list in a sentence: `a`, `a and b`, `a, b and c`.
pub fn listed<'w>(words: impl IntoIterator<Item = &'w str>, last: &str) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    match words.as_slice() {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

/// A number of things: `1 task`, `3 tasks`.
pub fn counted(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

/// A sentence without its end, to go on with.
fn unended(sentence: &str) -> &str {
    sentence.trim_end().trim_end_matches('.')
}

#[cfg(test)]
mod tests;
