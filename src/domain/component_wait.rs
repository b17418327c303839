//! Waits for components and environments: one is worked on by one execution at a time, and another waits until that is over
//! or lets it go.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::execution::Moment;
use super::ids::{EnvironmentId, ExecutionId};
use super::outcome::Outcome;
use super::placement::Placement;

/// What a task can wait for, by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LockedObject {
    /// A component, as `APPLICATION/NAME`.
    Component(String),
    /// An environment that takes one release at a time.
    Environment {
        /// Its key.
        id: EnvironmentId,
        /// Its name.
        name: String,
    },
}

/// The execution that works on a component, or in an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// What it works on.
    #[serde(flatten)]
    pub object: LockedObject,
    /// The execution.
    pub execution: ExecutionId,
    /// Name of its release task.
    pub release: String,
    /// Its number there.
    pub number: u32,
}

/// That a task waits for a component or an environment.
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
    /// The environment is another one than was approved: that checkpoint is to be asked again.
    AsksAgain {
        /// Index of the checkpoint.
        gate: usize,
        /// Name of the environment.
        environment: String,
    },
    /// There is nothing to run: it ends so as soon as it begins.
    Ends(Outcome),
}

impl Readiness {
    /// Where the work of an attempt lives that begins now.
    pub fn placement(&self) -> Option<Placement> {
        match self {
            Self::Free { placement } => Some(*placement),
            Self::Held(_) | Self::AsksAgain { .. } | Self::Ends(_) => None,
        }
    }

    /// The outcome of what has nothing to run.
    pub fn end(&self) -> Option<&Outcome> {
        match self {
            Self::Ends(outcome) => Some(outcome),
            Self::Free { .. } | Self::Held(_) | Self::AsksAgain { .. } => None,
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
    fn a_wait_that_was_written_down_before_there_were_locks_of_environments_is_read() {
        let execution = ExecutionId::from_u128(1);
        let written = format!(r#"{{"component":"shop/web","execution":"{execution}","release":"first","number":3}}"#);
        let object = LockedObject::Component("shop/web".to_owned());
        let holder = Holder { object, execution, release: "first".to_owned(), number: 3 };
        assert_eq!(serde_json::to_string(&holder).expect("JSON"), written);
        assert_eq!(serde_json::from_str::<Holder>(&written).expect("a holder"), holder);
        let object = LockedObject::Environment { id: EnvironmentId::from_u128(2), name: "prod".to_owned() };
        let holder = Holder { object, ..holder };
        let written = serde_json::to_string(&holder).expect("JSON");
        assert_eq!(serde_json::from_str::<Holder>(&written).expect("a holder"), holder);
    }

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
