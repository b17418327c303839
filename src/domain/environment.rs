//! Environments: where components run, and the rules of what one is made of.

use serde::{Deserialize, Serialize};

use super::names::{self, NamingFault};

/// The most environments of a team in a region.
pub const MAX_ENVIRONMENTS: usize = 100;

/// The most bytes of one of its scripts.
pub const MAX_ENVIRONMENT_SCRIPT: usize = 64 * 1024;

/// The longest time that one of its scripts may take, in seconds: a day.
pub const MAX_SCRIPT_TIMEOUT: u64 = 24 * 60 * 60;

/// How long its scripts may take where nothing else is said, in seconds: ten minutes.
pub const DEFAULT_SCRIPT_TIMEOUT: u64 = 600;

/// How components come to run in an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EnvironmentSettings {
    /// By scripts on the server.
    Command(CommandEnvironment),
}

/// Scripts that are run on the server, each given a component and a revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandEnvironment {
    /// Makes a revision of a component run, and ends with 0 when it does.
    pub deploy: String,
    /// Takes a component away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remove: Option<String>,
    /// How long one of them may take, in seconds.
    pub timeout: u64,
}

impl EnvironmentSettings {
    /// The stored word of its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Command(_) => "command",
        }
    }
}

/// A field of an environment in which something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EnvironmentField {
    /// Its name.
    Name,
    /// Its description.
    Description,
    /// The script that deploys.
    Deploy,
    /// The script that removes.
    Remove,
    /// How long a script may take.
    Timeout,
}

impl EnvironmentField {
    /// Its name in forms, files and requests.
    pub fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Description => "description",
            Self::Deploy => "deploy",
            Self::Remove => "remove",
            Self::Timeout => "timeout",
        }
    }
}

/// What is wrong with an environment that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnvironmentFault {
    /// Its name is none.
    Name(NamingFault),
    /// Another one of the team in that region has the name, perhaps in other upper and lower case.
    NameTaken {
        /// How that one is called.
        by: String,
    },
    /// Its description is too long.
    Description {
        /// How many characters it has.
        count: usize,
    },
    /// It has no script that deploys.
    DeployMissing,
    /// A script is too long.
    ScriptLength {
        /// Which.
        of: EnvironmentField,
        /// How many bytes it has.
        count: usize,
    },
    /// A script has a zero byte in it.
    ZeroByte {
        /// Which.
        of: EnvironmentField,
    },
    /// The time is none.
    TimeoutText {
        /// What was typed.
        found: String,
    },
    /// The time is shorter or longer than it may be.
    TimeoutRange,
    /// The team has as many in the region as it may.
    TooMany,
}

impl EnvironmentFault {
    /// The field that it is about, if it is about one.
    pub fn field(&self) -> Option<EnvironmentField> {
        match self {
            Self::Name(_) | Self::NameTaken { .. } => Some(EnvironmentField::Name),
            Self::Description { .. } => Some(EnvironmentField::Description),
            Self::DeployMissing => Some(EnvironmentField::Deploy),
            Self::ScriptLength { of, .. } | Self::ZeroByte { of } => Some(*of),
            Self::TimeoutText { .. } | Self::TimeoutRange => Some(EnvironmentField::Timeout),
            Self::TooMany => None,
        }
    }
}

/// All that is wrong with the name of a new environment among those of its team in its region.
pub fn check_name<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<EnvironmentFault> {
    if let Some(fault) = names::fault(name) {
        return Some(EnvironmentFault::Name(fault));
    }
    let taken = known.into_iter().find(|other| other.eq_ignore_ascii_case(name));
    taken.map(|by| EnvironmentFault::NameTaken { by: by.to_owned() })
}

/// All that is wrong with what it is made of.
pub fn check_settings(description: &str, settings: &EnvironmentSettings) -> Vec<EnvironmentFault> {
    let EnvironmentSettings::Command(CommandEnvironment { deploy, remove, timeout }) = settings;
    let mut faults: Vec<_> = names::description_fault(description)
        .map(|count| EnvironmentFault::Description { count })
        .into_iter()
        .collect();
    if deploy.trim().is_empty() {
        faults.push(EnvironmentFault::DeployMissing);
    }
    let scripts = [(EnvironmentField::Deploy, Some(deploy)), (EnvironmentField::Remove, remove.as_ref())];
    for (of, script) in scripts.into_iter().filter_map(|(of, script)| Some((of, script?))) {
        if script.len() > MAX_ENVIRONMENT_SCRIPT {
            faults.push(EnvironmentFault::ScriptLength { of, count: script.len() });
        }
        if script.contains('\0') {
            faults.push(EnvironmentFault::ZeroByte { of });
        }
    }
    if !(1..=MAX_SCRIPT_TIMEOUT).contains(timeout) {
        faults.push(EnvironmentFault::TimeoutRange);
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(deploy: &str, remove: Option<&str>, timeout: u64) -> EnvironmentSettings {
        let remove = remove.map(str::to_owned);
        EnvironmentSettings::Command(CommandEnvironment { deploy: deploy.to_owned(), remove, timeout })
    }

    #[test]
    fn a_name_is_by_the_rule_and_not_taken_in_any_case() {
        assert_eq!(check_name("tills", ["prod"]), None);
        assert_eq!(check_name("1tills", []), Some(EnvironmentFault::Name(NamingFault::Start)));
        assert_eq!(check_name("Prod", ["prod"]), Some(EnvironmentFault::NameTaken { by: "prod".to_owned() }));
    }

    #[test]
    fn all_that_is_wrong_with_an_environment_is_told_at_once() {
        assert_eq!(check_settings("", &command("true", None, 60)), []);
        let long = "x".repeat(MAX_ENVIRONMENT_SCRIPT + 1);
        assert_eq!(
            check_settings(&"d".repeat(129), &command(" \n", Some(&long), 0)),
            [
                EnvironmentFault::Description { count: 129 },
                EnvironmentFault::DeployMissing,
                EnvironmentFault::ScriptLength { of: EnvironmentField::Remove, count: MAX_ENVIRONMENT_SCRIPT + 1 },
                EnvironmentFault::TimeoutRange,
            ]
        );
        let zero = check_settings("", &command("a\0b", None, MAX_SCRIPT_TIMEOUT));
        assert_eq!(zero, [EnvironmentFault::ZeroByte { of: EnvironmentField::Deploy }]);
    }
}
