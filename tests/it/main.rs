//! Tests that run the real parts of the program together.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

#[macro_use(on_both)]
extern crate tollgate_testing;

mod backup;
mod builds;
mod check;
mod cli;
mod engine;
mod executors;
mod faults;
mod isolation;
mod notices;
mod races;
mod replicas;
mod secrets;
mod store;
mod upgrade;
mod web;
mod wishes;

use tollgate_testing::{
    answer, as_root, by_hand, client, db, files, fuzz, here, notation, processes, program, service, sound, until,
};

/// The program that was built for these tests.
const PROGRAM: &str = env!("CARGO_BIN_EXE_tollgate");
