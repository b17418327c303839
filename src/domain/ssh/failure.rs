//! Failures of work on hosts, as data: why a host could not be worked on, or was lost sight of; `messages` makes the sentences.

use serde::{Deserialize, Serialize};

use super::KeyFault;
use crate::domain::execution::Moment;
use crate::domain::failure_cause::{FailureCause, IoFault};

/// Why a host could not be worked on, or what is known of it no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ssh", rename_all = "snake_case")]
pub enum SshFailure {
    /// A program of OpenSSH is not on the machine of the server.
    NoProgram {
        /// Which.
        program: String,
    },
    /// The machine of the server could not begin a connection.
    NotBegun {
        /// Why.
        problem: IoFault,
    },
    /// The private key cannot be used.
    Key {
        /// Why.
        fault: KeyFault,
    },
    /// No key of the host is pinned.
    NotPinned,
    /// The name of the host has no address.
    UnknownName {
        /// The name.
        address: String,
    },
    /// There is no connection.
    NotConnected {
        /// Where to.
        address: String,
        /// At which port.
        port: u16,
        /// Why.
        why: NoConnection,
    },
    /// The host has another key than the one that is pinned.
    HostKeyChanged {
        /// What people call the host.
        host: String,
        /// Its address.
        address: String,
        /// The kind of the keys.
        kind: String,
        /// The fingerprint that is pinned.
        pinned: String,
        /// The one that was seen.
        seen: String,
    },
    /// The host has no key of a kind that is pinned.
    HostKeyKinds {
        /// What people call the host.
        host: String,
        /// Its address.
        address: String,
        /// The kinds that are pinned.
        pinned: Vec<String>,
        /// The kinds that it has, as ssh says them.
        offered: String,
    },
    /// The host does not take the key for that account.
    SignIn {
        /// The account.
        user: String,
        /// The fingerprint of the key.
        fingerprint: String,
        /// The ways of signing in that the host takes, as ssh says them.
        ways: String,
    },
    /// No shell answered.
    NoShell {
        /// What came instead.
        said: String,
    },
    /// A program is not on the host.
    NoTool {
        /// Which.
        tool: String,
    },
    /// There is no room on the host.
    NoRoom {
        /// For which folder.
        folder: String,
    },
    /// The account may not write into a folder on the host.
    NotWritable {
        /// Which.
        folder: String,
    },
    /// Nothing may be run in a folder on the host.
    NothingRuns {
        /// Which.
        folder: String,
    },
    /// The host was started again while the script ran.
    Rebooted,
    /// The folder of the run on the host was taken away.
    FolderGone {
        /// Which.
        folder: String,
    },
    /// What watched the script on the host was ended.
    RunnerLost,
    /// The host could not be reached any more, and the time of the script is over.
    LostSight {
        /// Since when.
        since: Moment,
        /// Why it could not be reached at last.
        last: Box<Self>,
    },
    /// The host could not be reached to stop the script there.
    NotStopped {
        /// What people call the host.
        host: String,
        /// Why, if it was tried.
        last: Option<Box<Self>>,
    },
    /// What came over the connection cannot be understood, or it broke.
    Broken {
        /// What ssh said.
        said: String,
    },
}

/// Why there is no connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum NoConnection {
    /// Nobody listens there.
    Refused,
    /// Nobody answered.
    Timeout,
    /// No way leads there.
    NoRoute,
    /// Something else.
    Other {
        /// What ssh said.
        said: String,
    },
}

/// What is new about work on a host: a line of its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostNews {
    /// The connection was lost.
    ConnectionLost {
        /// Why.
        failure: SshFailure,
    },
    /// It is there again.
    ConnectedAgain,
    /// A part of the log is left out, because it is too long.
    LeftOut {
        /// How many bytes.
        bytes: u64,
    },
    /// It was stopped, and so many processes go on all the same.
    Left {
        /// How many.
        processes: u32,
    },
    /// How it ended, if it did not end well.
    Ended {
        /// Why.
        cause: FailureCause,
    },
}
