//! Stories of people with browsers: Chromium against the real program, by the names on the screen.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod axe;
mod board;
mod daily;
mod driver;
mod editing;
mod field;
mod logs;
mod operations;
mod person;
mod reading;
mod release;
mod shell;
mod signed_out;
mod stage;
mod wide;
mod wishes;

use tollgate_testing::{by_hand, postgres, program, team_folder};

/// The program that was built for these tests.
const PROGRAM: &str = env!("CARGO_BIN_EXE_tollgate");
