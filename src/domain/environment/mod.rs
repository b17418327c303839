//! Environments: where components run, and the rules of what one is made of.

mod fault;
mod options;
mod typed;
mod usable;
mod variables;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::names;
use super::placement::Placement;
use super::reference;
use super::ssh::{FailedLimit, HowMany, SshHost, check_hosts, is_user};

pub use fault::{EnvironmentFault, EnvironmentVariableFault};
pub use options::{
    ApproverRule, EnvironmentOptions, MAX_RULE_APPROVERS, OptionFault, OptionField, ReadOptions, ReleaseLock,
    TypedOptions,
};
pub use typed::TypedHosts;
pub use usable::{NamedEnvironment, UsableEnvironment, is_environment_name, named, written_names};
use variables::variable_faults;
pub use variables::{read_variables, written_variables};

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
    Command(EnvironmentScripts),
    /// By scripts on hosts that are reached by ssh.
    Ssh(SshEnvironment),
}

/// The word of each kind, as it is stored, in forms and in requests.
pub const ENVIRONMENT_KINDS: [&str; 2] = ["command", "ssh"];

/// Hosts, how to get there, and what is run on each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SshEnvironment {
    /// In the order in which they are worked on.
    pub hosts: Vec<SshHost>,
    /// The account on hosts that name none, as the form has it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub user: String,
    /// The name of the secret that is the private key.
    pub key: String,
    /// How many at a time.
    pub batch: HowMany,
    /// How many may fail.
    pub limit: FailedLimit,
    /// What is run on each.
    #[serde(flatten)]
    pub scripts: EnvironmentScripts,
}

/// Scripts that each are given a component and a revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvironmentScripts {
    /// Makes a revision of a component run, and ends with 0 when it does.
    pub deploy: String,
    /// Looks whether it runs well, after each deployment, which fails when this does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify: Option<String>,
    /// Takes a component away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remove: Option<String>,
    /// Variables of all of them. A secret may stand in one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, String>,
    /// How long one of them may take, in seconds.
    pub timeout: u64,
}

impl EnvironmentSettings {
    /// The stored word of its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Command(_) => "command",
            Self::Ssh(_) => "ssh",
        }
    }

    /// What is run for a component.
    pub fn scripts(&self) -> &EnvironmentScripts {
        match self {
            Self::Command(scripts) => scripts,
            Self::Ssh(ssh) => &ssh.scripts,
        }
    }

    /// The names of the secrets that its scripts are given.
    pub fn secret_names(&self) -> Vec<String> {
        let texts = self.scripts().variables.values();
        let names: BTreeSet<String> = texts.flat_map(|text| reference::secret_names(text)).collect();
        names.into_iter().collect()
    }

    /// The name of the secret with which it is reached.
    pub fn key(&self) -> Option<&str> {
        self.ssh().map(|ssh| ssh.key.as_str())
    }

    /// Its variables in which there is no secret: those that tasks of people are given too.
    pub fn open_variables(&self) -> impl Iterator<Item = (&str, &str)> {
        let variables = self.scripts().variables.iter();
        let is_open = |(_, text): &(&String, &String)| reference::secret_names(text).next().is_none();
        variables.filter(is_open).map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// What it is made of, if it is hosts that are reached by ssh.
    pub fn ssh(&self) -> Option<&SshEnvironment> {
        match self {
            Self::Command(_) => None,
            Self::Ssh(ssh) => Some(ssh),
        }
    }

    /// Where the work of an attempt there lives.
    pub fn placement(&self) -> Placement {
        match self {
            Self::Command(_) => Placement::ThisMachine,
            Self::Ssh(_) => Placement::Anywhere,
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
    /// The script that looks whether what was deployed is well.
    Verify,
    /// The script that removes.
    Remove,
    /// Variables of its scripts.
    Variables,
    /// How long a script may take.
    Timeout,
    /// The hosts of ssh.
    Hosts,
    /// The account on hosts that name none.
    User,
    /// The secret that is the private key.
    Key,
    /// How many hosts at a time.
    Batch,
    /// How many hosts may fail.
    MaxFailed,
}

impl EnvironmentField {
    /// Its name in forms, files and requests.
    pub fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Description => "description",
            Self::Deploy => "deploy",
            Self::Verify => "verify",
            Self::Remove => "remove",
            Self::Variables => "variables",
            Self::Timeout => "timeout",
            Self::Hosts => "hosts",
            Self::User => "user",
            Self::Key => "key",
            Self::Batch => "batch",
            Self::MaxFailed => "max_failed",
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
    let EnvironmentScripts { deploy, verify, remove, variables, timeout } = settings.scripts();
    let mut faults: Vec<_> = names::description_fault(description)
        .map(|count| EnvironmentFault::Description { count })
        .into_iter()
        .collect();
    if deploy.trim().is_empty() {
        faults.push(EnvironmentFault::DeployMissing);
    }
    let scripts = [
        (EnvironmentField::Deploy, Some(deploy)),
        (EnvironmentField::Verify, verify.as_ref()),
        (EnvironmentField::Remove, remove.as_ref()),
    ];
    for (of, script) in scripts.into_iter().filter_map(|(of, script)| Some((of, script?))) {
        if script.len() > MAX_ENVIRONMENT_SCRIPT {
            faults.push(EnvironmentFault::ScriptLength { of, count: script.len() });
        }
        if script.contains('\0') {
            faults.push(EnvironmentFault::ZeroByte { of });
        }
    }
    faults.extend(variable_faults(variables).into_iter().map(EnvironmentFault::Variable));
    if !(1..=MAX_SCRIPT_TIMEOUT).contains(timeout) {
        faults.push(EnvironmentFault::TimeoutRange);
    }
    faults.extend(settings.ssh().map(check_ssh).unwrap_or_default());
    faults
}

fn check_ssh(ssh: &SshEnvironment) -> Vec<EnvironmentFault> {
    let SshEnvironment { hosts, user, key, batch, limit: _, scripts: _ } = ssh;
    let mut faults: Vec<_> = check_hosts(hosts).into_iter().map(EnvironmentFault::Hosts).collect();
    if !user.is_empty() && !is_user(user) {
        faults.push(EnvironmentFault::User { found: user.clone() });
    }
    if key.is_empty() {
        faults.push(EnvironmentFault::KeyMissing);
    } else if !names::is_valid(key) {
        faults.push(EnvironmentFault::KeyName { found: key.clone() });
    }
    if *batch == HowMany::Count(0) {
        faults.push(EnvironmentFault::HowMany { of: EnvironmentField::Batch, found: batch.to_string() });
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::names::NamingFault;

    fn command(deploy: &str, remove: Option<&str>, timeout: u64) -> EnvironmentSettings {
        let (verify, remove, variables) = (None, remove.map(str::to_owned), BTreeMap::new());
        EnvironmentSettings::Command(EnvironmentScripts {
            deploy: deploy.to_owned(),
            verify,
            remove,
            variables,
            timeout,
        })
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
