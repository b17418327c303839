//! Builds: fetches the source of a build, and has its script run on it.
//!
//! The source is fetched before the script is started, by git processes of the server's that run under the account of scripts
//! and are confined as they are. The credential of a source goes to git alone: it is written into a pipe, no script has been
//! started yet that could look for it, and with git it is gone. A fetch goes into a folder of its own, which gets its name when
//! it is whole: where the server dies in between, the next one fetches anew, and where the folder is there, nothing is fetched.

mod artefacts;
mod confined;
mod git;
mod history;
mod said;

use std::path::{Path, PathBuf};

use crate::data_layout::DataLayout;
use crate::domain::artefacts::{ArtefactFault, ArtefactPatterns};
use crate::domain::commits::CommitsSince;
use crate::domain::failure_cause::FailureCause;
use crate::domain::git::{Commit, GitFault, SourceFault, address_fault, folder_fault, reference_fault};
use crate::domain::kinds::{BuildSpec, GitSource};
use crate::domain::outcome::Outcome;
use crate::domain::reference::{self, Reference};
use crate::failpoints;
use crate::supervise::folder::RunFolder;
use crate::supervise::owned;

use super::command::{self, ScriptJob};
use super::{AttemptContext, Executor, Host, PrivateText, Stop, no_value};

use git::Checkout;
pub use git::Git;
pub use history::CommitRange;

/// The folder of sources in the one that the tasks of an execution share. A script that lists its folder does not see it.
const SOURCES: &str = ".sources";

/// A script to run, and the source to fetch before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildJob {
    /// The script.
    pub script: ScriptJob,
    /// The source.
    pub source: Option<SourceJob>,
    /// What of it is kept.
    pub artefacts: ArtefactPatterns,
    /// The folder that patterns are about.
    pub folder: PathBuf,
}

/// A commit to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceJob {
    /// Where it is.
    pub remote: Remote,
    /// Which.
    pub commit: Commit,
    /// The folder that it is put into.
    pub into: PathBuf,
    /// The folder in it that must be there.
    pub folder: Option<String>,
}

/// A repository, and how it is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// Its address.
    pub address: String,
    /// What opens it.
    pub credential: Option<Credential>,
}

/// What opens a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// The name of the secret.
    pub secret: String,
    /// A user and a token.
    pub value: PrivateText,
}

/// A ref to resolve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteReference {
    /// The repository.
    pub remote: Remote,
    /// A branch, a tag or a commit.
    pub reference: String,
}

/// The ref of a source to resolve, with the values of its references; or why there is none.
pub fn remote_reference(source: &GitSource, attempt: AttemptContext<'_>) -> Result<RemoteReference, FailureCause> {
    let reference = filled(&source.reference, reference_fault, attempt)?;
    Ok(RemoteReference { remote: remote(source, attempt)?, reference })
}

fn remote(source: &GitSource, attempt: AttemptContext<'_>) -> Result<Remote, FailureCause> {
    let credential = source.credential.as_ref().map(|secret| match attempt.secrets.get(secret) {
        Some(Ok(value)) => Ok(Credential { secret: secret.clone(), value: value.clone() }),
        Some(Err(problem)) => Err(FailureCause::Secret { name: secret.clone(), problem: *problem }),
        None => Err(FailureCause::NothingToRun),
    });
    let address = filled(&source.address, address_fault, attempt)?;
    Ok(Remote { address, credential: credential.transpose()? })
}

/// A text of a source with the values of its references, which keeps the rules with them too.
fn filled(
    text: &str,
    rule: fn(&str) -> Option<SourceFault>,
    attempt: AttemptContext<'_>,
) -> Result<String, FailureCause> {
    let lookup = |reference: &Reference| attempt.value(reference);
    let text = reference::fill(text, &lookup).map_err(|missing| no_value(&missing))?;
    match rule(&text) {
        Some(fault) => Err(FailureCause::Source(GitFault::Source { fault, text })),
        None => Ok(text),
    }
}

