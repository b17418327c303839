//! The system's git, with nothing of the machine's or the repository's that could make it run something, ask somebody or
//! connect to somewhere else.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::process::Command;

use super::confined::{self, ProcessEnd};
use super::said;
use super::{Credential, Remote, RemoteReference, SourceJob};
use crate::confine::{Account, Confinement};
use crate::domain::git::{Commit, GitFault};
use crate::executors::{PrivateText, Stop};
use crate::failpoints;
use crate::outgoing::HttpClient;

const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// How long a ref may take to be resolved.
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(20);

/// The most bytes of a file that git writes: what it fetches comes in one.
const MAX_FILE: u64 = 2 * 1024 * 1024 * 1024;

/// `ulimit -f` counts in blocks of so many bytes.
const BLOCK: u64 = 512;

/// Puts the standard input, which is the credential, where git itself does not read it, and bounds what is written.
const START: &str = r#"exec 3<&0 </dev/null; ulimit -f "$0" 2>/dev/null; exec git "$@""#;

/// Reads the credential from there.
const HELPER: &str = "!tell() { cat <&3; }; tell";

/// What is said to git with each command. Whatever a repository has in its own configuration comes after none of it.
const SETTINGS: [&str; 22] = [
    "protocol.allow=never",
    "protocol.https.allow=always",
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.attributesFile=/dev/null",
    "core.excludesFile=/dev/null",
    "core.askPass=",
    "credential.helper=",
    "credential.interactive=false",
    "init.templateDir=",
    "init.defaultBranch=main",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "filter.lfs.required=false",
    "filter.lfs.smudge=",
    "filter.lfs.process=",
    "gc.auto=0",
    "maintenance.auto=false",
    "http.proxy=",
    "http.followRedirects=false",
    "http.lowSpeedLimit=1",
    "http.lowSpeedTime=30",
];

const ENVIRONMENT: [(&str, &str); 11] = [
    ("PATH", PATH),
    ("HOME", "/dev/null"),
    ("LC_ALL", "C"),
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_ATTR_NOSYSTEM", "1"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_ASKPASS", ""),
    ("GIT_ALLOW_PROTOCOL", "https"),
    ("GIT_LFS_SKIP_SMUDGE", "1"),
    ("GIT_NO_LAZY_FETCH", "1"),
];

/// Runs git.
#[derive(Debug, Clone)]
pub struct Git {
    client: HttpClient,
    confinement: Option<Confinement>,
    authorities: Option<PathBuf>,
}

/// What is to be fetched, and where to.
#[derive(Clone, Copy)]
pub(super) struct Checkout<'c> {
    pub(super) source: &'c SourceJob,
    /// The folder that git may write in.
    pub(super) shared: &'c Path,
    pub(super) timeout: Duration,
}

/// A command of git.
pub(super) struct Call<'c> {
    pub(super) words: Vec<OsString>,
    /// The repository that it asks.
    pub(super) remote: Option<&'c Remote>,
    /// The commit that it wants of it.
    pub(super) commit: Option<&'c Commit>,
    /// The folder that it may write in.
    pub(super) folder: Option<&'c Path>,
    /// How long it may take.
    pub(super) limit: Duration,
    /// The most bytes of a file that it may write.
    pub(super) most: u64,
}

impl Git {
    /// One that asks only hosts that requests may go to.
    pub fn new(client: HttpClient) -> Self {
        Self { client, confinement: None, authorities: None }
    }

    /// The same, kept from what this says.
    pub fn confined(self, confinement: Confinement) -> Self {
        Self { confinement: Some(confinement), ..self }
    }

    /// The same, and the certificates in that file are all that it trusts; for tests.
    pub fn trusting(self, authorities: PathBuf) -> Self {
        Self { authorities: Some(authorities), ..self }
    }

    pub(super) fn account(&self) -> Option<&Account> {
        self.confinement.as_ref()?.account.as_ref()
    }

    /// The commit that a ref leads to now. A whole id of a commit is one without anybody being asked.
    pub(super) async fn resolve(&self, wanted: &RemoteReference, stop: &Stop) -> Result<Commit, GitFault> {
        let RemoteReference { remote, reference } = wanted;
        if let Some(commit) = Commit::read(reference) {
            return Ok(commit);
        }
        let mut words = words(["ls-remote", "--quiet", "--", &remote.address]);
        let names = said::names_of(reference);
        words.extend(names.iter().map(OsString::from));
        let call =
            Call { words, remote: Some(remote), commit: None, folder: None, limit: RESOLVE_TIMEOUT, most: MAX_FILE };
        let listed = self.run(call, stop).await?;
        said::commit(&listed, &names)
            .ok_or_else(|| GitFault::NoReference { address: remote.address.clone(), reference: reference.clone() })
    }

