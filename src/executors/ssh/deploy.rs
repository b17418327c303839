//! The jobs of changes of components in environments of hosts.

use super::{SshJob, SshTarget};
use crate::domain::environment::SshEnvironment;
use crate::domain::failure_cause::FailureCause;
use crate::domain::ssh::SshHost;
use crate::executors::command::{GRACE, LOG_LIMIT, given};
use crate::executors::{AttemptContext, Deployment, private};

/// The job of an attempt that changes a component on hosts; or why there is none.
pub fn deployment_job(
    ssh: &SshEnvironment,
    deployment: &Deployment,
    attempt: AttemptContext<'_>,
) -> Result<SshJob, FailureCause> {
    let script = deployment.script()?;
    let task = &attempt.execution.tasks[attempt.task].name;
    let mut environment = deployment.variables();
    environment.extend(given(attempt, task));
    let private = private::fill(&ssh.scripts.variables, attempt)?;
    let key = match attempt.secrets.get(&ssh.key) {
        Some(Ok(key)) => Ok(key.clone()),
        Some(Err(problem)) => Err(FailureCause::Secret { name: ssh.key.clone(), problem: *problem }),
        None => Err(FailureCause::NothingToRun),
    };
    let target = |host: &SshHost| SshTarget {
        keys: deployment.pinned.get(&host.place()).cloned().unwrap_or_default(),
        is_done: deployment.done.contains(&host.label()),
        host: host.clone(),
    };
    Ok(SshJob {
        hosts: ssh.hosts.iter().map(target).collect(),
        key,
        script: script.to_owned(),
        environment,
        private_environment: private.texts,
        secrets: private.secrets,
        refused: private.refused,
        files: vec![deployment.file()],
        timeout: deployment.timeout(),
        grace: GRACE,
        log_limit: LOG_LIMIT,
        // What it deploys is to go on when the script has ended.
        leave_running: true,
        batch: ssh.batch,
        limit: ssh.limit,
    })
}
