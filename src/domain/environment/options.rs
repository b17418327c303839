//! Options of an environment: how many releases work there at a time, which approval they need, and which teams release there.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::account::{self, is_same_name};
use crate::domain::ids::TeamId;
use crate::domain::people::Role;

/// The most people that the approver rules of an environment name, and so the most that must agree.
pub const MAX_RULE_APPROVERS: usize = 50;

/// How many releases work in an environment at a time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseLock {
    /// As many as come. On a component there is one at a time all the same.
    #[default]
    Shared,
    /// One, from its first task there to its end.
    Kept,
    /// One, which lets others in while a checkpoint of it waits and nothing of it runs there.
    LetGo,
}

impl ReleaseLock {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Shared, Self::Kept, Self::LetGo];

    /// The word in forms, requests and commands.
    pub fn word(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::Kept => "kept",
            Self::LetGo => "let-go",
        }
    }

    /// The one of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }

    /// Whether one release at a time works there.
    pub fn is_exclusive(self) -> bool {
        match self {
            Self::Shared => false,
            Self::Kept | Self::LetGo => true,
        }
    }
}

/// Which Manual Approval must have ended before a task works in an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApproverRule {
    /// Names of users who may decide it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<String>,
    /// Roles, in the team of the release task, whose holders may decide it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// How many must agree, at least.
    pub required: u32,
    /// Whoever took part in starting the release may not decide it.
    pub four_eyes: bool,
}

/// What a manager says of the releases to an environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EnvironmentOptions {
    /// How many at a time.
    pub lock: ReleaseLock,
    /// Which approval they need, if they need one.
    pub approval: Option<ApproverRule>,
}

/// The options of an environment, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TypedOptions {
    /// The word of its lock.
    pub lock: String,
    /// Names of users who may approve.
    pub users: Vec<String>,
    /// Words of roles whose holders may approve.
    pub roles: Vec<String>,
    /// How many must agree; empty or 0 for no approval.
    pub required: String,
    /// Whether whoever took part in starting the release may not approve it.
    pub four_eyes: bool,
    /// Names of the teams that may release there beside its own.
    pub teams: Vec<String>,
}

/// What typed options mean.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// The options.
    pub options: EnvironmentOptions,
    /// The teams that may release there beside its own.
    pub teams: Vec<TeamId>,
}

/// A field of the options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptionField {
    /// How many at a time.
    Lock,
    /// How many must agree.
    Required,
    /// Names of approvers.
    Users,
    /// Roles of approvers.
    Roles,
    /// Other teams.
    Teams,
}

impl OptionField {
    /// Its name in forms and requests.
    pub fn word(self) -> &'static str {
        match self {
            Self::Lock => "lock",
            Self::Required => "required",
            Self::Users => "approvers",
            Self::Roles => "roles",
            Self::Teams => "teams",
        }
    }
}

/// What is wrong with typed options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OptionFault {
    /// There is no such lock.
    Lock {
        /// What was typed.
        found: String,
    },
    /// How many must agree is no number, or too many.
    Required {
        /// What was typed.
        found: String,
    },
    /// People or roles are named, and not how many of them must agree.
    RequiredMissing,
    /// Nobody is named who could agree.
    NobodyAgrees,
    /// More must agree than are named.
    MoreThanNamed {
        /// How many are.
        named: usize,
    },
    /// Nobody can have that name.
    UserName {
        /// It.
        name: String,
    },
    /// Somebody is named twice.
    Twice {
        /// Who.
        name: String,
    },
    /// Too many people are named.
    TooManyUsers,
    /// There is no such role, or it approves nothing.
    Role {
        /// What was typed.
        found: String,
    },
    /// There is no such team, or it is the environment's own.
    Team {
        /// What was typed.
        name: String,
    },
}

impl OptionFault {
    /// The field that it is about.
    pub fn field(&self) -> OptionField {
        match self {
            Self::Lock { .. } => OptionField::Lock,
            Self::Required { .. } | Self::RequiredMissing | Self::NobodyAgrees | Self::MoreThanNamed { .. } => {
                OptionField::Required
            }
            Self::UserName { .. } | Self::Twice { .. } | Self::TooManyUsers => OptionField::Users,
            Self::Role { .. } => OptionField::Roles,
            Self::Team { .. } => OptionField::Teams,
        }
    }
}

impl TypedOptions {
    /// Those of an environment that is there.
    pub fn of(options: &EnvironmentOptions, teams: Vec<String>) -> Self {
        let lock = options.lock.word().to_owned();
        match &options.approval {
            None => Self { lock, four_eyes: true, teams, ..Self::default() },
            Some(rule) => Self {
                lock,
                users: rule.users.clone(),
                roles: rule.roles.iter().map(|role| role.word().to_owned()).collect(),
                required: rule.required.to_string(),
                four_eyes: rule.four_eyes,
                teams,
            },
        }
    }

