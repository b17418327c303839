//! The jobs of changes of components in environments of scripts on this machine.

use super::job::{GRACE, LOG_LIMIT, ScriptJob, given};
use crate::data_layout::DataLayout;
use crate::domain::environment::EnvironmentScripts;
use crate::domain::failure_cause::FailureCause;

use crate::executors::{AttemptContext, Deployment, private};
use crate::supervise::start_fault;
use crate::workspace::FolderOwners;

/// The job of an attempt that changes a component; or why there is none.
pub fn deployment_job(
    folders: &DataLayout,
    deployment: &Deployment,
    attempt: AttemptContext<'_>,
) -> Result<ScriptJob, FailureCause> {
    let script = deployment.script()?;
    let known = FolderOwners::read(folders)
        .map_err(|problem| FailureCause::FolderOwnersUnreadable { problem: problem.into() })?;
    // What is deployed outlives the execution, so it is not in the folder that its tasks share.
    let own = format!("environments/{}/{}", attempt.names.region, deployment.environment);
    let place = known.unwrap_or_default().place(folders, deployment.environment_team, Some(&own))?;
    let (execution, number) = (attempt.execution, attempt.number);
    let task = &execution.tasks[attempt.task].name;
    let mut environment = deployment.variables();
    environment.extend(given(attempt, task));
    let private = private::fill(&deployment.settings.scripts().variables, attempt)?;
    Ok(ScriptJob {
        folder: folders.attempt(execution.id, task, number),
        script: script.to_owned(),
        working_folder: place.wanted,
        default_folder: folders.shared(execution.id),
        workspace: place.base,
        others: place.others,
        readable: Vec::new(),
        temporary: folders.temporary(execution.id, task, number),
        environment,
        private_environment: private.texts,
        secrets: private.secrets,
        refused: private.refused,
        timeout: deployment.timeout(),
        grace: GRACE,
        log_limit: LOG_LIMIT,
        // What it deploys is to go on when the script has ended.
        leave_running: true,
        files: vec![deployment.file()],
    })
}

/// What runs each script of an environment on this machine, and why it cannot be run, if so.
pub fn interpreters(scripts: &EnvironmentScripts) -> Vec<(String, Option<FailureCause>)> {
    let all = [("deploy", Some(&scripts.deploy)), ("remove", scripts.remove.as_ref())];
    all.into_iter()
        .filter_map(|(name, script)| Some((name, script?)))
        .map(|(name, script)| {
            let (program, failure) = start_fault::interpreter(script);
            (format!("{name}: {program}"), failure)
        })
        .collect()
}
