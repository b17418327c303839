//! One run of a release task: what was asked of it, and the state of each of its tasks.
//! States are read here and assigned in `apply` alone.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::approval::SeenEnvironment;
use super::component_wait::ComponentWait;
use super::definition::{Definition, Task, TaskPosition};
use super::ids::{ExecutionId, ReleaseId, TaskRunId, TeamId};
use super::outcome::Outputs;
use super::people::{Actor, User};
use super::places::PlaceWait;
pub use super::task_state::{CancelReason, DueNext, FailReason, SkipReason, Supersession, TaskState};
use super::variables::VariableValues;

/// A moment, to the microsecond.
pub type Moment = DateTime<Utc>;

/// One run of one version of a release task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Execution {
    /// Key.
    pub id: ExecutionId,
    /// The release task.
    pub release_id: ReleaseId,
    /// The team that owns the release task.
    pub team_id: TeamId,
    /// 1, 2, 3 … in its release task.
    pub number: u32,
    /// The version of the definition that it runs.
    pub version: u32,
    /// That version.
    pub definition: Arc<Definition>,
    /// The values of its variables; what is not in it is not set.
    pub variables: VariableValues,
    /// Who started it.
    pub started_by: Actor,
    /// Who counts as having started it beside that person, in the order in which they came to it.
    pub starters: Vec<Starter>,
    /// When.
    pub started_at: Moment,
    /// When it last ended, if it is over.
    pub ended_at: Option<Moment>,
    /// Whether it releases or rolls back.
    pub direction: Direction,
    /// What was last asked of it.
    pub intent: Intent,
    /// One for each task of the definition, in its order.
    pub tasks: Vec<TaskRun>,
    /// Counts saves; the compare-and-set of the store and the `seen` of pages.
    pub rev: u64,
    /// When its logs and run folders went, if they have, by retention, or because a value was blanked, and it did not go on
    /// since.
    pub files_removed_at: Option<Moment>,
}

/// Somebody who counts as a starter, so that four eyes keep them from deciding what is asked from then on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Starter {
    /// Who.
    pub who: Actor,
    /// Why they count.
    pub how: Start,
}

/// What makes somebody a starter of an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// They executed it.
    Executed,
    /// They saved the version that it runs.
    Edited,
    /// They retried it.
    Retried,
    /// They skipped a failed task of it.
    Skipped,
    /// They made or renewed the token of a service that did so.
    ByToken,
    /// The request that did so named them as its cause.
    Caused,
}

/// Which of the two plans over the same tree is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Tasks are done.
    Forward,
    /// Tasks are undone.
    Back,
}

/// What people last asked of an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum Intent {
    /// Go on.
    Run,
    /// A retry was accepted and nothing has started yet.
    Retry,
    /// Start nothing more.
    #[serde(rename = "hold")]
    Pause {
        /// Since when.
        since: Moment,
    },
    /// Stop what runs and end.
    Terminate,
}

/// A task in an execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRun {
    /// Key.
    pub id: TaskRunId,
    /// Where it stands in the definition.
    pub place: TaskPosition,
    /// Name of the task.
    pub name: String,
    /// Its state with what is only then true.
    pub state: TaskState,
    /// When it first started, or its checkpoint first opened.
    pub started_at: Option<Moment>,
    /// Number of the last attempt, doing and undoing counted together; 0 before the first.
    pub attempt: u32,
    /// Attempts since a person last asked for it; the retry policy counts these.
    pub tries: u32,
    /// Whether an attempt at doing it was ever started, so that it may have to be undone.
    pub begun: bool,
    /// How often its checkpoint has been asked; decisions belong to one asking.
    pub round: u32,
    /// That it waits for a place to run its script, if it does; its next attempt has not begun then.
    pub waits: Option<PlaceWait>,
    /// That it waits for a component or an environment, if it does; its next attempt has not begun then.
    pub held: Option<ComponentWait>,
    /// Which of its attempts lost their logs and run folders, if some have.
    pub removed: Option<RemovedAttempts>,
    /// What it gave to later tasks.
    pub outputs: Outputs,
    /// Every decision, of all rounds, in order.
    pub decisions: Vec<Decision>,
}

/// Attempts of a task without logs and run folders: what is left of them is not read any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RemovedAttempts {
    /// Number of the last of them.
    pub last: u32,
    /// Since when.
    pub at: Moment,
}

/// What one person said at a checkpoint. Never changed, never deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The asking that it answers.
    pub round: u32,
    /// Who.
    pub by: Actor,
    /// What.
    pub verdict: Verdict,
    /// In which right.
    pub standing: DecisionAuthority,
    /// In their words.
    pub comment: String,
    /// When.
    pub at: Moment,
    /// The environments in which its tasks work, as they were then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<SeenEnvironment>,
}

