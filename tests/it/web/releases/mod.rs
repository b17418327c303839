//! Release tasks in the browser: operations, decisions, logs, approvals, as each role meets them.

mod actions;
mod approvals;
mod compare;
mod deceiving;
mod deciders;
mod decisions;
mod execute;
mod lengths;
pub mod logs;
mod places;
pub mod scene;
mod tabs;
mod variables;
mod verify;
mod watched;
