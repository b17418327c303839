//! Looks at hosts: all that a test of a connection finds on the way to one.

use std::time::Instant;

use super::HostExecutor;
use crate::domain::connection_test::{ConnectionCheck, ConnectionStep, TestedTarget};
use crate::domain::failure_cause::FailureCause;
use crate::domain::ssh::{HostKey, ProbeCheck, SshFailure, SshHost};
use crate::supervise::script_spec::PrivateText;

/// Looks at a host. The key is nothing where it cannot be used, which is told elsewhere.
pub async fn look(
    executor: &dyn HostExecutor,
    host: &SshHost,
    pinned: &[HostKey],
    key: Option<&PrivateText>,
) -> TestedTarget {
    let began = Instant::now();
    let shown = executor.host_keys(host).await;
    let failure = match &shown {
        Err(failure) => Some(failure.clone()),
        Ok(_) if pinned.is_empty() => Some(SshFailure::NotPinned),
        Ok(_) => None,
    };
    let keys = shown.unwrap_or_default();
    let is_reached = failure.is_none();
    let mut checks = vec![ConnectionCheck {
        step: ConnectionStep::HostKeys,
        took_ms: milliseconds(began.elapsed()),
        detail: keys.iter().map(HostKey::fingerprint).collect::<Vec<_>>().join(" "),
        failure: failure.map(FailureCause::Ssh),
    }];
    if let Some(key) = key.filter(|_| is_reached) {
        checks.extend(executor.probe(host, pinned, key).await.into_iter().map(check));
    }
    TestedTarget { host: Some(host.clone()), keys, checks }
}

fn check(ProbeCheck { what, took, result }: ProbeCheck) -> ConnectionCheck {
    let (detail, failure) = match result {
        Ok(detail) => (detail, None),
        Err(failure) => (String::new(), Some(FailureCause::Ssh(failure))),
    };
    ConnectionCheck { step: ConnectionStep::Probe(what), took_ms: milliseconds(took), detail, failure }
}

pub(crate) fn milliseconds(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
