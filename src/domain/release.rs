//! The region release task: what it is apart from its executions.

use std::sync::Arc;

use super::definition::Definition;
use super::execution::{Execution, Moment};
use super::ids::{RegionId, ReleaseId, TeamId};
use super::people::Actor;
use super::scripts::ScriptPermission;
use super::status::ReleaseStatus;

/// The team that owns a release task, and the region that it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReleaseOwner {
    /// Key of the team.
    pub team: TeamId,
    /// Key of the region.
    pub region: RegionId,
}

/// A version of a release task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedVersion {
    /// 1 and up.
    pub number: u32,
    /// What is in it.
    pub definition: Arc<Definition>,
    /// Who saved it.
    pub saved_by: Actor,
}

/// A region release task with its last execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Key.
    pub id: ReleaseId,
    /// The region that it releases to.
    pub region_id: RegionId,
    /// The team that owns it.
    pub team_id: TeamId,
    /// Whether that team may have scripts run on the server.
    pub scripts: ScriptPermission,
    /// Unique in its team.
    pub name: String,
    /// At most 128 characters.
    pub description: String,
    /// Who made it.
    pub created_by: Actor,
    /// When.
    pub created_at: Moment,
    /// The newest version.
    pub version: u32,
    /// Who saved the newest version; Tollgate itself if it was imported on the command line.
    pub edited_by: Actor,
    /// The definition of the newest version.
    pub definition: Arc<Definition>,
    /// The execution that was started last.
    pub last: Option<Execution>,
    /// When it was deleted.
    pub deleted_at: Option<Moment>,
    /// Counts saves of the release task itself.
    pub rev: u64,
}

impl Release {
    /// The status on the screen: that of the last execution.
    pub fn status(&self) -> ReleaseStatus {
        self.last.as_ref().map_or(ReleaseStatus::ToRelease, Execution::status)
    }

    /// The newest version.
    pub fn newest(&self) -> SavedVersion {
        let (number, definition) = (self.version, Arc::clone(&self.definition));
        SavedVersion { number, definition, saved_by: self.edited_by.clone() }
    }

    /// The number of the last execution; 0 before the first.
    pub fn last_number(&self) -> u32 {
        self.last.as_ref().map_or(0, |last| last.number)
    }

    /// Whether it was saved after it was last executed.
    pub fn edited_since(&self) -> bool {
        self.last.as_ref().is_some_and(|last| last.version != self.version)
    }
}
