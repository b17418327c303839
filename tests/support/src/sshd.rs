//! Real sshds on this machine: one for each test, with keys, a home and a log of its own.

use std::fs::{self, File, Permissions};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use rustix::process::geteuid;
use tempfile::TempDir;
use tollgate::domain::ssh::{HostKey, SshHost};

/// Where sshd is; it must be named with its path.
pub const SSHD: &str = "/usr/sbin/sshd";

/// A host of a test: each connection has an sshd of its own, which is the usual one.
pub struct Sshd {
    folder: TempDir,
    port: u16,
    running: Arc<Mutex<Vec<Child>>>,
    refuses: Arc<AtomicBool>,
}

impl Sshd {
    /// One that takes connections at a port of the loopback.
    pub fn start() -> Self {
        Self::greeting("")
    }

    /// The same, but these commands are run when the account signs in.
    pub fn greeting(commands: &str) -> Self {
        let folder = folder(commands, "");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let running = Arc::<Mutex<Vec<Child>>>::default();
        let refuses = Arc::new(AtomicBool::new(false));
        let (children, refusing, config) = (Arc::clone(&running), Arc::clone(&refuses), folder.path().to_owned());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                // Closed by the test: it is over.
                let Ok(stream) = stream else { return };
                if !config.exists() {
                    return;
                }
                if !refusing.load(Ordering::SeqCst) {
                    children.lock().unwrap().push(serve(&config, stream));
                }
            }
        });
        Self { folder, port, running, refuses }
    }

    /// The host, under that name.
    pub fn host(&self, name: &str) -> SshHost {
        host(name, "127.0.0.1", self.port)
    }

    /// The key that it shows.
    pub fn host_key(&self) -> HostKey {
        host_key(self.folder.path())
    }

    /// A private key that the account takes.
    pub fn private_key(&self) -> String {
        fs::read_to_string(self.folder.path().join("client")).unwrap()
    }

    /// The home of the account there.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The folders of runs.
    pub fn runs(&self) -> Vec<PathBuf> {
        let runs = fs::read_dir(self.home().join(".tollgate/runs"));
        runs.map(|runs| runs.map(|entry| entry.unwrap().path()).collect()).unwrap_or_default()
    }

    /// Kills every sshd that serves a connection.
    pub fn cut(&self) {
        for mut child in self.running.lock().unwrap().drain(..) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Whether connections are closed at once from now on.
    pub fn refuse(&self, refuses: bool) {
        self.refuses.store(refuses, Ordering::SeqCst);
    }

    /// Shows another key from now on.
    pub fn change_key(&self) {
        fs::remove_file(self.folder.path().join("host_key")).unwrap();
        make_key(&self.folder.path().join("host_key"));
    }

    /// Takes the key of another one too.
    pub fn take_key_of(&self, other: &Self) {
        fs::copy(other.folder.path().join("client.pub"), self.folder.path().join("authorized")).unwrap();
    }

    /// Takes no key any more.
    pub fn forget_keys(&self) {
        fs::write(self.folder.path().join("authorized"), "").unwrap();
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.refuse(true);
        self.cut();
        // The thread that waits for connections looks up.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
    }
}

/// A host of this machine's account.
pub fn host(name: &str, address: &str, port: u16) -> SshHost {
    let user = Command::new("id").arg("-un").output().unwrap().stdout;
    let user = String::from_utf8(user).unwrap().trim().to_owned();
    SshHost { name: name.to_owned(), address: address.to_owned(), port, user, labels: std::iter::empty().collect() }
}

/// A folder with the keys and the configuration of an sshd.
pub fn folder(greeting: &str, more: &str) -> TempDir {
    assert!(Path::new(SSHD).exists(), "{SSHD} is missing: install openssh-server, or run tests/run");
    if geteuid().is_root() {
        fs::create_dir_all("/run/sshd").unwrap();
    }
    let folder = TempDir::new().unwrap();
    let path = folder.path();
    fs::create_dir(path.join("home")).unwrap();
    make_key(&path.join("host_key"));
    make_key(&path.join("client"));
    fs::copy(path.join("client.pub"), path.join("authorized")).unwrap();
    let session =
        format!("#!/bin/sh\nexport HOME='{}/home'\n{greeting}\nexec sh -c \"$SSH_ORIGINAL_COMMAND\"\n", path.display());
    fs::write(path.join("session"), session).unwrap();
    fs::set_permissions(path.join("session"), Permissions::from_mode(0o700)).unwrap();
    let folder_name = path.display();
    let config = format!(
        "HostKey {folder_name}/host_key\nAuthorizedKeysFile {folder_name}/authorized\nStrictModes no\nUsePAM no\n\
         PidFile none\nPermitRootLogin yes\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
         ForceCommand {folder_name}/session\n{more}"
    );
    fs::write(path.join("config"), config).unwrap();
    folder
}

/// The key that an sshd with that folder shows.
pub fn host_key(folder: &Path) -> HostKey {
    HostKey::parse(&fs::read_to_string(folder.join("host_key.pub")).unwrap()).unwrap()
}

fn make_key(path: &Path) {
    let made =
        Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f"]).arg(path).status();
    assert!(
        made.is_ok_and(|status| status.success()),
        "ssh-keygen is missing: install openssh-client, or run tests/run"
    );
}

fn serve(folder: &Path, stream: TcpStream) -> Child {
    let output = stream.try_clone().unwrap();
    let log = File::options().create(true).append(true).open(folder.join("log")).unwrap();
    let mut sshd = Command::new(SSHD);
    sshd.args(["-i", "-e", "-f"]).arg(folder.join("config"));
    sshd.stdin(Stdio::from(OwnedFd::from(stream))).stdout(Stdio::from(OwnedFd::from(output))).stderr(log);
    sshd.spawn().unwrap()
}
