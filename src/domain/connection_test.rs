//! Tests of connections: what was looked at on the way to where an environment's scripts run, and what was found.

use serde::{Deserialize, Serialize};

use super::execution::Moment;
use super::failure_cause::FailureCause;
use super::people::Actor;
use super::ssh::{HostKey, ProbeStep, SshHost};

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionStep {
    /// The team may have scripts run on the server.
    Permission,
    /// What runs the scripts is there.
    Interpreter,
    /// The key with which Tollgate signs in can be used.
    Key,
    /// The keys that the host shows to whoever asks are pinned.
    HostKeys,
    /// What is looked at on the way to a host that is known.
    Probe(ProbeStep),
}

/// What was found at a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionCheck {
    /// Which.
    pub step: ConnectionStep,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// What there is to be said of it, in words of the program that was asked; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// Why it is not well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<FailureCause>,
}

/// A host, or the server itself, and what was found on the way there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestedTarget {
    /// The host; none for the server itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<SshHost>,
    /// The keys that the host showed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<HostKey>,
    /// In the order in which it was looked.
    pub checks: Vec<ConnectionCheck>,
}

impl TestedTarget {
    /// Whether all is well.
    pub fn is_well(&self) -> bool {
        self.checks.iter().all(|check| check.failure.is_none())
    }
}

/// The last test of the connection of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionTest {
    /// Which version of the environment was tested.
    pub version: u32,
    /// When somebody asked for it.
    pub asked_at: Moment,
    /// Who.
    pub asked_by: Actor,
    /// When it was over; nothing while it goes on.
    pub ended_at: Option<Moment>,
    /// What was found so far.
    pub targets: Vec<TestedTarget>,
}
