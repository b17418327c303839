//! The private agent of a job: a real `ssh-agent` that has the key, and before it a socket of ours, which answers only the
//! processes that this server started, and only what signing in takes.

use std::collections::HashMap;
use std::fs::{DirBuilder, File, read_dir, remove_dir_all, remove_file};
use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use parking_lot::Mutex;
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::process::{Child, Command};
use tokio::task::{JoinHandle, JoinSet};

use super::tools::{command, not_started, read_private_key};
use crate::domain::ssh::{KeyFault, SshFailure, tidy_private_key};
use crate::supervise::script_spec::PrivateText;

/// The longest message of an agent, as OpenSSH has it.
const MAX_MESSAGE: usize = 256 * 1024;

/// How an agent says no.
const FAILURE: u8 = 5;

/// What a process may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    /// To take a key.
    Add,
    /// Which keys there are, and to sign with one.
    Sign,
}

/// Which processes may ask what.
type Admitted = Arc<Mutex<HashMap<i32, Access>>>;

/// An agent with one key. When it is dropped, it is gone; when this process dies, it goes within seconds.
#[derive(Debug)]
pub(super) struct KeyAgent {
    folder: PathBuf,
    /// The fingerprint of the key.
    fingerprint: String,
    admitted: Admitted,
    gate: JoinHandle<()>,
    agent: Option<Pid>,
    /// The process by whose life the agent lives; it reads from us.
    _parent: Child,
}

/// A process that the agent answers, until this is dropped.
#[derive(Debug)]
pub(super) struct Admission {
    pid: i32,
    admitted: Admitted,
}

impl Drop for Admission {
    fn drop(&mut self) {
        self.admitted.lock().remove(&self.pid);
    }
}

impl Drop for KeyAgent {
    fn drop(&mut self) {
        self.gate.abort();
        // Its number is its own as long as its parent lives, which is ended after this.
        if let Some(agent) = self.agent {
            let _ = kill_process(agent, Signal::TERM);
        }
        let _ = remove_dir_all(&self.folder);
    }
}

impl KeyAgent {
    /// Starts one that has this key, with a folder of its own in `base`.
    pub(super) async fn start(base: &Path, key: &PrivateText) -> Result<Self, SshFailure> {
        let known = read_private_key(key.expose()).await.map_err(|fault| match fault {
            KeyFault::NotTried => SshFailure::NoProgram { program: "ssh-keygen".to_owned() },
            fault => SshFailure::Key { fault },
        })?;
        let folder = make_folder(base).map_err(|problem| SshFailure::NotBegun { problem: problem.into() })?;
        let agent = Self::start_in(folder.clone(), known.fingerprint).await;
        let agent = agent.inspect_err(|_| drop(remove_dir_all(&folder)))?;
        agent.add(key).await?;
        Ok(agent)
    }

    async fn start_in(folder: PathBuf, fingerprint: String) -> Result<Self, SshFailure> {
        let begun = |problem: io::Error| SshFailure::NotBegun { problem: problem.into() };
        let mut starting = command("ssh-agent");
        // The agent ends when the process ends that it is started with, and that one when its input does.
        starting.args(["-a", "upstream", "sh", "-c", "echo \"$SSH_AGENT_PID\"; exec cat >/dev/null"]);
        starting.current_dir(&folder).stdin(Stdio::piped()).stderr(Stdio::null());
        let mut parent = starting.spawn().map_err(|problem| not_started("ssh-agent", &problem))?;
        let mut said = String::new();
        if let Some(output) = parent.stdout.take() {
            BufReader::new(output).read_line(&mut said).await.map_err(begun)?;
        }
        let agent = said.trim().parse().ok().and_then(Pid::from_raw);
        // The path of a socket is short, that of a data folder may be long.
        let opened = File::open(&folder).map_err(begun)?;
        let short = PathBuf::from(format!("/proc/self/fd/{}", opened.as_raw_fd()));
        let upstream = UnixStream::connect(short.join("upstream")).await.map_err(begun)?;
        // From here on nobody else reaches it.
        remove_file(folder.join("upstream")).map_err(begun)?;
        let listener = UnixListener::bind(short.join("agent")).map_err(begun)?;
        let admitted = Admitted::default();
        let gate = tokio::spawn(keep_gate(listener, upstream, Arc::clone(&admitted)));
        Ok(Self { folder, fingerprint, admitted, gate, agent, _parent: parent })
    }

