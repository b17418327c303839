//! Pages for what went wrong, and what somebody typed, given back.

pub mod error_pages;
mod form_recovery;
pub mod view;
