//! Why the rules say no, as data; `messages` makes the sentences.

mod operation;

use super::blanking::BlankedPlace;
pub use super::denial::Denial;
use super::environment::ApproverRule;
use super::execution::{Moment, Start, Verdict};
use super::people::Role;
use super::status::{ReleaseStatus, TaskStatus};
use super::tokens::TokenScope;
use super::variables::VariableProblem;
pub use operation::Operation;

/// Why something is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// They are not in the right role: 403.
    NotPermitted {
        /// What they asked.
        operation: Operation,
        /// Any of these would do.
        needs: Vec<Role>,
    },
    /// They are not in the role in which release tasks of a team are made: 403.
    CreateNotPermitted {
        /// Any of these would do.
        needs: Vec<Role>,
    },
    /// The token that they use is not for that, whatever its owner may do: 403.
    OutOfScope {
        /// What they asked; none for making a release task.
        operation: Option<Operation>,
        /// The scope that it needs.
        needs: TokenScope,
    },
    /// They named somebody as the cause who has no account: 422.
    NoSuchCause {
        /// The name.
        name: String,
    },
    /// There is no such receiver any more: 409.
    ChannelRemoved {
        /// Its name.
        channel: String,
    },
    /// The status does not allow it: 409.
    NotNow {
        /// What they asked.
        operation: Operation,
        /// The status of the release task.
        status: ReleaseStatus,
    },
    /// It is being terminated already: 409.
    BeingTerminated {
        /// What they asked.
        operation: Operation,
    },
    /// While Paused or Pausing nothing is decided: 409.
    OnHold {
        /// Pausing or Paused.
        status: ReleaseStatus,
    },
    /// The checkpoint does not wait: 409.
    CheckpointClosed {
        /// Its name.
        task: String,
        /// Its status.
        status: TaskStatus,
        /// Who decided it last, what, and when.
        by: Option<(String, Verdict, Moment)>,
    },
    /// They have decided it already: 409.
    DecidedAlready {
        /// Its name.
        task: String,
        /// What they said.
        verdict: Verdict,
        /// When.
        at: Moment,
    },
    /// The checkpoint does not ask them: 403.
    NotAnApprover {
        /// Its name.
        task: String,
        /// Why not.
        why: Unasked,
    },
    /// Four eyes: who started the release, or counts as a starter, may not approve it: 403.
    OwnRelease {
        /// Its name.
        task: String,
        /// What makes them a starter.
        how: Start,
    },
    /// A comment is needed: 422.
    CommentNeeded {
        /// For what.
        to: CommentFor,
    },
    /// A comment is too long: 422.
    CommentTooLong {
        /// The most.
        most: usize,
    },
    /// No task was chosen: 422.
    NothingChosen,
    /// There is no such task: 422.
    NoSuchTask {
        /// The name given.
        task: String,
    },
    /// A gate may not be left out while something behind it is chosen: 422.
    GateLeftOut {
        /// Names of the Manual Approvals.
        gates: Vec<String>,
    },
    /// An environment needs an approval that does not end before the first task there: 409.
    NotApproved {
        /// Name of the task.
        task: String,
        /// Name of the environment.
        environment: String,
        /// The rules of that.
        rule: ApproverRule,
    },
    /// Variables are not given as they must be: 422.
    Variables {
        /// All that is wrong with them.
        problems: Vec<VariableProblem>,
    },
    /// A task that did not fail cannot be skipped, and a checkpoint never: 409.
    NotSkippable {
        /// Its name.
        task: String,
        /// Its status.
        status: TaskStatus,
    },
    /// The checkpoint's deadline has passed: 409.
    DeadlinePassed {
        /// Its name.
        task: String,
        /// When it was over.
        deadline: Moment,
    },
    /// The team may not have scripts run on the server, and the task would: 403.
    ScriptNotSaved {
        /// Name of the task.
        task: String,
        /// Name of the team.
        team: String,
    },
    /// The team may not have scripts run on the server, and the operation would: 403.
    ScriptsNotPermitted {
        /// What they asked.
        operation: Operation,
        /// Name of the team.
        team: String,
    },
    /// What would run needs a value that an administrator blanked: 409.
    Blanked {
        /// What they asked.
        operation: Operation,
        /// Where it stood.
        place: BlankedPlace,
    },
    /// An execution waits for a person, and the new one would take its place, of which nothing was said: 409.
    WouldSupersede {
        /// Its number.
        execution: u32,
    },
    /// A newer execution took the place of the one that is meant: 409.
    Superseded {
        /// The number of that one.
        execution: u32,
        /// The number of the newer one.
        newer: u32,
        /// The name of who executed it.
        by: String,
    },
    /// The release task is deleted: 409.
    Deleted,
    /// It is not, and cannot be restored: 409.
    NotDeleted,
    /// The team has a release task whose name differs from this one in upper and lower case only: 409.
    NameAlike {
        /// The name of the other.
        other: String,
    },
    /// The team has a release task of that name in another region than the one that was asked for: 409.
    InOtherRegion {
        /// Its name, which is unique in its team over all regions.
        name: String,
        /// The name of the region that it is in.
        region: String,
    },
    /// It was deleted too long ago to be restored: 409.
    RestoreOver {
        /// Until when it could be.
        until: Moment,
    },
    /// The disk of the server has less free space than it is to have, so that nothing new is started: 409.
    DiskFull {
        /// What they asked.
        operation: Operation,
        /// Bytes that are free.
        free: u64,
        /// Bytes that are to be free.
        least: u64,
    },
    /// The page that it was asked from shows something that is no longer so: 409.
    OldPage {
        /// What changed since.
        change: Change,
    },
    /// An event of the past: the attempt is not under way (any more). Dropped, never shown.
    StaleAttempt,
}

