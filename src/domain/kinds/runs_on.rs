//! Places of work: where what a task does is done, as far as its kind says so.

use super::{Job, Kind};
use crate::domain::placement::Placement;

/// The place of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunsOn<'k> {
    /// Scripts of it run on the server, which its team must be permitted, and one of the server's places is needed.
    Server {
        /// The folder that it names.
        working_folder: Option<&'k str>,
    },
    /// In an environment of that name, which says where that is when an attempt begins.
    Environment(&'k str),
    /// In the environment of a component, which says so too.
    ComponentsEnvironment,
    /// Nothing on the server can be touched by it.
    Elsewhere,
}

impl RunsOn<'_> {
    /// Where the work of an attempt lives, if its kind says so.
    pub fn placement(self) -> Option<Placement> {
        match self {
            Self::Server { .. } => Some(Placement::ThisMachine),
            Self::Elsewhere => Some(Placement::Anywhere),
            Self::Environment(_) | Self::ComponentsEnvironment => None,
        }
    }
}

impl Kind {
    /// Whether scripts of it run on the server, which its team must be permitted.
    pub fn runs_on_server(&self) -> bool {
        self.placement() == Some(Placement::ThisMachine)
    }

    /// Whether it may need one of the server's places.
    pub fn may_need_place(&self) -> bool {
        self.runs_on_server() || self.runs_in_environment()
    }

    /// Where the work of its attempts lives; nothing for what no attempt works at, or where only the environment says it.
    pub fn placement(&self) -> Option<Placement> {
        self.work().and_then(|work| work.runs_on.placement())
    }

    /// The folder on the server that it names.
    pub fn working_folder(&self) -> Option<&str> {
        match self.work()?.runs_on {
            RunsOn::Server { working_folder } => working_folder,
            RunsOn::Elsewhere | RunsOn::Environment(_) | RunsOn::ComponentsEnvironment => None,
        }
    }

    /// Whether an environment says where its work is done.
    pub fn runs_in_environment(&self) -> bool {
        self.work().is_some_and(|work| match work.runs_on {
            RunsOn::Environment(_) | RunsOn::ComponentsEnvironment => true,
            RunsOn::Server { .. } | RunsOn::Elsewhere => false,
        })
    }

    /// Whether it can be said that its work is done in an environment.
    pub fn may_run_in_environment(&self) -> bool {
        match self.work().map(|work| work.job) {
            Some(Job::Script(_) | Job::Verify(_) | Job::Change(_)) => true,
            Some(Job::Build(_)) | None => false,
        }
    }

    /// The environment that it names for its work, where it is not about a component.
    pub fn target(&self) -> Option<&str> {
        match self.work()?.runs_on {
            RunsOn::Environment(name) if self.change().is_none() => Some(name),
            RunsOn::Environment(_) | RunsOn::ComponentsEnvironment | RunsOn::Server { .. } | RunsOn::Elsewhere => None,
        }
    }

    /// Whether it is looked at what is there before an attempt begins: at applications, components and environments.
    pub fn is_looked_at(&self) -> bool {
        self.change().is_some() || self.runs_in_environment()
    }
}
