//! Executors do the work of attempts. An executor has no database and changes no state: it works and reports the outcome.
//!
//! The contract of every executor:
//! - It gets a resolved *job* and a [`Host`]. Through the host it records, of each *target* of the attempt, under what the
//!   work is known, what was there before, how far it is and how it ended, writes its log, and hears that it should stop.
//! - `execute` may be called again for an attempt that was started before, by this process or by one that is gone: it then
//!   picks the work up and reports its outcome. It never does the work twice. Where the work lives on *this machine*, the
//!   same machine is asked again; where it lives *anywhere*, any replica is, and what was recorded is all that it knows.
//! - Dropping the future of `execute` does not stop the work. Only the stop does, and `execute` still reports how it ended,
//!   which may be that the work was done before the stop reached it.
//! - `execute` always ends in an outcome: what cannot be done is Errored, what was lost sight of is Interrupted.
//!
//! [`Executors`] is the registry: a line for each kind of job.

pub mod build;
pub mod command;
mod deployment;
mod host;
mod lease;
mod private;
pub mod ssh;
pub mod verify;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;

use crate::data_layout::DataLayout;
use crate::domain::commits::CommitsSince;
use crate::domain::environment::EnvironmentSettings;
use crate::domain::execution::{AttemptKind, Execution};
use crate::domain::failure_cause::{FailureCause, SecretProblem};
use crate::domain::git::Commit;
use crate::domain::ids::{ExecutionId, TeamId};
use crate::domain::kinds::{self, CommandSpec, VerifyCheck};
use crate::domain::outcome::Outcome;
use crate::domain::reference::{MissingReference, Reference};
use crate::domain::ssh::HowMany;
use crate::domain::values::Names;
use crate::outgoing::HttpClient;
use build::BuildExecutor;

pub use crate::domain::placement::TargetIndex;
pub use crate::supervise::script_spec::PrivateText;
pub use build::{BuildJob, CommitRange, Git, RemoteReference};
pub use command::ScriptJob;
use deployment::PlacedScript;
pub use deployment::{Deployment, EnvironmentPlace};
pub use host::{FoundFile, Host, TargetChange, TargetRecord};
pub use lease::Lease;
pub use ssh::{HostExecutor, SshExecutor, SshJob, SshTarget};
pub use verify::CheckJob;

/// Tells an executor to stop the work.
pub type Stop = tokio_util::sync::CancellationToken;

/// Does the work of attempts of one kind of job.
#[async_trait]
pub trait Executor<J: ?Sized>: Send + Sync {
    /// Starts the attempt, or picks it up again when it was started before, and waits for its outcome.
    async fn execute(&self, job: &J, host: &dyn Host) -> Outcome;
}

/// What an executor needs to do or undo one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResolvedJob {
    /// Run a script on this machine.
    Script(Box<ScriptJob>),
    /// Fetch a source and run a script on it.
    Build(Box<BuildJob>),
    /// Repeat a check.
    Check(Box<CheckJob>),
    /// Run a script on hosts.
    Ssh(Box<SshJob>),
}

impl ResolvedJob {
    /// The script in it.
    fn script(&mut self) -> Option<&mut ScriptJob> {
        match self {
            Self::Script(job) => Some(job),
            Self::Build(job) => Some(&mut job.script),
            Self::Check(_) | Self::Ssh(_) => None,
        }
    }
}

/// The attempt that a job is for, with what its references refer to.
#[derive(Debug, Clone, Copy)]
pub struct AttemptContext<'a> {
    /// The execution.
    pub execution: &'a Execution,
    /// The task in it.
    pub task: usize,
    /// The number of the attempt.
    pub number: u32,
    /// Doing or undoing.
    pub kind: AttemptKind,
    /// The team of its release task.
    pub team: TeamId,
    /// What it is called.
    pub names: Names<'a>,
    /// The secrets that it may be given.
    pub secrets: &'a AttemptSecrets,
    /// The secret with which its environment is reached, or why that has no value, if it needs one.
    pub key: Option<&'a Result<PrivateText, SecretProblem>>,
}

/// What was written down for an attempt before.
#[derive(Debug, Clone, Copy, Default)]
pub struct Recorded<'a> {
    /// Where in an environment it works, if it works in one.
    pub place: Option<&'a EnvironmentPlace>,
    /// Of a change of a component: what was there and what is to be, when the attempt was claimed.
    pub deployment: Option<&'a Deployment>,
    /// Of a build: where its ref led when the execution started.
    pub commit: Option<&'a Commit>,
    /// Where the artefacts of earlier builds are, if there are any.
    pub artefacts: Option<&'a Path>,
}

/// The secrets that the texts of an attempt name, each with its value, or why it has none.
pub type AttemptSecrets = BTreeMap<String, Result<PrivateText, SecretProblem>>;

/// The executor of each kind of job.
#[derive(Clone)]
pub struct Executors {
    scripts: Arc<dyn Executor<ScriptJob>>,
    checks: Arc<dyn Executor<CheckJob>>,
    hosts: Arc<dyn HostExecutor>,
    builds: Arc<BuildExecutor>,
}

