//! The engine: a reconciler. `tick` takes no input: it reads which executions have something due, carries it out,
//! and has the attempts worked on that it claimed. It is woken by a bell and by a clock; run twice, the second tick
//! changes nothing. After a start it first picks up the attempts that were under way.

mod hands;
mod orders;
mod shipping;
mod worker;

use std::collections::{BTreeSet, HashMap};
use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

pub use hands::Hands;
use hands::Runtime;

use crate::app::{App, AppError, Claim, Progress};
use crate::domain::execution::{Execution, TaskState};
use crate::domain::schedule;
use crate::executors::{Executor, Stop};
use crate::folders::Folders;
use crate::store::{Lease, StoreError};
use shipping::Shipping;

/// The clock wakes the engine at least this often, whatever the bell does.
const CLOCK: Duration = Duration::from_secs(1);

/// How long the engine waits after something failed.
const AGAIN: Duration = Duration::from_millis(500);

/// How long the engine rests between two ticks that nobody rang for, so that no fault keeps it busy.
const REST: Duration = Duration::from_millis(10);

/// How many executions one tick looks at.
const AT_ONCE: u64 = 500;

/// How long a claim is good for when nobody renews it.
const LEASE: chrono::Duration = chrono::Duration::seconds(30);

/// Which attempt a worker works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    execution: Uuid,
    task: usize,
    attempt: u32,
}

/// Carries executions on.
#[derive(Clone)]
pub struct Engine(Arc<Room>);

struct Room {
    app: App,
    executor: Arc<dyn Executor>,
    folders: Folders,
    node: String,
    hands: Arc<dyn Hands>,
    shipping: Shipping,
    workers: Mutex<HashMap<Key, Stop>>,
    /// Whether an attempt may be claimed in our name that nobody works on: after a start, and after any fault of the
    /// database, since the answer to a commit may be lost though the commit was not.
    in_doubt: AtomicBool,
    tracker: TaskTracker,
    closing: CancellationToken,
}

/// What one tick did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tick {
    /// Executions that changed.
    pub changed: usize,
    /// Attempts that were claimed.
    pub started: usize,
    /// Executions that could not be carried on; they are tried again.
    pub failed: usize,
}

impl Engine {
    /// An engine that does nothing yet. `node` names this machine's data folder: attempts that it claimed are picked
    /// up again by the engine of the same name only.
    pub fn new(app: App, executor: Arc<dyn Executor>, folders: Folders, node: String) -> Self {
        Self::carried_by(Arc::new(Runtime), app, executor, folders, node)
    }

    /// The same, with its workers in the hands of somebody else: a simulation.
    pub fn carried_by(
        hands: Arc<dyn Hands>,
        app: App,
        executor: Arc<dyn Executor>,
        folders: Folders,
        node: String,
    ) -> Self {
        Self(Arc::new(Room {
            shipping: Shipping::new(app.store.clone()),
            app,
            executor,
            folders,
            node,
            hands,
            workers: Mutex::default(),
            in_doubt: AtomicBool::new(true),
            tracker: TaskTracker::new(),
            closing: CancellationToken::new(),
        }))
    }

    /// Works until `stop`. A database that is away is waited for.
    pub async fn run(&self) {
        loop {
            let pause = match self.turn().await {
                Ok(Tick { failed: 0, .. }) => self.until_next().await.max(REST),
                Ok(_) => AGAIN,
                Err(error) => {
                    tracing::error!(error = told(&error), "the engine cannot go on yet");
                    self.0.hands.sleep(AGAIN).await;
                    Duration::ZERO
                }
            };
            tokio::select! {
                () = self.0.closing.cancelled() => return,
                () = self.0.app.bell.heard() => {}
                () = self.0.hands.sleep(pause) => {}
            }
        }
    }

    /// A tick; and then, when in doubt, whatever nobody works on is picked up. In this order: the tick waits for a commit
    /// whose answer was lost.
    pub async fn turn(&self) -> Result<Tick, AppError> {
        let in_doubt = self.0.in_doubt.swap(false, Ordering::SeqCst);
        let turned = async {
            let ticked = self.tick().await?;
            if in_doubt {
                self.recover().await?;
            }
            Ok(ticked)
        };
        let turned = turned.await;
        if in_doubt && turned.is_err() {
            self.doubt();
        }
        turned
    }

    /// Shares the logs of what runs here with other replicas, as long as the program runs.
    pub async fn share_logs(&self) {
        self.0.shipping.run().await;
    }

