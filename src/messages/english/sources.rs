//! Words about the sources of builds, and what builds leave.

use super::check::http_failure;
use super::grammar::{counted, size};
use super::system;
use super::task_form::{begins, words};
use crate::domain::artefacts::{ArtefactFault, MAX_ARTEFACT, MAX_ARTEFACTS, MAX_ARTEFACTS_SIZE, MAX_PATH_LEN};
use crate::domain::commits::CommitsSince;
use crate::domain::git::{GitFault, SourceFault};
use crate::messages::task_form::FieldWords;

/// The end of a sentence that begins with a part of a source.
pub(super) fn source_fault(fault: SourceFault) -> &'static str {
    match fault {
        SourceFault::Address => {
            "must be the address of a repository that begins with https://, without a user, a query and blanks"
        }
        SourceFault::Reference => "must be a branch, a tag or a whole commit, as git names them, and not begin with -",
        SourceFault::Folder => "must be a folder of the repository, without .. and without / at its begin",
        SourceFault::Pattern => "must be paths in the working folder, without .. and without / at their begin",
        SourceFault::NamesTask => {
            "must not name a task: it is needed when the execution starts, before any task has run"
        }
    }
}

/// Why a source could not be had.
pub(super) fn git_fault(fault: &GitFault) -> String {
    match fault {
        GitFault::Source { fault, text } => format!("`{text}` in the source {}.", source_fault(*fault)),
        GitFault::NotInstalled => {
            "Git is not installed on the machine of the server. An administrator installs it; then it can be tried again."
                .to_owned()
        }
        GitFault::Host { failure } => format!("The repository cannot be asked: {}.", http_failure(failure)),
        GitFault::NotFound { address } => format!(
            "There is no repository {address}, or it is shown with a credential only: name a secret of the team in \
             source.credential."
        ),
        GitFault::NeedsCredential { address } => format!(
            "The repository {address} is shown with a credential only: name a secret of the team, USER:TOKEN, in \
             source.credential."
        ),
        GitFault::Refused { address, secret } => format!(
            "The repository {address} refuses the credential in the secret {secret}. It must be USER:TOKEN, and may have \
             expired."
        ),
        GitFault::NotACredential { secret } => {
            format!("The secret {secret} is no credential: it must be USER:TOKEN, in one line.")
        }
        GitFault::NoReference { address, reference } => {
            format!("The repository {address} has no branch, tag or commit {reference}.")
        }
        GitFault::NoCommit { address, commit } => {
            format!("The repository {address} does not have the commit {} any more.", commit.id())
        }
        GitFault::NoFolder { folder, commit } => {
            format!("There is no folder {folder} in the commit {}.", commit.short())
        }
        GitFault::Redirected { address } => format!(
            "{address} leads to another address, which is not followed. Name that address in source.git."
        ),
        GitFault::Certificate { address } => {
            format!("The certificate of {address} is not trusted by the machine of the server.")
        }
        GitFault::TooLarge { most } => {
            format!("The repository has more than {} in one file, which is not taken.", size(*most))
        }
        GitFault::TooSlow { seconds } => format!(
            "Git took longer than {}.",
            counted(usize::try_from(*seconds).unwrap_or(usize::MAX), "second")
        ),
        GitFault::NotKept { problem } => {
            format!("The source could not be put on this machine: {}.", super::cause::io_fault(problem))
        }
        GitFault::Other { said } => format!("Git could not fetch the source: {}.", system::in_words(said)),
    }
}

/// What is new in a build.
pub(super) fn commits_since(since: &CommitsSince) -> String {
    match since {
        CommitsSince::Nothing => "Nothing that was built from this repository runs yet.".to_owned(),
        CommitsSince::Missing { from } => {
            format!("The repository does not have {} any more, the commit that runs now.", from.short())
        }
        CommitsSince::Unknown { from, cause } => format!(
            "It could not be found out what is new since {}, the commit that runs now. {}",
            from.short(),
            super::cause::failure_cause(cause)
        ),
        CommitsSince::Listed { from, commits, is_cut, goes_back } => {
            let from = from.short();
            let back = if *goes_back { " What runs now has commits that this build has not." } else { "" };
            match (commits.len(), is_cut) {
                (0, _) if *goes_back => format!("None: it is older than {from}, the commit that runs now."),
                (0, _) => format!("None: {from} is the commit that runs now."),
                (count, true) => {
                    format!("The newest {count} since {from}, the commit that runs now. There are more.{back}")
                }
                (count, false) => {
                    format!("{} since {from}, the commit that runs now.{back}", counted(count, "commit"))
                }
            }
        }
    }
}

/// Why what a build left was not kept.
pub(super) fn artefact_fault(fault: &ArtefactFault) -> String {
    match fault {
        ArtefactFault::NothingThere { pattern } => {
            format!("No file in the working folder is named by `{pattern}` in artefacts.")
        }
        ArtefactFault::TooLarge { path, size: bytes } => {
            format!("The artefact `{path}` has {}, and may have {} at most.", size(*bytes), size(MAX_ARTEFACT))
        }
        ArtefactFault::AllTooLarge { size: bytes } => {
            format!("The artefacts have {} together, and may have {} at most.", size(*bytes), size(MAX_ARTEFACTS_SIZE))
        }
        ArtefactFault::TooMany => {
            format!(
                "The working folder has more files than are looked through, or more than {MAX_ARTEFACTS} artefacts."
            )
        }
        ArtefactFault::Path { path } => format!(
            "The path of the artefact `{path}` must be UTF-8 without control characters, of at most {MAX_PATH_LEN} bytes."
        ),
        ArtefactFault::NotAFile { path, found } => {
            format!("The artefact `{path}` is {}, and must be a file.", super::cause::file_kind(*found))
        }
        ArtefactFault::Changed { path } => format!("The artefact `{path}` was changed while it was read."),
        ArtefactFault::Unreadable { problem } => {
            format!("The artefacts could not be read: {}.", super::cause::io_fault(problem))
        }
    }
}

/// The words of the fields of a source in a form.
pub(super) fn form_words(key: &str) -> Option<FieldWords> {
    Some(match key {
        "source.git" => begins(
            "What it works on",
            "Git repository",
            "Its address, which begins with https://. Empty: the script works on nothing.",
        ),
        "source.ref" => words(
            "Branch, tag or commit",
            "Resolved to a commit when the execution starts. References to variables are replaced.",
        ),
        "source.path" => words("Folder", "Of the repository, in which the script runs. Empty: the uppermost."),
        "source.credential" => words(
            "Credential",
            "The name of a secret of the team that is USER:TOKEN. Git alone is given it. Empty: none.",
        ),
        "artefacts" => words(
            "Files that are kept",
            "One path or pattern in a line, in the working folder, such as dist/*.tar.gz. Later tasks find them in \
             $TOLLGATE_ARTEFACTS.",
        ),
        _ => return None,
    })
}
