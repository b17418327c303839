//! The tests: a bounded campaign on each database, the seeds that once found something, and that a seed is a history.

use std::time::Duration;

use crate::campaign::{Extent, campaign, history};
use crate::place::Kind;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

fn extent(histories: u64) -> Extent {
    let minutes = number("TOLLGATE_SIM_MINUTES");
    Extent {
        from: number("TOLLGATE_SIM_FROM").unwrap_or(1),
        histories: number("TOLLGATE_SIM_HISTORIES").unwrap_or(if minutes.is_some() { u64::MAX } else { histories }),
        time: minutes.map(|minutes| Duration::from_secs(minutes * 60)),
    }
}

fn explore(kind: Kind, histories: u64) {
    let begun = std::time::Instant::now();
    match campaign(extent(histories), kind) {
        Ok(sum) => println!("{kind:?}: {sum:?} in {:?}", begun.elapsed()),
        Err(found) => panic!("{}", found.tell(kind)),
    }
}

#[test]
fn random_histories_keep_the_rules() {
    explore(Kind::Sqlite, 300);
}

/// Seeds that found something once. A seed is the same history as long as nothing before that point changes, so these say
/// less and less; what each found is told where it was mended.
#[test]
fn what_was_found_once_is_not_found_again() {
    for seed in [1, 2, 4, 13, 238, 540, 10_337, 10_491, 17_016] {
        if let Err(found) = history(seed, Kind::Sqlite).0 {
            panic!("{}", found.tell(Kind::Sqlite));
        }
    }
}

#[test]
fn one_seed() {
    let kind = match std::env::var("TOLLGATE_SIM_DATABASE").as_deref() {
        Ok("postgres") => Kind::Postgres,
        _ => Kind::Sqlite,
    };
    let (played, trace) = history(number("TOLLGATE_SIM_SEED").unwrap_or(1), kind);
    match played {
        Ok(figures) => println!("{}\n{figures:?}", trace.join("\n")),
        Err(found) => panic!("{}", found.tell(kind)),
    }
}

/// The seed gives the same history twice, line by line.
fn same(seed: u64, kinds: [Kind; 2]) {
    let [(_, one), (other, again)] = kinds.map(|kind| history(seed, kind));
    let differs = (0..one.len().max(again.len())).find(|line| one.get(*line) != again.get(*line));
    if let Some(line) = differs {
        let until = one[..line].join("\n");
        panic!("{until}\n\nseed {seed}, on {kinds:?}:\n{:?}\n{:?}", one.get(line), again.get(line));
    }
    if let Err(found) = other {
        panic!("{}", found.tell(kinds[1]));
    }
}

#[test]
fn a_seed_is_a_history() {
    for seed in 1..=10 {
        same(seed, [Kind::Sqlite, Kind::Sqlite]);
    }
}

#[test]
fn a_seed_is_the_same_history_on_both_databases() {
    for seed in 1..=12 {
        same(seed, [Kind::Sqlite, Kind::Postgres]);
    }
}
