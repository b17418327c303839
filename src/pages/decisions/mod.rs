//! Agree to or reject a checkpoint.

mod form;
mod handler;
mod presenter;
pub mod view;

pub use handler::{create, new};
