//! The real program with real scripts, killed, short of room, on a clock that jumps: nothing is lost and nothing is done twice.
//!
//! The tests run a bounded number of kills. `TOLLGATE_CRASH_KILLS=2000 cargo test --test crash -- random --nocapture` runs
//! more of those at random, and `TOLLGATE_CRASH_SEED=…` those of one seed again. `TOLLGATE_AWAY_SECONDS=60` keeps
//! PostgreSQL away for a minute, and `TOLLGATE_AWAY_TIMES=100` takes it away so often.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

#[macro_use(on_both)]
extern crate tollgate_testing;

mod builds;
mod checks;
mod clock;
mod database;
mod failpoints;
mod flow;
mod folders;
mod full;
mod installation;
mod keys;
mod notify;
mod person;
mod picked_up;
mod prune;
mod random;
mod restore;
mod small_disk;
mod supervisor;
mod tokens;
mod wishes;

use tollgate_testing::{
    answer, browser, by_hand, db, here, postgres, processes, program, service, sound, team_folder, until,
};

/// The program that was built for these tests.
const PROGRAM: &str = env!("CARGO_BIN_EXE_tollgate");
