//! The Activity of a release task: who did what, newest first.

mod handler;
mod presenter;
pub mod view;

pub use handler::index;
