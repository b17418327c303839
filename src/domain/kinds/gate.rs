//! The gate: the one shape that the rules see of every checkpoint, whatever kind it is.

use serde::{Deserialize, Serialize};

use super::{TextUse, UsedText};
use crate::domain::account::is_same_name;
use crate::domain::ids::TeamId;
use crate::domain::people::{Role, User};
use crate::domain::refusal::Unasked;
use crate::domain::validate::{FieldFault, LengthUnit, TaskProblems};

/// The most characters of what to check.
const MAX_CHECK_LEN: usize = 2000;

/// A checkpoint that people decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gate<'k> {
    /// Who may decide it.
    pub deciders: Deciders<'k>,
    /// How many of them must agree.
    pub required: u32,
    /// Whoever took part in starting the execution may not decide it.
    pub four_eyes: bool,
    /// Seconds from when it opens.
    pub deadline: Option<u64>,
    /// What happens at the deadline.
    pub on_deadline: OnDeadline,
    /// What to check before deciding, in words; may be empty.
    pub check: &'k str,
    /// Whoever decides can say why, and must when they reject.
    pub asks_reason: bool,
    /// An execution of a selection may leave it out and run what is behind it.
    pub may_be_left_out: bool,
}

/// The people who may decide a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deciders<'k> {
    /// Those that the definition lists.
    Listed {
        /// Names of users; each must hold the role approver in the team when they click.
        users: &'k [String],
        /// Whoever holds one of these roles in the team when they click.
        roles: &'k [Role],
    },
    /// Every operator and every approver of the team.
    Team,
}

/// What happens when a checkpoint's deadline passes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDeadline {
    /// The checkpoint expires: Release failed.
    #[default]
    Reject,
    /// It stays open; the page says that it is late.
    Stay,
}

impl Gate<'_> {
    /// How many must agree, to compare with how many did.
    pub fn needed(&self) -> usize {
        usize::try_from(self.required).unwrap_or(usize::MAX)
    }

    /// Whether it ends when its deadline passes.
    pub fn expires(&self) -> bool {
        match self.on_deadline {
            OnDeadline::Reject => true,
            OnDeadline::Stay => false,
        }
    }
}

impl Deciders<'_> {
    /// Whether the user is one of them now, in that team.
    pub fn include(&self, user: &User, team: TeamId) -> bool {
        match self {
            Self::Listed { users, roles } => {
                let by_name = user.has(team, Role::Approver) && users.iter().any(|name| is_same_name(name, &user.name));
                by_name || roles.iter().any(|role| user.has(team, *role))
            }
            Self::Team => user.has(team, Role::Operator) || user.has(team, Role::Approver),
        }
    }

    /// Why they do not include that user.
    pub fn does_not_ask(&self, user: &User, team: TeamId) -> Unasked {
        let is_member = user.roles.iter().any(|held| held.team == team);
        match self {
            Self::Listed { users, .. } if users.iter().any(|name| is_same_name(name, &user.name)) => {
                if is_member {
                    Unasked::NamedOnly
                } else {
                    Unasked::NamedNoMember
                }
            }
            Self::Listed { .. } => Unasked::NotNamed,
            Self::Team => Unasked::NeitherRole,
        }
    }
}

/// Its words to check, in which references are replaced.
pub(super) fn words_to_check(check: &str) -> UsedText<'_> {
    UsedText::new("check", check, TextUse::Value)
}

/// The limit of those words.
pub(super) fn check_words(check: &str, problems: &mut TaskProblems<'_>) {
    let count = check.chars().count();
    if count > MAX_CHECK_LEN {
        problems.add("check", FieldFault::TooLong { most: MAX_CHECK_LEN, unit: LengthUnit::Characters, count });
    }
}
