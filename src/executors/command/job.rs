//! The jobs of this executor: from a Command of an execution to what a supervising process is told to do.

use std::collections::BTreeMap;
use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;
use std::time::Duration;

use crate::data_layout::DataLayout;
use crate::domain::execution::AttemptKind;
use crate::domain::failure_cause::FailureCause;
use crate::domain::ids::ExecutionId;
use crate::domain::kinds::CommandSpec;
use crate::domain::reference::{self, Reference};
use crate::executors::deployment::{EnvironmentPlace, PlacedScript};
use crate::executors::private;
use crate::executors::{AttemptContext, key, no_value};
use crate::runlog::KEPT_LEN;
use crate::supervise::script_spec::{GivenFile, PrivateText};
use crate::workspace::FolderOwners;

/// How long a script may take to end after it was told to.
pub(in crate::executors) const GRACE: Duration = Duration::from_secs(10);

/// How many bytes of log are kept of one attempt: half of them from its beginning, half from its end.
pub const LOG_LIMIT: u64 = 2 * KEPT_LEN;

/// A script to run on this machine, and all that it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptJob {
    /// The run folder of this attempt and of no other, as an absolute path; its log is the file `log` in it.
    pub folder: PathBuf,
    /// The script; run by `/bin/sh` unless it starts with `#!`.
    pub script: String,
    /// Where the script runs: absolute, then it must exist, or relative to `workspace`. Without it, the default folder.
    pub working_folder: Option<String>,
    /// The folder that the tasks of an execution share; made if need be.
    pub default_folder: PathBuf,
    /// Where relative working folders lie, which are made if need be.
    pub workspace: PathBuf,
    /// Further folders that the script may use, where there are such.
    pub others: Vec<PathBuf>,
    /// Further folders that it may read.
    pub readable: Vec<PathBuf>,
    /// The folder for the script's temporary files, which goes with the attempt.
    pub temporary: PathBuf,
    /// The task's own variables and those that the engine gives.
    pub environment: BTreeMap<String, String>,
    /// More of it, in which there are secrets.
    pub private_environment: BTreeMap<String, PrivateText>,
    /// The secrets in it.
    pub secrets: Vec<PrivateText>,
    /// Why it must not be started, if it must not. What was started before goes on.
    pub refused: Option<FailureCause>,
    /// How long the work may take.
    pub timeout: Duration,
    /// How long the work may take to end after it was told to.
    pub grace: Duration,
    /// How many bytes of log are kept.
    pub log_limit: u64,
    /// Whether processes that are left when the script ends by itself go on.
    pub leave_running: bool,
    /// Files that the script is given to read.
    pub files: Vec<GivenFile>,
}

/// Makes the run folder of an attempt, before it is claimed: where it is missing afterwards, somebody took it away, and
/// nothing is started on a guess. The machine's crash may take it away too: then the attempt is Interrupted.
pub fn make_run_folder(folders: &DataLayout, execution: ExecutionId, task: &str, number: u32) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folders.attempt(execution, task, number))
}

/// The job of an attempt at a Command; or why there is none.
pub fn job(
    folders: &DataLayout,
    command: &CommandSpec,
    attempt: AttemptContext<'_>,
) -> Result<ScriptJob, FailureCause> {
    let undo = attempt.kind == AttemptKind::Undo;
    let lookup = |reference: &Reference| attempt.value(reference);
    let is_set = |variable: &str| attempt.execution.variables.contains_key(variable);
    let resolved = reference::resolve(command, undo, &lookup, &is_set).map_err(|missing| no_value(&missing))?;
    let known = FolderOwners::read(folders)
        .map_err(|problem| FailureCause::FolderOwnersUnreadable { problem: problem.into() })?;
    let place = known.unwrap_or_default().place(folders, attempt.team, resolved.working_folder.as_deref())?;
    let (execution, number) = (attempt.execution, attempt.number);
    let task = &execution.tasks[attempt.task].name;
    let mut environment = resolved.environment;
    environment.extend(given(attempt, task));
    let private = private::fill(&resolved.private_environment, attempt)?;
    Ok(ScriptJob {
        folder: folders.attempt(execution.id, task, number),
        script: resolved.script,
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
        timeout: Duration::from_secs(command.timeout),
        grace: GRACE,
        log_limit: LOG_LIMIT,
        leave_running: command.leave_running,
        files: Vec::new(),
    })
}

/// The script of a Command for an environment; or why there is none. It is given the environment's variables, but for those in
/// which there are secrets.
pub(in crate::executors) fn script_in(
    place: &EnvironmentPlace,
    command: &CommandSpec,
    attempt: AttemptContext<'_>,
) -> Result<PlacedScript, FailureCause> {
    let undo = attempt.kind == AttemptKind::Undo;
    let lookup = |reference: &Reference| attempt.value(reference);
    let is_set = |variable: &str| attempt.execution.variables.contains_key(variable);
    let resolved = reference::resolve(command, undo, &lookup, &is_set).map_err(|missing| no_value(&missing))?;
    let mut environment = place.variables();
    for (name, text) in place.settings.open_variables() {
        let value = reference::fill(text, &lookup).map_err(|missing| no_value(&missing))?;
        environment.insert(name.to_owned(), value);
    }
    environment.extend(resolved.environment);
    Ok(PlacedScript {
        script: resolved.script,
        // Also where another team lends the environment: it has no access to that team's folders.
        team: attempt.team,
        environment,
        private: private::fill(&resolved.private_environment, attempt)?,
        files: Vec::new(),
        timeout: Duration::from_secs(command.timeout),
        leave_running: command.leave_running,
        batch: None,
        limit: None,
    })
}

/// What every script is told. The key is the same however often an attempt is looked at, and no other attempt has it.
pub(in crate::executors) fn given(attempt: AttemptContext<'_>, task: &str) -> [(String, String); 7] {
    let AttemptContext { execution, names, number, .. } = attempt;
    let values = [
        ("RELEASE", names.release.to_owned()),
        ("EXECUTION", execution.number.to_string()),
        ("TASK", task.to_owned()),
        ("ATTEMPT", number.to_string()),
        ("REGION", names.region.to_owned()),
        ("TEAM", names.team.to_owned()),
        ("KEY", key(execution.id, task, number)),
    ];
    values.map(|(name, value)| (format!("TOLLGATE_{name}"), value))
}
