//! Tollgate: self-hosted release management for the teams of a region.

pub mod clock;
pub mod domain;
