//! Parts of sentences: lists, numbers of things, moments.

use crate::domain::execution::Moment;

/// A moment, which names its zone.
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

/// How many scripts run where a task waits.
pub fn scripts_run(running: u32) -> String {
    if running == 1 {
        "1 script runs on this server".to_owned()
    } else {
        format!("{running} scripts run on this server")
    }
}

/// A sentence without its end, to go on with.
pub fn unended(sentence: &str) -> &str {
    sentence.trim_end().trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_counts_read_as_sentences() {
        assert_eq!(listed([], "and"), "");
        assert_eq!(listed(["a"], "and"), "a");
        assert_eq!(listed(["a", "b"], "or"), "a or b");
        assert_eq!(listed(["a", "b", "c"], "and"), "a, b and c");
        assert_eq!(counted(0, "task"), "0 tasks");
    }
}
