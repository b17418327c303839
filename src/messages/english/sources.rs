//! Words about the sources of builds.

use super::check::http_failure;
use super::grammar::{counted, size};
use super::system;
use super::task_form::{begins, words};
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
        _ => return None,
    })
}
