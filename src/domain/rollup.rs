//! Children's states → parent's state. Group, phase and execution statuses are never stored as truth.

use super::execution::{Direction, Execution, FailReason, Intent, TaskRun, TaskState};
use super::schedule;
use super::status::{ReleaseStatus, TaskStatus};

impl Execution {
    /// The status that the release task shows for this execution.
    pub fn status(&self) -> ReleaseStatus {
        match (self.direction, self.ended_at) {
            (Direction::Back, None) => ReleaseStatus::RollingBack,
            (Direction::Back, Some(_)) => {
                if (0..self.tasks.len()).any(|index| self.needs_undo(index)) {
                    ReleaseStatus::RollbackFailed
                } else {
                    ReleaseStatus::RolledBack
                }
            }
            (Direction::Forward, Some(_)) => {
                if self.tasks.iter().all(|task| is_fulfilled(&task.state)) {
                    ReleaseStatus::Successful
                } else {
                    ReleaseStatus::ReleaseFailed
                }
            }
            (Direction::Forward, None) => self.active_status(),
        }
    }

    fn active_status(&self) -> ReleaseStatus {
        match self.intent {
            Intent::Retry => ReleaseStatus::Retrying,
            Intent::Pause { .. } if self.anything_in_flight() => ReleaseStatus::Pausing,
            Intent::Pause { .. } => ReleaseStatus::Paused,
            Intent::Terminate => ReleaseStatus::Running,
            Intent::Run => {
                let busy = self.tasks.iter().any(|task| task.state.status() == TaskStatus::Running);
                let open = self.tasks.iter().any(|task| task.state.status() == TaskStatus::ToBeApproved);
                if open && !busy && schedule::ready(self).is_empty() {
                    ReleaseStatus::ToBeApproved
                } else {
                    ReleaseStatus::Running
                }
            }
        }
    }

    /// The status of a phase, for its number and for the segments of the list.
    pub fn phase_status(&self, phase: usize) -> TaskStatus {
        let tasks = self.tasks.iter().filter(|task| task.place.phase == phase);
        let status = roll_up(tasks.map(|task| task.state.status()));
        // Done in part and over: nothing of it runs any more.
        let over = status == TaskStatus::Running && self.ended_at.is_some();
        if over { TaskStatus::Cancelled } else { status }
    }

    /// Names of the tasks that failed, with why: the reason of a failed release.
    pub fn failures(&self) -> Vec<(&str, FailReason)> {
        let failed = |task: &'_ TaskRun| task.state.failure().map(|(reason, _)| reason);
        self.tasks.iter().filter_map(|task| Some((task.name.as_str(), failed(task)?))).collect()
    }

    /// Whether it ended, or is ending, because a person terminated it.
    pub fn was_terminated(&self) -> bool {
        self.intent == Intent::Terminate
    }
}

/// Whether nothing more is wanted of a task in this state.
pub(super) fn is_fulfilled(state: &TaskState) -> bool {
    matches!(state, TaskState::Successful { .. } | TaskState::Skipped { .. })
}

/// The status of a group of tasks: the most urgent of what is under way, else what went wrong, else how far it is.
pub fn roll_up(statuses: impl Iterator<Item = TaskStatus>) -> TaskStatus {
    let all: Vec<TaskStatus> = statuses.collect();
    let has = |status| all.contains(&status);
    let urgent = [
        TaskStatus::RollingBack,
        TaskStatus::Running,
        TaskStatus::ToBeApproved,
        TaskStatus::RollbackFailed,
        TaskStatus::Failed,
        TaskStatus::Cancelled,
    ];
    if let Some(status) = urgent.into_iter().find(|status| has(*status)) {
        return status;
    }
    if has(TaskStatus::RolledBack) {
        TaskStatus::RolledBack
    } else if all.iter().all(|status| *status == TaskStatus::Skipped) {
        TaskStatus::Skipped
    } else if all.iter().all(|status| matches!(status, TaskStatus::Successful | TaskStatus::Skipped)) {
        TaskStatus::Successful
    } else if has(TaskStatus::Successful) {
        TaskStatus::Running
    } else {
        TaskStatus::Waiting
    }
}
