//! Environments: where components run, and the rules of what one is made of.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::kinds::{MAX_VALUE_LEN, MAX_VARIABLES, OWN_VARIABLES, is_variable};
use super::names::{self, NamingFault};
use super::reference;

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
    /// Variables of all of them. A secret may stand in one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, String>,
    /// How long one of them may take, in seconds.
    pub timeout: u64,
}

impl CommandEnvironment {
    /// The names of the secrets that its scripts are given.
    pub fn secret_names(&self) -> Vec<String> {
        let names: BTreeSet<String> = self.variables.values().flat_map(|text| reference::secret_names(text)).collect();
        names.into_iter().collect()
    }
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
    /// Variables of its scripts.
    Variables,
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
            Self::Variables => "variables",
            Self::Timeout => "timeout",
        }
    }
}

/// What is wrong with a variable of the scripts of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnvironmentVariableFault {
    /// The line is not `NAME=value`.
    Line {
        /// Its number, from 1.
        line: usize,
    },
    /// No variable can have the name.
    Name {
        /// It.
        name: String,
    },
    /// Tollgate itself gives variables of such names.
    Reserved {
        /// The name.
        name: String,
    },
    /// Two have the name.
    Twice {
        /// It.
        name: String,
    },
    /// The value is too long, or has a zero byte in it.
    Value {
        /// Name of the variable.
        name: String,
    },
    /// What the value refers to is no secret, or begins like a reference and is none.
    Reference {
        /// Name of the variable.
        name: String,
        /// As it stands there.
        text: String,
    },
    /// There are too many.
    TooMany,
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
    /// A variable is none, or one that scripts cannot have.
    Variable(EnvironmentVariableFault),
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
            Self::Variable(_) => Some(EnvironmentField::Variables),
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
    let EnvironmentSettings::Command(CommandEnvironment { deploy, remove, variables, timeout }) = settings;
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
    faults.extend(variable_faults(variables).into_iter().map(EnvironmentFault::Variable));
    if !(1..=MAX_SCRIPT_TIMEOUT).contains(timeout) {
        faults.push(EnvironmentFault::TimeoutRange);
    }
    faults
}

/// The variables that lines of `NAME=value` give, and what is wrong with the lines. Empty ones are left out.
pub fn read_variables(text: &str) -> (BTreeMap<String, String>, Vec<EnvironmentVariableFault>) {
    let (mut variables, mut faults) = (BTreeMap::new(), Vec::new());
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let Some((name, value)) = line.split_once('=') else {
            faults.push(EnvironmentVariableFault::Line { line: number });
            continue;
        };
        let name = name.trim().to_owned();
        if variables.insert(name.clone(), value.to_owned()).is_some() {
            faults.push(EnvironmentVariableFault::Twice { name });
        }
    }
    (variables, faults)
}

/// The lines that give these variables.
pub fn written_variables(variables: &BTreeMap<String, String>) -> String {
    let lines: Vec<String> = variables.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    lines.concat()
}

fn variable_faults(variables: &BTreeMap<String, String>) -> Vec<EnvironmentVariableFault> {
    let mut faults = Vec::new();
    if variables.len() > MAX_VARIABLES {
        faults.push(EnvironmentVariableFault::TooMany);
    }
    for (name, value) in variables {
        let name = || name.clone();
        if !is_variable(&name()) {
            faults.push(EnvironmentVariableFault::Name { name: name() });
        } else if name().starts_with(OWN_VARIABLES) {
            faults.push(EnvironmentVariableFault::Reserved { name: name() });
        }
        if value.len() > MAX_VALUE_LEN || value.contains(['\0', '\n', '\r']) {
            faults.push(EnvironmentVariableFault::Value { name: name() });
        }
        let (found, wrong) = reference::scan(value);
        let others = found.into_iter().filter(|span| span.reference.source.secret().is_none());
        let texts = others.map(|span| span.reference.to_string()).chain(wrong.into_iter().map(|wrong| wrong.text));
        faults.extend(texts.map(|text| EnvironmentVariableFault::Reference { name: name(), text }));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(deploy: &str, remove: Option<&str>, timeout: u64) -> EnvironmentSettings {
        let (remove, variables) = (remove.map(str::to_owned), BTreeMap::new());
        EnvironmentSettings::Command(CommandEnvironment { deploy: deploy.to_owned(), remove, variables, timeout })
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

    #[test]
    fn variables_are_lines_and_name_no_values_but_secrets() {
        let (variables, faults) = read_variables("A=1\n\n TOKEN =x ${secrets.TOKEN}=\nrubbish\nA=2\n");
        assert_eq!(
            faults,
            [EnvironmentVariableFault::Line { line: 4 }, EnvironmentVariableFault::Twice { name: "A".to_owned() }]
        );
        assert_eq!(written_variables(&variables), "A=2\nTOKEN=x ${secrets.TOKEN}=\n");
        assert_eq!(variable_faults(&variables), []);
        let (variables, _) = read_variables("1A=x\nTOLLGATE_X=x\nB=${vars.x} ${secrets.1}\nC=${HOME}\n");
        let reference =
            |text: &str| EnvironmentVariableFault::Reference { name: "B".to_owned(), text: text.to_owned() };
        assert_eq!(
            variable_faults(&variables),
            [
                EnvironmentVariableFault::Name { name: "1A".to_owned() },
                reference("${vars.x}"),
                reference("${secrets.1}"),
                EnvironmentVariableFault::Reserved { name: "TOLLGATE_X".to_owned() },
            ]
        );
    }
}
