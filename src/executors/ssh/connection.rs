//! One connection to a host: an `ssh` with options of ours alone, and the shell behind it, which answers line by line.

use std::fs::write;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::agent::{Admission, KeyAgent};
use super::tools::{command, no_connection};
use super::{HostPatience, SshTarget, faults, program};
use crate::domain::ssh::{NoConnection, SshFailure};

/// The longest line that is an answer.
const MAX_LINE: u64 = 64 * 1024;

/// How much may come before the first answer: what scripts of the account print when it signs in.
const MAX_BEFORE: usize = 1024 * 1024;

/// How much of what `ssh` says is kept.
const MAX_SAID: u64 = 16 * 1024;

/// The name under which `ssh` looks up the keys of the host.
const ALIAS: &str = "host";

/// What must not be taken from anywhere, and how `ssh` is to work.
const OPTIONS: [&str; 33] = [
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    "GlobalKnownHostsFile=none",
    "KnownHostsCommand=none",
    "UpdateHostKeys=no",
    "CheckHostIP=no",
    "VerifyHostKeyDNS=no",
    "HashKnownHosts=no",
    "IdentityAgent=agent",
    "IdentityFile=none",
    "IdentitiesOnly=no",
    "AddKeysToAgent=no",
    "PreferredAuthentications=publickey",
    "PubkeyAuthentication=yes",
    "PasswordAuthentication=no",
    "KbdInteractiveAuthentication=no",
    "GSSAPIAuthentication=no",
    "HostbasedAuthentication=no",
    "ForwardAgent=no",
    "ForwardX11=no",
    "ClearAllForwardings=yes",
    "Tunnel=no",
    "ControlMaster=no",
    "ControlPath=none",
    "PermitLocalCommand=no",
    "ProxyCommand=none",
    "ConnectionAttempts=1",
    "CanonicalizeHostname=no",
    "TCPKeepAlive=yes",
    "ServerAliveCountMax=3",
    "EscapeChar=none",
    "RequestTTY=no",
    "LogLevel=ERROR",
];

/// A host whose shell answers.
pub(super) struct SshConnection<'a> {
    target: &'a SshTarget,
    agent: &'a KeyAgent,
    patience: HostPatience,
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    said: JoinHandle<String>,
    /// With what each answer begins.
    marker: String,
    /// What came before the first answer.
    before: String,
    has_answered: bool,
    _admission: Admission,
}

/// The first answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hello {
    /// Which start of the host this is; `-` if that is not known.
    pub(super) boot: String,
    /// Its time of day, in seconds.
    pub(super) clock: i64,
    /// How far the run is.
    pub(super) run: String,
}

impl<'a> SshConnection<'a> {
    /// Connects, and says hello about that run. `place` tells the files of several connections apart.
    pub(super) async fn open(
        agent: &'a KeyAgent,
        target: &'a SshTarget,
        place: usize,
        prelude: impl FnOnce(&str) -> String,
        patience: HostPatience,
    ) -> Result<(Self, Hello), SshFailure> {
        if target.keys.is_empty() {
            return Err(SshFailure::NotPinned);
        }
        let known = format!("known-{place}");
        let lines: String = target.keys.iter().map(|key| [ALIAS, " ", &key.to_string(), "\n"].concat()).collect();
        write(agent.folder().join(&known), lines)
            .map_err(|problem| SshFailure::NotBegun { problem: problem.into() })?;
        let mut connecting = command("ssh");
        connecting.args(["-F", "none", "-T"]).stdin(Stdio::piped());
        for option in OPTIONS {
            connecting.args(["-o", option]);
        }
        for (option, value) in [
            ("UserKnownHostsFile", known),
            ("HostKeyAlias", ALIAS.to_owned()),
            ("HostKeyAlgorithms", algorithms(target)),
            ("ConnectTimeout", patience.connect.as_secs().max(1).to_string()),
            ("ServerAliveInterval", patience.alive.as_secs().max(1).to_string()),
        ] {
            connecting.arg("-o").arg(format!("{option}={value}"));
        }
        connecting.args([
            "-l",
            &target.host.user,
            "-p",
            &target.host.port.to_string(),
            "--",
            &target.host.address,
            "sh",
        ]);
        let (mut child, admission) = agent.connect(&mut connecting)?;
        let (Some(input), Some(output), Some(errors)) = (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(SshFailure::Broken { said: String::new() });
        };
        let mut connection = Self {
            target,
            agent,
            patience,
            child,
            input,
            output: BufReader::with_capacity(64 * 1024, output),
            said: tokio::spawn(listen(errors)),
            marker: format!("tg-{:032x}", rand::random::<u128>()),
            before: String::new(),
            has_answered: false,
            _admission: admission,
        };
        let first = format!("{}tg_hello </dev/null", prelude(&connection.marker));
        let said = connection.ask_within(&first, "hello", patience.connect * 3).await?;
        let mut words = said.splitn(3, ' ');
        let mut word = || words.next().unwrap_or_default();
        let hello =
            Hello { boot: word().to_owned(), clock: word().parse().unwrap_or_default(), run: word().to_owned() };
        Ok((connection, hello))
    }

