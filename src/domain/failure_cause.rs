//! Causes of failures, as data: what is stored of an attempt that did not succeed; `messages` makes the sentences.
//!
//! Each is stored as an object that names its variant in `because`. A cause that is a bare text came from outside, or is the
//! sentence that an earlier version stored.

mod start_fault;

use serde::{Deserialize, Serialize};

use super::artefacts::ArtefactFault;
use super::check::CheckFailure;
use super::component::ChangeFault;
pub use super::file_kind::FileKind;
use super::git::GitFault;
use super::ssh::SshFailure;

pub use start_fault::StartFault;

/// Why the work said no, could not be done, or was lost sight of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "snake_case")]
pub enum FailureCause {
    /// The script ended with another status than 0.
    Exited {
        /// That status.
        status: i32,
    },
    /// A signal ended the script.
    Signalled {
        /// Its number.
        number: i32,
        /// Its name, if it has one.
        name: Option<String>,
    },
    /// The script ended, with neither a status nor a signal.
    EndedSomehow,
    /// The script's file of outputs could not be read.
    OutputsUnreadable {
        /// Why.
        problem: IoFault,
    },
    /// The script's file of outputs is longer than 1 MiB.
    OutputsTooLong,
    /// A secret is in the outputs.
    SecretInOutput {
        /// Name of the output, if there is one.
        name: Option<String>,
    },
    /// A secret that the work needs cannot be given to it.
    Secret {
        /// Its name.
        name: String,
        /// Why.
        problem: SecretProblem,
    },
    /// A line of the outputs is wrong.
    OutputLine {
        /// Its number, from 1.
        line: usize,
        /// How.
        fault: OutputFault,
    },
    /// It took longer than its timeout.
    TimedOut {
        /// The timeout, in seconds.
        seconds: u64,
    },
    /// A check failed.
    Check(CheckFailure),
    /// The source of a build could not be had.
    Source(GitFault),
    /// What a build left could not be kept.
    Artefact(ArtefactFault),
    /// A change of an application or a component could not begin, or could not be undone.
    Change(ChangeFault),
    /// A host could not be worked on.
    Ssh(SshFailure),
    /// The work failed on more hosts than it may.
    Hosts {
        /// On how many.
        failed: usize,
        /// How many were not tried.
        untried: usize,
        /// Of how many.
        of: usize,
        /// The first on which it failed.
        host: String,
        /// Why it failed there.
        cause: Box<Self>,
    },
    /// Nobody decided before the deadline of the checkpoint.
    DeadlinePassed,
    /// A person stopped it while it was being undone.
    StoppedUndoing,
    /// The roll back ended before it was undone.
    RollBackEnded,
    /// It was stopped by something other than Tollgate.
    StoppedFromOutside,
    /// The team may not have scripts run on the server.
    ScriptsNotPermitted {
        /// Its name.
        team: String,
    },
    /// A task of that kind has nothing to run.
    NothingToRun,
    /// A reference has no value, because the task that should give it did not.
    NoValue {
        /// The reference.
        reference: String,
    },
    /// Which team has which working folder could not be read.
    FolderOwnersUnreadable {
        /// Why.
        problem: IoFault,
    },
    /// The working folder leads out of where it may be.
    FolderClimbs {
        /// What was asked for.
        folder: String,
    },
    /// The release task was taken away.
    ReleaseGone,
    /// A panic in Tollgate.
    BrokeDown,
    /// The replica that ran it does not answer.
    ReplicaLost {
        /// Its name, if it is still known.
        replica: Option<String>,
    },
    /// The supervising process ended without having written down how the script ended.
    SupervisorLost,
    /// Somebody took the run folder away.
    RunFolderGone,
    /// The script could not be run on this machine.
    NotRun {
        /// Why.
        problem: IoFault,
    },
    /// The script may have been started, and how it ended cannot be found out.
    EndUnknown {
        /// Why.
        problem: IoFault,
    },
    /// The supervising process ended before it had started the script, again and again.
    SupervisorFailed {
        /// What it complained about at last.
        complaint: Option<String>,
    },
    /// The folder for temporary files could not be made.
    TemporaryNotMade {
        /// Why.
        problem: IoFault,
    },
    /// The log could not be made.
    LogNotMade {
        /// Why.
        problem: IoFault,
    },
    /// The start could not be written down.
    StartNotWritten {
        /// Why.
        problem: IoFault,
    },
    /// The script was ended because it could not be watched any more.
    NotWatched {
        /// Why.
        problem: IoFault,
    },
    /// The mode of the run folder could not be set.
    RunFolderMode {
        /// Why.
        problem: IoFault,
    },
    /// A folder could not be made.
    FolderNotMade {
        /// Which.
        folder: String,
        /// Why.
        problem: IoFault,
    },
    /// The script could not be written into its run folder.
    ScriptNotWritten {
        /// Why.
        problem: IoFault,
    },
    /// The file for the outputs could not be made.
    OutputsNotMade {
        /// Why.
        problem: IoFault,
    },
    /// The script could not be confined.
    NotConfined {
        /// Why.
        problem: IoFault,
    },
    /// The working folder is not there.
    NoWorkingFolder {
        /// Which.
        folder: String,
    },
    /// The interpreter that the script names is not on this machine.
    NoInterpreter {
        /// The first line of the script.
        interpreter: String,
    },
    /// The script could not be started, for a reason that whoever wrote it can put right.
    CannotStart {
        /// Which.
        fault: StartFault,
    },
    /// The script could not be started.
    NotStarted {
        /// Why, if that is known.
        problem: Option<IoFault>,
    },
    /// What somebody wrote, or the sentence that an earlier version stored.
    #[serde(untagged)]
    Text(String),
}