    /// The options that they mean with the teams that may release there, or all that is wrong with them. `others` are all
    /// teams but its own.
    pub fn read(&self, others: &BTreeMap<String, TeamId>) -> Result<ReadOptions, Vec<OptionFault>> {
        let mut faults = Vec::new();
        let lock = ReleaseLock::from_word(&self.lock);
        if lock.is_none() {
            faults.push(OptionFault::Lock { found: self.lock.clone() });
        }
        let approval = self.approval(&mut faults);
        let mut teams = BTreeSet::new();
        for name in &self.teams {
            match others.get(name) {
                Some(team) => {
                    teams.insert(*team);
                }
                None => faults.push(OptionFault::Team { name: name.clone() }),
            }
        }
        match lock {
            Some(lock) if faults.is_empty() => {
                Ok(ReadOptions { options: EnvironmentOptions { lock, approval }, teams: teams.into_iter().collect() })
            }
            Some(_) | None => Err(faults),
        }
    }

    fn approval(&self, faults: &mut Vec<OptionFault>) -> Option<ApproverRule> {
        let (users, roles) = (self.users(faults), self.roles(faults));
        let typed = self.required.trim();
        let required: u32 = if typed.is_empty() { 0 } else { typed.parse().unwrap_or(u32::MAX) };
        let count = usize::try_from(required).unwrap_or(usize::MAX);
        let names_somebody = !self.users.is_empty() || !self.roles.is_empty();
        if count == 0 {
            faults.extend(names_somebody.then_some(OptionFault::RequiredMissing));
            return None;
        }
        if count > MAX_RULE_APPROVERS {
            faults.push(OptionFault::Required { found: typed.to_owned() });
        } else if !names_somebody {
            faults.push(OptionFault::NobodyAgrees);
        } else if roles.is_empty() && self.roles.is_empty() && count > users.len() {
            faults.push(OptionFault::MoreThanNamed { named: users.len() });
        }
        Some(ApproverRule { users, roles, required, four_eyes: self.four_eyes })
    }

    fn users(&self, faults: &mut Vec<OptionFault>) -> Vec<String> {
        let mut seen = BTreeSet::new();
        for name in &self.users {
            if account::check_user_name(name).is_err() {
                faults.push(OptionFault::UserName { name: name.clone() });
            } else if !seen.insert(account::folded(name)) {
                faults.push(OptionFault::Twice { name: name.clone() });
            }
        }
        faults.extend((self.users.len() > MAX_RULE_APPROVERS).then_some(OptionFault::TooManyUsers));
        self.users.clone()
    }

    fn roles(&self, faults: &mut Vec<OptionFault>) -> Vec<Role> {
        let mut roles = BTreeSet::new();
        for word in &self.roles {
            match Role::ALL.into_iter().find(|role| role.word() == word && *role != Role::Viewer) {
                Some(role) => {
                    roles.insert(role);
                }
                None => faults.push(OptionFault::Role { found: word.clone() }),
            }
        }
        roles.into_iter().collect()
    }
}

impl ApproverRule {
    /// Whether it lets the holders of a role of the release task's team decide.
    pub fn allows_role(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether it lets somebody decide whom a checkpoint names, who must be an approver of the team for that.
    pub fn allows_user(&self, name: &str) -> bool {
        self.allows_role(Role::Approver) || self.users.iter().any(|user| is_same_name(user, name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn others() -> BTreeMap<String, TeamId> {
        [("bank".to_owned(), TeamId::from_u128(2))].into()
    }

    fn typed() -> TypedOptions {
        TypedOptions { lock: "shared".to_owned(), ..TypedOptions::default() }
    }

    #[test]
    fn what_is_read_from_options_is_what_is_typed_of_them() {
        let approval =
            ApproverRule { users: vec!["anna".to_owned()], roles: vec![Role::Manager], required: 2, four_eyes: true };
        for lock in ReleaseLock::ALL {
            for approval in [None, Some(approval.clone())] {
                let options = EnvironmentOptions { lock, approval };
                let typed = TypedOptions::of(&options, vec!["bank".to_owned()]);
                assert_eq!(typed.read(&others()), Ok(ReadOptions { options, teams: vec![TeamId::from_u128(2)] }));
            }
        }
    }

    #[test]
    fn all_that_is_wrong_with_options_is_told_at_once() {
        let wrong = TypedOptions {
            lock: "both".to_owned(),
            users: vec!["an na/".to_owned(), "bob".to_owned(), "BOB".to_owned()],
            roles: vec!["viewer".to_owned()],
            required: "many".to_owned(),
            four_eyes: true,
            teams: vec!["shop".to_owned()],
        };
        assert_eq!(
            wrong.read(&others()),
            Err(vec![
                OptionFault::Lock { found: "both".to_owned() },
                OptionFault::UserName { name: "an na/".to_owned() },
                OptionFault::Twice { name: "BOB".to_owned() },
                OptionFault::Role { found: "viewer".to_owned() },
                OptionFault::Required { found: "many".to_owned() },
                OptionFault::Team { name: "shop".to_owned() },
            ])
        );
        let anna = || vec!["anna".to_owned()];
        let of = |typed: TypedOptions| typed.read(&others()).map_err(|faults| faults[0].clone());
        assert_eq!(of(TypedOptions { users: anna(), ..typed() }), Err(OptionFault::RequiredMissing));
        assert_eq!(of(TypedOptions { required: "1".to_owned(), ..typed() }), Err(OptionFault::NobodyAgrees));
        let two = TypedOptions { users: anna(), required: "2".to_owned(), ..typed() };
        assert_eq!(of(two), Err(OptionFault::MoreThanNamed { named: 1 }));
        assert_eq!(of(TypedOptions { required: "0".to_owned(), ..typed() }), Ok(ReadOptions::default()));
    }
}
