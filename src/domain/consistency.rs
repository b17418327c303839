//! Checks that what is stored about an execution is what the rules make of it: the same question for `tollgate check`, and
//! for every test that ends with "and nothing is wrong". It looks, and repairs nothing.

mod gates;
mod history;
mod records;

use super::event::Event;
use super::execution::{AttemptKind, Execution, Intent, Moment, Verdict};
use super::outcome::Outcome;
use super::schedule;
use super::status::{ReleaseStatus, TaskStatus};

/// An execution with everything that is stored about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// The execution with its tasks and their decisions.
    pub execution: Execution,
    /// What is stored beside it for lists.
    pub summary: Summary,
    /// When the engine looks at it next.
    pub wake_at: Option<Moment>,
    /// What the release task shows, if this is its last execution.
    pub listed: Option<Listed>,
    /// Every attempt, in order.
    pub attempts: Vec<AttemptRecord>,
    /// What the audit says happened to it, in order.
    pub events: Vec<RecordedEvent>,
}

/// Something that happened, as the audit says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedEvent {
    /// When.
    pub at: Moment,
    /// What.
    pub event: Event,
}

/// What lists show of an execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Its status.
    pub status: ReleaseStatus,
    /// The status of each phase.
    pub segments: Vec<TaskStatus>,
}

impl Summary {
    /// As the rules derive it.
    pub fn of(execution: &Execution) -> Self {
        let phases = 0..execution.definition.phases.len();
        Self { status: execution.status(), segments: phases.map(|phase| execution.phase_status(phase)).collect() }
    }
}

/// What a release task shows of its last execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// What lists show.
    pub summary: Summary,
    /// Whether it is shown as being terminated.
    pub terminating: bool,
    /// The version that is shown as the last that ran.
    pub version: Option<u32>,
    /// When it is shown as started.
    pub started_at: Option<Moment>,
}

impl Listed {
    /// As the rules derive it.
    pub fn of(execution: &Execution) -> Self {
        Self {
            summary: Summary::of(execution),
            terminating: execution.ended_at.is_none() && execution.was_terminated(),
            version: Some(execution.version),
            started_at: Some(execution.started_at),
        }
    }
}

/// What is stored about one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRecord {
    /// Index of the task in its execution.
    pub task: usize,
    /// Its number.
    pub number: u32,
    /// Doing or undoing.
    pub kind: AttemptKind,
    /// When it ended.
    pub ended_at: Option<Moment>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// Which node works on it.
    pub owner: Option<String>,
}

/// Something that does not agree with the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inconsistency {
    /// The task that it is about, if it is about one.
    pub task: Option<String>,
    /// What is wrong.
    pub fault: Violation,
}

/// What can be wrong with an execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Violation {
    /// Its tasks are not those of the version that it runs.
    OtherTasks,
    /// Another status is stored than its tasks make.
    Status {
        /// What is stored.
        stored: ReleaseStatus,
        /// What the tasks make.
        derived: ReleaseStatus,
    },
    /// The stored statuses of its phases are not those that its tasks make.
    Segments,
    /// The engine is to look at it at another moment than the rules say.
    WakeAt {
        /// What is stored.
        stored: Option<Moment>,
        /// What the rules say.
        derived: Option<Moment>,
    },
    /// The release task shows something else than this, its last execution.
    Listed,
    /// It is over, and something of it is under way all the same.
    OpenBehindEnd,
    /// It is not over, and waits neither for work, nor for a place, nor for a clock, nor for a person.
    Stuck,
    /// Several attempts at one task are live.
    LiveTwice {
        /// Their numbers.
        attempts: Vec<u32>,
    },
    /// The task says that an attempt is under way, and none of that number and kind is live.
    NotLive {
        /// The number.
        attempt: u32,
    },
    /// An attempt is live, and the task does not say that it is under way.
    LiveUnsaid {
        /// The number.
        attempt: u32,
    },
    /// The numbers of a task's attempts do not count from 1 to the number that the task says.
    AttemptNumbers {
        /// The numbers that there are.
        found: Vec<u32>,
        /// The number of the last one, as the task says.
        last: u32,
    },
    /// An attempt ended without an outcome, or has an outcome and did not end.
    HalfEnded {
        /// The number.
        attempt: u32,
    },
    /// A person decided twice in one asking.
    DecidedTwice {
        /// Their name.
        by: String,
        /// The asking.
        round: u32,
    },
    /// A decision answers an asking that there was not.
    NeverAsked {
        /// The name of who decided.
        by: String,
        /// The asking.
        round: u32,
    },
    /// A checkpoint's state is not what its decisions make of it.
    Gate {
        /// Its status.
        status: TaskStatus,
        /// How many agreed.
        agreed: usize,
        /// How many must.
        required: u32,
        /// Whether somebody rejected it.
        rejected: bool,
    },
    /// Nothing is written down about how it began.
    NoBeginning,
    /// The number of tasks that were not chosen is another than the audit says.
    NotChosen {
        /// What the audit says.
        told: usize,
        /// How many there are.
        found: usize,
    },
    /// What the audit says cannot have happened then.
    Impossible {
        /// What it says.
        event: Box<Event>,
        /// When.
        at: Moment,
    },
    /// What the audit tells leads to something else than what is stored.
    Unexplained {
        /// What is different.
        part: Part,
    },
    /// A decision is stored that the audit does not know.
    DecisionUntold {
        /// Who decided.
        by: String,
        /// What.
        verdict: Verdict,
    },
    /// The audit tells of a decision that is not stored.
    DecisionLost {
        /// Who decided.
        by: String,
        /// What.
        verdict: Verdict,
    },
}

