//! Placement: where the work of an attempt lives, which says who can pick it up again.

use serde::{Deserialize, Serialize};

/// Which target of an attempt: 0 for the first, or the only one.
pub type TargetIndex = u32;

/// Where the work of an attempt lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    /// On the machine of the replica that started it: only that one can watch and stop it.
    ThisMachine,
    /// Nowhere in particular: any replica goes on with it, by what was recorded of its targets.
    Anywhere,
}
