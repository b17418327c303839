//! Progress of a run on a host: what any replica must know to go on with it.

use serde::{Deserialize, Serialize};

use crate::domain::execution::Moment;

/// How far a run is, as recorded. Another version of Tollgate may read it after an upgrade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct HostProgress {
    /// When the host was told to start the script. It may not have heard it.
    pub(super) asked: Moment,
    /// Which start of the host that was.
    pub(super) boot: String,
    /// From where on its log is not recorded yet.
    #[serde(default)]
    pub(super) from: u64,
}

impl HostProgress {
    /// What was recorded; nothing where the host was not told to start anything.
    pub(super) fn read(recorded: Option<&str>) -> Option<Self> {
        serde_json::from_str(recorded?).ok()
    }

    /// To be recorded.
    pub(super) fn written(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }
}

/// How far a run is, as the host says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RunState {
    /// There is no folder of it.
    Gone,
    /// All is there, and nothing was started.
    Fresh,
    /// It is being started.
    Begun,
    /// The script runs.
    Running,
    /// It ended.
    Ended(RunEnd),
    /// What watched it was ended.
    Lost,
}

/// How a script on a host ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RunEnd {
    /// By itself, with that status.
    Exited(i32),
    /// Its time was over; so many processes are left of it.
    TimedOut(u32),
    /// It was stopped; so many processes are left of it.
    Stopped(u32),
}

impl RunState {
    /// From the words of the host; nothing if they are none of these.
    pub(super) fn read(said: &str) -> Option<Self> {
        let words: Vec<&str> = said.split_whitespace().collect();
        Some(match words[..] {
            ["gone"] => Self::Gone,
            ["fresh"] => Self::Fresh,
            ["begun"] => Self::Begun,
            ["running"] => Self::Running,
            ["lost"] => Self::Lost,
            ["ended", "exited", status] => Self::Ended(RunEnd::Exited(status.parse().ok()?)),
            ["ended", "timeout", left] => Self::Ended(RunEnd::TimedOut(left.parse().ok()?)),
            ["ended", "stopped", left] => Self::Ended(RunEnd::Stopped(left.parse().ok()?)),
            _ => return None,
        })
    }
}
