//! Statuses: the words on the screen and their codes. All are derived, none is assigned.

use serde::{Deserialize, Serialize};

/// The status of a release task, which is that of its last execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseStatus {
    /// Never executed.
    ToRelease,
    /// At least one task runs or can run.
    Running,
    /// Nothing runs and at least one checkpoint waits.
    ToBeApproved,
    /// Pause asked for; tasks in flight end, none is started.
    Pausing,
    /// Nothing runs until somebody continues it.
    Paused,
    /// Retry accepted, not yet running.
    Retrying,
    /// Every selected task is Successful.
    Successful,
    /// A task failed, a checkpoint was rejected, or it was terminated.
    ReleaseFailed,
    /// What was done is being undone.
    RollingBack,
    /// What was done is undone.
    RolledBack,
    /// Something could not be undone.
    RollbackFailed,
}

impl ReleaseStatus {
    /// Every status.
    pub const ALL: [ReleaseStatus; 11] = [
        Self::ToRelease,
        Self::Running,
        Self::ToBeApproved,
        Self::Pausing,
        Self::Paused,
        Self::Retrying,
        Self::Successful,
        Self::ReleaseFailed,
        Self::RollingBack,
        Self::RolledBack,
        Self::RollbackFailed,
    ];

    /// The code of the API.
    pub fn code(self) -> u8 {
        match self {
            Self::ToRelease => 1,
            Self::Successful => 2,
            Self::ReleaseFailed => 3,
            Self::Running => 4,
            Self::ToBeApproved => 5,
            Self::Paused => 7,
            Self::RollingBack => 10,
            Self::RolledBack => 11,
            Self::RollbackFailed => 12,
            Self::Pausing => 13,
            Self::Retrying => 14,
        }
    }

    /// The status of that code.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// The word in addresses, whatever the language of the screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::ToRelease => "to-release",
            Self::Running => "running",
            Self::ToBeApproved => "to-be-approved",
            Self::Pausing => "pausing",
            Self::Paused => "paused",
            Self::Retrying => "retrying",
            Self::Successful => "successful",
            Self::ReleaseFailed => "release-failed",
            Self::RollingBack => "rolling-back",
            Self::RolledBack => "rolled-back",
            Self::RollbackFailed => "rollback-failed",
        }
    }

    /// Whether an execution is under way.
    pub fn is_active(self) -> bool {
        match self {
            Self::Running | Self::ToBeApproved | Self::Pausing | Self::Paused | Self::Retrying | Self::RollingBack => {
                true
            }
            Self::ToRelease | Self::Successful | Self::ReleaseFailed | Self::RolledBack | Self::RollbackFailed => false,
        }
    }
}

/// The status of a task in an execution, and of a phase or group rolled up from its tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskStatus {
    /// Not started.
    Waiting,
    /// Being done.
    Running,
    /// Waits for a person.
    ToBeApproved,
    /// Done.
    Successful,
    /// Not done; the reason is kept beside it.
    Failed,
    /// Not selected, or skipped by a person.
    Skipped,
    /// Stopped by a person, or closed because the release ended.
    Cancelled,
    /// Being undone.
    RollingBack,
    /// Undone.
    RolledBack,
    /// Could not be undone.
    RollbackFailed,
}

impl TaskStatus {
    /// The code of the API.
    pub fn code(self) -> u8 {
        match self {
            Self::Waiting => 1,
            Self::Successful => 2,
            Self::Failed | Self::Cancelled => 3,
            Self::Running => 4,
            Self::ToBeApproved => 5,
            Self::Skipped => 9,
            Self::RollingBack => 10,
            Self::RolledBack => 11,
            Self::RollbackFailed => 12,
        }
    }
}
