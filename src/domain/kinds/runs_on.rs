//! Places of work: where what a task does is done, as far as its kind says so.

use super::Kind;
use crate::domain::placement::Placement;

/// The place of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunsOn<'k> {
    /// Scripts of it run on the server, which its team must be permitted, and one of the server's places is needed.
    Server {
        /// The folder that it names.
        working_folder: Option<&'k str>,
    },
    /// In an environment, which says where that is when an attempt begins.
    Environment,
    /// Nothing on the server can be touched by it.
    Elsewhere,
}

impl RunsOn<'_> {
    /// Where the work of an attempt lives, if its kind says so.
    pub fn placement(self) -> Option<Placement> {
        match self {
            Self::Server { .. } => Some(Placement::ThisMachine),
            Self::Elsewhere => Some(Placement::Anywhere),
            Self::Environment => None,
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
        self.runs_on_server() || self.work().is_some_and(|work| work.runs_on == RunsOn::Environment)
    }

    /// Where the work of its attempts lives; nothing for what no attempt works at, or where only the environment says it.
    pub fn placement(&self) -> Option<Placement> {
        self.work().and_then(|work| work.runs_on.placement())
    }

    /// The folder on the server that it names.
    pub fn working_folder(&self) -> Option<&str> {
        match self.work()?.runs_on {
            RunsOn::Server { working_folder } => working_folder,
            RunsOn::Elsewhere | RunsOn::Environment => None,
        }
    }
}
