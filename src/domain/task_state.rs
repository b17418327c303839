//! The state of one task, with what is only then true, and the questions that the rules ask of it.

use serde::{Deserialize, Serialize};

use super::execution::{AttemptKind, Moment};
use super::failure_cause::FailureCause;
use super::people::Actor;
use super::status::TaskStatus;

/// The state of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum TaskState {
    /// Not started.
    Waiting,
    /// An attempt is under way.
    Running {
        /// Number of the attempt.
        attempt: u32,
        /// When it was started.
        since: Moment,
        /// For a task that only lets time pass: when it is over.
        until: Option<Moment>,
    },
    /// An attempt failed and the next one is due later.
    Delayed {
        /// When.
        until: Moment,
    },
    /// The checkpoint is open.
    ToBeApproved {
        /// Since when.
        since: Moment,
        /// When it is over, if ever.
        deadline: Option<Moment>,
        /// Name of the environment that was changed since it was approved, if it is asked again for that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        again: Option<String>,
    },
    /// Done.
    Successful {
        /// When.
        at: Moment,
    },
    /// Not done.
    Failed {
        /// Why.
        reason: FailReason,
        /// Why, in particular.
        #[serde(rename = "message")]
        cause: FailureCause,
        /// When.
        at: Moment,
    },
    /// Not to be done.
    Skipped {
        /// Why.
        why: SkipReason,
    },
    /// Stopped.
    Cancelled {
        /// Why.
        why: CancelReason,
        /// When.
        at: Moment,
    },
    /// An attempt at undoing it is under way.
    RollingBack {
        /// Number of the attempt.
        attempt: u32,
        /// When it was started.
        since: Moment,
    },
    /// An attempt at undoing it failed and the next one is due later.
    RollbackDelayed {
        /// When.
        until: Moment,
    },
    /// Undone.
    RolledBack {
        /// When.
        at: Moment,
    },
    /// Not undone.
    RollbackFailed {
        /// Why.
        reason: FailReason,
        /// Why, in particular.
        #[serde(rename = "message")]
        cause: FailureCause,
        /// When.
        at: Moment,
    },
}

/// Why a task failed: different words, though each makes the release fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailReason {
    /// The work said no.
    Failed,
    /// The work took longer than its timeout.
    TimedOut,
    /// The work could not be done.
    Errored,
    /// The work was lost sight of.
    Interrupted,
    /// An approver rejected it.
    Rejected,
    /// Its deadline passed.
    Expired,
    /// A person stopped it while it was being undone.
    Terminated,
    /// A newer execution took its place. Said of a release, never of a task.
    Superseded,
}

/// Why a task is skipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum SkipReason {
    /// It was not chosen when the release was executed.
    NotSelected,
    /// A person skipped it after it had failed.
    ByPerson {
        /// Who.
        by: Actor,
        /// Why.
        comment: String,
    },
}

/// Why a task was cancelled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    /// The release was terminated.
    Terminated,
    /// The release ended for another reason while this checkpoint was open.
    ReleaseEnded,
    /// It waited for a person, and a newer execution took the place of this one.
    Superseded(Supersession),
}

/// The execution that took the place of one that waited for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supersession {
    /// Who executed it.
    pub by: Actor,
    /// Its number.
    pub execution: u32,
}

/// What a task that waits for a time does then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueNext {
    /// Its next attempt starts.
    Attempt,
    /// Its wait is over.
    End,
}

impl TaskState {
    /// Until when it waits for nothing but time, and what comes then.
    pub fn due(&self) -> Option<(DueNext, Moment)> {
        match self {
            Self::Delayed { until } | Self::RollbackDelayed { until } => Some((DueNext::Attempt, *until)),
            Self::Running { until: Some(until), .. } => Some((DueNext::End, *until)),
            Self::Running { until: None, .. }
            | Self::RollingBack { .. }
            | Self::Waiting
            | Self::ToBeApproved { .. }
            | Self::Successful { .. }
            | Self::Failed { .. }
            | Self::Skipped { .. }
            | Self::Cancelled { .. }
            | Self::RolledBack { .. }
            | Self::RollbackFailed { .. } => None,
        }
    }

    /// The status on the screen.
    pub fn status(&self) -> TaskStatus {
        match self {
            Self::Waiting => TaskStatus::Waiting,
            Self::Running { .. } | Self::Delayed { .. } => TaskStatus::Running,
            Self::ToBeApproved { .. } => TaskStatus::ToBeApproved,
            Self::Successful { .. } => TaskStatus::Successful,
            Self::Failed { .. } => TaskStatus::Failed,
            Self::Skipped { .. } => TaskStatus::Skipped,
            Self::Cancelled { .. } => TaskStatus::Cancelled,
            Self::RollingBack { .. } | Self::RollbackDelayed { .. } => TaskStatus::RollingBack,
            Self::RolledBack { .. } => TaskStatus::RolledBack,
            Self::RollbackFailed { .. } => TaskStatus::RollbackFailed,
        }
    }

    /// The deadline of an open checkpoint, if it has one; nothing for any other state.
    pub fn asking(&self) -> Option<Option<Moment>> {
        if let Self::ToBeApproved { deadline, .. } = self { Some(*deadline) } else { None }
    }

    /// When a task that only lets time pass is over.
    pub fn timer(&self) -> Option<Moment> {
        if let Self::Running { until, .. } = self { *until } else { None }
    }

    /// When the next attempt is due, doing or undoing.
    pub fn delayed_until(&self) -> Option<Moment> {
        if let Self::Delayed { until } | Self::RollbackDelayed { until } = self { Some(*until) } else { None }
    }

    /// Why it was not done, or not undone.
    pub fn failure(&self) -> Option<(FailReason, &FailureCause)> {
        if let Self::Failed { reason, cause, .. } | Self::RollbackFailed { reason, cause, .. } = self {
            Some((*reason, cause))
        } else {
            None
        }
    }

    /// The attempt under way, if one is.
    pub fn in_flight(&self) -> Option<(u32, AttemptKind)> {
        match self {
            Self::Running { attempt, .. } => Some((*attempt, AttemptKind::Do)),
            Self::RollingBack { attempt, .. } => Some((*attempt, AttemptKind::Undo)),
            Self::Waiting
            | Self::Delayed { .. }
            | Self::ToBeApproved { .. }
            | Self::Successful { .. }
            | Self::Failed { .. }
            | Self::Skipped { .. }
            | Self::Cancelled { .. }
            | Self::RollbackDelayed { .. }
            | Self::RolledBack { .. }
            | Self::RollbackFailed { .. } => None,
        }
    }
}
