//! Runs scripts on hosts that are reached by ssh. The work lives on the hosts: any replica goes on with it.

mod deploy;
mod faults;
mod job;
mod look;
mod tools;

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;

use super::{Executor, Host};
use crate::domain::failure_cause::{FailureCause, IoFault};
use crate::domain::outcome::Outcome;
use crate::domain::ssh::{HostKey, ProbeCheck, SshFailure, SshHost};
use crate::supervise::script_spec::PrivateText;

pub use deploy::deployment_job;
pub use job::{SshJob, SshTarget};
pub use look::look;
pub use tools::read_private_key;

/// Runs scripts on hosts, and looks at hosts.
#[async_trait]
pub trait HostExecutor: Executor<SshJob> {
    /// The keys that a host shows to whoever asks: a person compares them and pins them.
    async fn host_keys(&self, host: &SshHost) -> Result<Vec<HostKey>, SshFailure>;

    /// Looks at a host as a run would, but for the script: each step with how long it took, up to the first that fails.
    async fn probe(&self, host: &SshHost, pinned: &[HostKey], key: &PrivateText) -> Vec<ProbeCheck>;
}

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
}

#[async_trait]
impl HostExecutor for SshExecutor {
    async fn host_keys(&self, host: &SshHost) -> Result<Vec<HostKey>, SshFailure> {
        tools::host_keys(host, self.patience).await
    }

    async fn probe(&self, _host: &SshHost, _pinned: &[HostKey], _key: &PrivateText) -> Vec<ProbeCheck> {
        Vec::new()
    }
}

#[async_trait]
impl Executor<SshJob> for SshExecutor {
    async fn execute(&self, _job: &SshJob, _host: &dyn Host) -> Outcome {
        let problem = IoFault::System(format!("{} is not used yet", self.folder.display()));
        Outcome::Errored { cause: FailureCause::Ssh(SshFailure::NotBegun { problem }) }
    }
}
