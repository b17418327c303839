//! The Definition of a release task: to read, as YAML, its versions, and what changed between two of them.

pub mod compare;
mod handler;
mod presenter;
pub mod view;

pub use handler::{show, show_yaml};
pub use presenter::aside;
