//! The policy of a release task for its failure: from which phase on a failure undoes what the execution changed, by itself.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::blanking;
use super::definition::Definition;
use super::event::Event;
use super::execution::{Direction, Execution, FailReason, TaskRun};
use super::kinds::FieldValue;
use super::refusal::Operation;
use super::status::ReleaseStatus;

/// What happens by itself when a release fails: all that the execution changed is undone, as a person's Roll Back would.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailurePolicy {
    /// Name of the phase from which on it does. What fails before that changes nothing.
    pub from: String,
    /// After what else than failed, errored and timed out.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub also: BTreeSet<FurtherEnd>,
}

/// A way in which a release ends without success that rolls nothing back unless it is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FurtherEnd {
    /// A task was lost sight of: its script may still run.
    Interrupted,
    /// Somebody rejected a checkpoint.
    Rejected,
    /// Nobody decided a checkpoint in time.
    Expired,
    /// Somebody terminated it.
    Terminated,
}

impl FurtherEnd {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Interrupted, Self::Rejected, Self::Expired, Self::Terminated];

    /// The word in the YAML and in forms.
    pub fn word(self) -> &'static str {
        match self {
            Self::Interrupted => "interrupted",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Terminated => "terminated",
        }
    }

    /// The end of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|end| end.word() == word)
    }
}

/// Why what is said of a failure cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FailurePolicyFault {
    /// There is no phase of that name.
    NoSuchPhase {
        /// The name.
        from: String,
    },
    /// With the best effort policy, what is behind a failure may have gone on.
    BestEffort,
}

impl FailurePolicy {
    /// It as a value, as it is compared: from which phase on, and after what else.
    pub fn value(&self) -> FieldValue {
        let also = self.also.iter().map(|end| end.word().to_owned());
        FieldValue::List([self.from.clone()].into_iter().chain(also).collect())
    }

    /// What is wrong with it in that definition, each with the field.
    pub fn faults(&self, definition: &Definition) -> Vec<(&'static str, FailurePolicyFault)> {
        let is_there = definition.phases.iter().any(|phase| phase.name == self.from);
        let from = || ("onFailure.from", FailurePolicyFault::NoSuchPhase { from: self.from.clone() });
        let with_best_effort = definition.best_effort.then_some(("onFailure", FailurePolicyFault::BestEffort));
        (!is_there).then(from).into_iter().chain(with_best_effort).collect()
    }

    /// Whether it undoes what a task changed that ended so.
    fn covers(&self, reason: FailReason) -> bool {
        let listed = |end| self.also.contains(&end);
        match reason {
            FailReason::Failed | FailReason::Errored | FailReason::TimedOut => true,
            FailReason::Interrupted => listed(FurtherEnd::Interrupted),
            FailReason::Rejected => listed(FurtherEnd::Rejected),
            FailReason::Expired => listed(FurtherEnd::Expired),
            FailReason::Terminated => listed(FurtherEnd::Terminated),
            FailReason::Superseded => false,
        }
    }
}

/// The roll back that follows of itself from how the execution has ended, if one does.
pub fn roll_back(execution: &Execution) -> Option<Event> {
    let policy = execution.definition.on_failure.as_ref()?;
    let has_failed = execution.direction == Direction::Forward && execution.status() == ReleaseStatus::ReleaseFailed;
    // With best effort other groups may have gone on behind the failure: no such version is saved.
    if !has_failed || execution.ended_at.is_none() || execution.definition.best_effort {
        return None;
    }
    if execution.superseded().is_some() || blanking::check_again(execution, Operation::RollBack).is_err() {
        return None;
    }
    let from = execution.definition.phases.iter().position(|phase| phase.name == policy.from)?;
    let is_behind = |task: &&TaskRun| task.place.phase >= from;
    // What may fail without ending the release ends nothing here either.
    let fatal = |(index, task): (usize, &TaskRun)| {
        let (reason, _) = task.state.failure()?;
        (!execution.spec(index).kind.goes_on()).then_some((index, reason))
    };
    let failures: Vec<(usize, FailReason)> = execution.tasks.iter().enumerate().filter_map(fatal).collect();
    // One that was lost sight of may still be at work beside one that failed: then a person looks at it first.
    if !failures.iter().all(|(_, reason)| policy.covers(*reason)) {
        return None;
    }
    let failed: Vec<String> = failures
        .iter()
        .map(|(index, _)| &execution.tasks[*index])
        .filter(is_behind)
        .map(|task| task.name.clone())
        .collect();
    let is_due = if execution.was_terminated() {
        let reached = execution.tasks.iter().filter(is_behind).any(|task| task.started_at.is_some());
        policy.covers(FailReason::Terminated) && reached
    } else {
        !failed.is_empty()
    };
    is_due.then(|| Event::PolicyRollBack { version: execution.version, from: policy.from.clone(), failed })
}
