//! Tollgate: self-hosted release management for the teams of a region.

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod domain;
pub mod engine;
pub mod executors;
pub mod folders;
pub mod format;
pub mod runlog;
pub mod startup;
pub mod store;
pub mod supervise;
pub mod telemetry;
pub mod web;
pub mod words;

#[path = "../migrations/mod.rs"]
mod migrations;
