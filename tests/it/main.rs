//! Tests that run the real parts of the program together.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod executors;