    /// Puts a commit into its folder, whole or not at all.
    pub(super) async fn fetch(&self, checkout: Checkout<'_>, stop: &Stop) -> Result<(), GitFault> {
        let Checkout { source, shared, timeout } = checkout;
        let into = source.into.clone();
        if self.files(shared, move || into.try_exists()).await? {
            return Ok(());
        }
        // Git processes of a server that died may still write into the folder that it had begun.
        let aside = aside(&source.into);
        let (made, parent) = (aside.clone(), source.into.parent().unwrap_or(shared).to_owned());
        self.files(shared, move || {
            std::fs::create_dir_all(&parent)?;
            match std::fs::remove_dir_all(&made) {
                Err(problem) if problem.kind() != std::io::ErrorKind::NotFound => Err(problem),
                _ => Ok(()),
            }
        })
        .await?;
        let within = |words: Vec<OsString>, remote: Option<_>| {
            let commit = remote.map(|_| &source.commit);
            Call { words, remote, commit, folder: Some(shared), limit: timeout, most: MAX_FILE }
        };
        let commit = source.commit.id();
        let mut init = words(["init", "--quiet", "--template=", "--"]);
        init.push(aside.clone().into());
        self.run(within(init, None), stop).await?;
        let address = source.remote.address.as_str();
        let fetch = ["fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--", address, commit];
        self.run(within(inside(&aside, &fetch), Some(&source.remote)), stop).await?;
        failpoints::reach("build.fetched");
        let checkout = ["checkout", "--quiet", "--force", "--detach", commit, "--"];
        self.run(within(inside(&aside, &checkout), None), stop).await?;
        let (folder, commit) = (source.folder.clone(), source.commit.clone());
        if let Some(folder) = folder {
            let wanted = aside.join(&folder);
            // A link may lead anywhere; what the script may not reach it does not reach there either.
            if !self.files(shared, move || Ok(wanted.is_dir())).await? {
                return Err(GitFault::NoFolder { folder, commit });
            }
        }
        failpoints::reach("build.checked_out");
        let into = source.into.clone();
        self.files(shared, move || std::fs::rename(&aside, &into)).await
    }

    /// The same, with the error of the system.
    pub(super) async fn within<T: Send + 'static>(
        &self,
        shared: &Path,
        work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
    ) -> std::io::Result<T> {
        confined::within(self.confinement.clone(), Some(shared), work).await
    }

    /// Does something with files as a script could.
    async fn files<T: Send + 'static>(
        &self,
        shared: &Path,
        work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
    ) -> Result<T, GitFault> {
        self.within(shared, work).await.map_err(|problem| GitFault::NotKept { problem: problem.into() })
    }

    pub(super) async fn run(&self, call: Call<'_>, stop: &Stop) -> Result<String, GitFault> {
        let Call { words, remote, commit, folder, limit, most } = call;
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(START).arg((most / BLOCK).to_string());
        command.env_clear().envs(ENVIRONMENT).current_dir("/");
        for setting in SETTINGS {
            command.arg("-c").arg(setting);
        }
        let mut private = None;
        if let Some(remote) = remote {
            for setting in self.pinned(remote).await? {
                command.arg("-c").arg(setting);
            }
            if let Some(credential) = &remote.credential {
                command.arg("-c").arg(format!("credential.helper={HELPER}"));
                private = Some(spoken(credential)?);
            }
        }
        if let Some(authorities) = &self.authorities {
            command.arg("-c").arg(format!("http.sslCAInfo={}", authorities.display()));
        }
        command.args(words);
        let ended = confined::run(self.confinement.clone(), folder, command, private, (limit, stop)).await;
        match ended.map_err(|problem| GitFault::NotKept { problem: problem.into() })? {
            ProcessEnd::Itself(output) if output.status.success() => {
                Ok(String::from_utf8_lossy(&output.stdout).into_owned())
            }
            ProcessEnd::Itself(output) => Err(said::fault(&output, remote, commit, most)),
            ProcessEnd::Killed => Err(GitFault::TooSlow { seconds: limit.as_secs() }),
        }
    }

    /// Has git connect to the addresses that were looked at, and to no others.
    async fn pinned(&self, remote: &Remote) -> Result<Vec<String>, GitFault> {
        let found = self.client.pinned(&remote.address).await.map_err(|failure| GitFault::Host { failure })?;
        let each: Vec<String> = found.addresses.iter().map(|address| bracketed(address.ip())).collect();
        let is_name = found.host.parse::<std::net::IpAddr>().is_err();
        Ok(is_name
            .then(|| format!("http.curloptResolve={}:{}:{}", found.host, found.port, each.join(",")))
            .into_iter()
            .collect())
    }
}

fn bracketed(address: std::net::IpAddr) -> String {
    match address {
        std::net::IpAddr::V4(address) => address.to_string(),
        std::net::IpAddr::V6(address) => format!("[{address}]"),
    }
}

/// A credential in the words of git's helpers.
fn spoken(credential: &Credential) -> Result<PrivateText, GitFault> {
    let value = credential.value.expose();
    match value.split_once(':') {
        Some((user, token)) if !user.is_empty() && !token.is_empty() && !value.contains(['\n', '\r', '\0']) => {
            Ok(PrivateText::new(format!("username={user}\npassword={token}\n")))
        }
        Some(_) | None => Err(GitFault::NotACredential { secret: credential.secret.clone() }),
    }
}

/// Where a fetch begins. Two servers never have one number at the same time.
fn aside(into: &Path) -> PathBuf {
    let name = into.file_name().unwrap_or_default().to_string_lossy();
    into.with_file_name(format!(".{name}.{}", std::process::id()))
}

pub(super) fn words<const N: usize>(words: [&str; N]) -> Vec<OsString> {
    words.map(OsString::from).into()
}

pub(super) fn inside(folder: &Path, command: &[&str]) -> Vec<OsString> {
    let mut all: Vec<OsString> = vec!["-C".into(), folder.into()];
    all.extend(command.iter().map(OsString::from));
    all
}
