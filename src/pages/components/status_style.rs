//! How a status looks: an icon, a word and a tone, never a colour alone.

use askama::Template;

use super::part;
use crate::domain::execution::{FailReason, TaskState};
use crate::domain::status::{ReleaseStatus, TaskStatus};
use crate::messages::{self, Locale};

/// The look of a status. Reasons to fail look different from each other, though each is red.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Look {
    /// Nothing happened yet.
    #[default]
    Idle,
    /// Plain information.
    Info,
    /// Work is under way.
    Running,
    /// A person is waited for.
    Asking,
    /// Held by a person, or about to be.
    Paused,
    /// Done.
    Done,
    /// The work said no.
    Failed,
    /// The work could not be done.
    Errored,
    /// The work was lost sight of.
    Interrupted,
    /// A person said no.
    Rejected,
    /// Time was over.
    Expired,
    /// A person stopped it.
    Stopped,
    /// A newer execution took its place.
    Superseded,
    /// Not to be done.
    Skipped,
    /// Being undone.
    RollingBack,
    /// Undone.
    RolledBack,
    /// Could not be undone.
    RollbackFailed,
}

impl Look {
    /// The name of its colours in the style sheet.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Idle | Self::Info | Self::Paused | Self::Skipped => "idle",
            Self::Running => "run",
            Self::Asking => "wait",
            Self::Done => "ok",
            Self::Failed
            | Self::Errored
            | Self::Interrupted
            | Self::Rejected
            | Self::Expired
            | Self::Stopped
            | Self::Superseded
            | Self::RollbackFailed => "bad",
            Self::RollingBack | Self::RolledBack => "undo",
        }
    }

    /// The name of its icon in the sprite.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Info => "info",
            Self::Running => "run",
            Self::Asking => "gate",
            Self::Paused => "pause",
            Self::Done => "ok",
            Self::Failed => "bad",
            Self::Errored => "alert",
            Self::Interrupted => "lost",
            Self::Rejected => "no",
            Self::Expired => "clock",
            Self::Stopped => "stop",
            Self::Superseded => "redo",
            Self::Skipped => "skip",
            Self::RollingBack | Self::RolledBack | Self::RollbackFailed => "undo",
        }
    }

    /// Whether the icon turns.
    pub fn spins(self) -> bool {
        self == Self::Running
    }
}

impl From<ReleaseStatus> for Look {
    fn from(status: ReleaseStatus) -> Self {
        match status {
            ReleaseStatus::ToRelease => Self::Idle,
            ReleaseStatus::Running | ReleaseStatus::Retrying => Self::Running,
            ReleaseStatus::ToBeApproved => Self::Asking,
            ReleaseStatus::Pausing | ReleaseStatus::Paused => Self::Paused,
            ReleaseStatus::Successful => Self::Done,
            ReleaseStatus::ReleaseFailed => Self::Failed,
            ReleaseStatus::RollingBack => Self::RollingBack,
            ReleaseStatus::RolledBack => Self::RolledBack,
            ReleaseStatus::RollbackFailed => Self::RollbackFailed,
        }
    }
}

impl From<TaskStatus> for Look {
    fn from(status: TaskStatus) -> Self {
        match status {
            TaskStatus::Waiting => Self::Idle,
            TaskStatus::Running => Self::Running,
            TaskStatus::ToBeApproved => Self::Asking,
            TaskStatus::Successful => Self::Done,
            TaskStatus::Failed => Self::Failed,
            TaskStatus::Skipped => Self::Skipped,
            TaskStatus::Cancelled => Self::Stopped,
            TaskStatus::RollingBack => Self::RollingBack,
            TaskStatus::RolledBack => Self::RolledBack,
            TaskStatus::RollbackFailed => Self::RollbackFailed,
        }
    }
}

impl From<FailReason> for Look {
    fn from(reason: FailReason) -> Self {
        match reason {
            FailReason::Failed => Self::Failed,
            FailReason::TimedOut | FailReason::Expired => Self::Expired,
            FailReason::Errored => Self::Errored,
            FailReason::Interrupted => Self::Interrupted,
            FailReason::Rejected => Self::Rejected,
            FailReason::Terminated => Self::Stopped,
            FailReason::Superseded => Self::Superseded,
        }
    }
}

/// A status as it is shown: the pill with icon and words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "components/status.html")]
pub struct Status {
    /// Icon and colours.
    pub look: Look,
    /// The words.
    pub words: String,
}

part!(Status);

impl Status {
    /// Any look with any words.
    pub fn new(look: Look, words: impl Into<String>) -> Self {
        Self { look, words: words.into() }
    }

    /// The status of a task, with the reason of a failure: "Failed: timed out".
    pub fn of_task(state: &TaskState) -> Self {
        match state {
            TaskState::Failed { reason, .. } => Self::new(Look::from(*reason), failed_words(*reason)),
            TaskState::Waiting
            | TaskState::Running { .. }
            | TaskState::Delayed { .. }
            | TaskState::ToBeApproved { .. }
            | TaskState::Successful { .. }
            | TaskState::Skipped { .. }
            | TaskState::Cancelled { .. }
            | TaskState::RollingBack { .. }
            | TaskState::RollbackDelayed { .. }
            | TaskState::RolledBack { .. }
            | TaskState::RollbackFailed { .. } => state.status().into(),
        }
    }
}

impl Status {
    /// The status of a release task in a list, with why it failed where it was no task that did: "Release failed:
    /// rejected".
    pub fn of_release(status: ReleaseStatus, why: Option<FailReason>) -> Self {
        match why {
            Some(why) => Self::new(
                why.into(),
                format!(
                    "{}: {}",
                    messages::release_status(status, Locale::default()),
                    messages::fail_reason(why, Locale::default())
                ),
            ),
            None => status.into(),
        }
    }
}

/// A plain failure is "Failed"; the other reasons say which.
fn failed_words(reason: FailReason) -> String {
    match reason {
        FailReason::Failed => "Failed".into(),
        FailReason::TimedOut
        | FailReason::Errored
        | FailReason::Interrupted
        | FailReason::Rejected
        | FailReason::Expired
        | FailReason::Terminated
        | FailReason::Superseded => format!("Failed: {}", messages::fail_reason(reason, Locale::default())),
    }
}

impl From<ReleaseStatus> for Status {
    fn from(status: ReleaseStatus) -> Self {
        Self::new(status.into(), messages::release_status(status, Locale::default()))
    }
}

impl From<TaskStatus> for Status {
    fn from(status: TaskStatus) -> Self {
        Self::new(status.into(), messages::task_status(status, Locale::default()))
    }
}
