//! Looks at hosts: all that a test of a connection finds on the way to one.

use std::time::Instant;

use super::HostExecutor;
use crate::domain::connection_test::{ConnectionCheck, ConnectionStep, TestedTarget};
use crate::domain::failure_cause::FailureCause;
use crate::domain::ssh::{HostKey, ProbeCheck, ProbeStep, SshFailure, SshHost};
use crate::supervise::script_spec::PrivateText;

/// Looks at a host. The key is nothing where it cannot be used, which is told elsewhere; then the keys of the host are asked for
/// alone.
pub async fn look(
    executor: &dyn HostExecutor,
    host: &SshHost,
    pinned: &[HostKey],
    key: Option<&PrivateText>,
) -> TestedTarget {
    let mut checks: Vec<ConnectionCheck> = match key {
        Some(key) => executor.probe(host, pinned, key).await.into_iter().map(check).collect(),
        None => Vec::new(),
    };
    let is_way_there =
        |check: &ConnectionCheck| matches!(check.step, ConnectionStep::Probe(ProbeStep::Resolve | ProbeStep::Connect));
    let way_there = checks.iter().take_while(|check| is_way_there(check)).count();
    if checks.iter().take(way_there).any(|check| check.failure.is_some()) {
        return TestedTarget { host: Some(host.clone()), keys: Vec::new(), checks };
    }
    let began = Instant::now();
    let shown = executor.host_keys(host).await;
    let failure = match &shown {
        Err(failure) => Some(failure.clone()),
        Ok(_) if pinned.is_empty() => Some(SshFailure::NotPinned),
        Ok(_) => None,
    };
    let keys = shown.unwrap_or_default();
    if failure.is_some() {
        // Nothing is asked of a host that nobody knows.
        checks.truncate(way_there);
    }
    let known = ConnectionCheck {
        step: ConnectionStep::HostKeys,
        took_ms: milliseconds(began.elapsed()),
        detail: keys.iter().map(HostKey::fingerprint).collect::<Vec<_>>().join(" "),
        failure: failure.map(FailureCause::Ssh),
    };
    checks.insert(way_there, known);
    TestedTarget { host: Some(host.clone()), keys, checks }
}

fn check(ProbeCheck { what, took, result }: ProbeCheck) -> ConnectionCheck {
    let (detail, failure) = match result {
        Ok(detail) => (detail, None),
        Err(failure) => (String::new(), Some(FailureCause::Ssh(failure))),
    };
    ConnectionCheck { step: ConnectionStep::Probe(what), took_ms: milliseconds(took), detail, failure }
}

fn milliseconds(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
