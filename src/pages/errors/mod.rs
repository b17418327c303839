//! Pages for what went wrong.

pub mod error_pages;
pub mod view;
