//! Runs scripts on hosts that are reached by ssh. The work lives on the hosts: any replica goes on with it.

mod faults;
mod job;
mod tools;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use async_trait::async_trait;

use super::{Executor, Host};
use crate::domain::failure_cause::{FailureCause, IoFault};
use crate::domain::outcome::Outcome;
use crate::domain::ssh::{HostKey, ProbeCheck, ProbeStep, SshFailure, SshHost};
use crate::supervise::script_spec::PrivateText;

pub use job::{SshJob, SshTarget};
pub use tools::read_private_key;

/// Runs scripts on hosts.
#[derive(Debug, Clone)]
pub struct SshExecutor {
    folder: PathBuf,
    patience: Duration,
}

impl SshExecutor {
    /// One that keeps sockets and configurations in folders of its own below that one.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), patience: Duration::from_secs(10) }
    }

    /// The keys that a host shows to whoever asks: a person compares them and pins them.
    pub async fn host_keys(&self, host: &SshHost) -> Result<Vec<HostKey>, SshFailure> {
        tools::host_keys(host, self.patience).await
    }

    /// Looks at a host as a run would, but for the script: each step with how long it took, up to the first that fails.
    pub async fn probe(&self, host: &SshHost, _pinned: &[HostKey], _key: &PrivateText) -> Vec<ProbeCheck> {
        let begun = Instant::now();
        let found = tokio::net::lookup_host((host.address.as_str(), host.port)).await.ok();
        let address = found.and_then(|mut all| all.next()).map(|found| found.ip().to_string());
        let unknown = SshFailure::UnknownName { address: host.address.clone() };
        vec![ProbeCheck { what: ProbeStep::Resolve, took: begun.elapsed(), result: address.ok_or(unknown) }]
    }
}

#[async_trait]
impl Executor<SshJob> for SshExecutor {
    async fn execute(&self, _job: &SshJob, _host: &dyn Host) -> Outcome {
        let problem = IoFault::System(format!("{} is not used yet", self.folder.display()));
        Outcome::Errored { cause: FailureCause::Ssh(SshFailure::NotBegun { problem }) }
    }
}
