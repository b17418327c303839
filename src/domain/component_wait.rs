//! Waits for components: one is worked on by one execution at a time, and another waits until it is over.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::execution::Moment;
use super::ids::ExecutionId;
use super::outcome::Outcome;
use super::placement::Placement;

/// The execution that works on a component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The component, as `APPLICATION/NAME`.
    pub component: String,
    /// The execution.
    pub execution: ExecutionId,
    /// Name of its release task.
    pub release: String,
    /// Its number there.
    pub number: u32,
}

/// That a task waits for a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentWait {
    /// Since when.
    pub since: Moment,
    /// Who works on it.
    pub holder: Holder,
}

/// What a task that changes a component finds when it is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    /// Nobody else works on it.
    Free {
        /// Where the work of an attempt would live.
        placement: Placement,
    },
    /// Another execution does.
    Held(Holder),
    /// There is nothing to run: it ends so as soon as it begins.
    Ends(Outcome),
}

impl Readiness {
    /// Where the work of an attempt lives that begins now.
    pub fn placement(&self) -> Option<Placement> {
        match self {
            Self::Free { placement } => Some(*placement),
            Self::Held(_) | Self::Ends(_) => None,
        }
    }

    /// The outcome of what has nothing to run.
    pub fn end(&self) -> Option<&Outcome> {
        match self {
            Self::Ends(outcome) => Some(outcome),
            Self::Free { .. } | Self::Held(_) => None,
        }
    }
}

/// What is known of the tasks that are due, by their index; of others nothing is.
pub type ReadyTasks = BTreeMap<usize, Readiness>;

/// Whether an execution that began to wait for another would close a circle, so that all of it waits for ever. `waits` says
/// which executions each one that waits is waiting for.
pub fn closes_circle(
    waits: &BTreeMap<ExecutionId, BTreeSet<ExecutionId>>,
    execution: ExecutionId,
    holder: ExecutionId,
) -> bool {
    let (mut seen, mut next) = (BTreeSet::new(), vec![holder]);
    while let Some(at) = next.pop() {
        if at == execution {
            return true;
        }
        if seen.insert(at) {
            next.extend(waits.get(&at).into_iter().flatten());
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_of_waits_is_seen_however_long_it_is() {
        let id = ExecutionId::from_u128;
        let waits: BTreeMap<_, BTreeSet<_>> = [(1, vec![2]), (2, vec![3, 9]), (3, vec![4]), (9, vec![2])]
            .map(|(from, to)| (id(from), to.into_iter().map(id).collect()))
            .into();
        assert!(closes_circle(&waits, id(4), id(1)));
        assert!(closes_circle(&waits, id(2), id(9)), "also where it would only join one");
        assert!(!closes_circle(&waits, id(7), id(1)));
        assert!(!closes_circle(&BTreeMap::new(), id(1), id(2)));
    }
}
