//! Hosts of the demo: sshds that it starts itself on the loopback of its machine, each with a home of its own. What is run on
//! them is kept from the server as other scripts are.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::net::Ipv4Addr;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use rustix::process::geteuid;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio::sync::Semaphore;

use crate::confine::Confinement;
use crate::data_layout::DataLayout;
use crate::domain::failure_cause::FailureCause;
use crate::domain::ssh::{HostKey, SshHost};
use crate::executors::{HostExecutor as _, PrivateText, SshExecutor};
use crate::messages::{self, Locale};

/// Where sshd is: it must be called by its whole path.
const SSHD: &str = "/usr/sbin/sshd";

/// Where an sshd of root keeps what it does not need, empty.
const EMPTY: &str = "/run/sshd";

/// The names of the hosts.
const NAMES: [&str; 3] = ["edge-1", "edge-2", "edge-3"];

/// The most connections to one host at a time.
const MAX_CONNECTIONS: usize = 32;

/// After how long is listened again when a connection could not be taken.
const PAUSE: Duration = Duration::from_millis(200);

/// What the session of a host is to know, in its folder.
pub(super) const SESSION: &str = "session.json";

/// The home of the account on a host, in its folder.
pub(super) const HOME: &str = "home";

/// Hosts that take connections.
#[derive(Debug)]
pub struct DemoHosts {
    /// Where they are.
    pub hosts: Vec<SshHost>,
    /// The keys that they show, by where they are.
    pub shown: BTreeMap<String, Vec<HostKey>>,
    /// The private key that their account takes.
    pub key: PrivateText,
}

/// Whether this machine has what hosts need.
pub fn are_possible() -> bool {
    Path::new(SSHD).exists()
}

/// Starts the hosts: at their ports of before, where those are free. `program` is Tollgate, which runs their sessions.
pub async fn start(layout: &DataLayout, confinement: &Confinement, program: &Path) -> anyhow::Result<DemoHosts> {
    if geteuid().is_root() && !Path::new(EMPTY).exists() {
        fs::create_dir_all(EMPTY).with_context(|| format!("cannot make {EMPTY}"))?;
    }
    let folder = layout.data().join("demo-hosts");
    make_folder(&folder, 0o711)?;
    let client = folder.join("client");
    make_key(&client).await?;
    let user = own_name().await?;
    let (mut hosts, mut shown) = (Vec::new(), BTreeMap::new());
    for name in NAMES {
        let own = folder.join(name);
        make_folder(&own, 0o711)?;
        make_key(&own.join("host_key")).await?;
        write(&own.join("authorized"), &fs::read_to_string(client.with_extension("pub"))?)?;
        write(&own.join("config"), &configuration(&own, &user, program)?)?;
        write(&own.join(SESSION), &serde_json::to_string(confinement)?)?;
        make_home(&own.join(HOME), confinement)?;
        let listener = listen(&own.join("port")).await?;
        let port = listener.local_addr()?.port();
        let labels = std::iter::once("demo".to_owned()).collect();
        let host = SshHost {
            name: name.to_owned(),
            address: Ipv4Addr::LOCALHOST.to_string(),
            port,
            user: user.clone(),
            labels,
        };
        let key = HostKey::parse(&fs::read_to_string(own.join("host_key.pub"))?);
        let key = key.map_err(|problem| anyhow::anyhow!("the key of {name} is none: {problem:?}"))?;
        shown.insert(host.place(), vec![key]);
        hosts.push(host);
        tokio::spawn(serve(listener, own.join("config")));
    }
    let key = PrivateText::new(fs::read_to_string(&client)?);
    Ok(DemoHosts { hosts, shown, key })
}

impl DemoHosts {
    /// Whether work could be done on each of them; why not, in the words of the first that it cannot.
    pub async fn check(&self, layout: &DataLayout) -> anyhow::Result<()> {
        let executor = SshExecutor::new(layout.ssh());
        for host in &self.hosts {
            let keys = self.shown.get(&host.place()).map(Vec::as_slice).unwrap_or_default();
            let checks = executor.probe(host, keys, &self.key).await;
            if let Some(Err(failure)) = checks.into_iter().map(|check| check.result).find(Result::is_err) {
                bail!("{}: {}", host.name, messages::failure_cause(&FailureCause::Ssh(failure), Locale::default()));
            }
        }
        Ok(())
    }
}

