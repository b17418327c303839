//! Programs of OpenSSH on this machine, beside `ssh` itself: how they are run, and what they tell of keys.

use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::time::timeout;

use crate::domain::ssh::{HostKey, KeyFault, KeySummary, NoConnection, SshFailure, SshHost, tidy_private_key};
use crate::supervise::script_spec::PrivateText;

/// How long `ssh-keygen` may take: it asks nobody anything.
const KEYGEN_TIMEOUT: Duration = Duration::from_secs(30);

/// A program with nothing of the server's own environment but where programs are.
pub(super) fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("LC_ALL", "C").kill_on_drop(true).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command
}

/// Why a program could not be started.
pub(super) fn not_started(program: &str, problem: &std::io::Error) -> SshFailure {
    match problem.kind() {
        std::io::ErrorKind::NotFound => SshFailure::NoProgram { program: program.to_owned() },
        _ => SshFailure::NotBegun { problem: problem.into() },
    }
}

/// What is known of the private key that [`tidy_private_key`] makes of a text that somebody pasted.
///
/// It is tried by `ssh-keygen`, which reads it from a pipe: no file has it.
pub async fn read_private_key(text: &str) -> Result<KeySummary, KeyFault> {
    let key = PrivateText::new(tidy_private_key(text)?);
    let mut tried = command("ssh-keygen");
    tried.args(["-y", "-P", "", "-f", "/dev/stdin"]).stdin(Stdio::piped());
    let mut child = tried.spawn().map_err(|_| KeyFault::NotTried)?;
    if let Some(mut input) = child.stdin.take() {
        // One that ended before it had read all has said no.
        let _ = input.write_all(key.expose().as_bytes()).await;
    }
    let said = timeout(KEYGEN_TIMEOUT, child.wait_with_output()).await;
    let said = said.ok().and_then(Result::ok).ok_or(KeyFault::NotTried)?;
    if !said.status.success() {
        return Err(KeyFault::Refused);
    }
    let public = HostKey::parse(&String::from_utf8_lossy(&said.stdout)).map_err(|_| KeyFault::Refused)?;
    Ok(KeySummary { fingerprint: public.fingerprint(), kind: public.kind().to_owned() })
}

/// The keys that a host shows to whoever asks, the newest kinds first: for a person who pins them.
pub(super) async fn host_keys(host: &SshHost, patience: Duration) -> Result<Vec<HostKey>, SshFailure> {
    let seconds = patience.as_secs().max(1).to_string();
    let mut scan = command("ssh-keyscan");
    scan.args(["-T", &seconds, "-p", &host.port.to_string(), "--", &host.address]);
    let scanned = timeout(patience * 4, scan.output()).await;
    let Output { stdout, stderr, .. } = match scanned {
        Ok(output) => output.map_err(|problem| not_started("ssh-keyscan", &problem))?,
        Err(_) => return Err(no_connection(host, NoConnection::Timeout)),
    };
    let mut keys: Vec<HostKey> = String::from_utf8_lossy(&stdout)
        .lines()
        .filter_map(|line| HostKey::parse(line.split_once(' ')?.1).ok())
        .collect();
    keys.sort();
    keys.dedup();
    if !keys.is_empty() {
        return Ok(keys);
    }
    let said = String::from_utf8_lossy(&stderr);
    let told = said.lines().find(|line| !line.starts_with('#')).unwrap_or_default();
    Err(super::faults::of_connection(told, host).unwrap_or_else(|| {
        let why = if told.is_empty() { NoConnection::Timeout } else { NoConnection::Other { said: told.to_owned() } };
        no_connection(host, why)
    }))
}

pub(super) fn no_connection(host: &SshHost, why: NoConnection) -> SshFailure {
    SshFailure::NotConnected { address: host.address.clone(), port: host.port, why }
}
