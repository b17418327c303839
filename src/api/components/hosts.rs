//! Hosts of environments in requests and answers.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::environment::{EnvironmentFault, EnvironmentScripts, SshEnvironment, TypedHosts};
use crate::domain::ssh::{SSH_PORT, SshHost};

/// Hosts that are reached by ssh.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SshBody {
    /// They, in the order in which they are worked on.
    hosts: Vec<HostBody>,
    /// Name of the secret that is the private key.
    key: String,
    /// How many at a time: `all`, a number, or a share such as `25%`. `all` if nothing is said.
    #[serde(default)]
    batch: String,
    /// How many may fail before no more are begun, in the same words. `0` if nothing is said.
    #[serde(default)]
    max_failed: String,
}

/// A host.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct HostBody {
    /// What people call it.
    name: String,
    /// A name of the DNS or an address; its name if nothing is said.
    #[serde(default)]
    address: String,
    /// The port; 22 if nothing is said.
    #[serde(default = "ssh_port")]
    port: u16,
    /// The account there.
    user: String,
    /// By which it can be chosen.
    #[serde(default)]
    labels: BTreeSet<String>,
}

fn ssh_port() -> u16 {
    SSH_PORT
}

impl SshBody {
    /// What it says of an environment.
    pub(super) fn of(ssh: &SshEnvironment) -> Self {
        let host = |host: &SshHost| HostBody {
            name: host.name.clone(),
            address: host.address.clone(),
            port: host.port,
            user: host.user.clone(),
            labels: host.labels.clone(),
        };
        Self {
            hosts: ssh.hosts.iter().map(host).collect(),
            key: ssh.key.clone(),
            batch: ssh.batch.to_string(),
            max_failed: ssh.limit.0.to_string(),
        }
    }

    /// What it means with those scripts, and what cannot be read of it.
    pub(super) fn read(&self, scripts: EnvironmentScripts) -> (SshEnvironment, Vec<EnvironmentFault>) {
        let host = |host: &HostBody| SshHost {
            name: host.name.clone(),
            address: if host.address.is_empty() { host.name.clone() } else { host.address.clone() },
            port: host.port,
            user: host.user.clone(),
            labels: host.labels.clone(),
        };
        let typed = TypedHosts {
            key: self.key.clone(),
            batch: self.batch.clone(),
            max_failed: self.max_failed.clone(),
            ..TypedHosts::default()
        };
        let (ssh, faults) = typed.read(scripts);
        let faults = faults.into_iter().filter(|fault| !matches!(fault, EnvironmentFault::Hosts(_))).collect();
        (SshEnvironment { hosts: self.hosts.iter().map(host).collect(), ..ssh }, faults)
    }
}
