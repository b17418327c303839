//! Dry runs: records of what the tasks of a release task would do if they were executed at that moment. Nothing is done.

mod forecast;

use serde::{Deserialize, Serialize};

use super::component_wait::Holder;
use super::execution::{Execution, Moment};
use super::failure_cause::FailureCause;
use super::ids::{DryRunId, ReleaseId};
use super::people::{Actor, Role, User};
use super::policy;
use super::refusal::{Operation, Refusal};
use super::release::Release;
use super::specification::{FieldChange, Specification};
use super::variables::VariableValues;

pub use forecast::forecast;

/// How many are kept of a release task.
pub const MAX_DRY_RUNS: u64 = 20;

/// The most characters of a value that a dry run tells.
pub const MAX_TOLD_LEN: usize = 1000;

/// What would have been done at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DryRun {
    /// Key.
    pub id: DryRunId,
    /// The release task.
    pub release_id: ReleaseId,
    /// The number of the execution that it is about; nothing if it is about one that is to be started.
    pub execution: Option<u32>,
    /// The version.
    pub version: u32,
    /// The values of its variables.
    pub variables: VariableValues,
    /// When.
    pub made_at: Moment,
    /// Who asked for it.
    pub made_by: Actor,
    /// What each task would do, in the order of the definition.
    pub tasks: Vec<TaskForecast>,
}

/// The release task of a dry run, as the audit has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriedRelease {
    /// Its name.
    pub release: String,
    /// Name of its team.
    pub team: String,
}

/// What a task would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskForecast {
    /// Its name.
    pub task: String,
    /// Name of its phase.
    pub phase: String,
    /// What is expected of it.
    pub expected: Expectation,
}

/// What is expected of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "word", rename_all = "snake_case")]
pub enum Expectation {
    /// A component gets another revision.
    Changes(Box<ComponentForecast>),
    /// Something is made.
    Creates(CreatedObject),
    /// Work is done of which only its execution can say what it comes to.
    Runs(RunPlace),
    /// People are asked.
    Asks,
    /// All stays as it is.
    NoChange {
        /// Why.
        why: UnchangedReason,
    },
    /// It is not chosen.
    Skipped,
    /// What changes depends on what earlier tasks give.
    NotKnownYet(Box<ComponentForecast>),
    /// It cannot be done as things are now.
    WouldFail {
        /// Why.
        cause: FailureCause,
    },
}

/// The word of what is expected, without what belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ForecastWord {
    /// Changes.
    Changes,
    /// Creates.
    Creates,
    /// Runs.
    Runs,
    /// Asks.
    Asks,
    /// No change.
    NoChange,
    /// Skipped.
    Skipped,
    /// Not known yet.
    NotKnownYet,
    /// Would fail.
    WouldFail,
}

impl ForecastWord {
    /// Every one, in the order in which they are told.
    pub const ALL: [Self; 8] = [
        Self::Changes,
        Self::Creates,
        Self::Runs,
        Self::Asks,
        Self::NoChange,
        Self::Skipped,
        Self::NotKnownYet,
        Self::WouldFail,
    ];

    /// The word for programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Changes => "changes",
            Self::Creates => "creates",
            Self::Runs => "runs",
            Self::Asks => "asks",
            Self::NoChange => "no-change",
            Self::Skipped => "skipped",
            Self::NotKnownYet => "not-known-yet",
            Self::WouldFail => "would-fail",
        }
    }
}

impl Expectation {
    /// Its word.
    pub fn word(&self) -> ForecastWord {
        match self {
            Self::Changes(_) => ForecastWord::Changes,
            Self::Creates(_) => ForecastWord::Creates,
            Self::Runs(_) => ForecastWord::Runs,
            Self::Asks => ForecastWord::Asks,
            Self::NoChange { .. } => ForecastWord::NoChange,
            Self::Skipped => ForecastWord::Skipped,
            Self::NotKnownYet(_) => ForecastWord::NotKnownYet,
            Self::WouldFail { .. } => ForecastWord::WouldFail,
        }
    }

    /// What becomes of a component.
    pub fn component(&self) -> Option<&ComponentForecast> {
        match self {
            Self::Changes(component)
            | Self::NotKnownYet(component)
            | Self::Creates(CreatedObject::Component(component)) => Some(component),
            Self::Creates(CreatedObject::Application { .. })
            | Self::Runs(_)
            | Self::Asks
            | Self::NoChange { .. }
            | Self::Skipped
            | Self::WouldFail { .. } => None,
        }
    }
}

/// What a task makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum CreatedObject {
    /// An application.
    Application {
        /// Its name.
        name: String,
    },
    /// A component, with its first revision.
    Component(Box<ComponentForecast>),
}

/// Why all stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnchangedReason {
    /// The very same runs: it is deployed once more.
    Same,
    /// There is one of that name, which is kept.
    Kept,
    /// The execution has done it.
    Done,
}

/// Where work is done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunPlace {
    /// The environment, if it is in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The hosts of that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// Who works there now, and is waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<Holder>,
}

/// What becomes of a component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentForecast {
    /// `APPLICATION/NAME`.
    pub component: String,
    /// Where it runs.
    pub place: RunPlace,
    /// The version that runs now.
    pub from: Option<String>,
    /// The version that runs afterwards.
    pub to: String,
    /// The fields that get another value.
    pub fields: Vec<FieldChange>,
}

/// What there is of a team in a region when a dry run is made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ForecastFacts {
    /// Names of its applications.
    pub applications: Vec<String>,
    /// Its environments.
    pub environments: Vec<ForecastEnvironment>,
    /// Those of its components that are named.
    pub components: Vec<ForecastComponent>,
    /// Name of the team, if it may not have scripts run on the server.
    pub scripts_missing: Option<String>,
}

/// An environment, as far as a dry run goes by it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ForecastEnvironment {
    /// Its name.
    pub name: String,
    /// Its hosts.
    pub hosts: Vec<String>,
    /// Whether its scripts run on the server.
    pub is_on_server: bool,
    /// Who works there, where it takes one release at a time.
    pub holder: Option<Holder>,
}

/// A component, as far as a dry run goes by it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ForecastComponent {
    /// `APPLICATION/NAME`.
    pub name: String,
    /// The name of its environment.
    pub environment: String,
    /// Whether that is in the region.
    pub is_here: bool,
    /// The version and the specification that run.
    pub running: Option<(String, Specification)>,
    /// Who works on it.
    pub holder: Option<Holder>,
}

/// Whether `user` may have it looked what an execution of that release task would do: operators of the team, and of an execution
/// that is there whoever decides a checkpoint of it.
pub fn check(user: &User, release: &Release, execution: Option<&Execution>) -> Result<(), Refusal> {
    policy::check_not_deleted(release.into())?;
    let decides = |execution: &Execution| {
        let mut gates = execution.definition.tasks().filter_map(|(_, task)| task.kind.gate());
        gates.any(|gate| gate.deciders.include(user, release.team_id))
    };
    if user.has(release.team_id, Role::Operator) || execution.is_some_and(decides) {
        Ok(())
    } else {
        Err(Refusal::NotPermitted { operation: Operation::Execute, needs: vec![Role::Operator] })
    }
}

#[cfg(test)]
mod tests;
