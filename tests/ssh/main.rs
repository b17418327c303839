//! The executor of hosts with real sshds, which are cut off, killed and kept away.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod endings;
mod lost;
mod network;
mod probes;
mod roll_outs;
mod stage;

use tollgate_testing::{netns, processes, sshd, until};
