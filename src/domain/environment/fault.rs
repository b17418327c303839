//! Faults of environments that somebody wants.

use super::EnvironmentField;
use crate::domain::names::NamingFault;
use crate::domain::ssh::InventoryFault;

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
    /// There is no such kind.
    Kind {
        /// What was asked for.
        found: String,
    },
    /// What is wrong with the hosts.
    Hosts(InventoryFault),
    /// No account can have the name.
    User {
        /// It.
        found: String,
    },
    /// It names no secret that is the key.
    KeyMissing,
    /// No secret can have the name.
    KeyName {
        /// It.
        found: String,
    },
    /// It is no number of hosts, or none where at least one must be.
    HowMany {
        /// Of which field.
        of: EnvironmentField,
        /// What was typed.
        found: String,
    },
}

impl EnvironmentFault {
    /// The field that it is about, if it is about one.
    pub fn field(&self) -> Option<EnvironmentField> {
        match self {
            Self::Name(_) | Self::NameTaken { .. } => Some(EnvironmentField::Name),
            Self::Description { .. } => Some(EnvironmentField::Description),
            Self::DeployMissing => Some(EnvironmentField::Deploy),
            Self::ScriptLength { of, .. } | Self::ZeroByte { of } | Self::HowMany { of, .. } => Some(*of),
            Self::Variable(_) => Some(EnvironmentField::Variables),
            Self::TimeoutText { .. } | Self::TimeoutRange => Some(EnvironmentField::Timeout),
            Self::TooMany | Self::Kind { .. } => None,
            Self::Hosts(_) => Some(EnvironmentField::Hosts),
            Self::User { .. } => Some(EnvironmentField::User),
            Self::KeyMissing | Self::KeyName { .. } => Some(EnvironmentField::Key),
        }
    }
}
