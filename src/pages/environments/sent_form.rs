//! The form of an environment, as it was sent.

use serde::Deserialize;

use super::examples::Example;
use crate::app::environments::TypedEnvironment;
use crate::domain::environment::{
    CommandEnvironment, DEFAULT_SCRIPT_TIMEOUT, EnvironmentFault, EnvironmentSettings, read_variables,
    written_variables,
};
use crate::domain::ids::TeamId;
use crate::format;

/// What was typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct SentEnvironment {
    /// The team of a new one.
    pub team: Option<TeamId>,
    /// The name of a new one.
    #[serde(default)]
    pub name: String,
    /// What people say of it.
    #[serde(default)]
    pub description: String,
    /// The script that deploys.
    #[serde(default)]
    pub deploy: String,
    /// The script that removes.
    #[serde(default)]
    pub remove: String,
    /// Variables of all of them, a line each.
    #[serde(default)]
    pub variables: String,
    /// How long one of them may take.
    #[serde(default)]
    pub timeout: String,
    /// The version that the form began from.
    pub seen: Option<u32>,
}

impl SentEnvironment {
    /// What a new one begins with.
    pub fn offered(team: Option<TeamId>, example: &Example) -> Self {
        Self {
            team,
            deploy: example.deploy.to_owned(),
            remove: example.remove.to_owned(),
            variables: example.variables.to_owned(),
            timeout: format::written_duration(DEFAULT_SCRIPT_TIMEOUT),
            ..Self::default()
        }
    }

    /// What one that is there begins with.
    pub fn of(description: &str, settings: &EnvironmentSettings, seen: u32) -> Self {
        let EnvironmentSettings::Command(CommandEnvironment { deploy, remove, variables, timeout }) = settings;
        Self {
            description: description.to_owned(),
            deploy: deploy.clone(),
            remove: remove.clone().unwrap_or_default(),
            variables: written_variables(variables),
            timeout: format::written_duration(*timeout),
            seen: Some(seen),
            ..Self::default()
        }
    }

    /// The environment that it means, and what cannot be read of it.
    pub fn read(&self) -> (TypedEnvironment, Vec<EnvironmentFault>) {
        let lines = |text: &str| text.replace("\r\n", "\n").replace('\r', "\n");
        let remove = lines(&self.remove);
        let typed = self.timeout.trim();
        let timeout = format::read_duration(typed).ok();
        let (variables, unread) = read_variables(&lines(&self.variables));
        let mut faults: Vec<_> = unread.into_iter().map(EnvironmentFault::Variable).collect();
        faults.extend(timeout.is_none().then(|| EnvironmentFault::TimeoutText { found: typed.to_owned() }));
        let settings = EnvironmentSettings::Command(CommandEnvironment {
            deploy: lines(&self.deploy),
            remove: (!remove.trim().is_empty()).then_some(remove),
            variables,
            timeout: timeout.unwrap_or(DEFAULT_SCRIPT_TIMEOUT),
        });
        (TypedEnvironment { description: self.description.trim().to_owned(), settings }, faults)
    }
}
