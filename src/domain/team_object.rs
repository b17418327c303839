//! Objects of teams beside release tasks, and what happens to them.

use serde::{Deserialize, Serialize};

/// Something that a team owns beside release tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TeamObject {
    /// An environment.
    Environment,
    /// An application.
    Application,
    /// A component of an application.
    Component,
}

/// What happened to something that a team owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectChange {
    /// It was made.
    Made,
    /// It was changed.
    Changed,
    /// It was deleted.
    Deleted,
}
