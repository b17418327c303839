//! What the store promises, on both databases.

mod executions;
mod migrations;
mod scene;
