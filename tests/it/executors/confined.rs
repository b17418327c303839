//! Confinement of scripts: real scripts try each way to the server, under root with an account of their own and under an
//! ordinary user whom the kernel's Landlock confines, and do what release scripts do.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::geteuid;
use tempfile::TempDir;
use tollgate::confine::{Account, Confinement, Kernel, beside_database, kernel};
use tollgate::domain::outcome::Outcome;
use tollgate::executors::ScriptJob;
use tollgate::executors::command::CommandExecutor;
use tollgate::runlog::read_from;
use tollgate::supervise::folder::RunFolder;

use super::stage::PROGRAM;
use crate::as_root::is_root;

/// An account that nothing else has, for a server that is not root where the tests are.
const SERVER: u32 = 54_321;

/// Each line is something that a script must not be able to do; what works is told.
const TRIES: &str = r#"
t() { what=$1; shift; if "$@" >/dev/null 2>&1; then echo "reached: $what"; fi; }
t "the database, reading" cat "$DATA/tollgate.db"
t "the database, writing" sh -c 'echo x >> "$DATA/tollgate.db"'
t "the database, emptying" truncate -s 0 "$DATA/tollgate.db"
t "the database, renaming" mv "$DATA/tollgate.db" "$DATA/gone"
t "the database, by a link" ln "$DATA/tollgate.db" "$TMPDIR/linked"
t "the database, by a symbolic link" sh -c 'ln -s "$DATA/tollgate.db" "$TMPDIR/soft" && cat "$TMPDIR/soft"'
t "the database, through the server" cat "/proc/$SERVER/root$DATA/tollgate.db"
t "the database's WAL, made anew" sh -c ': > "$DATA/tollgate.db-wal"'
t "a database elsewhere" cat "$ELSEWHERE/other.db"
t "a copy of it that a restore put aside" cat "$ELSEWHERE/other.db.before-20261129T000000"
t "its WAL, made anew" sh -c ': > "$ELSEWHERE/other.db-wal"'
t "the data folder, listing" ls "$DATA"
t "the data folder, a new file" sh -c ': > "$DATA/new"'
t "the data folder, taking its place" mv "$DATA" "$DATA.moved"
t "the server's environment" grep -qz SECRET "/proc/$SERVER/environ"
t "the server's files" readlink "/proc/$SERVER/fd/0"
t "what the server reads" cat "/proc/$SERVER/fd/0"
t "the server's memory" head -c 1 "/proc/$SERVER/mem"
t "the server's working folder" ls "/proc/$SERVER/cwd/"
t "the server, a signal" kill -0 "$SERVER"
t "the server, its end" kill -KILL "$SERVER"
t "the supervisor's environment" cat "/proc/$PPID/environ"
t "the server, its limits" prlimit --pid "$SERVER" --nofile=1000:1000
t "the supervisor, its limits" prlimit --pid "$PPID" --nofile=1000:1000
t "the supervisor, a signal" kill -0 "$PPID"
t "the supervisor, its end" kill -KILL "$PPID"
t "another execution" cat "$DATA/runs/2/.work/secret"
t "another execution's log" cat "$DATA/runs/2/task/1/log"
t "another team" cat "$DATA/workspace/.teams/2/secret"
t "the folders of teams" ls "$DATA/workspace/.teams"
t "another script's temporary files" ls "$DATA/tmp"
t "its run folder, a stop" sh -c ': > "${0%/*}/stop"' "$0"
t "its run folder, the log" sh -c ': > "${0%/*}/log"' "$0"
t "its run folder, removing" rm -f "${0%/*}/log"
t "its run folder, the exit status" sh -c 'echo "{}" > "${0%/*}/exit.json"' "$0"
t "its own script" sh -c 'echo x >> "$0"' "$0"
t "its outputs, another file in their place" sh -c 'rm "$TOLLGATE_OUTPUT" && mkfifo "$TOLLGATE_OUTPUT"'
t "its mark" rm -f "${0%/*}.started"
t "the program, writing" sh -c ': >> "$PROGRAM"'
t "the program, another in its place" sh -c 'cp /bin/true "$PROGRAM.new" && mv "$PROGRAM.new" "$PROGRAM"'
t "a mount" unshare --user --map-root-user --mount mount -t tmpfs none /mnt
t "an open file of the server" sh -c 'ls -l /proc/self/fd | grep -F "$DATA/runs"'
"#;

