//! Hosts that are reached by ssh: what one is made of, the keys by which it is known, and in which order many are worked on.

mod failure;
mod inventory;
mod keys;
mod private_key;
mod probe;
mod roll_out;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use failure::{HostNews, NoConnection, SshFailure};
pub use inventory::{InventoryFault, InventoryField, check_hosts, read_inventory, written_inventory};
pub use keys::{HostKey, HostKeyFault};
pub use private_key::{KeyFault, tidy_private_key};
pub use probe::{KeySummary, ProbeCheck, ProbeStep};
pub use roll_out::{FailedLimit, HostCount, HostState, HostStep, HowMany, HowManyFault, next_hosts};

/// The most hosts of an environment.
pub const MAX_HOSTS: usize = 200;

/// The port where ssh is found if nothing else is said.
pub const SSH_PORT: u16 = 22;

/// The longest address, and the longest name, of a host: as long as a name of the DNS may be.
const MAX_ADDRESS_LEN: usize = 253;

/// The longest name of an account.
const MAX_USER_LEN: usize = 64;

/// The longest label.
const MAX_LABEL_LEN: usize = 64;

/// A machine that is reached by ssh.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SshHost {
    /// What people call it; unique in its environment.
    pub name: String,
    /// Where it is found: a name of the DNS, or an address of the internet.
    pub address: String,
    /// The port.
    pub port: u16,
    /// The account there.
    pub user: String,
    /// By which it can be chosen among others.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub labels: BTreeSet<String>,
}

impl SshHost {
    /// Where it is found. Its keys are pinned for that.
    pub fn place(&self) -> String {
        format!("{}:{}", self.address, self.port)
    }

    /// Its name and which account of which machine it is, for what is recorded of work there.
    pub fn label(&self) -> String {
        [self.name.clone(), format!("{}@{}", self.user, self.place())].join(" ")
    }
}

/// Whether it can be the name of a host. None begins with a dash, which a program could take for an option.
fn is_name(text: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphanumeric();
    text.len() <= MAX_ADDRESS_LEN
        && text.starts_with(letter)
        && text.ends_with(letter)
        && text.chars().all(|c| letter(c) || matches!(c, '.' | '-' | '_'))
}

/// Whether it can be the address of a host: a name, or an address of IPv6 without brackets, perhaps with the name of an interface.
fn is_address(text: &str) -> bool {
    let (address, zone) = text.split_once('%').map_or((text, None), |(address, zone)| (address, Some(zone)));
    let is_v6 = address.parse::<std::net::Ipv6Addr>().is_ok() && zone.is_none_or(is_name);
    is_v6 || is_name(text)
}

/// Whether it can be the name of an account.
pub fn is_user(text: &str) -> bool {
    text.len() <= MAX_USER_LEN
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '$'))
}

fn is_label(text: &str) -> bool {
    text.len() <= MAX_LABEL_LEN
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '=' | '/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_program_could_take_for_something_else_is_a_name_an_address_or_an_account() {
        for name in ["a", "edge-01.par.example", "10.20.0.11", "A_1"] {
            assert!(is_name(name) && is_address(name), "{name}");
        }
        for address in ["2001:db8::1", "fe80::1%eth0"] {
            assert!(is_address(address), "{address}");
        }
        for name in ["", "-oProxyCommand=x", "a b", "a;b", "a/b", "a@b", "[::1]", "fe80::1%-o", "a-", "a\nb", "a%b"] {
            assert!(!is_name(name) && !is_address(name), "{name:?}");
        }
        for user in ["root", "_svc", "deploy.er-1", "host$"] {
            assert!(is_user(user), "{user}");
        }
        for user in ["", "-l", "a b", "a@b", "a:b", "1a", "a\"b", "a\\b"] {
            assert!(!is_user(user), "{user:?}");
        }
        assert!(is_label("zone=par") && !is_label("a,b") && !is_label("-a"));
    }
}
