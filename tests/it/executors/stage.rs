//! A folder to run scripts in, and ways to wait for what they do.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tollgate::domain::failure_cause::FailureCause;
use tollgate::domain::outcome::Outcome;
use tollgate::executors::command::CommandExecutor;
use tollgate::executors::{ScriptJob, Stop};
use tollgate::messages::{Locale, failure_cause};
use tollgate::runlog::{LogEntry, read_from};
use tollgate::supervise::folder::RunFolder;

use crate::processes::lives;

/// The end of a script that marks its start, says which process is its supervisor, and goes on until it is told, or until
/// the test is over.
pub const GOES_ON: &str =
    "cd \"$HOME\"; echo once >> mark; echo $PPID > parent; while [ -e mark ] && ! [ -e go ]; do sleep 0.01; done";

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_tollgate");

/// One attempt in a folder of its own.
pub struct Stage {
    home: TempDir,
    pub order: ScriptJob,
    pub executor: CommandExecutor,
}

impl Stage {
    pub fn new(script: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        // The engine makes it before it claims an attempt.
        let folder = home.path().join("runs/1/attempt");
        fs::create_dir_all(&folder).unwrap();
        let order = ScriptJob {
            folder,
            script: script.to_owned(),
            working_folder: None,
            default_folder: home.path().join("work"),
            workspace: home.path().join("workspace"),
            others: Vec::new(),
            readable: Vec::new(),
            temporary: home.path().join("tmp/attempt"),
            environment: [("TOLLGATE_TASK".to_owned(), "build".to_owned())].into(),
            timeout: Duration::from_mins(2),
            grace: Duration::from_secs(5),
            log_limit: 1_000_000,
            leave_running: false,
            files: Vec::new(),
            private_environment: BTreeMap::new(),
            secrets: Vec::new(),
            refused: None,
        };
        Self { home, order, executor: CommandExecutor::with_program(PROGRAM) }
    }

    pub async fn run(&self) -> Outcome {
        self.executor.run(&self.order, &Stop::new()).await
    }

    /// Runs the attempt beside the test.
    pub fn begin(&self, stop: &Stop) -> tokio::task::JoinHandle<Outcome> {
        let (executor, order, stop) = (self.executor.clone(), self.order.clone(), stop.clone());
        tokio::spawn(async move { executor.run(&order, &stop).await })
    }

    /// A server runs the attempt until the script has said which process is its supervisor, and ends then; answers that
    /// process.
    pub async fn left_by_its_server(&self) -> String {
        let server = self.begin(&Stop::new());
        let supervisor = self.made("parent").await;
        server.abort();
        assert!(server.await.unwrap_err().is_cancelled());
        supervisor
    }

    /// The same, and then the supervisor is killed.
    pub async fn left_by_all(&self) {
        let supervisor = self.left_by_its_server().await;
        kill_process(Pid::from_raw(supervisor.trim().parse().unwrap()).unwrap(), Signal::KILL).unwrap();
        until("it is gone", || (!lives(&supervisor)).then_some(())).await;
    }

    /// The next server picks the script up, which is told to end and was not started again.
    pub async fn is_picked_up(&self, what: &str) {
        let next = self.begin(&Stop::new());
        fs::write(self.file("go"), "").unwrap();
        assert_eq!(next.await.unwrap(), succeeded(), "{what}");
        self.started_once(what).await;
    }

    /// Its script, which marks each start, was started once.
    pub async fn started_once(&self, what: &str) {
        assert_eq!(self.made("mark").await, "once\n", "{what}");
    }

    pub fn folder(&self) -> RunFolder {
        RunFolder::new(&self.order.folder)
    }

    /// A file in the folder where the script runs.
    pub fn file(&self, name: &str) -> PathBuf {
        self.order.default_folder.join(name)
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    pub fn lines(&self) -> Vec<LogEntry> {
        read_from(&self.folder().log(), 0, u64::MAX).unwrap().lines
    }

    pub fn texts(&self) -> Vec<String> {
        self.lines().into_iter().map(|line| line.text).collect()
    }

    /// Waits until the script has made the file, and gives what is in it.
    pub async fn made(&self, name: &str) -> String {
        let file = self.file(name);
        until(&format!("the script made {name}"), || fs::read_to_string(&file).ok().filter(|text| text.ends_with('\n')))
            .await
    }

    /// Waits until that file is there: a moment in the life of the attempt.
    pub async fn reached(&self, file: &str) {
        let folder = self.folder();
        let path = if file == "started" { folder.mark() } else { folder.path().join(file) };
        until(&format!("{} is there", path.display()), || path.exists().then_some(())).await;
    }

    /// Starts a supervisor by hand, as a server with this environment would.
    pub fn supervise_by_hand(&self, environment: &[(&str, &str)]) -> std::process::Child {
        let order = serde_json::to_vec(&self.executor.order_of(&self.order, Duration::MAX)).unwrap();
        let mut child = Command::new(PROGRAM)
            .arg("supervise")
            .arg(&self.order.folder)
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(self.folder().open_complaints().unwrap())
            .spawn()
            .unwrap();
        // One that is to die before it is told anything reads nothing.
        let _ = child.stdin.take().unwrap().write_all(&order);
        child
    }

    pub fn supervisor(&self) -> Option<rustix::process::Pid> {
        self.folder().identity()?.living()
    }
}

/// The files that mark the moments of an attempt, in their order.
pub const MOMENTS: [&str; 6] = ["supervisor.log", "lock", "supervisor.json", "outputs", "started", "log"];

/// Waits for something to be there.
pub async fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

pub fn succeeded() -> Outcome {
    Outcome::Succeeded { outputs: [].into() }
}

pub fn failed(message: &str) -> Outcome {
    Outcome::Failed { cause: FailureCause::Text(message.to_owned()) }
}

/// What failed, with the sentence in the place of its cause.
pub fn in_words(outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Failed { cause } => failed(&failure_cause(&cause, Locale::English)),
        other => other,
    }
}
