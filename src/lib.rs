//! Tollgate: self-hosted release management for the teams of a region.

pub mod clock;
pub mod domain;
pub mod executors;
pub mod runlog;
pub mod supervise;
pub mod web;
pub mod store;

#[path = "../migrations/mod.rs"]
mod migrations;
