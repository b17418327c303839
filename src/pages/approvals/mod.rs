//! My Approvals: the checkpoints that wait for the reader, and how many they are.

mod handler;
mod open_checkpoints;
mod presenter;
pub mod view;

pub use handler::{count_fragment, index, list};
pub use open_checkpoints::{OpenCheckpoints, count, is_for};
