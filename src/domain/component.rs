//! Components: what state one is in, the states of its revisions, and what a change of it does and undoes.

mod change_fault;

use serde::{Deserialize, Serialize};

use super::execution::AttemptKind;
use super::ids::{ApplicationId, ComponentId, EnvironmentId};
use super::ssh::HostCount;
pub use change_fault::ChangeFault;

/// The most components of an application.
pub const MAX_COMPONENTS: usize = 500;

/// The most applications of a team.
pub const MAX_APPLICATIONS: usize = 500;

/// What runs of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum ComponentStatus {
    /// Nothing: nothing was ever deployed, or it was removed.
    NotDeployed,
    /// A revision is being deployed.
    Deploying {
        /// Which.
        to: u32,
    },
    /// The current revision.
    Healthy,
    /// The current revision, on some of its hosts alone.
    Degraded {
        /// On how many.
        done: usize,
        /// Of how many.
        of: usize,
    },
    /// Something between two revisions: a deployment did not end well.
    Between {
        /// The one before, if there was one.
        from: Option<u32>,
        /// The one that was to be deployed.
        to: u32,
    },
    /// It is being taken away.
    Removing,
}

impl ComponentStatus {
    /// The stored word.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotDeployed => "not_deployed",
            Self::Deploying { .. } => "deploying",
            Self::Healthy => "healthy",
            Self::Degraded { .. } => "degraded",
            Self::Between { .. } => "between",
            Self::Removing => "removing",
        }
    }
}

/// What became of a revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevisionState {
    /// It is being deployed.
    Deploying,
    /// It runs.
    Current,
    /// It ran until another one was deployed.
    Former,
    /// Its deployment did not end well.
    Failed,
    /// Its deployment was undone.
    RolledBack,
}

/// A component, as far as rules are about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Key.
    pub id: ComponentId,
    /// Its application.
    pub application: ApplicationId,
    /// Where it runs.
    pub environment: EnvironmentId,
    /// Its name in the application.
    pub name: String,
    /// What runs of it.
    pub status: ComponentStatus,
    /// The revision that was last deployed well, unless that was undone or removed.
    pub current: Option<u32>,
    /// The number of its newest revision; 0 before the first.
    pub last: u32,
}

/// What a task of an execution changed of a component, or is changing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ComponentChange {
    /// The revision that it brings.
    pub revision: u32,
    /// The revision that was current before.
    pub before: Option<u32>,
    /// Whether it made the component.
    pub created: bool,
    /// Whether it is undone.
    pub undone: bool,
}

/// A revision that is another thing from now on.
pub type RevisionChange = (u32, RevisionState);

impl Component {
    /// A change is under way: its revision is being deployed.
    pub fn begin(&mut self, change: ComponentChange) {
        self.last = self.last.max(change.revision);
        self.status = ComponentStatus::Deploying { to: change.revision };
    }

    /// The change is being undone.
    pub fn begin_undo(&mut self, change: ComponentChange) {
        self.status = match change.before {
            Some(before) => ComponentStatus::Deploying { to: before },
            None => ComponentStatus::Removing,
        };
    }

    /// An attempt at the change, or at undoing it, is over; answers which revisions are another thing now.
    pub fn end(&mut self, change: &mut ComponentChange, kind: AttemptKind, well: bool) -> Vec<RevisionChange> {
        let ComponentChange { revision, before, .. } = *change;
        match (kind, well) {
            (AttemptKind::Do, true) => {
                let former = self.current.filter(|current| *current != revision);
                self.current = Some(revision);
                self.status = ComponentStatus::Healthy;
                let former = former.map(|former| (former, RevisionState::Former));
                former.into_iter().chain([(revision, RevisionState::Current)]).collect()
            }
            (AttemptKind::Do, false) => {
                self.status = ComponentStatus::Between { from: before, to: revision };
                vec![(revision, RevisionState::Failed)]
            }
            (AttemptKind::Undo, true) => {
                change.undone = true;
                self.current = before;
                self.status = if before.is_some() { ComponentStatus::Healthy } else { ComponentStatus::NotDeployed };
                let current = before.map(|before| (before, RevisionState::Current));
                [(revision, RevisionState::RolledBack)].into_iter().chain(current).collect()
            }
            (AttemptKind::Undo, false) => {
                self.status = ComponentStatus::Between { from: Some(revision), to: before.unwrap_or_default() };
                Vec::new()
            }
        }
    }

    /// The same, after an attempt that ended well worked on so many hosts.
    pub fn is_on(&mut self, HostCount { done, failed: _, all }: HostCount) {
        if self.status == ComponentStatus::Healthy && done < all {
            self.status = ComponentStatus::Degraded { done, of: all };
        }
    }

    /// Whether an attempt at that change, or at undoing it, is under way.
    pub fn is_changing(&self, change: ComponentChange, kind: AttemptKind) -> bool {
        match (self.status, kind) {
            (ComponentStatus::Deploying { to }, AttemptKind::Do) => to == change.revision,
            (ComponentStatus::Deploying { to }, AttemptKind::Undo) => Some(to) == change.before,
            (ComponentStatus::Removing, AttemptKind::Undo) => change.before.is_none(),
            (ComponentStatus::Removing, AttemptKind::Do)
            | (
                ComponentStatus::NotDeployed
                | ComponentStatus::Healthy
                | ComponentStatus::Degraded { .. }
                | ComponentStatus::Between { .. },
                _,
            ) => false,
        }
    }

