//! Sentences about hosts that are reached by ssh, and about keys.

use super::English;
use super::cause::{failure_cause, io_fault};
use super::grammar::{counted, moment, size, unended};
use crate::domain::failure_cause::FailureCause;
use crate::domain::ssh::{HostNews, KeyFault, NoConnection, ProbeStep, SshFailure};
use crate::messages::ssh::SshSentences;

impl SshSentences for English {
    fn ssh_failure(&self, failure: &SshFailure) -> String {
        self::failure(failure)
    }

    fn key_fault(&self, fault: KeyFault) -> &'static str {
        self::key_fault(fault)
    }

    fn probe_step(&self, step: ProbeStep) -> &'static str {
        match step {
            ProbeStep::Resolve => "The name has an address",
            ProbeStep::Connect => "The port answers",
            ProbeStep::HostKey => "The host key is the pinned one",
            ProbeStep::SignIn => "The account takes the key",
            ProbeStep::Shell => "A shell answers",
            ProbeStep::Folder => "Scripts can be kept and run",
            ProbeStep::Clock => "Its clock differs by seconds",
            ProbeStep::Leftovers => "Left from runs that have ended",
        }
    }

    fn host_news(&self, news: &HostNews) -> String {
        match news {
            HostNews::ConnectionLost { failure } => format!(
                "[tollgate] The connection to the host was lost; the script goes on there, and is looked for again. {}",
                self::failure(failure)
            ),
            HostNews::ConnectedAgain => "[tollgate] The host is connected again.".to_owned(),
            HostNews::LeftOut { bytes } => format!("[tollgate] {} of the log are left out here.", size(*bytes)),
            HostNews::Left { processes } => format!(
                "[tollgate] {} of the script could not be ended and may still run on the host.",
                counted(*processes as usize, "process")
            ),
            HostNews::Ended { cause } => format!("[tollgate] {}", failure_cause(cause)),
        }
    }
}

/// Why the work failed on more hosts than it may: on how many, how many were not tried, of how many.
pub(super) fn hosts((failed, untried, of): (usize, usize, usize), host: &str, cause: &FailureCause) -> String {
    let tried = match untried {
        0 => String::new(),
        1 => " One host was not tried.".to_owned(),
        untried => format!(" {untried} hosts were not tried."),
    };
    format!("It failed on {failed} of {}.{tried} First on {host}: {}", counted(of, "host"), failure_cause(cause))
}

/// Why a host could not be worked on, or is lost sight of.
pub(super) fn failure(failure: &SshFailure) -> String {
    use SshFailure as F;
    match failure {
        F::NoProgram { program } => format!(
            "There is no program {program} on the machine of the server. Install the client of OpenSSH there; then it can \
             be tried again."
        ),
        F::NotBegun { problem } => format!("The connection could not be begun: {}.", io_fault(problem)),
        F::Key { fault } => format!("The private key cannot be used: {}", key_fault(*fault)),
        F::NotPinned => {
            "No key of the host is pinned yet. Test Connection on the page of the environment shows its keys \
                         and pins them."
                .to_owned()
        }
        F::UnknownName { address } => format!("The name {address} has no address."),
        F::NotConnected { address, port, why } => no_connection(address, *port, why),
        F::HostKeyChanged { host, address, kind, pinned, seen } => format!(
            "The host {host} ({address}) has another {kind} key than the one that was pinned: pinned is {pinned}, seen was \
             {seen}. Either the host was set up anew, or another one answers in its place. Nothing was sent to it. If the new \
             key is right, pin it with Test Connection."
        ),
        F::HostKeyKinds { host, address, pinned, offered } => format!(
            "The host {host} ({address}) has no host key of the kind that was pinned ({}), only {offered}. If that is \
             right, pin its keys anew with Test Connection.",
            pinned.join(", ")
        ),
        F::SignIn { user, fingerprint, ways } => format!(
            "The account {user} does not take the key {fingerprint} (it takes: {ways}). Add its public key to \
             ~/.ssh/authorized_keys of that account on the host."
        ),
        F::NoShell { said } if said.is_empty() => {
            "No shell answered on the host. The account must have a login shell that runs `sh`.".to_owned()
        }
        F::NoShell { said } => format!(
            "No shell answered on the host. The account must have a login shell that runs `sh`. What came instead: {said}"
        ),
        F::NoTool { tool } => format!("The program {tool} is not on the host. It is needed to run scripts there."),
        F::NoRoom { folder } => format!("There is no room on the host for the folder {folder}."),
        F::NotWritable { folder } => {
            format!("The account may not write on the host where the folder {folder} must be.")
        }
        F::NothingRuns { folder } => format!(
            "Nothing can be run in the folder {folder} on the host: its file system is mounted with noexec. Leave the line \
             `#!…` out, so that /bin/sh reads the script, or mount it without."
        ),
        F::Rebooted => {
            "The host was started again while the script ran, so how it would have ended is not known.".to_owned()
        }
        F::FolderGone { folder } => format!(
            "The folder {folder} of this run is gone from the host, and with it how the script ended. It was not started \
             again."
        ),
        F::RunnerLost => {
            "What watched the script on the host was ended from outside, so how it ended is not known. What \
                          was left of the script was ended."
                .to_owned()
        }
        F::LostSight { since, last } => format!(
            "The host is not reachable since {}; what the script did there since is not known. {}",
            moment(*since),
            self::failure(last)
        ),
        F::NotStopped { host, last: None } => {
            format!(
                "The host {host} could not be reached to stop the script. It may still run there until its timeout."
            )
        }
        F::NotStopped { host, last: Some(last) } => format!(
            "The host {host} could not be reached to stop the script. It may still run there until its timeout. {}",
            self::failure(last)
        ),
        F::Broken { said } if said.is_empty() => "The connection broke.".to_owned(),
        F::Broken { said } => format!("The connection broke: {}.", unended(said)),
    }
}

fn no_connection(address: &str, port: u16, why: &NoConnection) -> String {
    let why = match why {
        NoConnection::Refused => "nothing listens there",
        NoConnection::Timeout => "nobody answered in time",
        NoConnection::NoRoute => "no route leads there",
        NoConnection::Other { said } => unended(said),
    };
    format!("There is no connection to {address}, port {port}: {why}.")
}

/// Why a text is no private key that can be used.
pub(super) fn key_fault(fault: KeyFault) -> &'static str {
    match fault {
        KeyFault::Empty => "there is nothing in it.",
        KeyFault::PassPhrase => {
            "it has a pass phrase, which nobody could be asked for. `ssh-keygen -p -N ''` takes it off a copy."
        }
        KeyFault::CutOff => "a part of it is missing. Paste all of it, with the lines -----BEGIN and -----END.",
        KeyFault::Public => "it is a public key. Paste the private one, which begins with -----BEGIN.",
        KeyFault::Putty => {
            "it is in the format of PuTTY. PuTTYgen saves it as an OpenSSH key by Conversions, Export OpenSSH Key."
        }
        KeyFault::Several => "it is more than one key. Paste one.",
        KeyFault::NotAKey => {
            "it is not a private key. One begins with -----BEGIN OPENSSH PRIVATE KEY-----, for example."
        }
        KeyFault::Refused => "OpenSSH cannot read it. It may be damaged, or of a kind that is not supported any more.",
        KeyFault::NotTried => "it could not be tried, because the server has no program ssh-keygen.",
    }
}
