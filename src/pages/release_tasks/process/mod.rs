//! The Release Process View: phases from left to right, groups as lanes, tasks as cards.

mod presenter;
pub mod view;

pub use presenter::{decide_action, ended_at, of, phase_status, planned, segments, task_time, why};
