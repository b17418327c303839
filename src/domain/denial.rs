//! Rights that were refused, as the audit keeps them.

use serde::{Deserialize, Serialize};

/// Which right somebody or their team lacked, as the audit keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Denial {
    /// A role in the team.
    NotPermitted,
    /// The checkpoint does not name them.
    NotAnApprover,
    /// Four eyes keep them away.
    OwnRelease,
    /// They may not even read what the team owns.
    NotAMember,
    /// The team may not have scripts run on the server.
    ScriptsNotPermitted,
    /// The token that they used is not for that.
    OutOfScope,
}
