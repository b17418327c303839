//! The Timeline of an execution: bars over time.

mod handler;
mod presenter;
pub mod view;

pub use handler::show;
pub use presenter::of;
