//! The specification of a script, which a supervising process reads from its standard input, and the result that it writes (`exit.json`).
//!
//! Another version of Tollgate may read these after an upgrade: fields are only ever added, with a default.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use crate::confine::Confinement;
use crate::domain::outcome::Outcome;

/// What to run, where, and for how long at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScriptSpec {
    /// The script; run by `/bin/sh` unless it starts with `#!`.
    pub script: String,
    /// Where it runs: absolute, then it must exist, or relative to `workspace`. Without it, the default folder.
    pub working_folder: Option<String>,
    /// The folder that is made if need be; also the script's `HOME`.
    pub default_folder: PathBuf,
    /// Where relative working folders lie, which are made if need be.
    pub workspace: PathBuf,
    /// Further folders that the script may use, where there are such.
    pub others: Vec<PathBuf>,
    /// Further folders that it may read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readable: Vec<PathBuf>,
    /// The script's environment, beside the few variables that every script gets.
    pub environment: BTreeMap<String, String>,
    /// More of it, in which there are secrets.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub private_environment: BTreeMap<String, PrivateText>,
    /// The secrets in it: what the script writes is kept without them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<PrivateText>,
    /// How long the script may run, in milliseconds.
    pub timeout_ms: u64,
    /// How long it may take to end after it was told to, in milliseconds.
    pub grace_ms: u64,
    /// How many bytes of log are kept.
    pub log_limit: u64,
    /// Whether processes that are left when the script ends by itself go on.
    pub leave_running: bool,
    /// When it is too late to start the script, in milliseconds since the machine was started: others may have taken
    /// over by then. Without it, it never is.
    #[serde(default)]
    pub start_before_ms: Option<u64>,
    /// The script's `TMPDIR`, which is made and goes when the script and its processes have ended.
    pub temporary: PathBuf,
    /// Files that the script is given to read: it finds the path of each in a variable.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<GivenFile>,
    /// What the script is kept from; without it, from nothing.
    pub confinement: Option<Confinement>,
}

/// A text that goes to the work alone: it is written nowhere, and [`std::fmt::Debug`] says nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct PrivateText(Zeroizing<String>);

impl PrivateText {
    /// That text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text, for whoever gives it to the work.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Serialize for PrivateText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PrivateText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

impl fmt::Debug for PrivateText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// A file in the run folder that the script is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenFile {
    /// Its name there.
    pub name: String,
    /// The variable with its path.
    pub variable: String,
    /// What is in it.
    pub text: String,
}

impl ScriptSpec {
    /// How long the script may run.
    pub const fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }

    /// Whether the script may still be started at that steady time.
    pub fn may_start(&self, steady: Duration) -> bool {
        self.start_before_ms.is_none_or(|limit| steady < Duration::from_millis(limit))
    }

    /// How long it may take to end after it was told to.
    pub const fn grace(&self) -> Duration {
        Duration::from_millis(self.grace_ms)
    }
}

/// How the script ended: the last thing that a supervising process writes down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// The outcome of the attempt.
    pub outcome: Outcome,
    /// The status that the script ended with, if it ended by itself.
    #[serde(default)]
    pub status: Option<i32>,
    /// The signal that ended the script, if one did.
    #[serde(default)]
    pub signal: Option<i32>,
    /// When the script was started, if it was.
    #[serde(default)]
    pub started_at: Option<DateTime<Utc>>,
    /// When the script had ended.
    pub ended_at: DateTime<Utc>,
}

/// Which process supervises, so that nobody signals another one that got its number later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The number of the process.
    pub pid: i32,
    /// When it was started, in the kernel's ticks since the machine was.
    pub born: u64,
    /// Which start of the machine this was.
    pub boot: String,
    /// Whether it leads a session of its own, which is then the script's too.
    pub leads_session: bool,
    /// Whether USR1 tells it that a person wants the script stopped, also where no file can say so.
    #[serde(default)]
    pub hears_stop: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::failure_cause::FailureCause;

    #[test]
    fn an_ending_that_an_earlier_version_wrote_is_read() {
        let sentence = "The script was ended by signal 9 (SIGKILL).";
        let written = format!(
            r#"{{"outcome":{{"outcome":"failed","message":"{sentence}"}},"status":null,"signal":9,"started_at":null,"ended_at":"2026-11-22T14:03:09Z"}}"#
        );
        let read: Ending = serde_json::from_str(&written).unwrap();
        assert_eq!(read.outcome, Outcome::Failed { cause: FailureCause::Text(sentence.to_owned()) });
    }
}
