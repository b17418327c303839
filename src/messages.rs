//! Every sentence said to a person about an event or a refusal. Templates have their own words; the rules have none.

pub mod accounts;
pub mod audit;
pub mod check_report;
pub mod dialogs;
pub mod errors;
mod event;
mod failure;
pub mod isolation;
pub mod logs;
mod refusal;
pub mod replicas;
pub mod told;
pub mod view;

use crate::domain::execution::Moment;

pub use event::{account_event, event, release_event, said};
pub use failure::failed_task;
pub use refusal::refusal;

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
