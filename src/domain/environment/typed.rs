//! Typed hosts: the fields of an environment of hosts, as they come from a form or a command.

use super::{EnvironmentFault, EnvironmentField, EnvironmentScripts, SshEnvironment};
use crate::domain::ssh::{FailedLimit, HowMany, read_inventory, written_inventory};

/// What was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TypedHosts {
    /// The hosts, a line each.
    pub hosts: String,
    /// The account on hosts that name none.
    pub user: String,
    /// The name of the secret that is the key.
    pub key: String,
    /// How many hosts at a time; empty for all.
    pub batch: String,
    /// How many hosts may fail; empty for none.
    pub max_failed: String,
}

impl TypedHosts {
    /// What is typed of an environment that is there.
    pub fn of(ssh: &SshEnvironment) -> Self {
        Self {
            hosts: written_inventory(&ssh.hosts, &ssh.user),
            user: ssh.user.clone(),
            key: ssh.key.clone(),
            batch: ssh.batch.to_string(),
            max_failed: ssh.limit.0.to_string(),
        }
    }

    /// The environment that it means with those scripts, and what cannot be read of it.
    pub fn read(&self, scripts: EnvironmentScripts) -> (SshEnvironment, Vec<EnvironmentFault>) {
        let user = self.user.trim();
        let (hosts, unread) = read_inventory(&self.hosts, user);
        let mut faults: Vec<_> = unread.into_iter().map(EnvironmentFault::Hosts).collect();
        let mut many = |of, text: &str, default| {
            let found = text.trim();
            let read = if found.is_empty() { Ok(default) } else { found.parse() };
            read.unwrap_or_else(|_| {
                faults.push(EnvironmentFault::HowMany { of, found: found.to_owned() });
                default
            })
        };
        let batch = many(EnvironmentField::Batch, &self.batch, HowMany::All);
        let limit = FailedLimit(many(EnvironmentField::MaxFailed, &self.max_failed, FailedLimit::NONE.0));
        let ssh =
            SshEnvironment { hosts, user: user.to_owned(), key: self.key.trim().to_owned(), batch, limit, scripts };
        (ssh, faults)
    }
}

impl EnvironmentFault {
    /// What is wrong with what was typed, after what could not be read of it: hosts that could not be read are not judged.
    #[must_use]
    pub fn after(unread: Vec<Self>, judged: Vec<Self>) -> Vec<Self> {
        let no_hosts = unread.iter().any(|fault| matches!(fault, Self::Hosts(_)));
        let judged = judged.into_iter().filter(|fault| !(no_hosts && matches!(fault, Self::Hosts(_))));
        let judged: Vec<_> = judged.collect();
        unread.into_iter().chain(judged).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::environment::{EnvironmentSettings, check_settings};
    use crate::domain::ssh::InventoryFault;

    fn scripts() -> EnvironmentScripts {
        EnvironmentScripts { deploy: "true".to_owned(), verify: None, remove: None, variables: [].into(), timeout: 60 }
    }

    #[test]
    fn what_is_typed_of_hosts_is_what_was_read() {
        let typed = TypedHosts {
            hosts: "edge-01 address=10.20.0.11\nedge-02 user=root\n".to_owned(),
            user: "deploy".to_owned(),
            key: "DEPLOY_KEY".to_owned(),
            batch: "25%".to_owned(),
            max_failed: "1".to_owned(),
        };
        let (ssh, faults) = typed.read(scripts());
        assert_eq!((TypedHosts::of(&ssh), faults), (typed, Vec::new()));
        let settings = EnvironmentSettings::Ssh(ssh);
        assert_eq!(check_settings("", &settings), []);
        assert_eq!((settings.secret_names(), settings.key()), (Vec::new(), Some("DEPLOY_KEY")));
        let stored = serde_json::to_string(&settings).unwrap();
        assert_eq!(serde_json::from_str::<EnvironmentSettings>(&stored).unwrap(), settings);
    }

    #[test]
    fn all_that_is_wrong_with_hosts_is_told_at_once_and_once() {
        let typed = TypedHosts {
            hosts: "a user=-x\n".to_owned(),
            user: "b c".to_owned(),
            batch: "0".to_owned(),
            max_failed: "some".to_owned(),
            ..TypedHosts::default()
        };
        let (ssh, unread) = typed.read(scripts());
        let faults = EnvironmentFault::after(unread, check_settings("", &EnvironmentSettings::Ssh(ssh)));
        let many = |of, found: &str| EnvironmentFault::HowMany { of, found: found.to_owned() };
        assert!(matches!(faults[0], EnvironmentFault::Hosts(InventoryFault::Value { line: 1, .. })), "{faults:?}");
        assert_eq!(
            faults[1..],
            [
                many(EnvironmentField::MaxFailed, "some"),
                EnvironmentFault::User { found: "b c".to_owned() },
                EnvironmentFault::KeyMissing,
                many(EnvironmentField::Batch, "0"),
            ]
        );
        let (nothing, unread) = TypedHosts::default().read(scripts());
        assert_eq!(unread, [EnvironmentFault::Hosts(InventoryFault::Empty)]);
        assert_eq!((nothing.batch, nothing.limit), (HowMany::All, FailedLimit::NONE));
    }
}
