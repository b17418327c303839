//! Failures as `ssh` tells them, in English, read into values.

use crate::domain::ssh::{NoConnection, SshFailure, SshHost};

use super::tools::no_connection;

/// How much of what was said is kept.
const MAX_SAID: usize = 400;

/// The reasons why nobody was reached.
pub(super) fn of_connection(said: &str, host: &SshHost) -> Option<SshFailure> {
    let has = |texts: &[&str]| texts.iter().any(|text| said.contains(text));
    if has(&["Could not resolve hostname", "Name or service not known", "Temporary failure in name resolution"]) {
        return Some(SshFailure::UnknownName { address: host.address.clone() });
    }
    let why = if has(&["Connection refused"]) {
        NoConnection::Refused
    } else if has(&["timed out", "Connection timeout"]) {
        NoConnection::Timeout
    } else if has(&["No route to host", "Network is unreachable", "Host is unreachable"]) {
        NoConnection::NoRoute
    } else if has(&["connect to host"]) {
        NoConnection::Other { said: last_line(said) }
    } else {
        return None;
    };
    Some(no_connection(host, why))
}

/// The last line in which something stands.
pub(super) fn last_line(said: &str) -> String {
    let line = said.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    line.chars().filter(|c| !c.is_control()).take(MAX_SAID).collect()
}
