//! Promises of the store, on both databases.

mod checkpoints;
mod concurrency;
mod connection_tests;
mod executions;
mod list;
mod logs;
mod migrations;
mod people;
mod records;
mod releases;
mod replicas;
mod scene;
mod sessions;