/// What release scripts do; each line that works is told.
const WORK: &str = r#"
w() { what=$1; shift; if "$@" >/dev/null 2>"$TMPDIR/why"; then echo "works: $what"; else echo "fails: $what: $(cat "$TMPDIR/why")"; fi; }
w "its shared folder" sh -c 'mkdir -p "$HOME/a/b" && echo x > "$HOME/a/b/c" && rm -r "$HOME/a"'
w "its team's folder" sh -c 'pwd | grep -q "teams/1/site$" && echo x > here && mv here there && rm there'
w "temporary files" sh -c 'd=$(mktemp -d) && echo x > "$d/x" && rm -r "$d"'
w "a short path for a socket" python3 -c 'import os, socket; socket.socket(socket.AF_UNIX).bind(os.environ["TMPDIR"] + "/socket-of-a-tool-with-a-name")'
w "devices" sh -c 'echo x > /dev/null && head -c 1 /dev/urandom && test -c /dev/tty'
w "the machine's files" sh -c 'cat /etc/passwd /proc/self/status && ls /etc /usr/bin'
w "files elsewhere" sh -c 'echo x > "$OPEN/x" && mkdir "$OPEN/folder" && mv "$OPEN/x" "$OPEN/folder" && rm -r "$OPEN/folder"'
w "git" sh -c 'git init -q repository && cd repository && git -c user.name=x -c user.email=x@x commit -q --allow-empty -m x'
w "make" sh -c 'printf "all:\n\t@echo made\n" > Makefile && make | grep -q made'
w "python" python3 -c 'import tempfile, subprocess; tempfile.NamedTemporaryFile(); subprocess.run(["true"], check=True)'
w "locks" sh -c 'flock -n "$TMPDIR" true && flock -n "$HOME" true'
w "limits of its own" sh -c 'ulimit -n 500 && prlimit --nofile=400 true'
w "processes of its own" sh -c 'sleep 60 & kill $! && kill -0 $$'
w "outputs" sh -c 'echo site=shop > "$TOLLGATE_OUTPUT"'
"#;

/// A server's data folder with what must stay its own.
struct Server {
    home: TempDir,
    program: PathBuf,
    process: Child,
    account: Option<Account>,
    /// Whoever the server is; the one who runs the tests without it.
    user: Option<u32>,
}

impl Server {
    /// One that is root, with an account of their own for scripts.
    fn of_root() -> Self {
        let nobody = Account::of_scripts("nobody", 0).unwrap();
        Self::new(None, Some(nobody))
    }

    /// One that is an ordinary user.
    fn of_user() -> Self {
        Self::new(geteuid().is_root().then_some(SERVER), None)
    }

    fn new(user: Option<u32>, account: Option<Account>) -> Self {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        for folder in [
            "data/runs/1/task/1",
            "data/runs/2/.work",
            "data/runs/2/task/1",
            "data/tmp",
            "data/workspace/.teams/2",
            "elsewhere",
            "open",
        ] {
            fs::create_dir_all(at(folder)).unwrap();
        }
        for secret in [
            "data/tollgate.db",
            "data/runs/2/.work/secret",
            "data/runs/2/task/1/log",
            "data/workspace/.teams/2/secret",
            "elsewhere/other.db",
            "elsewhere/other.db.before-20261129T000000",
        ] {
            fs::write(at(secret), "secret").unwrap();
        }
        let program = at("tollgate");
        fs::copy(PROGRAM, &program).unwrap();
        if let Some(user) = user {
            let everything = Command::new("chown").args(["-R", &format!("{user}:{user}")]).arg(home.path()).status();
            assert!(everything.unwrap().success());
        }
        let open = if account.is_some() { 0o711 } else { 0o700 };
        for folder in ["data", "data/runs", "data/tmp", "data/workspace", "data/workspace/.teams"] {
            fs::set_permissions(at(folder), Permissions::from_mode(open)).unwrap();
        }
        fs::set_permissions(home.path(), Permissions::from_mode(0o755)).unwrap();
        if let Some(account) = &account {
            // The other team's and the other execution's folders are of the same account.
            for folder in ["data/runs/2/.work", "data/workspace/.teams/2", "open"] {
                chown(at(folder), Some(account.uid), Some(account.gid)).unwrap();
            }
        }
        let mut process = Self::command(user, Path::new("sleep"));
        let process = process.arg("600").env("SECRET", "hunter2").current_dir(at("data")).spawn().unwrap();
        Self { home, program, process, account, user }
    }