    /// Whether the component still has what that change brought, or half of it. Where it has not, undoing would take away
    /// what somebody else brought.
    pub fn still_has(&self, change: ComponentChange) -> bool {
        let ours = change.revision;
        match self.status {
            ComponentStatus::Healthy | ComponentStatus::Degraded { .. } | ComponentStatus::NotDeployed => {
                self.current == Some(ours)
            }
            ComponentStatus::Deploying { to } => to == ours || Some(to) == change.before,
            ComponentStatus::Between { from, to } => to == ours || from == Some(ours),
            ComponentStatus::Removing => change.created,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component() -> Component {
        Component {
            id: ComponentId::from_u128(1),
            application: ApplicationId::from_u128(2),
            environment: EnvironmentId::from_u128(3),
            name: "web".to_owned(),
            status: ComponentStatus::Healthy,
            current: Some(4),
            last: 5,
        }
    }

    const UPDATE: ComponentChange = ComponentChange { revision: 6, before: Some(4), created: false, undone: false };

    #[test]
    fn a_component_that_is_not_on_all_of_its_hosts_is_degraded_and_can_be_undone() {
        let (mut component, mut change) = (component(), UPDATE);
        component.begin(change);
        component.end(&mut change, AttemptKind::Do, true);
        component.is_on(HostCount { done: 2, failed: 1, all: 3 });
        assert_eq!(component.status, ComponentStatus::Degraded { done: 2, of: 3 });
        assert!(component.still_has(change) && component.current == Some(6));
        component.status = ComponentStatus::Healthy;
        component.is_on(HostCount { done: 3, failed: 0, all: 3 });
        assert_eq!(component.status, ComponentStatus::Healthy);
        component.status = ComponentStatus::Between { from: Some(4), to: 6 };
        component.is_on(HostCount { done: 1, failed: 2, all: 3 });
        assert_eq!(component.status, ComponentStatus::Between { from: Some(4), to: 6 }, "it did not end well");
    }

    #[test]
    fn an_update_that_goes_well_makes_its_revision_current_and_undoing_it_the_one_before() {
        let (mut component, mut change) = (component(), UPDATE);
        component.begin(change);
        assert_eq!(
            (component.status, component.current, component.last),
            (ComponentStatus::Deploying { to: 6 }, Some(4), 6)
        );
        let states = component.end(&mut change, AttemptKind::Do, true);
        assert_eq!(states, [(4, RevisionState::Former), (6, RevisionState::Current)]);
        assert_eq!((component.status, component.current), (ComponentStatus::Healthy, Some(6)));
        assert!(component.still_has(change));
        component.begin_undo(change);
        let states = component.end(&mut change, AttemptKind::Undo, true);
        assert_eq!(states, [(6, RevisionState::RolledBack), (4, RevisionState::Current)]);
        assert_eq!((component.status, component.current, change.undone), (ComponentStatus::Healthy, Some(4), true));
    }

    #[test]
    fn a_deployment_that_fails_leaves_it_between_two_revisions_and_can_be_undone() {
        let (mut component, mut change) = (component(), UPDATE);
        component.begin(change);
        assert_eq!(component.end(&mut change, AttemptKind::Do, false), [(6, RevisionState::Failed)]);
        assert_eq!(component.status, ComponentStatus::Between { from: Some(4), to: 6 });
        assert_eq!(component.current, Some(4), "what ran before counts until something else runs well");
        assert!(component.still_has(change));
        component.begin_undo(change);
        assert!(component.still_has(change), "a roll back that was cut off may go on");
        assert_eq!(component.end(&mut change, AttemptKind::Undo, false), []);
        assert!(component.still_has(change) && !change.undone);
    }

    #[test]
    fn what_somebody_else_brought_since_is_not_undone() {
        let (mut component, mut change) = (component(), UPDATE);
        component.begin(change);
        component.end(&mut change, AttemptKind::Do, true);
        let mut other = ComponentChange { revision: 7, before: Some(6), created: false, undone: false };
        component.begin(other);
        assert!(!component.still_has(change));
        component.end(&mut other, AttemptKind::Do, true);
        assert!(!component.still_has(change) && component.still_has(other));
        component.begin_undo(other);
        component.end(&mut other, AttemptKind::Undo, true);
        assert!(component.still_has(change), "undone in the order of the newest first");
    }

    #[test]
    fn undoing_its_creation_leaves_nothing() {
        let mut component = Component { status: ComponentStatus::NotDeployed, current: None, last: 0, ..component() };
        let mut change = ComponentChange { revision: 1, before: None, created: true, undone: false };
        component.begin(change);
        component.end(&mut change, AttemptKind::Do, true);
        component.begin_undo(change);
        assert_eq!(component.status, ComponentStatus::Removing);
        assert!(component.still_has(change));
        assert_eq!(component.end(&mut change, AttemptKind::Undo, true), [(1, RevisionState::RolledBack)]);
        assert_eq!((component.status, component.current), (ComponentStatus::NotDeployed, None));
    }
}
