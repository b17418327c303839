//! The pages: what comes in over HTTP, and what is shown.

pub mod assets;
pub mod release_urls;
pub mod views;