    /// That program, run by the server's user.
    fn command(user: Option<u32>, program: &Path) -> Command {
        let Some(user) = user else { return Command::new(program) };
        let mut command = Command::new("setpriv");
        command.args([format!("--reuid={user}"), format!("--regid={user}"), "--clear-groups".to_owned()]);
        command.arg("--").arg(program);
        command
    }

    fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// Runs a script under a supervising process of this server.
    fn runs(&self, script: &str) -> (Outcome, Vec<String>) {
        let (mut supervisor, folder) = self.begins(script);
        assert!(supervisor.wait().unwrap().success());
        let lines = read_from(&folder.log(), 0, u64::MAX).unwrap().lines.into_iter().map(|line| line.text).collect();
        assert!(!self.data().join("tmp/0123456789ab").exists(), "its temporary files are gone");
        (folder.ending().unwrap().unwrap().outcome, lines)
    }

    /// The supervising process of a script that it has begun.
    fn begins(&self, script: &str) -> (Child, RunFolder) {
        let folder = self.data().join("runs/1/task/1");
        let path = |path: PathBuf| path.display().to_string();
        let environment = [
            ("DATA", path(self.data())),
            ("ELSEWHERE", path(self.home.path().join("elsewhere"))),
            ("OPEN", path(self.home.path().join("open"))),
            ("PROGRAM", path(self.program.clone())),
            ("SERVER", self.process.id().to_string()),
        ];
        let order = ScriptJob {
            folder: folder.clone(),
            script: script.to_owned(),
            working_folder: Some("site".to_owned()),
            default_folder: self.data().join("runs/1/.work"),
            workspace: self.data().join("workspace/.teams/1"),
            others: Vec::new(),
            readable: Vec::new(),
            temporary: self.data().join("tmp/0123456789ab"),
            environment: environment.map(|(name, value)| (name.to_owned(), value)).into(),
            timeout: Duration::from_mins(1),
            grace: Duration::from_secs(1),
            log_limit: 1_000_000,
            leave_running: false,
            files: Vec::new(),
            private_environment: BTreeMap::new(),
            secrets: Vec::new(),
            refused: None,
        };
        let elsewhere = beside_database(&self.home.path().join("elsewhere/other.db"));
        let confinement = Confinement {
            account: self.account.clone(),
            protected: std::iter::once(self.data()).chain(elsewhere).collect(),
            program: Some(self.program.clone()),
            kernel: None,
        };
        let told = CommandExecutor::new().confined(confinement).order_of(&order, Duration::MAX);
        let mut command = Self::command(self.user, &self.program);
        let mut supervisor = command.arg("supervise").arg(&folder).stdin(Stdio::piped()).spawn().unwrap();
        supervisor.stdin.take().unwrap().write_all(&serde_json::to_vec(&told).unwrap()).unwrap();
        (supervisor, RunFolder::new(&order.folder))
    }

