//! Failures as `ssh` tells them, in English, read into values.

use crate::domain::ssh::{HostKey, NoConnection, SshFailure, SshHost};

use super::tools::no_connection;

/// How much of what was said is kept.
const MAX_SAID: usize = 400;

/// Why there was no connection, from what `ssh` said; `fingerprint` is that of the key that it had.
pub(super) fn read(said: &str, host: &SshHost, pinned: &[HostKey], fingerprint: &str) -> SshFailure {
    let find = |text: &str| said.lines().find(|line| line.contains(text));
    if find("Host key verification failed").is_some() || find("IDENTIFICATION HAS CHANGED").is_some() {
        return changed(said, host, pinned);
    }
    if let Some(line) = find("no matching host key type found") {
        let offered = line.split_once("Their offer: ").map_or("", |(_, offer)| offer).trim_end_matches('.');
        return SshFailure::HostKeyKinds {
            host: host.name.clone(),
            address: host.address.clone(),
            pinned: pinned.iter().map(|key| key.kind().to_owned()).collect(),
            offered: offered.to_owned(),
        };
    }
    if let Some(line) = find("Permission denied (") {
        let ways = line.split_once('(').map_or("", |(_, ways)| ways.trim_end_matches(['.', ')']));
        return SshFailure::SignIn {
            user: host.user.clone(),
            fingerprint: fingerprint.to_owned(),
            ways: ways.to_owned(),
        };
    }
    of_connection(said, host).unwrap_or_else(|| SshFailure::Broken { said: last_line(said) })
}

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

fn changed(said: &str, host: &SshHost, pinned: &[HostKey]) -> SshFailure {
    let seen = said.split_whitespace().find(|word| word.starts_with("SHA256:")).unwrap_or_default();
    let named = said.split("fingerprint for the ").nth(1).and_then(|rest| rest.split_whitespace().next());
    let kinds = |key: &&HostKey| {
        let short = key.kind().trim_start_matches("ssh-").split('-').next().unwrap_or_default();
        named.is_some_and(|named| named.eq_ignore_ascii_case(short))
    };
    let key = pinned.iter().find(kinds).or(pinned.first());
    SshFailure::HostKeyChanged {
        host: host.name.clone(),
        address: host.address.clone(),
        kind: key.map(|key| key.kind().to_owned()).unwrap_or_default(),
        pinned: key.map(HostKey::fingerprint).unwrap_or_default(),
        seen: seen.trim_end_matches('.').to_owned(),
    }
}

/// The last line in which something stands.
pub(super) fn last_line(said: &str) -> String {
    let line = said.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    line.chars().filter(|c| !c.is_control()).take(MAX_SAID).collect()
}
