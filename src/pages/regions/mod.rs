//! The region that one works in: named by the URL, remembered for the next visit.

mod current_region;
mod handler;

pub use current_region::{CurrentRegion, remembered, to_remember};
pub use handler::{home, show};
