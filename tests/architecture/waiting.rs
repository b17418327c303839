//! Waiting in tests: for what must happen, however long a busy machine takes.

use super::{none, texts};

#[test]
fn tests_wait_for_marks_and_rest_only_between_two_looks() {
    let mut wrong = Vec::new();
    for source in texts(&["tests"], Some("rs")) {
        for what in [concat!("thread::", "sleep"), concat!("time::", "sleep")] {
            wrong.extend(source.finds(what).into_iter().filter(|line| !is_a_short_rest(line)));
        }
    }
    none(&wrong, "A test waits for a mark, a wakeup or a tick; between two looks it may rest for less than 100 ms.");
}

fn is_a_short_rest(line: &str) -> bool {
    let millis = line.split_once("from_millis(").and_then(|(_, rest)| rest.split_once(')')).map(|(number, _)| number);
    millis.and_then(|number| number.parse::<u64>().ok()).is_some_and(|millis| millis < 100)
}

#[test]
fn no_test_fails_for_want_of_a_few_seconds() {
    let short = |line: &str| ["from_secs(", "from_millis("].iter().any(|unit| line.contains(unit));
    let mut wrong = Vec::new();
    for source in texts(&["tests"], Some("rs")) {
        let asserts = source.finds(concat!("elapsed()", " < ")).into_iter().filter(|line| line.contains("assert!"));
        let waits =
            [concat!(" timeout", "(Duration::"), concat!("(timeout", "(Duration::"), concat!("TIMEOUT", ": Duration")];
        let waits = waits.iter().flat_map(|what| source.finds(what));
        wrong.extend(asserts.chain(waits).filter(|line| short(line)));
    }
    none(&wrong, "A test may wait for a minute or more: a busy machine takes long. A benchmark measures how long.");
}