    /// Gives the agent its key, through a pipe.
    async fn add(&self, key: &PrivateText) -> Result<(), SshFailure> {
        let tidy = tidy_private_key(key.expose()).map_err(|fault| SshFailure::Key { fault })?;
        let mut adding = command("ssh-add");
        adding.args(["-q", "-"]).current_dir(&self.folder).env("SSH_AUTH_SOCK", "agent").stdin(Stdio::piped());
        // Nobody can be asked for anything.
        adding.env("SSH_ASKPASS", "false").env("SSH_ASKPASS_REQUIRE", "force");
        let (mut child, _admission) = self.spawn(&mut adding, Access::Add, "ssh-add")?;
        if let Some(mut input) = child.stdin.take() {
            // One that ended before it had read all has said no.
            let _ = input.write_all(PrivateText::new(tidy).expose().as_bytes()).await;
        }
        match child.wait().await {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err(SshFailure::Key { fault: KeyFault::Refused }),
            Err(problem) => Err(SshFailure::NotBegun { problem: problem.into() }),
        }
    }

    /// Starts a process in the folder that may sign by the socket `agent` there.
    pub(super) fn connect(&self, connecting: &mut Command) -> Result<(Child, Admission), SshFailure> {
        self.spawn(connecting.current_dir(&self.folder), Access::Sign, "ssh")
    }

    fn spawn(&self, starting: &mut Command, access: Access, name: &str) -> Result<(Child, Admission), SshFailure> {
        // The gate waits for this: the process may ask before its number is known here.
        let mut admitted = self.admitted.lock();
        let child = starting.spawn().map_err(|problem| not_started(name, &problem))?;
        let pid = child.id().map(u32::cast_signed).unwrap_or_default();
        admitted.insert(pid, access);
        Ok((child, Admission { pid, admitted: Arc::clone(&self.admitted) }))
    }

    /// The folder of its socket, for what `ssh` is to read.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The fingerprint of its key.
    pub(super) fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}

/// A folder for our own eyes alone. Those of processes that are gone go.
fn make_folder(base: &Path) -> io::Result<PathBuf> {
    DirBuilder::new().recursive(true).mode(0o700).create(base)?;
    for entry in read_dir(base)?.flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix("agent-")?.split('-').next()?.parse::<u32>().ok());
        if owner.is_some_and(|pid| !Path::new(&format!("/proc/{pid}")).exists()) {
            let _ = remove_dir_all(entry.path());
        }
    }
    let folder = base.join(format!("agent-{}-{:016x}", std::process::id(), rand::random::<u64>()));
    DirBuilder::new().mode(0o700).create(&folder)?;
    Ok(folder)
}

/// Answers those who may ask; closes to all others.
async fn keep_gate(listener: UnixListener, upstream: UnixStream, admitted: Admitted) {
    let upstream = Arc::new(tokio::sync::Mutex::new(upstream));
    let mut answering = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        while answering.try_join_next().is_some() {}
        let pid = stream.peer_cred().ok().and_then(|peer| peer.pid());
        let access = pid.and_then(|pid| admitted.lock().get(&pid).copied());
        if let Some(access) = access {
            let upstream = Arc::clone(&upstream);
            answering.spawn(async move { answer(stream, access, &upstream).await });
        }
    }
}

/// Passes on whole messages of kinds that may be asked, one at a time.
async fn answer(mut asker: UnixStream, access: Access, upstream: &tokio::sync::Mutex<UnixStream>) -> io::Result<()> {
    loop {
        let asked = read_message(&mut asker).await?;
        let reply = match asked.first() {
            Some(kind) if may_ask(access, *kind) => {
                let mut upstream = upstream.lock().await;
                write_message(&mut upstream, &asked).await?;
                read_message(&mut upstream).await?
            }
            _ => vec![FAILURE],
        };
        write_message(&mut asker, &reply).await?;
    }
}

fn may_ask(access: Access, kind: u8) -> bool {
    match access {
        Access::Add => kind == 17,
        Access::Sign => [11, 13].contains(&kind),
    }
}

async fn read_message(stream: &mut UnixStream) -> io::Result<Vec<u8>> {
    let length = stream.read_u32().await? as usize;
    if length == 0 || length > MAX_MESSAGE {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut message = vec![0; length];
    stream.read_exact(&mut message).await?;
    Ok(message)
}

async fn write_message(stream: &mut UnixStream, message: &[u8]) -> io::Result<()> {
    let length = u32::try_from(message.len()).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    stream.write_u32(length).await?;
    stream.write_all(message).await
}
