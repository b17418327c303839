//! Runs scripts on hosts that are reached by ssh. The work lives on the hosts: any replica goes on with it.
//!
//! What holds over a crash of the server, a lost connection, or a start that is sent twice:
//! 1. A connection says hello, and the host answers which start of it this is and how far the run is.
//! 2. The folder of the run is made there with the script in it. Then is recorded that the host is asked, and which start of it
//!    that was; only then is it told to start. Where the folder is gone after that, nothing is begun anew.
//! 3. Apart from the connection, the runner on the host makes a folder `once` in it: whoever makes it runs the script. It watches
//!    the time, and writes how the script ended last of all.
//! 4. Lines of the log are recorded together with how far the log was read. A new connection goes on from there.
//! 5. The outcome is recorded before the folder is removed.

mod agent;
mod connection;
mod faults;
mod follow;
mod job;
mod look;
mod placed;
mod probe;
mod program;
mod progress;
mod remote_log;
mod roll_out;
mod run;
mod tools;

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;

use super::{Executor, Host};
use crate::domain::outcome::Outcome;
use crate::domain::ssh::{HostKey, ProbeCheck, SshFailure, SshHost};
use crate::supervise::script_spec::PrivateText;

pub use job::{SshJob, SshTarget};
pub use look::look;
pub(super) use placed::placed_job;
pub(super) use program::quoted;
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
    patience: HostPatience,
}

/// How long hosts are waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostPatience {
    /// For a connection.
    pub connect: Duration,
    /// Between two signs of life of a connection, of which three may be missing.
    pub alive: Duration,
    /// For an answer over a connection.
    pub answer: Duration,
    /// Before it is connected again, at first; it doubles each time.
    pub pause: Duration,
    /// Before it is connected again, at last.
    pub max_pause: Duration,
    /// How often a host is tried before it counts as not reached.
    pub tries: u32,
}

impl Default for HostPatience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            alive: Duration::from_secs(5),
            answer: Duration::from_secs(30),
            pause: Duration::from_secs(1),
            max_pause: Duration::from_secs(30),
            tries: 3,
        }
    }
}

impl SshExecutor {
    /// One that keeps sockets and configurations in folders of its own below that one.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), patience: HostPatience::default() }
    }

    /// The same with other times, for tests.
    pub fn with_patience(self, patience: HostPatience) -> Self {
        Self { patience, ..self }
    }
}

#[async_trait]
impl HostExecutor for SshExecutor {
    async fn host_keys(&self, host: &SshHost) -> Result<Vec<HostKey>, SshFailure> {
        tools::host_keys(host, self.patience.connect).await
    }

    async fn probe(&self, host: &SshHost, pinned: &[HostKey], key: &PrivateText) -> Vec<ProbeCheck> {
        probe::probe(self, host, pinned, key).await
    }
}

#[async_trait]
impl Executor<SshJob> for SshExecutor {
    async fn execute(&self, job: &SshJob, host: &dyn Host) -> Outcome {
        roll_out::RollOut::resumed(self, job, host).await.finish().await
    }
}