    /// Sends commands, of which the last answers with that word; gives what stands behind it.
    pub(super) async fn ask(&mut self, commands: &str, word: &str) -> Result<String, SshFailure> {
        self.ask_within(commands, word, self.patience.answer).await
    }

    /// The same, where something is waited for on the host.
    pub(super) async fn ask_within(
        &mut self,
        commands: &str,
        word: &str,
        time: Duration,
    ) -> Result<String, SshFailure> {
        if self.send(commands).await.is_err() {
            return Err(self.ended().await);
        }
        match timeout(time, self.line()).await {
            Ok(Ok(line)) => match line.strip_prefix(word) {
                Some(rest) => Ok(rest.trim_start().to_owned()),
                None => Err(SshFailure::Broken { said: line }),
            },
            Ok(Err(_)) => Err(self.ended().await),
            Err(_) => Err(no_connection(&self.target.host, NoConnection::Timeout)),
        }
    }

    /// Sends commands; how long that may take is limited too: nobody may read them.
    async fn send(&mut self, commands: &str) -> std::io::Result<()> {
        let sending = async {
            self.input.write_all(commands.as_bytes()).await?;
            self.input.write_all(b"\n").await?;
            self.input.flush().await
        };
        timeout(self.patience.answer, sending).await.unwrap_or_else(|_| Err(std::io::ErrorKind::TimedOut.into()))
    }

    /// The next answer.
    async fn line(&mut self) -> std::io::Result<String> {
        loop {
            let mut bytes = Vec::new();
            (&mut self.output).take(MAX_LINE).read_until(b'\n', &mut bytes).await?;
            if bytes.pop() != Some(b'\n') {
                self.before.push_str(&String::from_utf8_lossy(&bytes));
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            let line = String::from_utf8_lossy(&bytes);
            // What a script of the account printed may stand before it, without the end of its line.
            if let Some((_, answer)) = line.split_once(&format!("{} ", self.marker)) {
                self.has_answered = true;
                return Ok(answer.to_owned());
            }
            if self.has_answered || self.before.len() > MAX_BEFORE {
                return Err(std::io::ErrorKind::InvalidData.into());
            }
            self.before.push_str(&line);
            self.before.push('\n');
        }
    }

    /// Asks for bytes; gives them, and what was said about them.
    pub(super) async fn bytes(&mut self, commands: &str) -> Result<(Vec<u8>, String), SshFailure> {
        let said = self.ask(commands, "bytes").await?;
        let (count, rest) = said.split_once(' ').unwrap_or((&said, ""));
        let count: usize = count.parse().map_err(|_| SshFailure::Broken { said: said.clone() })?;
        let mut bytes = vec![0; count.min(program::MAX_OUTPUTS)];
        let (patience, rest) = (self.patience.answer, rest.to_owned());
        if !matches!(timeout(patience, self.output.read_exact(&mut bytes)).await, Ok(Ok(_))) {
            return Err(self.ended().await);
        }
        match timeout(patience, self.line()).await {
            Ok(Ok(end)) if end == "end" => Ok((bytes, rest)),
            _ => Err(self.ended().await),
        }
    }

    /// Why there is no more of it.
    async fn ended(&mut self) -> SshFailure {
        let status = timeout(self.patience.connect, self.child.wait()).await.ok().and_then(Result::ok);
        let _ = self.child.start_kill();
        let said = timeout(self.patience.connect, &mut self.said).await.ok().and_then(Result::ok).unwrap_or_default();
        let is_of_ssh = status.is_none_or(|status| status.code() == Some(255));
        if self.has_answered {
            // What a shell on the host has said stands there too, and is not taken for the words of ssh.
            let broken = SshFailure::Broken { said: faults::last_line(&said) };
            return faults::of_connection(&said, &self.target.host).unwrap_or(broken);
        }
        if !is_of_ssh {
            let before = faults::last_line(&self.before);
            return SshFailure::NoShell { said: if before.is_empty() { faults::last_line(&said) } else { before } };
        }
        faults::read(&said, &self.target.host, &self.target.keys, self.agent.fingerprint())
    }
}

/// Which proofs of a pinned key are taken. None with SHA-1 is.
fn algorithms(target: &SshTarget) -> String {
    let of_kind = |kind| if kind == "ssh-rsa" { "rsa-sha2-512,rsa-sha2-256" } else { kind };
    let mut all: Vec<&str> = target.keys.iter().map(|key| of_kind(key.kind())).collect();
    all.dedup();
    all.join(",")
}

async fn listen(errors: ChildStderr) -> String {
    let mut said = Vec::new();
    let mut errors = errors.take(MAX_SAID);
    let _ = errors.read_to_end(&mut said).await;
    // The rest is read too, so that nobody waits.
    let _ = tokio::io::copy(errors.get_mut(), &mut tokio::io::sink()).await;
    String::from_utf8_lossy(&said).into_owned()
}