    fn lets_scripts_work_and_reach_nothing(&self) {
        let (outcome, said) = self.runs(&format!("{TRIES}{WORK}"));
        let outputs = [("site".to_owned(), "shop".to_owned())].into();
        assert_eq!((outcome, refused(&said)), (Outcome::Succeeded { outputs }, Vec::<&String>::new()));
        assert_eq!(said.len(), WORK.matches("\nw ").count(), "{said:#?}");
        assert_eq!(fs::read_to_string(self.data().join("tollgate.db")).unwrap(), "secret");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What should not be: reached, or failed.
fn refused(said: &[String]) -> Vec<&String> {
    said.iter().filter(|line| !line.starts_with("works: ")).collect()
}

#[test]
fn this_kernel_has_landlock() {
    let Kernel::WithLandlock(version) = kernel() else {
        panic!("these tests take a kernel with Landlock: see /sys/kernel/security/lsm")
    };
    assert!(version >= 6, "these tests take Landlock 6 or newer, which keeps signals apart; this is {version}");
}

#[test]
fn f0_a_script_with_an_account_of_its_own_reaches_nothing_of_a_server_that_is_root() {
    let test = "executors::confined::f0_a_script_with_an_account_of_its_own_reaches_nothing_of_a_server_that_is_root";
    if !is_root(test) {
        return;
    }
    let server = Server::of_root();
    server.lets_scripts_work_and_reach_nothing();
    let (_, said) = server.runs_again("id -u; grep -E '^Cap(Inh|Prm|Eff|Amb)|^Groups|NoNewPrivs' /proc/self/status");
    let none = |name: &str| format!("{name}:\t0000000000000000");
    let account = server.account.as_ref().unwrap();
    assert_eq!(said[0], account.uid.to_string());
    for name in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
        assert!(said.contains(&none(name)), "{said:?}");
    }
    assert!(said.contains(&"NoNewPrivs:\t0".to_owned()), "sudo goes on working: {said:?}");
}

#[test]
fn f0_a_script_of_an_ordinary_user_reaches_nothing_of_the_server() {
    Server::of_user().lets_scripts_work_and_reach_nothing();
}

/// A script under the server's own account may shut the folders of the server: it is found out, and ended, all the same.
#[test]
fn f1_a_script_that_shuts_its_run_folder_ends_with_a_state_and_can_be_stopped() {
    let shut = "chmod 000 \"${TOLLGATE_OUTPUT%/*}\" \"${TOLLGATE_OUTPUT%/*/*}\"; echo shut; ";
    let server = Server::of_user();
    let (outcome, said) = server.runs(&format!("echo x=1 > \"$TOLLGATE_OUTPUT\"; {shut}"));
    assert_eq!(outcome, Outcome::Succeeded { outputs: [("x".to_owned(), "1".to_owned())].into() });
    assert!(said.len() == 3 && said[1].contains("was changed; it was set right again"), "{said:?}");

    let server = Server::of_user();
    let (mut supervisor, folder) = server.begins(&format!("{shut} echo shut > \"$OPEN/shut\"; sleep 600"));
    let shut = server.home.path().join("open/shut");
    let asked = std::time::Instant::now();
    while !shut.exists() {
        assert!(asked.elapsed() < Duration::from_mins(1), "it does not come to shut its folder");
        std::thread::yield_now();
    }
    rustix::process::kill_process(rustix::process::Pid::from_child(&supervisor), rustix::process::Signal::USR1)
        .unwrap();
    assert!(supervisor.wait().unwrap().success());
    assert_eq!(folder.ending().unwrap().unwrap().outcome, Outcome::Stopped);
}

#[test]
fn f0_a_script_that_fails_at_what_is_kept_from_it_is_told_why() {
    let (outcome, said) = Server::of_user().runs("ls \"$DATA\"");
    assert!(matches!(outcome, Outcome::Failed { .. }));
    assert!(said.last().unwrap().contains("Scripts reach nothing of the server"), "{said:?}");
    let (_, said) = Server::of_user().runs("echo 'sudo: The \"no new privileges\" flag is set'; exit 1");
    assert!(said.last().unwrap().contains("as sudo does"), "{said:?}");
    let (_, said) = Server::of_user().runs("echo 'Permission denied'");
    assert_eq!(said, ["Permission denied"]);
}

impl Server {
    /// Another attempt, after the first.
    fn runs_again(&self, script: &str) -> (Outcome, Vec<String>) {
        fs::remove_dir_all(self.data().join("runs/1/task")).unwrap();
        fs::create_dir_all(self.data().join("runs/1/task/1")).unwrap();
        self.runs(script)
    }
}
