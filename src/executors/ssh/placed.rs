//! The jobs of scripts in environments of hosts.

use super::{SshJob, SshTarget};
use crate::domain::environment::SshEnvironment;
use crate::domain::failure_cause::FailureCause;
use crate::domain::ssh::SshHost;
use crate::executors::AttemptContext;
use crate::executors::command::{GRACE, LOG_LIMIT, given};
use crate::executors::deployment::{EnvironmentPlace, PlacedScript};

/// The job of an attempt that runs a script on hosts; or why there is none.
pub(in crate::executors) fn placed_job(
    ssh: &SshEnvironment,
    place: &EnvironmentPlace,
    script: PlacedScript,
    attempt: AttemptContext<'_>,
) -> Result<SshJob, FailureCause> {
    let key = match attempt.key {
        Some(Ok(key)) => Ok(key.clone()),
        Some(Err(problem)) => Err(FailureCause::Secret { name: ssh.key.clone(), problem: *problem }),
        None => return Err(FailureCause::NothingToRun),
    };
    let target = |host: &SshHost| SshTarget {
        keys: place.pinned.get(&host.place()).cloned().unwrap_or_default(),
        is_done: place.done.contains(&host.label()),
        host: host.clone(),
    };
    let PlacedScript { script, mut environment, private, files, timeout, leave_running, batch, limit, .. } = script;
    environment.extend(given(attempt, &attempt.execution.tasks[attempt.task].name));
    // It never comes to a host; whatever says it all the same, says it to nobody.
    let secrets = private.secrets.into_iter().chain(key.iter().cloned()).collect();
    Ok(SshJob {
        hosts: ssh.hosts.iter().map(target).collect(),
        refused: private.refused.or_else(|| key.as_ref().err().cloned()),
        key,
        script,
        environment,
        private_environment: private.texts,
        secrets,
        files,
        timeout,
        grace: GRACE,
        log_limit: LOG_LIMIT,
        leave_running,
        batch: batch.unwrap_or(ssh.batch),
        limit: limit.unwrap_or(ssh.limit),
    })
}
