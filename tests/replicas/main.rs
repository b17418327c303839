//! Three real programs on one PostgreSQL, each with a data folder of its own as on three machines: killed, frozen and
//! stopped. Every execution goes on, no script runs twice, nothing that was answered is lost.
//!
//! The tests run for a bounded time. `TOLLGATE_REPLICAS_SECONDS=3600 cargo test --test replicas -- random --nocapture` runs
//! longer at random, and `TOLLGATE_REPLICAS_SEED=…` the schedule of one seed again.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod machines;
mod people;

mod random;
mod taken_over;

use tollgate_testing::{browser, by_hand, db, processes, program, until};

/// The program that was built for these tests.
const PROGRAM: &str = env!("CARGO_BIN_EXE_tollgate");
