//! Every cause of a failure, in its sentence.

use crate::domain::failure_cause::{FailureCause, FileKind, IoFault, OutputFault, StartFault};
use crate::messages::{Locale, failure_cause};

fn system() -> IoFault {
    IoFault::System("Permission denied (os error 13)".to_owned())
}

#[test]
fn f14_what_is_wrong_with_a_first_line_has_its_own_sentence() {
    for (cause, sentence) in [
        (
            StartFault::LoneCr { interpreter: "#!/bin/sh".to_owned() }.cause(),
            "The script could not be started: its first line `#!/bin/sh` ends with a CR alone, as on a Macintosh of long \
             ago, and all that follows belongs to it. Let its lines end with LF.",
        ),
        (
            StartFault::NothingNamed.cause(),
            "The script could not be started: its first line is `#!` and names no program. Name one, as `#!/bin/sh` does, \
             or leave the line out.",
        ),
        (
            StartFault::FolderNamed { interpreter: "#!/tmp".to_owned() }.cause(),
            "The script could not be started: its first line `#!/tmp` names a folder, not a program.",
        ),
        (
            StartFault::LineTooLong { most: 255 }.cause(),
            "The script could not be started: its first line names a program, and is longer than the 255 bytes that the \
             system reads of it. Give the program a shorter path, a link for example.",
        ),
        (
            StartFault::EnvTakesOneWord { words: "bash -e".to_owned() }.cause(),
            "The script could not be started: env takes `bash -e` as the name of one program. Write \
             `#!/usr/bin/env -S bash -e` to give it several words.",
        ),
    ] {
        assert_eq!(failure_cause(&cause, Locale::English), sentence);
    }
}

#[test]
fn causes_have_the_sentences_that_earlier_versions_stored() {
    let name = || "x".to_owned();
    let line = |fault| FailureCause::OutputLine { line: 2, fault };
    let cause = || Box::new(system());
    for (cause, sentence) in [
        (FailureCause::Exited { status: 3 }, "The script ended with status 3."),
        (FailureCause::Exited { status: 126 }, "The script ended with status 126: a command could not be run."),
        (FailureCause::Exited { status: 127 }, "The script ended with status 127: a command was not found."),
        (
            FailureCause::Signalled { number: 9, name: Some("SIGKILL".to_owned()) },
            "The script was ended by signal 9 (SIGKILL).",
        ),
        (FailureCause::Signalled { number: 64, name: None }, "The script was ended by signal 64 (unknown)."),
        (
            FailureCause::OutputsUnreadable { problem: IoFault::NotAFile { found: FileKind::Pipe } },
            "The outputs could not be read: it is a named pipe, not a file.",
        ),
        (line(OutputFault::NotUtf8), "Line 2 of the outputs is not UTF-8."),
        (line(OutputFault::NoValue { line: name() }), "Line 2 of the outputs is not `name=value`: `x`."),
        (line(OutputFault::ZeroByte { name: name() }), "Line 2 of the outputs has a NUL byte in the value of `x`."),
        (
            line(OutputFault::Name { name: name() }),
            "Line 2 of the outputs has a name that is not allowed: `x` (letters, digits, `_` and `-`, not starting with \
             a digit or `-`, 64 at most).",
        ),
        (line(OutputFault::TooLong { name: name() }), "Line 2 of the outputs has a value of more than 8 KiB for `x`."),
        (line(OutputFault::TooMany { most: 100 }), "Line 2 of the outputs is one too many: 100 are allowed."),
        (FailureCause::TimedOut { seconds: 60 }, "It took longer than its timeout of 60 seconds."),
        (
            FailureCause::NoValue { reference: "${tasks.a.outputs.b}".to_owned() },
            "${tasks.a.outputs.b} has no value: the task that should give it did not.",
        ),
        (
            FailureCause::ReplicaLost { replica: None },
            "The replica that is not known any more, which ran it, does not answer, so how the script ended is not known. \
             It may still run there until the replica is back, which then stops it.",
        ),
        (
            FailureCause::NotRun {
                problem: IoFault::RunFolderNotWritten { folder: "/srv".to_owned(), cause: cause() },
            },
            "The script could not be run on this machine: its run folder `/srv` cannot be written: permission denied.",
        ),
        (
            FailureCause::NotRun { problem: IoFault::ProgramNotStarted { program: name(), cause: cause() } },
            "The script could not be run on this machine: the program `x` could not be started: permission denied.",
        ),
        (
            FailureCause::EndUnknown { problem: IoFault::EndingUnreadable { cause: cause() } },
            "The script may have been started, and how it ended is not known: exit.json cannot be read: permission \
             denied.",
        ),
        (
            FailureCause::SupervisorFailed { complaint: None },
            "The process that supervises the script ended before it had started it. It did not say why.",
        ),
        (
            FailureCause::NotConfined { problem: IoFault::RulesNotTaken },
            "The script could not be confined: the kernel did not take the rules.",
        ),
        (
            FailureCause::FolderNotMade { folder: "/srv".to_owned(), problem: system() },
            "The folder `/srv` could not be made: permission denied.",
        ),
        (
            FailureCause::NoInterpreter { interpreter: "#!/no".to_owned() },
            "The script could not be started: there is no interpreter `#!/no` on this machine.",
        ),
        (
            StartFault::EnvironmentTooLong {
                variable: "ALL".to_owned(),
                bytes: 163_840,
                all: 164_000,
                most: Some(131_072),
            }
            .cause(),
            "The script could not be started: the variable ALL has 160 KiB with its name, and the system takes at most \
             128 KiB. Pass a file instead.",
        ),
        (
            StartFault::Noexec { mount: "/srv".to_owned() }.cause(),
            "The script could not be started: the file system at `/srv` is mounted with noexec, so that nothing on it can \
             be run. Mount it without, or leave the line `#!…` out, so that /bin/sh reads the script.",
        ),
        (
            StartFault::FolderClosed { folder: "/srv".to_owned() }.cause(),
            "The script could not be started: the account that the script runs under may not enter the working folder \
             `/srv`.",
        ),
        (FailureCause::NotStarted { problem: None }, "The script could not be started."),
        (FailureCause::Text("It is wrong".to_owned()), "It is wrong"),
    ] {
        assert_eq!(failure_cause(&cause, Locale::English), sentence);
    }
}
