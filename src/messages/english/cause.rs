//! Causes of failures.

use super::changes;
use super::check::check_failure;
use super::grammar::{counted, size};
use super::sources;
use super::ssh;
use super::system;
use crate::domain::failure_cause::{FailureCause, FileKind, IoFault, OutputFault, SecretProblem, StartFault};

/// Why the work said no, could not be done, or was lost sight of.
pub fn failure_cause(cause: &FailureCause) -> String {
    use FailureCause as C;
    match cause {
        C::Exited { status: 127 } => "The script ended with status 127: a command was not found.".to_owned(),
        C::Exited { status: 126 } => "The script ended with status 126: a command could not be run.".to_owned(),
        C::Exited { status } => format!("The script ended with status {status}."),
        C::Signalled { number, name } => {
            format!("The script was ended by signal {number} ({}).", name.as_deref().unwrap_or("unknown"))
        }
        C::EndedSomehow => "The script ended in an unknown way.".to_owned(),
        C::OutputsUnreadable { problem } => because("The outputs could not be read", problem),
        C::OutputsTooLong => "The outputs are longer than 1 MiB.".to_owned(),
        C::SecretInOutput { name: Some(name) } => {
            format!("The output {name} has a secret in it. Outputs are kept and shown, so none of them were taken.")
        }
        C::SecretInOutput { name: None } => {
            "A secret is in the outputs. They are kept and shown, so none of them were taken.".to_owned()
        }
        C::Secret { name, problem } => secret_problem(name, *problem),
        C::OutputLine { line, fault } => format!("Line {line} of the outputs {}.", output_fault(fault)),
        C::TimedOut { seconds } => {
            format!(
                "It took longer than its timeout of {}.",
                counted(usize::try_from(*seconds).unwrap_or(usize::MAX), "second")
            )
        }
        C::Check(failure) => check_failure(failure),
        C::Source(fault) => sources::git_fault(fault),
        C::Artefact(fault) => sources::artefact_fault(fault),
        C::Change(fault) => changes::change_fault(fault),
        C::Ssh(failure) => ssh::failure(failure),
        C::Hosts { failed, untried, of, host, cause } => ssh::hosts((*failed, *untried, *of), host, cause),
        C::DeadlinePassed => "Nobody decided before the deadline.".to_owned(),
        C::StoppedUndoing => "It was stopped while it was being undone.".to_owned(),
        C::RollBackEnded => "The roll back ended before it was undone.".to_owned(),
        C::StoppedFromOutside => "It was stopped by something other than Tollgate.".to_owned(),
        C::ScriptsNotPermitted { team } => format!(
            "The team {team} lacks the permission to run scripts on the server. An administrator gives it with `tollgate \
             team allow-scripts {team}`; then it can be tried again."
        ),
        C::NothingToRun => "This type of task has nothing to run.".to_owned(),
        C::NoValue { reference } => format!("{reference} has no value: the task that should give it did not."),
        C::FolderOwnersUnreadable { problem } => because("Whose the working folders are is not known", problem),
        C::FolderClimbs { folder } => format!("The working folder `{folder}` has .. in it."),
        C::ReleaseGone => "The release task is gone.".to_owned(),
        C::BrokeDown => "Tollgate broke down while it worked on this task.".to_owned(),
        C::ReplicaLost { replica } => format!(
            "The replica {}, which ran it, does not answer, so how the script ended is not known. It may still run there \
             until the replica is back, which then stops it.",
            replica.as_deref().unwrap_or("that is not known any more")
        ),
        C::SupervisorLost => "The process that supervised the script ended before it could write down how the script \
                              ended. What was left of the script was ended."
            .to_owned(),
        C::RunFolderGone => "The run folder of the script is gone, and with it how the script ended. What was left of \
                             the script was ended."
            .to_owned(),
        C::NotRun { problem } => because("The script could not be run on this machine", problem),
        C::EndUnknown { problem } => {
            because("The script may have been started, and how it ended is not known", problem)
        }
        C::SupervisorFailed { complaint } => format!(
            "The process that supervises the script ended before it had started it. {}",
            complaint.as_deref().unwrap_or("It did not say why.")
        ),
        C::TemporaryNotMade { problem } => because("The folder for temporary files could not be made", problem),
        C::LogNotMade { problem } => because("The log could not be made", problem),
        C::StartNotWritten { problem } => because("The start could not be written down", problem),
        C::NotWatched { problem } => because("The script was ended because it could not be watched any more", problem),
        C::RunFolderMode { problem } => because("The mode of the run folder could not be set", problem),
        C::FolderNotMade { folder, problem } => because(&format!("The folder `{folder}` could not be made"), problem),
        C::ScriptNotWritten { problem } => because("The script could not be written into its run folder", problem),
        C::OutputsNotMade { problem } => because("The file for the outputs could not be made", problem),
        C::NotConfined { problem } => because("The script could not be confined", problem),
        C::NoWorkingFolder { folder } => format!("There is no working folder `{folder}`."),
        C::NoInterpreter { interpreter } => {
            format!("The script could not be started: there is no interpreter `{interpreter}` on this machine.")
        }
        C::CannotStart { fault } => format!("The script could not be started: {}.", start_fault(fault)),
        C::NotStarted { problem: None } => "The script could not be started.".to_owned(),
        C::NotStarted { problem: Some(problem) } => because("The script could not be started", problem),
        C::Text(text) => text.clone(),
    }
}

