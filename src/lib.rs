//! Tollgate: self-hosted release management for the teams of a region.

pub mod app;
pub mod clock;
pub mod demo;
pub mod domain;
pub mod engine;
pub mod executors;
pub mod format;
pub mod runlog;
pub mod store;
pub mod supervise;
pub mod web;
pub mod words;

#[path = "../migrations/mod.rs"]
mod migrations;
