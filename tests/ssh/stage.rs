//! A stage for tests of hosts: what executors record is kept in memory, and a test may end the work at any record.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tempfile::TempDir;
use tokio::sync::Barrier;
use tokio::time::timeout;
use tollgate::clock::Clock;
use tollgate::domain::execution::Moment;
use tollgate::domain::outcome::Outcome;
use tollgate::domain::ssh::{FailedLimit, HowMany};
use tollgate::executors::ssh::HostPatience;
use tollgate::executors::{
    Executor as _, Host, PrivateText, SshExecutor, SshJob, SshTarget, Stop, TargetChange, TargetIndex, TargetRecord,
};

use crate::sshd::Sshd;

/// What is recorded of all targets, and what happens at a record.
pub struct Notes {
    pub records: Mutex<BTreeMap<TargetIndex, TargetRecord>>,
    pub lines: Mutex<BTreeMap<TargetIndex, Vec<String>>>,
    pub stop: Stop,
    /// Cancelled when the server dies.
    gone: Mutex<Stop>,
    /// How many records there were.
    count: Mutex<usize>,
    /// Where two replicas meet before each tells the host to start.
    meeting: Option<Arc<Barrier>>,
    /// Is told the number of each record, from 1, before and after it; answers whether the server dies there.
    at_record: Box<dyn Fn(usize, When) -> bool + Send + Sync>,
}

/// When something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Before,
    After,
}

impl Notes {
    pub fn new() -> Self {
        Self::with(|_, _| false)
    }

    /// Those of one of two replicas that come so far at once.
    pub fn that_meet(meeting: &Arc<Barrier>) -> Self {
        Self { meeting: Some(Arc::clone(meeting)), ..Self::new() }
    }

    pub fn with(at_record: impl Fn(usize, When) -> bool + Send + Sync + 'static) -> Self {
        Self {
            records: Mutex::default(),
            lines: Mutex::default(),
            stop: Stop::new(),
            gone: Mutex::new(Stop::new()),
            count: Mutex::new(0),
            meeting: None,
            at_record: Box::new(at_record),
        }
    }

    /// The log of a host.
    pub fn log(&self, target: TargetIndex) -> Vec<String> {
        self.lines.lock().unwrap().get(&target).cloned().unwrap_or_default()
    }

    /// How a host ended.
    pub fn outcome(&self, target: TargetIndex) -> Option<Outcome> {
        self.records.lock().unwrap().get(&target).and_then(|record| record.outcome.clone())
    }

    /// Everything that is kept, as text.
    pub fn all(&self) -> String {
        format!("{:?} {:?}", self.records.lock().unwrap(), self.lines.lock().unwrap())
    }

    async fn comes_to(&self, number: usize, when: When) {
        if (self.at_record)(number, when) {
            self.gone.lock().unwrap().cancel();
            std::future::pending::<()>().await;
        }
    }
}

#[async_trait]
impl Host for Notes {
    fn key(&self) -> &'static str {
        "execution.task.1"
    }

    fn stop(&self) -> &Stop {
        &self.stop
    }

    fn now(&self) -> Moment {
        Clock::system().now()
    }

    async fn sleep(&self, time: Duration) {
        let _ = timeout(time, std::future::pending::<()>()).await;
    }

    async fn recorded(&self, target: TargetIndex) -> TargetRecord {
        self.records.lock().unwrap().get(&target).cloned().unwrap_or_default()
    }

    async fn record(&self, target: TargetIndex, change: TargetChange) {
        let number = {
            let mut count = self.count.lock().unwrap();
            *count += 1;
            *count
        };
        self.comes_to(number, When::Before).await;
        if let Some(meeting) = self.meeting.as_ref().filter(|_| number == 1) {
            meeting.wait().await;
        }
        {
            let mut records = self.records.lock().unwrap();
            let known = records.entry(target).or_default();
            let TargetRecord { handle, before, progress, outcome } = change.record;
            *known = TargetRecord {
                handle: handle.or(known.handle.take()),
                before: before.or(known.before.take()),
                progress: progress.or(known.progress.take()),
                outcome: outcome.or(known.outcome.take()),
            };
            self.lines.lock().unwrap().entry(target).or_default().extend(change.lines);
        }
        self.comes_to(number, When::After).await;
    }
}

/// An executor that does not wait for long, with a folder of its own.
pub struct Stage {
    pub folder: TempDir,
    pub executor: SshExecutor,
}

impl Stage {
    pub fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let executor = SshExecutor::new(folder.path()).with_patience(HostPatience {
            connect: Duration::from_secs(10),
            alive: Duration::from_secs(1),
            answer: Duration::from_mins(1),
            pause: Duration::from_millis(20),
            max_pause: Duration::from_millis(200),
            tries: 3,
        });
        Self { folder, executor }
    }

    /// Works until there is an outcome, over as many deaths of the server as the notes want.
    pub async fn run(&self, job: &SshJob, notes: &Notes) -> Outcome {
        loop {
            let gone = Stop::new();
            *notes.gone.lock().unwrap() = gone.clone();
            tokio::select! {
                outcome = self.executor.execute(job, notes) => return outcome,
                () = gone.cancelled() => {}
            }
        }
    }
}

/// A script for one host.
pub fn job(sshd: &Sshd, script: &str) -> SshJob {
    job_on(&[sshd], script)
}

/// A script for hosts, of which any takes the key of the first.
pub fn job_on(hosts: &[&Sshd], script: &str) -> SshJob {
    let target = |(number, sshd): (usize, &&Sshd)| SshTarget {
        host: sshd.host(&format!("host-{number}")),
        keys: vec![sshd.host_key()],
        is_done: false,
    };
    SshJob {
        hosts: hosts.iter().enumerate().map(target).collect(),
        key: Ok(PrivateText::new(hosts[0].private_key())),
        script: script.to_owned(),
        environment: BTreeMap::new(),
        private_environment: BTreeMap::new(),
        secrets: Vec::new(),
        refused: None,
        files: Vec::new(),
        timeout: Duration::from_mins(2),
        grace: Duration::from_secs(2),
        log_limit: 8 * 1024 * 1024,
        leave_running: false,
        batch: HowMany::All,
        limit: FailedLimit::NONE,
    }
}

/// Waits for a file, and gives what is in it.
pub async fn text_of(path: &Path) -> String {
    let mut text = String::new();
    crate::until::until("a file with a line", async || {
        text = std::fs::read_to_string(path).unwrap_or_default();
        text.ends_with('\n')
    })
    .await;
    text
}

/// The notes of a test, shared with what happens at a record.
pub fn shared(at_record: impl Fn(usize, When) -> bool + Send + Sync + 'static) -> Arc<Notes> {
    Arc::new(Notes::with(at_record))
}
