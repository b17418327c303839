//! From a task of an execution to what an executor is told to do.

use std::time::Duration;

use uuid::Uuid;

use super::Claim;
use crate::data_layout::DataLayout;
use crate::domain::execution::{AttemptKind, Execution};
use crate::domain::failure_cause::FailureCause;
use crate::domain::kinds::Job;
use crate::domain::outcome::Outcome;
use crate::domain::reference::{self, Reference};
use crate::domain::values::Names;
use crate::executors::JobSpec;
use crate::workspace::FolderOwners;

/// How long a script may take to end after it was told to.
const GRACE: Duration = Duration::from_secs(10);

/// How many bytes of log are kept of one attempt.
pub(super) const LOG_LIMIT: u64 = 8 * 1024 * 1024;

/// The order for an attempt; or, when there is none to give, the outcome that says why.
pub fn order(
    folders: &DataLayout,
    execution: &Execution,
    (team, names): (Uuid, Names<'_>),
    claim: Claim,
) -> Result<JobSpec, Outcome> {
    let Some(work) = execution.spec(claim.task).kind.work() else {
        return Err(errored(FailureCause::NothingToRun));
    };
    let Job::Script(command) = work.job;
    let undo = claim.kind == AttemptKind::Undo;
    let lookup = |reference: &Reference| execution.value(claim.task, names, reference);
    let resolved = reference::resolve(command, undo, &lookup)
        .map_err(|missing| errored(FailureCause::NoValue { reference: missing.0.to_string() }))?;
    let known = FolderOwners::read(folders)
        .map_err(|problem| errored(FailureCause::FolderOwnersUnreadable { problem: problem.into() }))?;
    let place = known.unwrap_or_default().place(folders, team, resolved.working_folder.as_deref());
    let place = place.map_err(errored)?;
    let task = &execution.tasks[claim.task].name;
    let mut environment = resolved.environment;
    environment.extend(given(execution, names, task, claim.attempt));
    Ok(JobSpec {
        folder: folders.attempt(execution.id, task, claim.attempt),
        script: resolved.script,
        working_folder: place.wanted,
        default_folder: folders.shared(execution.id),
        workspace: place.base,
        others: place.others,
        temporary: folders.temporary(execution.id, task, claim.attempt),
        environment,
        timeout: Duration::from_secs(command.timeout),
        grace: GRACE,
        log_limit: LOG_LIMIT,
        leave_running: command.leave_running,
    })
}

/// What every script is told. The key is the same however often an attempt is looked at, and no other attempt has it.
fn given(execution: &Execution, names: Names<'_>, task: &str, attempt: u32) -> [(String, String); 7] {
    let values = [
        ("RELEASE", names.release.to_owned()),
        ("EXECUTION", execution.number.to_string()),
        ("TASK", task.to_owned()),
        ("ATTEMPT", attempt.to_string()),
        ("REGION", names.region.to_owned()),
        ("TEAM", names.team.to_owned()),
        ("KEY", format!("{}.{task}.{attempt}", execution.id)),
    ];
    values.map(|(name, value)| (format!("TOLLGATE_{name}"), value))
}

fn errored(cause: FailureCause) -> Outcome {
    Outcome::Errored { cause }
}