/// The text that sshd reads as one word.
fn word(path: &Path) -> anyhow::Result<String> {
    let text = path.to_str().context("the data folder has a name that sshd cannot read")?;
    ensure!(!text.contains(['"', '\'', '\\', '\n']), "sshd cannot read the path {text}");
    Ok(format!("\"{}\"", text.replace('%', "%%")))
}

fn configuration(own: &Path, user: &str, program: &Path) -> anyhow::Result<String> {
    let session = [program, own].map(|path| path.to_str().map(|text| format!("'{text}'")));
    let [Some(program), Some(folder)] = session else { bail!("a path has a name that sshd cannot read") };
    let mut text = String::new();
    writeln!(text, "HostKey {}", word(&own.join("host_key"))?)?;
    writeln!(text, "AuthorizedKeysFile {}", word(&own.join("authorized"))?)?;
    for line in [
        "StrictModes no",
        "UsePAM no",
        "PidFile none",
        "LogLevel ERROR",
        "AuthenticationMethods publickey",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "PermitRootLogin prohibit-password",
        "PermitTTY no",
        "PermitUserRC no",
        "DisableForwarding yes",
    ] {
        writeln!(text, "{line}")?;
    }
    writeln!(text, "AllowUsers {user}\nForceCommand {program} demo-session {folder}")?;
    Ok(text)
}

fn make_folder(path: &Path, mode: u32) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(mode).create(path)?;
    fs::set_permissions(path, Permissions::from_mode(mode))
}

/// The home belongs to the account that scripts run under.
fn make_home(path: &Path, confinement: &Confinement) -> io::Result<()> {
    make_folder(path, 0o700)?;
    match &confinement.account {
        Some(account) => chown(path, Some(account.uid), Some(account.gid)),
        None => Ok(()),
    }
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}

/// A key without a pass phrase, unless there is one already.
async fn make_key(path: &Path) -> anyhow::Result<()> {
    if path.with_extension("pub").exists() {
        return Ok(());
    }
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "demo", "-f"])
        .arg(path)
        .stdin(Stdio::null())
        .output()
        .await
        .context("cannot run ssh-keygen")?;
    ensure!(made.status.success(), "ssh-keygen failed: {}", String::from_utf8_lossy(&made.stderr).trim());
    Ok(())
}

/// The name of the account that the demo runs under.
async fn own_name() -> anyhow::Result<String> {
    let said = Command::new("id").arg("-un").output().await.context("cannot run id")?;
    let name = String::from_utf8(said.stdout).unwrap_or_default().trim().to_owned();
    ensure!(said.status.success() && !name.is_empty(), "this account has no name");
    Ok(name)
}

async fn listen(kept: &PathBuf) -> io::Result<TcpListener> {
    let before = fs::read_to_string(kept).ok().and_then(|text| text.trim().parse::<u16>().ok());
    let again = match before {
        Some(port) => TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.ok(),
        None => None,
    };
    let listener = match again {
        Some(listener) => listener,
        None => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?,
    };
    write(kept, &listener.local_addr()?.port().to_string())?;
    Ok(listener)
}

/// Each connection has an sshd of its own, which goes with it.
async fn serve(listener: TcpListener, config: PathBuf) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        let config = config.clone();
        tokio::spawn(async move {
            if let Err(error) = connection(stream, &config).await {
                tracing::warn!(error = %error, "could not serve connection to host of demo");
            }
            drop(place);
        });
    }
}

async fn connection(stream: TcpStream, config: &Path) -> io::Result<()> {
    let stream = stream.into_std()?;
    stream.set_nonblocking(false)?;
    let output = stream.try_clone()?;
    let mut sshd = Command::new(SSHD);
    sshd.args(["-i", "-e", "-f"]).arg(config).env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin");
    sshd.stdin(Stdio::from(OwnedFd::from(stream))).stdout(Stdio::from(OwnedFd::from(output))).stderr(Stdio::null());
    sshd.spawn()?.wait().await.map(|_| ())
}
