//! The Release Process View: phases from left to right, groups as lanes, tasks as cards.

mod handler;
mod presenter;
pub mod view;

pub use handler::show;
pub use presenter::{decide_action, ended_at, of, phase_status, segments, task_time, why};