/// Why a secret cannot be given to work that needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretProblem {
    /// There is none of that name.
    Missing,
    /// It is for the scripts of environments only.
    NotForTasks,
    /// The server was told to serve without secrets.
    WithoutSecrets,
    /// This server has no key, or not the one that is needed.
    NoKey,
    /// What is kept of it does not open with its key.
    Damaged,
}

/// What is wrong with a line of the outputs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum OutputFault {
    /// It is not UTF-8.
    NotUtf8,
    /// There is no `=` in it.
    NoValue {
        /// How it begins.
        line: String,
    },
    /// There is a zero byte in the value.
    ZeroByte {
        /// Name of the output.
        name: String,
    },
    /// The name is not allowed.
    Name {
        /// How it begins.
        name: String,
    },
    /// The value is longer than 8 KiB.
    TooLong {
        /// Name of the output.
        name: String,
    },
    /// There are more outputs than that.
    TooMany {
        /// The most.
        most: usize,
    },
}

/// Why something could not be done on a machine. Errors of ours carry it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum IoFault {
    /// There is something else than a file.
    NotAFile {
        /// What.
        found: FileKind,
    },
    /// A file is too long to be read.
    TooLong {
        /// How many bytes it may have.
        most: u64,
    },
    /// A program could not be started.
    ProgramNotStarted {
        /// Which.
        program: String,
        /// Why.
        cause: Box<Self>,
    },
    /// A run folder cannot be written.
    RunFolderNotWritten {
        /// Which.
        folder: String,
        /// Why.
        cause: Box<Self>,
    },
    /// What says how a script ended cannot be read.
    EndingUnreadable {
        /// Why.
        cause: Box<Self>,
    },
    /// The kernel has Landlock, and took none of its rules.
    RulesNotTaken,
    /// What the system said.
    #[serde(untagged)]
    System(String),
}

impl FailureCause {
    /// Whether there is nothing to say: a person gave no reason.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Text(text) if text.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_of_an_earlier_version_is_read_as_text() {
        let read: FailureCause = serde_json::from_str("\"The script ended with status 3.\"").unwrap();
        assert_eq!(read, FailureCause::Text("The script ended with status 3.".to_owned()));
        assert_eq!(serde_json::to_string(&read).unwrap(), "\"The script ended with status 3.\"");
    }

    #[test]
    fn a_cause_is_stored_as_its_values() {
        let folder = "/srv".to_owned();
        let cause = Box::new(IoFault::System("Permission denied (os error 13)".to_owned()));
        for (cause, json) in [
            (FailureCause::Exited { status: 3 }, r#"{"because":"exited","status":3}"#),
            (FailureCause::BrokeDown, r#"{"because":"broke_down"}"#),
            (FailureCause::NotStarted { problem: None }, r#"{"because":"not_started","problem":null}"#),
            (
                FailureCause::OutputLine { line: 2, fault: OutputFault::NotUtf8 },
                r#"{"because":"output_line","line":2,"fault":{"fault":"not_utf8"}}"#,
            ),
            (
                FailureCause::NotRun { problem: IoFault::RunFolderNotWritten { folder, cause } },
                r#"{"because":"not_run","problem":{"problem":"run_folder_not_written","folder":"/srv","cause":"Permission denied (os error 13)"}}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&cause).unwrap(), json);
            assert_eq!(serde_json::from_str::<FailureCause>(json).unwrap(), cause);
        }
        serde_json::from_str::<FailureCause>(r#"{"because":"no_such_cause"}"#).unwrap_err();
    }
}
