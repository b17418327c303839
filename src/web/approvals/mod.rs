//! My Approvals: the checkpoints that wait for the reader, and how many they are.

mod handler;
mod view;
mod waiting;

pub use handler::{count_fragment, index, list};
pub use waiting::{Waiting, count, is_for};
