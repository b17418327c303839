//! The Release Process View: phases from left to right, groups as lanes, tasks as cards.

mod handler;
mod presenter;
pub mod view;

pub use handler::show;
pub use presenter::{change_of, decide_action, of, phase_status, segments, telling_line, why};
