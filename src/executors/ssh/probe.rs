//! The probe of a host: all that a run does there, but for the script.

use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout};

use super::agent::KeyAgent;
use super::connection::SshConnection;
use super::tools::no_connection;
use super::{SshExecutor, SshTarget, program};
use crate::clock::Clock;
use crate::domain::ssh::{HostKey, NoConnection, ProbeCheck, ProbeStep, SshFailure, SshHost};
use crate::supervise::script_spec::PrivateText;

/// The name of the folder that is made and removed.
const RUN: &str = "probe";

/// What was found so far.
struct Findings {
    checks: Vec<ProbeCheck>,
    begun: Instant,
}

impl Findings {
    /// Adds a step; nothing comes after one that failed.
    fn add(&mut self, what: ProbeStep, result: Result<String, SshFailure>) -> Option<()> {
        let is_well = result.is_ok();
        self.checks.push(ProbeCheck { what, took: self.begun.elapsed(), result });
        self.begun = Instant::now();
        is_well.then_some(())
    }
}

/// Looks at a host.
pub(super) async fn probe(
    executor: &SshExecutor,
    host: &SshHost,
    pinned: &[HostKey],
    key: &PrivateText,
) -> Vec<ProbeCheck> {
    let mut findings = Findings { checks: Vec::new(), begun: Instant::now() };
    let target = SshTarget { host: host.clone(), keys: pinned.to_vec(), is_done: false };
    let _ = look(executor, &target, key, &mut findings).await;
    findings.checks
}

async fn look(executor: &SshExecutor, target: &SshTarget, key: &PrivateText, findings: &mut Findings) -> Option<()> {
    let (host, patience) = (&target.host, executor.patience);
    let addresses: Vec<_> =
        lookup_host((host.address.as_str(), host.port)).await.map(Iterator::collect).unwrap_or_default();
    let address = addresses.first().map(|address| address.ip().to_string());
    let unknown = SshFailure::UnknownName { address: host.address.clone() };
    findings.add(ProbeStep::Resolve, address.ok_or(unknown))?;

    let connected = timeout(patience.connect, TcpStream::connect(addresses.as_slice())).await;
    findings.add(
        ProbeStep::Connect,
        match connected {
            Ok(Ok(stream)) => Ok(stream.peer_addr().map(|address| address.to_string()).unwrap_or_default()),
            Ok(Err(problem)) => Err(super::faults::of_connection(&problem.to_string(), host)
                .unwrap_or_else(|| no_connection(host, NoConnection::Other { said: problem.to_string() }))),
            Err(_) => Err(no_connection(host, NoConnection::Timeout)),
        },
    )?;

    let agent = match KeyAgent::start(&executor.folder, key).await {
        Ok(agent) => agent,
        Err(failure) => return findings.add(ProbeStep::SignIn, Err(failure)),
    };
    let run = format!("{RUN}-{:016x}", rand::random::<u64>());
    let prelude = |marker: &str| program::prelude(marker, &run, Duration::ZERO);
    let (mut connection, hello) = match SshConnection::open(&agent, target, 0, prelude, patience).await {
        Ok(opened) => opened,
        Err(failure) => {
            let step = step_of(&failure);
            if step != ProbeStep::HostKey {
                findings.add(ProbeStep::HostKey, Ok(fingerprints(target)))?;
            }
            if step == ProbeStep::Shell {
                findings.add(ProbeStep::SignIn, Ok(agent.fingerprint().to_owned()))?;
            }
            return findings.add(step, Err(failure));
        }
    };
    findings.add(ProbeStep::HostKey, Ok(fingerprints(target)))?;
    findings.add(ProbeStep::SignIn, Ok(agent.fingerprint().to_owned()))?;
    findings.add(ProbeStep::Shell, Ok("sh".to_owned()))?;
    let folder = match connection.ask(program::trial(), "").await {
        Ok(said) => match program::refusal(&said) {
            Ok(None) => Ok(format!("~/{}", program::RUNS)),
            Ok(Some(failure)) | Err(failure) => Err(failure),
        },
        Err(failure) => Err(failure),
    };
    if folder.is_ok() {
        let _ = connection.ask("tg_remove </dev/null", "removed").await;
    }
    findings.add(ProbeStep::Folder, folder)?;
    let ahead = hello.clock - Clock::system().now().timestamp();
    findings.add(ProbeStep::Clock, Ok(format!("{ahead:+}")))?;
    let left = connection.ask("tg_leftovers </dev/null", "left").await;
    findings.add(ProbeStep::Leftovers, left)
}

fn fingerprints(target: &SshTarget) -> String {
    let all: Vec<String> = target.keys.iter().map(HostKey::fingerprint).collect();
    all.join(" ")
}

/// At which step a connection fails so.
fn step_of(failure: &SshFailure) -> ProbeStep {
    match failure {
        SshFailure::NotPinned | SshFailure::HostKeyChanged { .. } | SshFailure::HostKeyKinds { .. } => {
            ProbeStep::HostKey
        }
        SshFailure::NoShell { .. } => ProbeStep::Shell,
        SshFailure::NoProgram { .. }
        | SshFailure::NotBegun { .. }
        | SshFailure::Key { .. }
        | SshFailure::UnknownName { .. }
        | SshFailure::NotConnected { .. }
        | SshFailure::SignIn { .. }
        | SshFailure::NoTool { .. }
        | SshFailure::NoRoom { .. }
        | SshFailure::NotWritable { .. }
        | SshFailure::NothingRuns { .. }
        | SshFailure::Rebooted
        | SshFailure::FolderGone { .. }
        | SshFailure::RunnerLost
        | SshFailure::LostSight { .. }
        | SshFailure::NotStopped { .. }
        | SshFailure::Broken { .. } => ProbeStep::SignIn,
    }
}
