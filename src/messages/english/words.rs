//! Words for states and operations, as they stand on the screen and in sentences.

use crate::domain::execution::{FailReason, Verdict};
use crate::domain::kinds::{
    BuildSpec, CommandSpec, CreateApplication, CreateComponent, ManualApproval, ManualTrigger, UpdateComponent,
    VerifySpec, Wait,
};
use crate::domain::refusal::Operation;
use crate::domain::status::{ReleaseStatus, TaskStatus};

/// The status of a release task.
pub fn release_status(status: ReleaseStatus) -> &'static str {
    match status {
        ReleaseStatus::ToRelease => "To release",
        ReleaseStatus::Running => "Running",
        ReleaseStatus::ToBeApproved => "To be approved",
        ReleaseStatus::Pausing => "Pausing",
        ReleaseStatus::Paused => "Paused",
        ReleaseStatus::Retrying => "Retrying",
        ReleaseStatus::Successful => "Successful",
        ReleaseStatus::ReleaseFailed => "Release failed",
        ReleaseStatus::RollingBack => "Rolling back",
        ReleaseStatus::RolledBack => "Rolled back",
        ReleaseStatus::RollbackFailed => "Rollback failed",
    }
}

/// The status of a task, a group or a phase.
pub fn task_status(status: TaskStatus) -> &'static str {
    match status {
        TaskStatus::Waiting => "Waiting",
        TaskStatus::Running => "Running",
        TaskStatus::ToBeApproved => "To be approved",
        TaskStatus::Successful => "Successful",
        TaskStatus::Failed => "Failed",
        TaskStatus::Skipped => "Skipped",
        TaskStatus::Cancelled => "Cancelled",
        TaskStatus::RollingBack => "Rolling back",
        TaskStatus::RolledBack => "Rolled back",
        TaskStatus::RollbackFailed => "Rollback failed",
    }
}

/// Why a task failed.
pub fn fail_reason(reason: FailReason) -> &'static str {
    match reason {
        FailReason::Failed => "failed",
        FailReason::TimedOut => "timed out",
        FailReason::Errored => "errored",
        FailReason::Interrupted => "interrupted",
        FailReason::Rejected => "rejected",
        FailReason::Expired => "expired",
        FailReason::Terminated => "terminated",
        FailReason::Superseded => "superseded",
    }
}

/// The kind of task that has that written word; a test holds that each has a line here.
pub fn kind(word: &'static str) -> &'static str {
    match word {
        BuildSpec::WORD => "Build",
        CommandSpec::WORD => "Command",
        Wait::WORD => "Wait",
        ManualApproval::WORD => "Manual Approval",
        ManualTrigger::WORD => "Manual Trigger",
        VerifySpec::WORD => "Verify",
        CreateApplication::WORD => "Create Application",
        CreateComponent::WORD => "Create Component",
        UpdateComponent::WORD => "Update Component",
        unknown => unknown,
    }
}

/// An operation, as on its button.
pub fn operation(operation: Operation) -> &'static str {
    match operation {
        Operation::Edit => "Edit",
        Operation::Execute => "Execute",
        Operation::Decide => "Approve",
        Operation::Pause => "Pause",
        Operation::Continue => "Continue",
        Operation::Terminate => "Terminate",
        Operation::Retry => "Retry",
        Operation::Skip => "Skip",
        Operation::RollBack => "Roll Back",
        Operation::Clone => "Clone",
        Operation::Delete => "Delete",
    }
}

/// A verdict, as something that was done.
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Agree => "agreed",
        Verdict::Reject => "rejected",
    }
}
