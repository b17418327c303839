//! Signing in and out.

mod handler;
pub mod view;

pub use handler::{create, destroy, new, sign_out};
