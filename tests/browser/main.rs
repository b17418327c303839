//! Stories of people with browsers: Chromium against the real program, by the names on the screen.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod axe;
#[path = "../support/by_hand.rs"]
mod by_hand;
mod driver;
mod operations;
mod person;
#[path = "../it/postgres.rs"]
mod postgres;
#[path = "../support/program.rs"]
mod program;
mod reading;
mod release;
mod stage;
#[path = "../support/team_folder.rs"]
mod team_folder;
mod wishes;
