//! Region Release Tasks: search, filters, the table, pages.

mod handler;
mod presenter;
pub mod view;

pub use handler::{ListQuery, Lists, index};
pub use presenter::status;