/// Why a checkpoint does not ask somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unasked {
    /// It names neither them nor a role of theirs.
    NotNamed,
    /// It names them, and they are a member of the team without the role approver, in which alone it asks by name.
    NamedOnly,
    /// It names them, and they are no member of the team.
    NamedNoMember,
    /// It asks operators and approvers of the team, and they are neither.
    NeitherRole,
}

impl Refusal {
    /// Which right is missing, if it is a right that is missing: everybody else's answer would be another.
    pub fn denial(&self) -> Option<Denial> {
        match self {
            Self::NotPermitted { .. } | Self::CreateNotPermitted { .. } => Some(Denial::NotPermitted),
            Self::NotAnApprover { .. } => Some(Denial::NotAnApprover),
            Self::OwnRelease { .. } => Some(Denial::OwnRelease),
            Self::OutOfScope { .. } => Some(Denial::OutOfScope),
            Self::ScriptNotSaved { .. } | Self::ScriptsNotPermitted { .. } => Some(Denial::ScriptsNotPermitted),
            Self::NotNow { .. }
            | Self::BeingTerminated { .. }
            | Self::OnHold { .. }
            | Self::CheckpointClosed { .. }
            | Self::DecidedAlready { .. }
            | Self::CommentNeeded { .. }
            | Self::CommentTooLong { .. }
            | Self::NothingChosen
            | Self::NoSuchTask { .. }
            | Self::GateLeftOut { .. }
            | Self::NotApproved { .. }
            | Self::Variables { .. }
            | Self::NoSuchCause { .. }
            | Self::ChannelRemoved { .. }
            | Self::NotSkippable { .. }
            | Self::DeadlinePassed { .. }
            | Self::Blanked { .. }
            | Self::WouldSupersede { .. }
            | Self::Superseded { .. }
            | Self::Deleted
            | Self::NotDeleted
            | Self::NameAlike { .. }
            | Self::InOtherRegion { .. }
            | Self::RestoreOver { .. }
            | Self::DiskFull { .. }
            | Self::OldPage { .. }
            | Self::StaleAttempt => None,
        }
    }

    /// Whether a decision came too late: whatever is said now, it is not asked any more.
    pub fn leaves_nothing_to_decide(&self) -> bool {
        match self {
            Self::BeingTerminated { .. }
            | Self::CheckpointClosed { .. }
            | Self::DecidedAlready { .. }
            | Self::DeadlinePassed { .. }
            | Self::Superseded { .. }
            | Self::Deleted => true,
            Self::NotPermitted { .. }
            | Self::CreateNotPermitted { .. }
            | Self::OutOfScope { .. }
            | Self::NoSuchCause { .. }
            | Self::ChannelRemoved { .. }
            | Self::NotNow { .. }
            | Self::OnHold { .. }
            | Self::NotAnApprover { .. }
            | Self::OwnRelease { .. }
            | Self::CommentNeeded { .. }
            | Self::CommentTooLong { .. }
            | Self::NothingChosen
            | Self::NoSuchTask { .. }
            | Self::GateLeftOut { .. }
            | Self::NotApproved { .. }
            | Self::Variables { .. }
            | Self::NotSkippable { .. }
            | Self::ScriptNotSaved { .. }
            | Self::ScriptsNotPermitted { .. }
            | Self::NameAlike { .. }
            | Self::InOtherRegion { .. }
            | Self::Blanked { .. }
            | Self::WouldSupersede { .. }
            | Self::NotDeleted
            | Self::RestoreOver { .. }
            | Self::DiskFull { .. }
            | Self::OldPage { .. }
            | Self::StaleAttempt => false,
        }
    }
}

/// What a comment is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommentFor {
    /// Rejecting.
    Reject,
    /// Skipping a failed task.
    Skip,
    /// Deciding as an administrator who is no approver.
    Override,
}

/// What changed since a page was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It was executed again.
    Executed {
        /// The execution that the page shows; 0 for none.
        seen: u32,
        /// The last one.
        last: u32,
    },
    /// It was saved again.
    Edited {
        /// The version that the page shows.
        seen: u32,
        /// The newest one.
        newest: u32,
    },
    /// The checkpoint asked again.
    AskedAgain {
        /// Its name.
        task: String,
    },
}
