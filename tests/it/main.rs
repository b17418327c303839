//! Tests that run the real parts of the program together.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

#[macro_use]
mod db;
#[path = "../support/answer.rs"]
mod answer;
#[path = "../support/as_root.rs"]
mod as_root;
mod backup;
#[path = "../support/by_hand.rs"]
mod by_hand;
mod check;
mod cli;
mod engine;
mod executors;
mod faults;
#[path = "../support/fuzz.rs"]
mod fuzz;
mod isolation;
mod postgres;
#[expect(dead_code, reason = "the tests of crashes and of replicas ask for more")]
#[path = "../support/processes.rs"]
mod processes;
#[path = "../support/program.rs"]
mod program;
mod races;
mod replicas;
mod store;
#[path = "../support/team_folder.rs"]
mod team_folder;
#[path = "../support/until.rs"]
mod until;
mod upgrade;
mod web;
mod wishes;
