//! Support of the test suites and of the benchmark: databases, the real program, browsers, and the rules to hold histories against.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

pub mod answer;
pub mod as_root;
pub mod browser;
pub mod by_hand;
pub mod client;
pub mod db;
pub mod described;
pub mod files;
pub mod fuzz;
pub mod here;
pub mod invariants;
pub mod log;
pub mod netns;
pub mod notation;
pub mod postgres;
pub mod processes;
pub mod program;
pub mod random;
pub mod receiver;
pub mod service;
pub mod smtp;
pub mod sound;
pub mod sshd;
pub mod team_folder;
pub mod until;
pub mod world;
