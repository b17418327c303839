//! The permission *scripts on the server*: of which team, and what needs it.

use super::definition::Definition;
use super::execution::Execution;
use super::ids::TeamId;
use super::refusal::{Operation, Refusal};
use super::rollup::is_fulfilled;

/// A folder that a release task of a team says its scripts work in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorkingFolder {
    /// The team.
    pub team: TeamId,
    /// As it is written.
    pub folder: String,
}

/// Whether a team may have scripts run on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScriptPermission {
    /// It may.
    Granted,
    /// It may not.
    Missing {
        /// Name of the team.
        team: String,
    },
}

impl ScriptPermission {
    /// The permission of the team of that name.
    pub fn of(team: String, granted: bool) -> Self {
        if granted { Self::Granted } else { Self::Missing { team } }
    }

    /// The name of the team, if it may not.
    pub fn missing(&self) -> Option<&str> {
        match self {
            Self::Granted => None,
            Self::Missing { team } => Some(team),
        }
    }

    /// Whether such a definition may be saved.
    pub fn check(&self, definition: &Definition) -> Result<(), Refusal> {
        let Some(team) = self.missing() else { return Ok(()) };
        match definition.tasks().find(|(_, task)| task.kind.runs_on_server()) {
            Some((_, task)) => Err(Refusal::ScriptNotSaved { task: task.name.clone(), team: team.to_owned() }),
            None => Ok(()),
        }
    }
}

/// Which operations on a release task would have a script run on the server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ScriptNeeds {
    /// Execute.
    pub execute: bool,
    /// Retry.
    pub retry: bool,
    /// Roll Back.
    pub roll_back: bool,
}

impl ScriptNeeds {
    /// Those of the newest version, and of the last execution.
    pub fn of(definition: &Definition, last: Option<&Execution>) -> Self {
        Self { execute: runs_scripts(definition), ..last.map(Self::of_execution).unwrap_or_default() }
    }

    /// Those of an execution. While it is under way, there is nothing to retry or to roll back.
    pub fn of_execution(execution: &Execution) -> Self {
        let over = execution.ended_at.is_some();
        let any = |is: &dyn Fn(usize) -> bool| {
            over && (0..execution.tasks.len()).any(|task| execution.spec(task).kind.runs_on_server() && is(task))
        };
        Self {
            execute: false,
            retry: any(&|task| !is_fulfilled(&execution.tasks[task].state)),
            roll_back: any(&|task| execution.needs_undo(task)),
        }
    }

    /// Whether that operation would.
    pub fn has(self, operation: Operation) -> bool {
        match operation {
            Operation::Execute => self.execute,
            Operation::Retry => self.retry,
            Operation::RollBack => self.roll_back,
            Operation::Edit
            | Operation::Decide
            | Operation::Pause
            | Operation::Continue
            | Operation::Terminate
            | Operation::Skip
            | Operation::Clone
            | Operation::Delete => false,
        }
    }
}

/// Whether any task of it runs a script on the server.
pub fn runs_scripts(definition: &Definition) -> bool {
    definition.tasks().any(|(_, task)| task.kind.runs_on_server())
}
