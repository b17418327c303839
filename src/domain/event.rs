//! Events: what happened, as data. They are all that changes an execution, and what the activity and the audit show.

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use super::account_event::AccountEvent;
use super::blanking::BlankedCounts;
use super::component_wait::Holder;
use super::execution::{AttemptKind, CancelReason, Decision, Moment, SkipReason, Start, Supersession};
use super::outcome::Outcome;
use super::people::Actor;
use super::placement::Placement;
use super::status::ReleaseStatus;
pub use super::team_object::{ObjectChange, TeamObject};
use super::variables::VariableValues;

/// Something that happened to an execution. `task` is the index in `Execution::tasks`, `name` the task's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// It was started.
    Executed {
        /// Number of the execution.
        number: u32,
        /// Version that it runs.
        version: u32,
        /// How many tasks were not chosen.
        skipped: usize,
        /// The values of its variables; what is not in it is not set.
        #[serde(default, skip_serializing_if = "VariableValues::is_empty")]
        variables: VariableValues,
        /// Who saved that version, if it was somebody else than who started it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        edited_by: Option<Actor>,
        /// The execution that waited for a person, and whose place it took.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        supersedes: Option<u32>,
    },
    /// An attempt was claimed; from here on it counts as started.
    AttemptStarted {
        /// Which task.
        task: usize,
        /// Its name.
        name: String,
        /// Number of the attempt.
        attempt: u32,
        /// Doing or undoing.
        kind: AttemptKind,
        /// For a wait: when it is over.
        until: Option<Moment>,
        /// Where its work lives; nothing for what no work is done for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        placement: Option<Placement>,
    },
    /// As many scripts as may run on the server: the task waits for a place. It does so until its next attempt starts, or
    /// until it may not start for another reason.
    PlaceAsked {
        /// Which task.
        task: usize,
        /// Its name.
        name: String,
        /// How many scripts run on the server.
        running: u32,
    },
    /// Another execution works on the component that the task changes, or in its environment: it waits until that one is over or
    /// lets it go, or until it may not start for another reason.
    ComponentAwaited {
        /// Which task.
        task: usize,
        /// Its name.
        name: String,
        /// Who works on it.
        holder: Holder,
    },
    /// An attempt ended, and what follows for its task.
    AttemptEnded {
        /// Which task.
        task: usize,
        /// Its name.
        name: String,
        /// Number of the attempt.
        attempt: u32,
        /// Whether it did the task or undid it. Events of earlier versions do not say so.
        #[serde(default)]
        kind: AttemptKind,
        /// How.
        outcome: Outcome,
        /// When the retry policy tries again, if it does.
        again_at: Option<Moment>,
    },
    /// A checkpoint asks for a decision.
    CheckpointOpened {
        /// Which task.
        task: usize,
        /// Its name.
        name: String,
        /// When it is over, if ever.
        deadline: Option<Moment>,
        /// Name of the environment that was changed since it was approved, if it is asked again for that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        again: Option<String>,
    },
    /// A person decided.
    Decided {
        /// Which task.
        task: usize,
        /// Its name.
        name: String,
        /// What they said.
        decision: Decision,
        /// What it made of the checkpoint.
        gate: GateOutcome,
    },
    /// A checkpoint's deadline passed.
    CheckpointExpired {
        /// Which task.
        task: usize,
        /// Its name.
        name: String,
    },
    /// A task that was not under way was cancelled.
    TaskCancelled {
        /// Which task.
        task: usize,
        /// Its name.
        name: String,
        /// Why.
        why: CancelReason,
    },
    /// It waited for a person, and a newer execution took its place.
    Superseded(Supersession),
    /// A person asked to pause.
    PauseAsked,
    /// A person continued it.
    Continued,
    /// A person terminated it.
    TerminateAsked,
    /// A person asked to retry.
    RetryAsked {
        /// Who. An event of an earlier version does not say it itself: the record beside it does.
        #[serde(default)]
        by: Option<Actor>,
    },
    /// A person skipped a failed task.
    TaskSkipped {
        /// Which task.
        task: usize,
        /// Its name.
        name: String,
        /// Who and why.
        why: SkipReason,
    },
    /// A person asked to roll back.
    RollBackAsked,
    /// It failed, and its version says that it is rolled back then.
    PolicyRollBack {
        /// The version.
        version: u32,
        /// Name of the phase from which on a failure rolls back.
        from: String,
        /// Names of the tasks that failed; none where a person terminated it.
        failed: Vec<String>,
    },
    /// Others count as starters of it as well: of what a service did, since it is no second person.
    AlsoStartedBy {
        /// Who.
        who: Vec<Actor>,
        /// Why they count.
        how: Start,
    },
    /// The retried execution started something.
    Resumed,
    /// It is over.
    Ended {
        /// How.
        status: ReleaseStatus,
    },
}

