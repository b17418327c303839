//! Probes of hosts: what is looked at when a connection is tested, and what was found.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::SshFailure;

/// What is looked at, in this order; nothing is where the step before failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProbeStep {
    /// Whether its name has an address.
    Resolve,
    /// Whether anybody answers at its port.
    Connect,
    /// Whether it has a key that is pinned.
    HostKey,
    /// Whether it takes the key for the account.
    SignIn,
    /// Whether a shell answers.
    Shell,
    /// Whether a script can be kept and run there.
    Folder,
    /// By how many seconds its clock differs from that of the server.
    Clock,
    /// What is left of runs that have ended: their folders.
    Leftovers,
}

/// What was found at one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeCheck {
    /// The step.
    pub what: ProbeStep,
    /// How long it took.
    pub took: Duration,
    /// What was found: an address, a fingerprint, a path, a number of seconds, a list of names; or why the step failed.
    pub result: Result<String, SshFailure>,
}

/// What is known of a private key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeySummary {
    /// The fingerprint of its public key, as OpenSSH shows it.
    pub fingerprint: String,
    /// Its kind, such as `ssh-ed25519`.
    pub kind: String,
}
