//! People: roles in teams, and who asks for something.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ids::{TeamId, UserId};

/// What a member may do in a team. A member may hold several; they do not include each other,
/// but every member reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads.
    Viewer,
    /// Creates, edits, executes.
    Operator,
    /// May be named on checkpoints.
    Approver,
    /// Says who is a member with which roles, and decides the checkpoints that name this role.
    Manager,
}

impl Role {
    /// Every role, in the order of the screen.
    pub const ALL: [Role; 4] = [Self::Viewer, Self::Operator, Self::Approver, Self::Manager];

    /// Those whose holders a checkpoint can ask: a viewer only reads.
    pub const DECIDING: [Role; 3] = [Self::Operator, Self::Approver, Self::Manager];

    /// The stored and written word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Approver => "approver",
            Self::Manager => "manager",
        }
    }

    /// The role of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// A role in a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HeldRole {
    /// The team.
    pub team: TeamId,
    /// What its holder may do in it.
    pub role: Role,
}

/// A user as they are at this moment: looked up at the click, never when an execution started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Key.
    pub id: UserId,
    /// The name they sign in with.
    pub name: String,
    /// Reads everything, and may decide a checkpoint in place of its approvers.
    pub administrator: bool,
    /// One entry for each role held.
    pub roles: Vec<HeldRole>,
}

impl User {
    /// Whether they hold that role in that team.
    pub fn has(&self, team: TeamId, role: Role) -> bool {
        self.roles.contains(&HeldRole { team, role })
    }

    /// Their roles in that team.
    pub fn roles_in(&self, team: TeamId) -> BTreeSet<Role> {
        self.roles.iter().filter(|held| held.team == team).map(|held| held.role).collect()
    }

    /// The same person as whoever is in that team alone may know them: with their roles in it and no others.
    pub fn seen_in(&self, team: TeamId) -> Self {
        Self { roles: self.roles.iter().filter(|held| held.team == team).copied().collect(), ..self.clone() }
    }

    /// The same person with these roles in that team, and those in other teams as they are.
    pub fn with_roles_in(&self, team: TeamId, roles: &BTreeSet<Role>) -> Self {
        let elsewhere = self.roles.iter().filter(|held| held.team != team).copied();
        let roles = elsewhere.chain(roles.iter().map(|role| HeldRole { team, role: *role })).collect();
        Self { roles, ..self.clone() }
    }

    /// Whether they may read what the team owns.
    pub fn may_read(&self, team: TeamId) -> bool {
        self.administrator || self.roles.iter().any(|held| held.team == team)
    }
}

/// Somebody with an account, whether they may sign in or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who they are, and their roles.
    pub user: User,
    /// Since when they may not sign in, if so.
    pub disabled_at: Option<DateTime<Utc>>,
    /// When they last did something, to the minute; none if they never signed in.
    pub last_seen_at: Option<DateTime<Utc>>,
}

/// Who caused something, as it is written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "who", rename_all = "snake_case")]
pub enum Actor {
    /// A person, or a service of a team, each by their account.
    Person {
        /// Key.
        id: UserId,
        /// Name at that time.
        name: String,
    },
    /// Tollgate itself: the engine, a deadline, the command line.
    Tollgate,
    /// What a version of a release task says shall happen by itself.
    Policy,
}

impl Actor {
    /// The key of the account, if it is one.
    pub fn id(&self) -> Option<UserId> {
        match self {
            Self::Person { id, .. } => Some(*id),
            Self::Tollgate | Self::Policy => None,
        }
    }

    /// The name that people read.
    pub fn name(&self) -> &str {
        match self {
            Self::Person { name, .. } => name,
            Self::Tollgate => "Tollgate",
            Self::Policy => "Policy",
        }
    }

    /// Whether this is that user, whatever they were called then.
    pub fn is(&self, user: &User) -> bool {
        match self {
            Self::Person { id, .. } => *id == user.id,
            Self::Tollgate | Self::Policy => false,
        }
    }
}

impl Actor {
    /// Whether both are the same person, whatever they were called then.
    pub fn is_same_person(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Person { id, .. }, Self::Person { id: other, .. }) => id == other,
            (Self::Tollgate | Self::Policy, _) | (_, Self::Tollgate | Self::Policy) => false,
        }
    }
}

impl From<&User> for Actor {
    fn from(user: &User) -> Self {
        Self::Person { id: user.id, name: user.name.clone() }
    }
}
