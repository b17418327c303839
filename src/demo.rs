//! The demo: what a new Tollgate shows to somebody who looks at it for the first time.

pub mod definitions;
pub mod fill;
pub mod hosts;
pub mod session;
