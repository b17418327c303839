//! Faults that keep a change of a component from beginning, or from being undone.

use serde::{Deserialize, Serialize};

use crate::domain::environment::ApproverRule;
use crate::domain::failure_cause::FailureCause;
use crate::domain::outcome::Outcome;
use crate::domain::specification::{SpecificationFault, VersionFault};

/// Why a change of a component cannot begin, or cannot be undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum ChangeFault {
    /// The team has no application of that name.
    NoApplication {
        /// The name.
        name: String,
    },
    /// The team has an application of that name already.
    ApplicationExists {
        /// The name.
        name: String,
    },
    /// The application has no component of that name.
    NoComponent {
        /// `APPLICATION/NAME`.
        name: String,
    },
    /// The application has a component of that name already.
    ComponentExists {
        /// `APPLICATION/NAME`.
        name: String,
    },
    /// The team has no environment of that name in the region, and none was lent to it.
    NoEnvironment {
        /// The name.
        name: String,
    },
    /// Several teams lent it an environment of that name.
    SeveralEnvironments {
        /// The name.
        name: String,
        /// The teams.
        teams: Vec<String>,
    },
    /// The environment is of another team, which does not lend it to this one.
    NotLent {
        /// Its name.
        environment: String,
        /// The team that owns it.
        team: String,
    },
    /// No checkpoint that meets the rules of the environment ended before.
    NotApproved {
        /// Its name.
        environment: String,
        /// The rules.
        rule: ApproverRule,
    },
    /// The component runs in an environment of another region.
    OtherRegion {
        /// `APPLICATION/NAME`.
        name: String,
    },
    /// It is in another environment than the one that is named.
    OtherEnvironment {
        /// `APPLICATION/NAME`.
        name: String,
        /// Where it is.
        environment: String,
    },
    /// Nothing was deployed of it that an update could go by.
    NothingDeployed {
        /// `APPLICATION/NAME`.
        name: String,
    },
    /// A field of the specification is wrong, now that its references have values.
    Specification {
        /// The field; empty where it is the whole.
        field: String,
        /// How.
        problem: SpecificationFault,
    },
    /// The version is wrong, now that its references have values.
    Version {
        /// How.
        problem: VersionFault,
    },
    /// A field to be unset is not set.
    NotSet {
        /// The field.
        field: String,
    },
    /// There are as many as there may be.
    TooMany,
    /// The environment has no script that removes.
    NoRemove {
        /// Its name.
        environment: String,
    },
    /// Somebody else changed the component since.
    ChangedSince {
        /// `APPLICATION/NAME`.
        name: String,
        /// The revision that it has.
        revision: u32,
    },
    /// The application has components by now.
    NotEmpty {
        /// Its name.
        name: String,
    },
    /// Two executions would wait for each other for ever.
    WouldWait {
        /// The component that is waited for.
        component: String,
        /// Name of the release task whose execution has it.
        release: String,
        /// Number of that execution.
        number: u32,
    },
    /// The same for an environment that takes one release at a time.
    EnvironmentWouldWait {
        /// The environment that is waited for.
        environment: String,
        /// Name of the release task whose execution has it.
        release: String,
        /// Number of that execution.
        number: u32,
    },
}

impl ChangeFault {
    /// The outcome of an attempt that could not begin because of it.
    pub fn outcome(self) -> Outcome {
        Outcome::Errored { cause: FailureCause::Change(self) }
    }
}
