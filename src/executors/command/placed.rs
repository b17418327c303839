//! The jobs of scripts in environments on this machine.

use super::job::{GRACE, LOG_LIMIT, ScriptJob, given};
use crate::data_layout::DataLayout;
use crate::domain::environment::EnvironmentScripts;
use crate::domain::failure_cause::FailureCause;
use crate::executors::AttemptContext;
use crate::executors::deployment::{EnvironmentPlace, PlacedScript};
use crate::supervise::start_fault;
use crate::workspace::FolderOwners;

/// The job of an attempt that runs a script in an environment; or why there is none.
pub(in crate::executors) fn placed_job(
    folders: &DataLayout,
    place: &EnvironmentPlace,
    script: PlacedScript,
    attempt: AttemptContext<'_>,
) -> Result<ScriptJob, FailureCause> {
    let known = FolderOwners::read(folders)
        .map_err(|problem| FailureCause::FolderOwnersUnreadable { problem: problem.into() })?;
    // What is deployed outlives the execution, so it is not in the folder that its tasks share.
    let own = format!("environments/{}/{}", attempt.names.region, place.environment);
    let folder = known.unwrap_or_default().place(folders, script.team, Some(&own))?;
    let (execution, number) = (attempt.execution, attempt.number);
    let task = &execution.tasks[attempt.task].name;
    let PlacedScript { script, mut environment, private, files, timeout, leave_running, .. } = script;
    environment.extend(given(attempt, task));
    Ok(ScriptJob {
        folder: folders.attempt(execution.id, task, number),
        script,
        working_folder: folder.wanted,
        default_folder: folders.shared(execution.id),
        workspace: folder.base,
        others: folder.others,
        readable: Vec::new(),
        temporary: folders.temporary(execution.id, task, number),
        environment,
        private_environment: private.texts,
        secrets: private.secrets,
        refused: private.refused,
        timeout,
        grace: GRACE,
        log_limit: LOG_LIMIT,
        leave_running,
        files,
    })
}

/// What runs each script of an environment on this machine, and why it cannot be run, if so.
pub fn interpreters(scripts: &EnvironmentScripts) -> Vec<(String, Option<FailureCause>)> {
    let all =
        [("deploy", Some(&scripts.deploy)), ("verify", scripts.verify.as_ref()), ("remove", scripts.remove.as_ref())];
    all.into_iter()
        .filter_map(|(name, script)| Some((name, script?)))
        .map(|(name, script)| {
            let (program, failure) = start_fault::interpreter(script);
            (format!("{name}: {program}"), failure)
        })
        .collect()
}