/// The job of an attempt at a build whose ref led to that commit; or why there is none.
pub fn job(
    folders: &DataLayout,
    build: &BuildSpec,
    commit: Option<&Commit>,
    attempt: AttemptContext<'_>,
) -> Result<BuildJob, FailureCause> {
    let mut script = command::job(folders, &build.work, attempt)?;
    let artefacts = ArtefactPatterns::new(&build.artefacts);
    let Some(source) = &build.source else {
        let folder = script.default_folder.clone();
        return Ok(BuildJob { script, source: None, artefacts, folder });
    };
    let commit = commit.ok_or(FailureCause::NothingToRun)?;
    let RemoteReference { remote, reference } = remote_reference(source, attempt)?;
    let folder = source.folder.as_deref().map(|folder| filled(folder, folder_fault, attempt)).transpose()?;
    let task = &attempt.execution.tasks[attempt.task].name;
    let into = folders.shared(attempt.execution.id).join(SOURCES).join(format!("{task}.{}", attempt.number));
    let working = folder.as_ref().map_or_else(|| into.clone(), |folder| into.join(folder));
    script.working_folder = Some(working.display().to_string());
    let told = [("COMMIT", commit.id()), ("REF", &reference), ("URL", &remote.address)];
    script.environment.extend(told.map(|(name, value)| (format!("TOLLGATE_GIT_{name}"), value.to_owned())));
    let source = SourceJob { remote, commit: commit.clone(), into, folder };
    Ok(BuildJob { script, source: Some(source), artefacts, folder: working })
}

/// Does builds.
#[derive(Debug, Clone)]
pub struct BuildExecutor {
    git: Git,
}

impl BuildExecutor {
    /// One that fetches with that git.
    pub fn new(git: Git) -> Self {
        Self { git }
    }

    /// The commit that a ref leads to now.
    pub async fn resolve(&self, wanted: &RemoteReference) -> Result<Commit, FailureCause> {
        self.git.resolve(wanted, &Stop::new()).await.map_err(FailureCause::Source)
    }

    /// What one commit has that another has not. What is fetched for that goes into that folder of its own.
    pub async fn commits_since(&self, range: CommitRange<'_>, folder: &Path) -> Result<CommitsSince, FailureCause> {
        self.git.commits_since(range, folder, &Stop::new()).await.map_err(FailureCause::Source)
    }

    /// Fetches the source, unless the script was started before, and has the script run.
    pub async fn execute(&self, job: &BuildJob, scripts: &dyn Executor<ScriptJob>, host: &dyn Host) -> Outcome {
        if let Some(source) = &job.source
            && job.script.refused.is_none()
            && is_fresh(&job.script.folder)
        {
            let fetched = self.fetch(source, &job.script, host.stop()).await;
            if host.stop().is_cancelled() {
                return Outcome::Stopped;
            }
            if let Err(fault) = fetched {
                return Outcome::Errored { cause: FailureCause::Source(fault) };
            }
        }
        let outcome = scripts.execute(&job.script, host).await;
        if job.artefacts.is_empty() || !matches!(outcome, Outcome::Succeeded { .. }) || host.has_kept().await {
            return outcome;
        }
        match self.keep(job, host).await {
            Ok(()) => outcome,
            Err(fault) => Outcome::Failed { cause: FailureCause::Artefact(fault) },
        }
    }

    async fn keep(&self, job: &BuildJob, host: &dyn Host) -> Result<(), ArtefactFault> {
        let (folder, patterns) = (job.folder.clone(), job.artefacts.clone());
        let find = move || Ok(artefacts::find(&folder, &patterns));
        let found = self.git.within(&job.script.default_folder, find).await;
        let found = found.map_err(|problem| ArtefactFault::Unreadable { problem: problem.into() })??;
        failpoints::reach("artefacts.found");
        host.keep(found).await
    }

    async fn fetch(&self, source: &SourceJob, script: &ScriptJob, stop: &Stop) -> Result<(), GitFault> {
        let account = self.git.account();
        owned::let_pass(&script.folder, account)
            .and_then(|()| owned::folder(&script.default_folder, account))
            .map_err(|problem| GitFault::NotKept { problem: problem.into() })?;
        let checkout = Checkout { source, shared: &script.default_folder, timeout: script.timeout };
        self.git.fetch(checkout, stop).await
    }
}

/// Whether nobody has started the script, as far as the run folder tells. Where it is gone nothing is started either.
fn is_fresh(folder: &Path) -> bool {
    let run = RunFolder::new(folder);
    let untouched = || -> std::io::Result<bool> {
        Ok(folder.try_exists()? && !run.is_started()? && !run.is_supervised()? && run.ending()?.is_none())
    };
    // Whoever runs the script says what is wrong with the folder.
    untouched().unwrap_or(false)
}
