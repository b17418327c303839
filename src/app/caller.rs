//! The caller of an operation: who asks, with what, and from where.

use std::net::IpAddr;
use std::sync::Arc;

use super::AppError;
use super::accounts::AccountError;
use crate::domain::activity::Road;
use crate::domain::execution::Moment;
use crate::domain::ids::TeamId;
use crate::domain::people::{Actor, Role, User};
use crate::domain::policy;
use crate::domain::refusal::{Operation, Refusal};
use crate::domain::tokens;
use crate::store::{ActivityScope, Scope, Stamp, Token, WriteTx};

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
    /// A program with a token.
    Token {
        /// The token.
        token: Arc<Token>,
        /// Its owner as of a moment ago, with the rights that the token leaves them; looked up again as above.
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
    /// The person or the service, where only an account will do; with no more rights than the caller has.
    pub fn user(&self) -> Result<&User, NotSignedIn> {
        match self {
            Self::User { user, .. } | Self::Token { user, .. } => Ok(user),
            Self::CommandLine => Err(NotSignedIn),
        }
    }

    /// The person, where they must have signed in themselves: for accounts, members and tokens no token will do.
    pub fn in_person(&self) -> Result<&User, NotSignedIn> {
        match self {
            Self::User { user, .. } => Ok(user),
            Self::Token { .. } | Self::CommandLine => Err(NotSignedIn),
        }
    }

    /// The account as it is at this moment, with no more rights than the caller has: what is changed is judged by this.
    pub(super) async fn now(&self, tx: &WriteTx, at: Moment) -> Result<User, AppError> {
        match self {
            Self::User { user, .. } => tx.user(user.id).await?.ok_or(AppError::NotFound),
            Self::Token { token, .. } => {
                let token = tx.token(token.id).await?.ok_or(AppError::NotSignedIn)?;
                tokens::check_alive(token.revoked_at, token.expires_at, at).map_err(|_| AppError::NotSignedIn)?;
                let owner = tx.user(token.owner).await?.ok_or(AppError::NotSignedIn)?;
                Ok(token.rights.narrow(owner))
            }
            Self::CommandLine => Err(AppError::NotSignedIn),
        }
    }

    /// The same caller with the account as it was just looked up.
    pub(super) fn with_user(&self, user: User) -> Self {
        let user = Arc::new(user);
        match self {
            Self::User { address, .. } => Self::User { user, address: *address },
            Self::Token { token, address, .. } => Self::Token { token: Arc::clone(token), user, address: *address },
            Self::CommandLine => Self::CommandLine,
        }
    }

    /// Whether what the caller has is for that operation, whoever they are.
    pub(super) fn check(&self, operation: Operation) -> Result<(), Refusal> {
        match self {
            Self::Token { token, .. } => token.rights.check(operation),
            Self::User { .. } | Self::CommandLine => Ok(()),
        }
    }

    /// The same for making a release task.
    pub(super) fn check_create(&self) -> Result<(), Refusal> {
        match self {
            Self::Token { token, .. } => token.rights.check_create(),
            Self::User { .. } | Self::CommandLine => Ok(()),
        }
    }

    /// Who answers for what is done, where it is a service that does it.
    pub(super) fn answerable(&self) -> &[Actor] {
        match self {
            Self::Token { token, .. } if token.is_service => &token.answerable,
            Self::User { .. } | Self::Token { .. } | Self::CommandLine => &[],
        }
    }

    /// Whether they may see a release task of that team.
    pub(super) fn may_see(&self, team: TeamId, deleted: bool) -> bool {
        match self {
            Self::User { user, .. } | Self::Token { user, .. } => policy::may_see(user, team, deleted),
            Self::CommandLine => true,
        }
    }

    /// Whether they may read what a team owns.
    pub fn may_read_team(&self, team: TeamId) -> bool {
        self.may_see(team, false)
    }

    /// Whether the account has a role in a team, as far as the caller may use it.
    pub fn is_in_team(&self, team: TeamId) -> bool {
        self.user().is_ok_and(|user| user.roles.iter().any(|held| held.team == team))
    }

    /// Whether what the caller has is for that operation.
    pub fn has_scope(&self, operation: Operation) -> bool {
        self.check(operation).is_ok()
    }

    /// Whose release tasks they may see.
    pub(super) fn scope(&self) -> Scope {
        match self {
            Self::User { user, .. } | Self::Token { user, .. } => Scope::from(&**user),
            Self::CommandLine => Scope::All,
        }
    }

    /// Whose events they may read.
    pub(super) fn activity_scope(&self) -> ActivityScope {
        let roles = self.user().map(|user| user.roles.as_slice()).unwrap_or_default();
        let managed = roles.iter().filter(|held| held.role == Role::Manager).map(|held| held.team).collect();
        ActivityScope { releases: self.scope(), managed }
    }

    /// The right to read what is not of any team. To others there is no such thing.
    pub fn reads_everything(&self) -> Result<(), AppError> {
        match self {
            Self::User { user, .. } | Self::Token { user, .. } if !user.administrator => Err(AppError::NotFound),
            Self::User { .. } | Self::Token { .. } | Self::CommandLine => Ok(()),
        }
    }

    /// What is written beside what they do, as the account that was just looked up.
    pub(super) fn stamp(&self, user: &User, at: Moment) -> Stamp {
        let (address, credential, road) = match self {
            Self::User { address, .. } => (address, None, Road::Page),
            Self::Token { address, token, .. } => (address, Some(token.label()), Road::Token),
            Self::CommandLine => (&None, None, Road::CommandLine),
        };
        Stamp { at, actor: Actor::from(user), address: address.map(|address| address.to_string()), credential, road }
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
