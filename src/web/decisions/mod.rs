//! Agree to or reject a checkpoint.

mod form;
mod handler;
mod view;

pub use handler::{create, new};
