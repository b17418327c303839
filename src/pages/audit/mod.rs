//! The audit, for administrators: who did what, and what was refused, newest first.

mod handler;
mod presenter;
pub mod view;

pub use handler::index;