/// Agree or Reject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Go on.
    Agree,
    /// End the release.
    Reject,
}

impl Verdict {
    /// The word that a reference to it gives.
    pub fn word(self) -> &'static str {
        match self {
            Self::Agree => "agreed",
            Self::Reject => "rejected",
        }
    }
}

/// The right in which somebody decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionAuthority {
    /// The checkpoint names them or a role of theirs.
    Approver,
    /// An administrator who is no approver: counts as the whole decision.
    Override,
}

/// Whether an attempt does the task or undoes it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptKind {
    /// Does it.
    #[default]
    Do,
    /// Undoes it.
    Undo,
}

impl Execution {
    /// The definition of the task at that index of `tasks`.
    pub fn spec(&self, index: usize) -> &Task {
        let TaskPosition { phase, group, position } = self.tasks[index].place;
        &self.definition.phases[phase].groups[group].tasks[position]
    }

    /// Why `user` counts as a starter, if they do.
    pub fn start_by(&self, user: &User) -> Option<Start> {
        if self.started_by.is(user) {
            return Some(Start::Executed);
        }
        self.starters.iter().find(|starter| starter.who.is(user)).map(|starter| starter.how)
    }

    /// The index of the task of that name.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.tasks.iter().position(|task| task.name == name)
    }

    /// The execution that took its place, if one did.
    pub fn superseded(&self) -> Option<&Supersession> {
        self.tasks.iter().find_map(TaskRun::superseded)
    }

    /// Whether an attempt is under way.
    pub fn anything_in_flight(&self) -> bool {
        self.tasks.iter().any(|task| task.state.in_flight().is_some())
    }

    /// Whether the task at that index may have changed something that can be undone and is not undone yet.
    pub fn needs_undo(&self, index: usize) -> bool {
        let task = &self.tasks[index];
        task.begun && self.spec(index).kind.has_undo() && !matches!(task.state, TaskState::RolledBack { .. })
    }

    /// Tasks that a roll back undoes, in the order in which it does so: phases backwards, and in a phase what
    /// started last first.
    pub fn undo_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.tasks.len()).filter(|i| self.needs_undo(*i)).collect();
        order.sort_by_key(|i| {
            let task = &self.tasks[*i];
            std::cmp::Reverse((task.place.phase, task.started_at, task.place.position))
        });
        order
    }
}

impl TaskRun {
    /// When the log of that attempt went, if it has.
    pub fn log_gone(&self, attempt: u32) -> Option<Moment> {
        self.removed.filter(|removed| attempt <= removed.last).map(|removed| removed.at)
    }

    /// A task of an execution before anything happened to it.
    pub fn untouched(id: TaskRunId, place: TaskPosition, name: String, state: TaskState) -> Self {
        Self {
            id,
            place,
            name,
            state,
            started_at: None,
            attempt: 0,
            tries: 0,
            begun: false,
            round: 0,
            waits: None,
            held: None,
            removed: None,
            outputs: Outputs::new(),
            decisions: Vec::new(),
        }
    }

    /// Whether it waits for a place, a component or an environment.
    pub fn is_in_line(&self) -> bool {
        self.waits.is_some() || self.held.is_some()
    }

    /// The execution that took the place of this one while the task waited for a person, if one did.
    pub fn superseded(&self) -> Option<&Supersession> {
        match &self.state {
            TaskState::Cancelled { why: CancelReason::Superseded(by), .. } => Some(by),
            TaskState::Cancelled { why: CancelReason::Terminated | CancelReason::ReleaseEnded, .. }
            | TaskState::Waiting
            | TaskState::Running { .. }
            | TaskState::Delayed { .. }
            | TaskState::ToBeApproved { .. }
            | TaskState::Successful { .. }
            | TaskState::Failed { .. }
            | TaskState::Skipped { .. }
            | TaskState::RollingBack { .. }
            | TaskState::RollbackDelayed { .. }
            | TaskState::RolledBack { .. }
            | TaskState::RollbackFailed { .. } => None,
        }
    }

    /// The decisions of the asking that is open, or was last.
    pub fn current_decisions(&self) -> impl Iterator<Item = &Decision> {
        self.decisions.iter().filter(|decision| decision.round == self.round)
    }

    /// How many have agreed in this asking.
    pub fn agreed(&self) -> usize {
        self.current_decisions().filter(|decision| decision.verdict == Verdict::Agree).count()
    }
}