/// Why a script could not be started, to go on with after a colon.
fn start_fault(fault: &StartFault) -> String {
    match fault {
        StartFault::DosLineEnd { interpreter } => {
            format!("its first line `{interpreter}` ends with CR LF, as on Windows. Let its lines end with LF")
        }
        StartFault::LoneCr { interpreter } => format!(
            "its first line `{interpreter}` ends with a CR alone, as on a Macintosh of long ago, and all that follows \
             belongs to it. Let its lines end with LF"
        ),
        StartFault::NothingNamed => {
            "its first line is `#!` and names no program. Name one, as `#!/bin/sh` does, or leave the line out"
                .to_owned()
        }
        StartFault::FolderNamed { interpreter } => {
            format!("its first line `{interpreter}` names a folder, not a program")
        }
        StartFault::LineTooLong { most } => format!(
            "its first line names a program, and is longer than the {most} bytes that the system reads of it. Give the \
             program a shorter path, a link for example"
        ),
        StartFault::EnvTakesOneWord { words } => format!(
            "env takes `{words}` as the name of one program. Write `#!/usr/bin/env -S {words}` to give it several words"
        ),
        StartFault::NoProgram { interpreter } => format!(
            "the interpreter `{interpreter}` is there, and is no program that this machine can run, or lacks what it needs"
        ),
        StartFault::NotExecutable { interpreter } => {
            format!("the interpreter `{interpreter}` may not be run; `chmod +x` makes a file a program")
        }
        StartFault::Noexec { mount } => format!(
            "the file system at `{mount}` is mounted with noexec, so that nothing on it can be run. Mount it without, or \
             leave the line `#!…` out, so that /bin/sh reads the script"
        ),
        StartFault::EnvironmentTooLong { variable, bytes, most: Some(most), .. } => format!(
            "the variable {variable} has {} with its name, and the system takes at most {}. Pass a file instead",
            size(*bytes as u64),
            size(*most as u64)
        ),
        StartFault::EnvironmentTooLong { variable, bytes, all, most: None } => format!(
            "all variables have {} together, more than the system takes; the longest is {variable} with {}. Pass a file \
             instead",
            size(*all as u64),
            size(*bytes as u64)
        ),
        StartFault::NotAFolder { folder } => format!("the working folder `{folder}` is not a folder"),
        StartFault::FolderClosed { folder } => {
            format!("the account that the script runs under may not enter the working folder `{folder}`")
        }
    }
}

fn because(what: &str, problem: &IoFault) -> String {
    format!("{what}: {}.", io_fault(problem))
}

/// Why something could not be done on a machine, to go on with after a colon.
pub fn io_fault(fault: &IoFault) -> String {
    match fault {
        IoFault::NotAFile { found } => format!("it is {}, not a file", file_kind(*found)),
        IoFault::TooLong { most } => format!("it is longer than {most} bytes"),
        IoFault::ProgramNotStarted { program, cause } => {
            format!("the program `{program}` could not be started: {}", io_fault(cause))
        }
        IoFault::RunFolderNotWritten { folder, cause } => {
            format!("its run folder `{folder}` cannot be written: {}", io_fault(cause))
        }
        IoFault::EndingUnreadable { cause } => format!("exit.json cannot be read: {}", io_fault(cause)),
        IoFault::RulesNotTaken => "the kernel did not take the rules".to_owned(),
        IoFault::System(said) => system::in_words(said),
    }
}

/// What has a name in a folder.
pub fn file_kind(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Pipe => "a named pipe",
        FileKind::Link => "a link",
        FileKind::Folder => "a folder",
        FileKind::Socket => "a socket",
        FileKind::File => "a file",
        FileKind::Device => "a device",
    }
}

fn output_fault(fault: &OutputFault) -> String {
    match fault {
        OutputFault::NotUtf8 => "is not UTF-8".to_owned(),
        OutputFault::NoValue { line } => format!("is not `name=value`: `{line}`"),
        OutputFault::ZeroByte { name } => format!("has a NUL byte in the value of `{name}`"),
        OutputFault::Name { name } => format!(
            "has a name that is not allowed: `{name}` (letters, digits, `_` and `-`, not starting with a digit or `-`, 64 \
             at most)"
        ),
        OutputFault::TooLong { name } => format!("has a value of more than 8 KiB for `{name}`"),
        OutputFault::TooMany { most } => format!("is one too many: {most} are allowed"),
    }
}

fn secret_problem(name: &str, problem: SecretProblem) -> String {
    let why = match problem {
        SecretProblem::Missing => {
            "there is no secret of that name where it is asked for. A manager of the team sets it under Secrets"
        }
        SecretProblem::NotForTasks => {
            "it is for the scripts of environments only. A manager of the team may open it to tasks under Secrets"
        }
        SecretProblem::WithoutSecrets => "the server was started with --without-secrets",
        SecretProblem::NoKey => {
            "this server lacks the key that encrypted it. An administrator gives it the key file again"
        }
        SecretProblem::Damaged => "what is kept of it is damaged. A manager of the team sets it again under Secrets",
    };
    format!("The secret {name} cannot be used: {why}. Then this can be tried again.")
}
