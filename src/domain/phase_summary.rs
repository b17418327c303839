//! How each phase of an execution stands in the lists, and from that why a release failed.

use serde::{Deserialize, Serialize};

use super::execution::{Execution, FailReason};
use super::status::{ReleaseStatus, TaskStatus};

/// A phase in the lists: its status, or how the release ended at a checkpoint of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PhaseSummary {
    /// Its status.
    Status(TaskStatus),
    /// The release ended at a checkpoint of it.
    Gate(GateEnd),
}

/// How a release ends at a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GateEnd {
    /// A person said no.
    Rejected,
    /// Its deadline passed.
    Expired,
    /// It waited, and a newer execution took the place of this one.
    Superseded,
}

impl PhaseSummary {
    /// Its status.
    pub fn status(self) -> TaskStatus {
        match self {
            Self::Status(status) => status,
            Self::Gate(GateEnd::Rejected | GateEnd::Expired) => TaskStatus::Failed,
            Self::Gate(GateEnd::Superseded) => TaskStatus::Cancelled,
        }
    }
}

impl Execution {
    /// How each phase stands, in order.
    pub fn segments(&self) -> Vec<PhaseSummary> {
        (0..self.definition.phases.len()).map(|phase| self.segment(phase)).collect()
    }

    fn segment(&self, phase: usize) -> PhaseSummary {
        let status = self.phase_status(phase);
        let failed_by = |reason| {
            let mut of_phase = self.tasks.iter().filter(|task| task.place.phase == phase);
            of_phase.any(|task| task.state.failure().is_some_and(|(why, _)| why == reason))
        };
        if status == TaskStatus::Failed && failed_by(FailReason::Rejected) {
            PhaseSummary::Gate(GateEnd::Rejected)
        } else if status == TaskStatus::Failed && failed_by(FailReason::Expired) {
            PhaseSummary::Gate(GateEnd::Expired)
        } else if status == TaskStatus::Cancelled && self.is_superseded_in(phase) {
            PhaseSummary::Gate(GateEnd::Superseded)
        } else {
            PhaseSummary::Status(status)
        }
    }

    fn is_superseded_in(&self, phase: usize) -> bool {
        self.tasks.iter().any(|task| task.place.phase == phase && task.superseded().is_some())
    }
}

/// Why a release failed, where it was no task that did: a newer execution took its place, a person said no, nobody said
/// anything, a person ended it.
pub fn why_failed(status: ReleaseStatus, segments: &[PhaseSummary]) -> Option<FailReason> {
    if status != ReleaseStatus::ReleaseFailed {
        return None;
    }
    if segments.contains(&PhaseSummary::Gate(GateEnd::Superseded)) {
        Some(FailReason::Superseded)
    } else if segments.contains(&PhaseSummary::Gate(GateEnd::Rejected)) {
        Some(FailReason::Rejected)
    } else if segments.contains(&PhaseSummary::Gate(GateEnd::Expired)) {
        Some(FailReason::Expired)
    } else if segments.iter().all(|segment| segment.status() != TaskStatus::Failed) {
        Some(FailReason::Terminated)
    } else {
        None
    }
}
