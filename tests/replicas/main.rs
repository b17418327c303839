//! Three real programs on one PostgreSQL, each with a data folder of its own as on three machines: killed, frozen and
//! stopped. Every execution goes on, no script runs twice, nothing that was answered is lost.
//!
//! The tests run for a bounded time. `TOLLGATE_REPLICAS_SECONDS=3600 cargo test --test replicas -- random --nocapture` runs
//! longer at random, and `TOLLGATE_REPLICAS_SEED=…` the schedule of one seed again.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

#[path = "../support/by_hand.rs"]
mod by_hand;
#[expect(unused_macros, dead_code, reason = "there are replicas on PostgreSQL only")]
#[macro_use]
#[path = "../it/db.rs"]
mod db;
#[expect(dead_code, reason = "the other tests with browsers ask for more")]
#[path = "../it/web/browser.rs"]
mod browser;
mod machines;
mod people;
#[path = "../it/postgres.rs"]
mod postgres;
#[expect(dead_code, reason = "the crash tests kill some of them only")]
#[path = "../support/processes.rs"]
mod processes;
#[path = "../support/program.rs"]
mod program;

mod random;
mod taken_over;
#[path = "../support/until.rs"]
mod until;
