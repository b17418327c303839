//! A PostgreSQL server of this run of the tests, or of the benchmark, alone: a cluster in a temporary folder, reached
//! by a Unix socket in it. It ends with the process that started it, however that ends.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A running cluster. It stops when this process closes the pipe to it, at its end or before.
pub struct Cluster {
    folder: PathBuf,
    _keeper: Child,
}

/// Waits until nobody holds the other end of standard input, then stops the server and removes its folder.
const KEEP: &str = r#"
trap '' INT
read -r nothing
"$@" stop --mode=immediate --silent
rm -rf "$FOLDER"
"#;

impl Cluster {
    /// Makes a cluster and starts it with those settings, such as `fsync=off`. PostgreSQL refuses to run as root, so
    /// root hands it to the user `postgres`.
    pub fn start(settings: &[&str]) -> Self {
        let folder = tempfile::Builder::new().prefix("tollgate-postgres-").tempdir().unwrap().keep();
        let data = folder.join("data");
        if is_root() {
            succeeds(Command::new("chown").arg("postgres").arg(&folder));
        }
        let mut initdb = server_command("initdb");
        initdb.args(["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "-D"]);
        succeeds(initdb.arg(&data).current_dir("/").stdout(Stdio::null()));

        let mut options = format!("-c listen_addresses= -k {}", folder.display());
        for setting in settings {
            options.push_str(" -c ");
            options.push_str(setting);
        }
        let mut control = server_command("pg_ctl");
        control.arg("-D").arg(&data).current_dir("/").stdout(Stdio::null());
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEP, "keeper"]).arg(control.get_program()).args(control.get_args());
        control.arg("--log").arg(folder.join("log")).arg("-o").arg(options);
        succeeds(control.args(["--wait", "--silent", "start"]));
        keeper.env("FOLDER", &folder).current_dir("/").stdin(Stdio::piped());
        let keeper = keeper.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Self { folder, _keeper: keeper }
    }

    /// Where its socket is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Fails unless it does its work.
pub fn succeeds(command: &mut Command) {
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status}");
}

fn is_root() -> bool {
    rustix::process::getuid().is_root()
}

/// A program of the server, as somebody who may run it.
pub fn server_command(name: &str) -> Command {
    if !is_root() {
        return Command::new(program(name));
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "--"]).arg(program(name));
    command
}

/// Where a program of PostgreSQL is: Debian keeps most of them out of the path.
fn program(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    folders.extend(std::env::split_paths(&path));
    let found = folders.into_iter().map(|folder| folder.join(name)).find(|file| file.is_file());
    found.unwrap_or_else(|| panic!("PostgreSQL is needed for the tests, and {name} was not found"))
}
