//! The jobs of this executor: a script, and the hosts that it is to run on.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::domain::failure_cause::FailureCause;
use crate::domain::ssh::{FailedLimit, HostKey, HowMany, SshHost};
use crate::supervise::script_spec::{GivenFile, PrivateText};

/// A script to run on hosts, and all that it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshJob {
    /// The hosts: each is the target of its index.
    pub hosts: Vec<SshTarget>,
    /// The private key; or why there is none. Then nothing is begun, and what runs on hosts already is waited for until its
    /// time is over: a server that has the key again goes on with it.
    pub key: Result<PrivateText, FailureCause>,
    /// The script; run by `/bin/sh` unless it starts with `#!`.
    pub script: String,
    /// The variables that it is given beside those of the account on the host.
    pub environment: BTreeMap<String, String>,
    /// More of them, in which there are secrets.
    pub private_environment: BTreeMap<String, PrivateText>,
    /// The secrets in it.
    pub secrets: Vec<PrivateText>,
    /// Why it must not be started, if it must not. What was started before goes on.
    pub refused: Option<FailureCause>,
    /// Files that the script is given to read.
    pub files: Vec<GivenFile>,
    /// How long the work may take on a host.
    pub timeout: Duration,
    /// How long it may take to end after it was told to.
    pub grace: Duration,
    /// How many bytes of log are kept of a host: half of them from the beginning, half from the end.
    pub log_limit: u64,
    /// Whether processes that are left when the script ends by itself go on.
    pub leave_running: bool,
    /// How many hosts are worked on at a time.
    pub batch: HowMany,
    /// How many may fail.
    pub limit: FailedLimit,
}

/// A host of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshTarget {
    /// The host.
    pub host: SshHost,
    /// Its keys that are pinned. Where there are none, it is refused.
    pub keys: Vec<HostKey>,
    /// Whether an earlier attempt has done it: nothing is done there.
    pub is_done: bool,
}