impl Executors {
    /// These, and that git for the sources of builds, whose scripts are run as all others.
    pub fn new(
        scripts: Arc<dyn Executor<ScriptJob>>,
        checks: Arc<dyn Executor<CheckJob>>,
        hosts: Arc<dyn HostExecutor>,
        git: Git,
    ) -> Self {
        Self { scripts, checks, hosts, builds: Arc::new(BuildExecutor::new(git)) }
    }

    /// Runs scripts by that executor; the others are the real ones, for public networks.
    pub fn with_scripts(scripts: Arc<dyn Executor<ScriptJob>>) -> Result<Self, rustls::Error> {
        let hosts = SshExecutor::new(std::env::temp_dir());
        let client = HttpClient::new([])?;
        let checks = verify::VerifyExecutor::new(client.clone());
        Ok(Self::new(scripts, Arc::new(checks), Arc::new(hosts), Git::new(client)))
    }

    /// The commit that the ref of a source leads to now.
    pub async fn resolve(&self, wanted: &RemoteReference) -> Result<Commit, FailureCause> {
        self.builds.resolve(wanted).await
    }

    /// What one commit has that another has not. What is fetched for that goes into that folder of its own.
    pub async fn commits_since(&self, range: CommitRange<'_>, folder: &Path) -> Result<CommitsSince, FailureCause> {
        self.builds.commits_since(range, folder).await
    }

    /// Who works on hosts.
    pub fn hosts(&self) -> &dyn HostExecutor {
        self.hosts.as_ref()
    }

    /// Does a job.
    pub async fn execute(&self, job: &ResolvedJob, host: &dyn Host) -> Outcome {
        match job {
            ResolvedJob::Script(job) => self.scripts.execute(job, host).await,
            ResolvedJob::Build(job) => self.builds.execute(job, &*self.scripts, host).await,
            ResolvedJob::Check(job) => self.checks.execute(job, host).await,
            ResolvedJob::Ssh(job) => self.hosts.execute(job, host).await,
        }
    }
}

/// The job of an attempt, with the values of its references; or why there is none.
pub fn job(
    folders: &DataLayout,
    attempt: AttemptContext<'_>,
    recorded: Recorded<'_>,
) -> Result<ResolvedJob, FailureCause> {
    let Some(work) = attempt.execution.spec(attempt.task).kind.work() else {
        return Err(FailureCause::NothingToRun);
    };
    let placed = |place: &EnvironmentPlace, script: PlacedScript| match &place.settings {
        EnvironmentSettings::Command(_) => {
            Ok(ResolvedJob::Script(Box::new(command::placed_job(folders, place, script, attempt)?)))
        }
        EnvironmentSettings::Ssh(ssh) => Ok(ResolvedJob::Ssh(Box::new(ssh::placed_job(ssh, place, script, attempt)?))),
    };
    let mut job = match (work.job, recorded.place) {
        (kinds::Job::Script(command), Some(place)) => placed(place, command::script_in(place, command, attempt)?)?,
        (kinds::Job::Script(CommandSpec { target: Some(_), .. }), None) => return Err(FailureCause::NothingToRun),
        (kinds::Job::Script(command), None) => ResolvedJob::Script(Box::new(command::job(folders, command, attempt)?)),
        (kinds::Job::Build(build), _) => {
            ResolvedJob::Build(Box::new(build::job(folders, build, recorded.commit, attempt)?))
        }
        (kinds::Job::Change(_), place) => {
            let place = place.ok_or(FailureCause::NothingToRun)?;
            let deployment = recorded.deployment.ok_or(FailureCause::NothingToRun)?;
            placed(place, deployment.script(place, attempt)?)?
        }
        (kinds::Job::Verify(verify), place) => match &verify.check {
            VerifyCheck::Http(http) => ResolvedJob::Check(Box::new(verify::job(verify, http, attempt)?)),
            VerifyCheck::Script(check) => {
                let command = verify::script::command(verify, check);
                match place {
                    Some(place) => {
                        let mut script = command::script_in(place, &command, attempt)?;
                        let (repeating, file) = verify::script::repeated(verify, script.script);
                        script.script = repeating;
                        script.files.push(file);
                        // To look changes nothing, so nothing is spared by waiting for the host before.
                        script.batch = Some(HowMany::All);
                        placed(place, script)?
                    }
                    None if command.target.is_some() => return Err(FailureCause::NothingToRun),
                    None => {
                        let mut job = command::job(folders, &command, attempt)?;
                        let (repeating, file) = verify::script::repeated(verify, job.script);
                        job.script = repeating;
                        job.files.push(file);
                        ResolvedJob::Script(Box::new(job))
                    }
                }
            }
        },
    };
    if let (Some(script), Some(folder)) = (job.script(), recorded.artefacts) {
        script.readable.push(folder.to_owned());
        script.environment.insert("TOLLGATE_ARTEFACTS".to_owned(), folder.display().to_string());
    }
    Ok(job)
}

impl AttemptContext<'_> {
    /// The value of a reference, if it has one.
    fn value(&self, reference: &Reference) -> Option<String> {
        self.execution.value(self.task, self.names, reference)
    }
}

/// The key of an attempt, see [`Host::key`].
pub fn key(execution: ExecutionId, task: &str, number: u32) -> String {
    format!("{execution}.{task}.{number}")
}

fn no_value(missing: &MissingReference) -> FailureCause {
    FailureCause::NoValue { reference: missing.0.to_string() }
}