    /// Takes no new work and lets go of what runs: scripts go on and are picked up at the next start.
    pub async fn stop(&self) {
        self.0.closing.cancel();
        self.0.tracker.close();
        self.0.tracker.wait().await;
    }

    /// Carries out whatever is due now. What fails for one execution holds up no other, and is tried again.
    pub async fn tick(&self) -> Result<Tick, AppError> {
        let store = &self.0.app.store;
        let mut due: BTreeSet<Uuid> = store.runnable(self.0.app.clock.now(), AT_ONCE).await?.into_iter().collect();
        if !self.workers().is_empty() {
            // Whoever must be stopped has nothing due. A ring alone is lost when the task starts while it is rung.
            due.extend(store.terminating().await?);
        }
        due.extend(self.0.app.bell.take());
        let mut report = Tick::default();
        for execution in due {
            match self.0.app.advance(execution, &self.lease()).await {
                Ok(Some(progress)) => {
                    report.changed += usize::from(!progress.events.is_empty());
                    report.started += progress.started.len();
                    self.carry(progress);
                }
                Ok(None) => {}
                Err(error) => {
                    tracing::error!(%execution, error = told(&error), "an execution cannot go on yet");
                    report.failed += 1;
                    self.doubt();
                }
            }
        }
        Ok(report)
    }

    /// Picks up the attempts that this engine claimed and nobody works on: those that were under way when the program
    /// ended. Answers how many attempts are under way. An execution that cannot be read holds up no other.
    pub async fn recover(&self) -> Result<usize, StoreError> {
        let live = self.0.app.store.live_attempts().await?;
        let mine = live.into_iter().filter(|attempt| attempt.lease.as_ref().is_some_and(|l| l.owner == self.0.node));
        let mut under_way = 0;
        let mut loaded: Option<Execution> = None;
        for attempt in mine {
            if loaded.as_ref().is_none_or(|known| known.id != attempt.execution_id) {
                loaded = match self.0.app.store.execution(attempt.execution_id).await {
                    Err(error @ StoreError::Unreadable { .. }) => {
                        tracing::error!(execution = %attempt.execution_id, error = told(&error), "it is not picked up");
                        None
                    }
                    loaded => loaded?,
                };
            }
            let Some(execution) = loaded.clone() else { continue };
            let claim = Claim { task: attempt.task, attempt: attempt.key.number, kind: attempt.kind };
            if needs_worker(&execution, claim) {
                under_way += 1;
                self.employ(execution, claim);
            }
        }
        Ok(under_way)
    }

    /// After a commit: what must stop is told so, what was claimed is worked on.
    fn carry(&self, progress: Progress) {
        for (task, attempt, _) in schedule::to_stop(&progress.execution) {
            if let Some(stop) = self.workers().get(&Key { execution: progress.execution.id, task, attempt }) {
                stop.cancel();
            }
        }
        for claim in progress.started {
            self.employ(progress.execution.clone(), claim);
        }
    }

    /// From now on an attempt may be claimed in our name that nobody works on.
    fn doubt(&self) {
        self.0.in_doubt.store(true, Ordering::SeqCst);
    }

    async fn until_next(&self) -> Duration {
        match self.0.app.store.next_wake().await {
            Ok(Some(at)) => (at - self.0.app.clock.now()).to_std().unwrap_or_default().min(CLOCK),
            Ok(None) | Err(_) => CLOCK,
        }
    }

    /// `None` when somebody works on it already.
    fn begin_work(&self, key: Key) -> Option<Stop> {
        let mut workers = self.workers();
        if workers.contains_key(&key) {
            return None;
        }
        let stop = Stop::new();
        workers.insert(key, stop.clone());
        Some(stop)
    }

    fn end_work(&self, key: Key) {
        self.workers().remove(&key);
    }

    fn workers(&self) -> MutexGuard<'_, HashMap<Key, Stop>> {
        self.0.workers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lease(&self) -> Lease {
        Lease { owner: self.0.node.clone(), until: self.0.app.clock.now() + LEASE }
    }
}

/// A task that only lets time pass is ended by the clock; every other attempt that is under way has a worker.
fn needs_worker(execution: &Execution, claim: Claim) -> bool {
    let state = &execution.tasks[claim.task].state;
    let timed = matches!(state, TaskState::Running { until: Some(_), .. });
    !timed && state.in_flight() == Some((claim.attempt, claim.kind))
}

/// An error as the log takes it, with its causes.
fn told<'e>(error: &'e (dyn Error + 'static)) -> &'e (dyn Error + 'static) {
    error
}
