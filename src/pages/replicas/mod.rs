//! Replicas, for administrators: which processes share the database, how they are, what each carries on.

mod handler;
mod presenter;
pub mod view;

pub use handler::{index, list};
