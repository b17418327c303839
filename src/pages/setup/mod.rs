//! The one-time link that makes the first administrator.

mod handler;
pub mod view;

pub use handler::{create, new};