impl Event {
    /// The event with who caused it, as is recorded beside it: where it lacks that, an earlier version wrote it.
    #[must_use]
    pub fn caused_by(self, actor: &Actor) -> Self {
        if self == (Self::RetryAsked { by: None }) { Self::RetryAsked { by: Some(actor.clone()) } } else { self }
    }

    /// Who caused it, where that is no person and not Tollgate of its own accord.
    pub fn own_actor(&self) -> Option<Actor> {
        matches!(self, Self::PolicyRollBack { .. }).then_some(Actor::Policy)
    }

    /// The task that it happened to, by its index in the execution and by its name.
    pub fn task(&self) -> Option<(usize, &str)> {
        match self {
            Self::AttemptStarted { task, name, .. }
            | Self::PlaceAsked { task, name, .. }
            | Self::ComponentAwaited { task, name, .. }
            | Self::AttemptEnded { task, name, .. }
            | Self::CheckpointOpened { task, name, .. }
            | Self::Decided { task, name, .. }
            | Self::CheckpointExpired { task, name, .. }
            | Self::TaskCancelled { task, name, .. }
            | Self::TaskSkipped { task, name, .. } => Some((*task, name)),
            Self::Executed { .. }
            | Self::Superseded(_)
            | Self::PauseAsked
            | Self::Continued
            | Self::TerminateAsked
            | Self::RetryAsked { .. }
            | Self::RollBackAsked
            | Self::PolicyRollBack { .. }
            | Self::AlsoStartedBy { .. }
            | Self::Resumed
            | Self::Ended { .. } => None,
        }
    }
}

/// What a decision made of its checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GateOutcome {
    /// More must agree.
    StillOpen,
    /// The release goes on.
    Passed,
    /// The release ends.
    Rejected,
}

/// What happened to a release task outside its executions, for the activity and the audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum ReleaseEvent {
    /// It was made.
    Created {
        /// Its name.
        name: String,
    },
    /// A new version was saved.
    Edited {
        /// Its number.
        version: u32,
        /// What its author says of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
        /// What else changed with it.
        #[serde(default, skip_serializing_if = "NewLabels::is_none")]
        labels: NewLabels,
    },
    /// An old version was saved again as a new one.
    Restored {
        /// Number of the new version.
        version: u32,
        /// Number of the old one.
        from: u32,
    },
    /// Its name or description changed.
    Described {
        /// The name from now on.
        name: String,
        /// Which of the two; events of an earlier version do not tell.
        #[serde(default, skip_serializing_if = "NewLabels::is_none")]
        labels: NewLabels,
    },
    /// It was made as a copy.
    Cloned {
        /// Name of the original.
        from: String,
        /// Its own name.
        name: String,
    },
    /// The work of a task was given secrets. What they are, nobody is told.
    SecretsGiven {
        /// Number of the execution.
        execution: u32,
        /// Name of the task.
        task: String,
        /// Number of the attempt.
        attempt: u32,
        /// Names of the secrets.
        secrets: Vec<String>,
    },
    /// It is gone from the lists.
    Deleted,
    /// It is on the lists again.
    Undeleted,
    /// A value was blanked wherever the release task kept it.
    ValueBlanked(BlankedCounts),
    /// It was deleted for so long that it cannot be restored any more: its logs, run folders and drafts go.
    Purged,
}

/// What changed of a release task that is no part of its definition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewLabels {
    /// The name before, if it has another now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
    /// Whether it has another description.
    #[serde(default)]
    pub described: bool,
}

impl NewLabels {
    /// Whether nothing of it changed.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// An event, by what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// An execution.
    Execution(Event),
    /// A release task.
    Release(ReleaseEvent),
    /// Accounts.
    Account(AccountEvent),
}

impl Happened {
    /// What it is about, in a word for programs.
    pub fn about(&self) -> &'static str {
        match self {
            Self::Execution(_) => "execution",
            Self::Release(_) => "release_task",
            Self::Account(_) => "account",
        }
    }

    /// The event as it is kept, with its tag in `event`.
    pub fn kept(&self) -> serde_json::Result<Value> {
        match self {
            Self::Execution(event) => serde_json::to_value(event),
            Self::Release(event) => serde_json::to_value(event),
            Self::Account(event) => serde_json::to_value(event),
        }
    }
}
