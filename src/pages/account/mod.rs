//! My Account: one's own sessions and password.

mod handler;
pub mod view;

pub use handler::{end_other_sessions, end_session, show, update_password};
