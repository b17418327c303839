//! Deterministic simulation: the engine, the operations and the store on a real database, under a set clock, with scripts
//! that end as the seed says and a scheduler that decides itself who goes on next. One seed is one history: random
//! definitions, what several people ask at once, failures, deadlines, crashes between any two steps, replicas that are cut off or started
//! twice, lost and late wakeups. After
//! every commit the rules is asked whether that could happen.
//!
//! `TOLLGATE_SIM_SEED=123 cargo test --test sim one_seed -- --nocapture` plays one history and prints it. More
//! histories: `TOLLGATE_SIM_HISTORIES=10000` or `TOLLGATE_SIM_MINUTES=30`; from another seed on: `TOLLGATE_SIM_FROM`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod campaign;
mod fault_rates;
mod halts;
mod history;
mod judge;
mod logs;
mod machine;
mod people;
mod place;
mod replica;
mod rng;
mod terms;
mod tests;

use tollgate_testing::{by_hand, invariants, postgres, random, sound, world};
