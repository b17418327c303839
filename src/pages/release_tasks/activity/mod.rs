//! The Activity of a release task: who did what, newest first.

mod presenter;
pub mod view;

pub use presenter::{PAGE, of};
