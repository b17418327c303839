//! Executions of a release task: their records, and the dialog that starts one.

mod handler;
mod presenter;
pub mod view;

pub use handler::{create, new};
pub use presenter::{PAGE, of, told};
