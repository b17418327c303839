//! The caller of an operation: who asks, and from where.

use std::net::IpAddr;
use std::sync::Arc;

use super::AppError;
use super::accounts::AccountError;
use crate::domain::execution::Moment;
use crate::domain::ids::TeamId;
use crate::domain::people::{Actor, User};
use crate::domain::policy;
use crate::store::{Scope, Stamp};

/// Who asks for an operation.
#[derive(Debug, Clone)]
pub enum Caller {
    /// Somebody signed in.
    User {
        /// Who, with their roles as of a moment ago: what they may read is asked of these. Before anything is changed, the
        /// roles are looked up again in the same transaction.
        user: Arc<User>,
        /// The address that the request came from.
        address: Option<IpAddr>,
    },
    /// `tollgate …` on the server, run by whoever may read its data folder.
    CommandLine,
}

/// The operation is for somebody signed in, and the caller is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotSignedIn;

impl Caller {
    /// The person, where only a person will do.
    pub fn user(&self) -> Result<&User, NotSignedIn> {
        match self {
            Self::User { user, .. } => Ok(user),
            Self::CommandLine => Err(NotSignedIn),
        }
    }

    /// Whether they may see a release task of that team.
    pub(super) fn may_see(&self, team: TeamId, deleted: bool) -> bool {
        match self {
            Self::User { user, .. } => policy::may_see(user, team, deleted),
            Self::CommandLine => true,
        }
    }

    /// Whose release tasks they may see.
    pub(super) fn scope(&self) -> Scope {
        match self {
            Self::User { user, .. } => Scope::from(&**user),
            Self::CommandLine => Scope::All,
        }
    }

    /// The right to read what is not of any team. To others there is no such thing.
    pub fn reads_everything(&self) -> Result<(), AppError> {
        match self {
            Self::User { user, .. } if !user.administrator => Err(AppError::NotFound),
            Self::User { .. } | Self::CommandLine => Ok(()),
        }
    }

    /// What is written beside what they do, as the person who was just looked up.
    pub(super) fn stamp(&self, user: &User, at: Moment) -> Stamp {
        let address = match self {
            Self::User { address, .. } => address.map(|address| address.to_string()),
            Self::CommandLine => None,
        };
        Stamp { at, actor: Actor::from(user), address }
    }
}

impl From<NotSignedIn> for AppError {
    fn from(NotSignedIn: NotSignedIn) -> Self {
        Self::NotSignedIn
    }
}

impl From<NotSignedIn> for AccountError {
    fn from(NotSignedIn: NotSignedIn) -> Self {
        Self::NotSignedIn
    }
}
