//! The Timeline of an execution: bars over time.

mod presenter;
pub mod view;

pub use presenter::of;
