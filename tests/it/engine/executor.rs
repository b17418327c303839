//! An executor that does what the test says, when the test says it.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::time::timeout;
use tollgate::domain::failure_cause::FailureCause;
use tollgate::domain::outcome::Outcome;
use tollgate::executors::{Executor, Host, ScriptJob, Stop};

/// How long a test waits for what must come.
pub const TIMEOUT: Duration = Duration::from_mins(1);

/// Hands each attempt to the test and reports what the test answers.
pub struct Scripted(mpsc::UnboundedSender<Work>);

/// The attempts that an executor was asked to work on.
pub struct Calls(Mutex<mpsc::UnboundedReceiver<Work>>);

/// An attempt that waits for the test's answer. Dropped without one, its executor works on for ever.
#[derive(Debug)]
pub struct Work {
    pub order: ScriptJob,
    pub stop: Stop,
    answer: oneshot::Sender<Answer>,
}

#[derive(Debug)]
enum Answer {
    Ended(Outcome),
    Panic,
}

impl Scripted {
    pub fn new() -> (Self, Calls) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), Calls(Mutex::new(receiver)))
    }
}

#[async_trait]
impl Executor<ScriptJob> for Scripted {
    async fn execute(&self, order: &ScriptJob, host: &dyn Host) -> Outcome {
        let (answer, answered) = oneshot::channel();
        let _ = self.0.send(Work { order: order.clone(), stop: host.stop().clone(), answer });
        match answered.await {
            Ok(Answer::Ended(outcome)) => outcome,
            Ok(Answer::Panic) => panic!("the test wants a panic"),
            Err(_) => std::future::pending().await,
        }
    }
}

impl Calls {
    /// The next attempt that the executor is asked to work on.
    pub async fn next(&self) -> Work {
        timeout(TIMEOUT, self.0.lock().await.recv()).await.expect("an attempt is started").unwrap()
    }

    /// As many attempts, by the names of their tasks.
    pub async fn by_task(&self, count: usize) -> BTreeMap<String, Work> {
        let mut works = BTreeMap::new();
        for _ in 0..count {
            let work = self.next().await;
            assert!(works.insert(work.task().to_owned(), work).is_none(), "a task is started once");
        }
        works
    }

    /// Fails if the executor was asked for anything more by now.
    pub async fn no_more(&self) {
        if let Ok(work) = self.0.lock().await.try_recv() {
            panic!("{} is started too", work.order.environment["TOLLGATE_KEY"]);
        }
    }
}

impl Work {
    pub fn told(&self, name: &str) -> &str {
        &self.order.environment[name]
    }

    pub fn task(&self) -> &str {
        self.told("TOLLGATE_TASK")
    }

    pub fn attempt(&self) -> &str {
        self.told("TOLLGATE_ATTEMPT")
    }

    pub fn ends(self, outcome: Outcome) {
        let _ = self.answer.send(Answer::Ended(outcome));
    }

    pub fn succeeds(self) {
        self.gives(&[]);
    }

    pub fn gives(self, outputs: &[(&str, &str)]) {
        let outputs = outputs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.ends(Outcome::Succeeded { outputs });
    }

    pub fn fails(self) {
        self.ends(Outcome::Failed { cause: FailureCause::Text("The script ended with status 1.".to_owned()) });
    }

    pub fn panics(self) {
        let _ = self.answer.send(Answer::Panic);
    }

    /// Waits until it is told to stop, and says that it did.
    pub async fn ends_when_told(self) {
        timeout(TIMEOUT, self.stop.cancelled()).await.expect("it is told to stop");
        self.ends(Outcome::Stopped);
    }
}
