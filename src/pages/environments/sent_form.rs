//! The form of an environment, as it was sent.

use serde::Deserialize;

use super::examples::Example;
use crate::app::environments::TypedEnvironment;
use crate::domain::environment::{
    DEFAULT_SCRIPT_TIMEOUT, EnvironmentFault, EnvironmentScripts, EnvironmentSettings, TypedHosts, read_variables,
    written_variables,
};
use crate::domain::ids::TeamId;
use crate::format;

/// The word of the kind that is hosts.
pub const SSH: &str = "ssh";

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
    /// The word of the kind of a new one; empty for scripts on the server.
    #[serde(default)]
    pub kind: String,
    /// Hosts, a line each.
    #[serde(default)]
    pub hosts: String,
    /// The account on hosts that name none.
    #[serde(default)]
    pub user: String,
    /// The name of the secret that is the key.
    #[serde(default)]
    pub key: String,
    /// How many hosts at a time.
    #[serde(default)]
    pub batch: String,
    /// How many hosts may fail.
    #[serde(default)]
    pub max_failed: String,
    /// The script that deploys.
    #[serde(default)]
    pub deploy: String,
    /// The script that looks whether what was deployed is well.
    #[serde(default)]
    pub verify: String,
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
    pub fn offered(team: Option<TeamId>, is_ssh: bool, example: &Example) -> Self {
        Self {
            team,
            kind: if is_ssh { SSH.to_owned() } else { String::new() },
            batch: if is_ssh { "1".to_owned() } else { String::new() },
            max_failed: if is_ssh { "0".to_owned() } else { String::new() },
            deploy: example.deploy.to_owned(),
            remove: example.remove.to_owned(),
            variables: example.variables.to_owned(),
            timeout: format::written_duration(DEFAULT_SCRIPT_TIMEOUT),
            ..Self::default()
        }
    }

    /// What one that is there begins with.
    pub fn of(description: &str, settings: &EnvironmentSettings, seen: u32) -> Self {
        let EnvironmentScripts { deploy, verify, remove, variables, timeout } = settings.scripts();
        let TypedHosts { hosts, user, key, batch, max_failed } = settings.ssh().map(TypedHosts::of).unwrap_or_default();
        Self {
            description: description.to_owned(),
            kind: settings.kind().to_owned(),
            hosts,
            user,
            key,
            batch,
            max_failed,
            deploy: deploy.clone(),
            verify: verify.clone().unwrap_or_default(),
            remove: remove.clone().unwrap_or_default(),
            variables: written_variables(variables),
            timeout: format::written_duration(*timeout),
            seen: Some(seen),
            ..Self::default()
        }
    }

    /// Whether it is the form of hosts that are reached by ssh.
    pub fn is_ssh(&self) -> bool {
        self.kind == SSH
    }

    fn typed_hosts(&self) -> TypedHosts {
        TypedHosts {
            hosts: self.hosts.clone(),
            user: self.user.clone(),
            key: self.key.clone(),
            batch: self.batch.clone(),
            max_failed: self.max_failed.clone(),
        }
    }

    /// The environment that it means, and what cannot be read of it.
    pub fn read(&self) -> (TypedEnvironment, Vec<EnvironmentFault>) {
        let lines = |text: &str| text.replace("\r\n", "\n").replace('\r', "\n");
        let (verify, remove) = (lines(&self.verify), lines(&self.remove));
        let typed = self.timeout.trim();
        let timeout = format::read_duration(typed).ok();
        let (variables, unread) = read_variables(&lines(&self.variables));
        let mut faults: Vec<_> = unread.into_iter().map(EnvironmentFault::Variable).collect();
        faults.extend(timeout.is_none().then(|| EnvironmentFault::TimeoutText { found: typed.to_owned() }));
        let scripts = EnvironmentScripts {
            deploy: lines(&self.deploy),
            verify: (!verify.trim().is_empty()).then_some(verify),
            remove: (!remove.trim().is_empty()).then_some(remove),
            variables,
            timeout: timeout.unwrap_or(DEFAULT_SCRIPT_TIMEOUT),
        };
        let settings = if self.is_ssh() {
            let (ssh, unread) = self.typed_hosts().read(scripts);
            faults.extend(unread);
            EnvironmentSettings::Ssh(ssh)
        } else {
            EnvironmentSettings::Command(scripts)
        };
        (TypedEnvironment { description: self.description.trim().to_owned(), settings }, faults)
    }
}