/// What of an execution the audit explains otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Whether and when it ended.
    End,
    /// Who counts as a starter.
    Starters,
    /// The values of its variables.
    Variables,
    /// Whether it releases or rolls back.
    Direction,
    /// What was last asked of it.
    Intent,
    /// The state of a task.
    State,
    /// When a task began.
    Began,
    /// How many attempts at a task there were.
    Attempts,
    /// How often a task was tried since it was last asked for.
    Tries,
    /// How often a checkpoint was asked.
    Rounds,
    /// Whether and since when a task waits for a place.
    Waits,
    /// What a task gave to later ones.
    Outputs,
}

/// Something that is wrong with a database as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whole {
    /// SQLite says that the file is damaged.
    Damaged(String),
    /// A row refers to another one that there is not.
    Dangling {
        /// The table of the row.
        table: String,
        /// The table that it refers to.
        to: String,
        /// How many such rows there are.
        count: i64,
    },
    /// A release task has several executions that are not over.
    TwoActive {
        /// Its name.
        release: String,
        /// How many.
        count: i64,
    },
    /// Several executions hold an environment in which one release at a time works.
    SharedLock {
        /// Its name.
        environment: String,
        /// How many.
        count: i64,
    },
    /// Executions that are over still work in an environment.
    LockBehindEnd {
        /// Its name.
        environment: String,
        /// How many.
        count: i64,
    },
    /// Executions that are not over belong to a replica that nobody knows, so that nobody takes them over.
    OwnerUnknown {
        /// How many.
        count: i64,
    },
    /// Executions have had something to do for a while, and a replica is at work that should have done it.
    Overdue {
        /// How many.
        count: i64,
    },
    /// The executions of a release task do not count from 1 to the number that it says.
    Numbers {
        /// Its name.
        release: String,
        /// How many there are.
        count: i64,
        /// The highest number.
        highest: i64,
        /// The number of the last one, as the release task says.
        last: i64,
    },
}

impl Inconsistency {
    fn of(fault: Violation) -> Self {
        Self { task: None, fault }
    }

    fn at(execution: &Execution, task: usize, fault: Violation) -> Self {
        Self { task: Some(execution.tasks[task].name.clone()), fault }
    }
}

/// Everything about the execution that does not agree with the rules, which is nothing as long as nobody changes a
/// database by hand.
pub fn findings(inspected: &Inspected) -> Vec<Inconsistency> {
    let execution = &inspected.execution;
    if !has_its_tasks(execution) {
        // Every other question looks a task up in the definition.
        return vec![Inconsistency::of(Violation::OtherTasks)];
    }
    let mut found = summary(inspected);
    found.extend(ending(execution));
    found.extend(records::findings(inspected));
    found.extend(gates::findings(execution));
    found.extend(history::findings(inspected));
    found
}

fn has_its_tasks(execution: &Execution) -> bool {
    let specified = execution.definition.tasks().map(|(place, task)| (place, task.name.as_str()));
    execution.tasks.iter().map(|task| (task.place, task.name.as_str())).eq(specified)
}

fn summary(inspected: &Inspected) -> Vec<Inconsistency> {
    let execution = &inspected.execution;
    let (stored, derived) = (&inspected.summary, Summary::of(execution));
    let mut found = Vec::new();
    if stored.status != derived.status {
        found.push(Violation::Status { stored: stored.status, derived: derived.status });
    }
    if stored.segments != derived.segments {
        found.push(Violation::Segments);
    }
    let wake_at = schedule::wake_at(execution);
    if inspected.wake_at != wake_at {
        found.push(Violation::WakeAt { stored: inspected.wake_at, derived: wake_at });
    }
    if inspected.listed.as_ref().is_some_and(|listed| *listed != Listed::of(execution)) {
        found.push(Violation::Listed);
    }
    found.into_iter().map(Inconsistency::of).collect()
}

fn ending(execution: &Execution) -> Option<Inconsistency> {
    let asking = execution.tasks.iter().any(|task| task.state.asking().is_some());
    let delayed = execution.tasks.iter().any(|task| task.state.delayed_until().is_some());
    let queues = execution.tasks.iter().any(super::execution::TaskRun::is_in_line);
    let held = matches!(execution.intent, Intent::Pause { .. });
    let fault = if execution.ended_at.is_some() {
        (execution.anything_in_flight() || asking || delayed || queues).then_some(Violation::OpenBehindEnd)
    } else {
        let wakes = schedule::wake_at(execution).is_some();
        let waits = execution.anything_in_flight() || asking || queues || held || wakes;
        (!waits).then_some(Violation::Stuck)
    };
    fault.map(Inconsistency::of)
}
