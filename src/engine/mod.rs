//! The engine: a reconciler. `tick` takes no input: it reads which executions have something due, carries it out,
//! and has the attempts worked on that it claimed. It is woken by commits and by a clock; run twice, the second tick
//! changes nothing. After a start it first picks up the attempts that were under way.
//!
//! Several replicas may work on one database: each carries on its own executions, see [`membership`].

mod artefacts;
mod commits;
mod connection_tests;
mod deployments;
mod host;
mod log_shipper;
pub mod membership;
mod runtime;
mod sources;
mod worker;

use std::collections::{BTreeSet, HashMap};
use std::error::Error;
use std::io;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

pub use runtime::Spawner;
use runtime::TokioSpawner;

use crate::app::{App, AppError, AttemptEnd, Claim, Progress, ScriptPlaces, WorkerContext};
use crate::data_layout::DataLayout;
use crate::domain::execution::{Execution, TaskState};
use crate::domain::failure_cause::FailureCause;
use crate::domain::ids::ExecutionId;
use crate::domain::outcome::Outcome;
use crate::domain::placement::Placement;
use crate::domain::schedule;
use crate::executors::{Executors, Lease, Stop, command};
use crate::store::{LiveAttempt, ReplicaInfo, StoreError, Term};
use log_shipper::LogShipper;
use membership::Membership;

/// The clock wakes the engine at least this often, whether or not anything was committed.
const TICK_INTERVAL: Duration = Duration::from_secs(1);

/// Pause after a tick that failed.
const RETRY_DELAY: Duration = Duration::from_millis(500);

/// Shortest pause between two ticks without a wake-up, so that no fault makes the engine spin.
const MIN_TICK_GAP: Duration = Duration::from_millis(10);

/// Executions of one tick.
const BATCH_SIZE: u64 = 500;

/// Which attempt a worker works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct WorkerKey {
    execution: ExecutionId,
    task: usize,
    attempt: u32,
}

/// Where an engine works, and as whom.
#[derive(Debug, Clone)]
pub struct ReplicaConfig {
    /// Where scripts run.
    pub folders: DataLayout,
    /// The data folder's own name, and what people call it.
    pub who: ReplicaInfo,
    /// Until when scripts may be started; the engine renews it.
    pub lease: Lease,
    /// How many scripts may run at once.
    pub max_scripts: NonZero<u32>,
}

/// Carries executions on.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    app: App,
    executors: Executors,
    config: ReplicaConfig,
    membership: Mutex<Membership>,
    spawner: Arc<dyn Spawner>,
    log_shipper: LogShipper,
    workers: Mutex<HashMap<WorkerKey, Stop>>,
    /// Executions whose refs are looked up now.
    lookups: Mutex<BTreeSet<ExecutionId>>,
    places: ScriptPlaces,
    /// Whether an attempt may be claimed for this replica that no worker runs: after a start, and after any error of the
    /// database, because the answer to a commit may be lost though the commit was not.
    needs_recovery: AtomicBool,
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
    /// An engine that does nothing yet. Scripts that it starts are picked up again by the engine of the same machine only.
    pub fn new(app: App, executors: Executors, config: ReplicaConfig) -> Self {
        Self::with_spawner(Arc::new(TokioSpawner), app, executors, config)
    }

    /// The same, with its workers in the hands of somebody else: a simulation.
    pub fn with_spawner(spawner: Arc<dyn Spawner>, app: App, executors: Executors, config: ReplicaConfig) -> Self {
        Self(Arc::new(Inner {
            log_shipper: LogShipper::new(app.store.clone()),
            places: ScriptPlaces::new(usize::try_from(config.max_scripts.get()).unwrap_or(usize::MAX)),
            app,
            executors,
            config,
            membership: Mutex::default(),
            spawner,
            workers: Mutex::default(),
            lookups: Mutex::default(),
            needs_recovery: AtomicBool::new(true),
            tracker: TaskTracker::new(),
            closing: CancellationToken::new(),
        }))
    }

    /// Works until `stop`, or until another process serves in its name. A database that is away is waited for.
    pub async fn run(&self) {
        tokio::join!(self.run_ticks(), self.maintain_membership(), Box::pin(self.test_connections()));
    }

    async fn run_ticks(&self) {
        loop {
            let pause = match Box::pin(self.turn()).await {
                Ok(Tick { failed: 0, .. }) => self.until_next().await.max(MIN_TICK_GAP),
                Ok(_) => RETRY_DELAY,
                Err(error) => {
                    tracing::error!(error = told(&error), "tick failed; will retry");
                    self.0.spawner.sleep(RETRY_DELAY).await;
                    Duration::ZERO
                }
            };
            tokio::select! {
                biased;
                () = self.0.closing.cancelled() => return,
                () = self.0.app.wakeup.notified() => {}
                () = self.0.spawner.sleep(pause) => {}
            }
        }
    }

    /// Ticks, then recovers attempts without a worker if a commit may have been lost. The tick goes first: it blocks until
    /// that commit is visible. [`Engine::stop`] waits for it.
    pub async fn turn(&self) -> Result<Tick, AppError> {
        let _under_way = self.0.tracker.token();
        let needs_recovery = self.0.needs_recovery.swap(false, Ordering::SeqCst);
        let turned = async {
            let ticked = self.tick().await?;
            if needs_recovery && !self.0.closing.is_cancelled() {
                self.recover().await?;
            }
            Ok(ticked)
        };
        let turned = turned.await;
        if needs_recovery && turned.is_err() {
            self.require_recovery();
        }
        turned
    }

    /// Shares the logs of what runs here with other replicas, as long as the program runs.
    pub async fn share_logs(&self) {
        self.0.log_shipper.run().await;
    }

    /// Takes no new work and lets go of what runs: scripts go on and are picked up at the next start. Executions that
    /// have no script here are left to the other replicas.
    pub async fn stop(&self) {
        self.0.closing.cancel();
        self.0.tracker.close();
        self.0.tracker.wait().await;
        self.sign_off().await;
    }

    /// Carries out whatever is due now. What fails for one execution holds up no other, and is tried again.
    pub async fn tick(&self) -> Result<Tick, AppError> {
        let store = &self.0.app.store;
        let term = self.term().await?;
        let now = self.0.app.clock.now();
        let mut due: BTreeSet<ExecutionId> = store.runnable(&term, now, BATCH_SIZE).await?.into_iter().collect();
        if !self.workers().is_empty() {
            // Whoever must be stopped has nothing due. A wake-up alone is lost when the task starts meanwhile.
            due.extend(store.terminating(&term).await?);
        }
        due.extend(self.0.places.next(store, &term).await?);
        due.extend(self.0.places.next_for_components(store, &term).await?);
        due.extend(self.0.app.wakeup.take());
        let waiting = self.look_up_sources(&term).await?;
        due.retain(|execution| !waiting.contains(execution));
        let mut report = Tick::default();
        let make_room = self.run_folder_maker();
        for execution in due {
            if self.0.closing.is_cancelled() {
                break;
            }
            let context = WorkerContext { term: &term, make_room: &make_room, places: &self.0.places };
            let span = tracing::info_span!("execution", id = %execution);
            let advanced = self.0.app.advance(execution, context).instrument(span).await;
            self.0.places.went(execution, advanced.is_ok());
            match advanced {
                Ok(Some(progress)) => {
                    report.changed += usize::from(!progress.events.is_empty());
                    report.started += progress.started.len();
                    self.follow_up(progress, &term);
                }
                Ok(None) => {}
                Err(error) => {
                    tracing::error!(%execution, error = told(&error), "could not advance execution; will retry");
                    report.failed += 1;
                    self.require_recovery();
                }
            }
        }
        Ok(report)
    }

    /// Spawns workers for the attempts of this replica's executions that have none: those that were under way when the
    /// program ended. An attempt on the machine of a replica that was taken over is Interrupted. Answers how many attempts
    /// it goes on with. An execution that cannot be read holds up no other.
    pub async fn recover(&self) -> Result<usize, AppError> {
        let term = self.term().await?;
        let mut under_way = 0;
        let mut loaded: Option<Execution> = None;
        for attempt in self.0.app.store.attempts_under(&term).await? {
            if loaded.as_ref().is_none_or(|known| known.id != attempt.execution_id) {
                loaded = match self.0.app.store.execution(attempt.execution_id).await {
                    Err(error @ StoreError::Unreadable { .. }) => {
                        tracing::error!(execution = %attempt.execution_id, error = told(&error), "could not recover execution; skipped");
                        None
                    }
                    loaded => loaded?,
                };
            }
            let Some(execution) = &loaded else { continue };
            let claim = Claim {
                task: attempt.task,
                attempt: attempt.key.number,
                kind: attempt.kind,
                placement: attempt.placement,
            };
            if !needs_worker(execution, claim) {
                continue;
            }
            let is_ours = match attempt.placement {
                Some(Placement::Anywhere) => true,
                // A time that passes needs no worker, so it does not come here.
                Some(Placement::ThisMachine) | None => attempt.replica.as_ref() == Some(&term.replica),
            };
            if is_ours {
                under_way += 1;
                self.pick_up(execution.id, claim, &term);
            } else {
                loaded = None;
                self.interrupt(&attempt, &term).await?;
            }
        }
        Ok(under_way)
    }

    /// The machine that ran it was taken over: nobody can say how the script ended.
    async fn interrupt(&self, attempt: &LiveAttempt, term: &Term) -> Result<(), AppError> {
        let replicas = self.0.app.store.replicas().await?;
        let known = replicas.iter().find(|replica| Some(&replica.id) == attempt.replica.as_ref());
        let cause = FailureCause::ReplicaLost { replica: known.map(|replica| replica.name.clone()) };
        let outcome = Outcome::Interrupted { cause };
        let (app, make_room) = (&self.0.app, self.run_folder_maker());
        let context = WorkerContext { term, make_room: &make_room, places: &self.0.places };
        let ended = AttemptEnd { task: attempt.task, attempt: attempt.key.number, outcome };
        match app.attempt_ended(attempt.execution_id, ended, context).await {
            Ok(progress) => self.follow_up(progress, term),
            Err(AppError::Store(StoreError::Fenced)) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// After a commit: stops the workers that must stop, and spawns those of the claimed attempts.
    fn follow_up(&self, progress: Progress, term: &Term) {
        for (task, attempt, _) in schedule::to_stop(&progress.execution) {
            if let Some(stop) = self.workers().get(&WorkerKey { execution: progress.execution.id, task, attempt }) {
                stop.cancel();
            }
        }
        for claim in progress.started {
            self.spawn_worker(progress.execution.clone(), claim, term);
        }
    }

    /// Has the next turn recover attempts that no worker runs.
    fn require_recovery(&self) {
        self.0.needs_recovery.store(true, Ordering::SeqCst);
        self.0.places.expect_waiters();
    }

    async fn until_next(&self) -> Duration {
        let Ok(term) = self.term().await else { return TICK_INTERVAL };
        match self.0.app.store.next_wake(&term).await {
            // What is due may wait for a commit, of whose arrival the engine is told.
            Ok(Some(_)) if self.looks_up_sources() => RETRY_DELAY,
            Ok(Some(at)) => (at - self.0.app.clock.now()).to_std().unwrap_or_default().min(TICK_INTERVAL),
            Ok(None) | Err(_) => TICK_INTERVAL,
        }
    }

    /// `None` when somebody works on it already.
    fn register_worker(&self, key: WorkerKey) -> Option<Stop> {
        let mut workers = self.workers();
        if workers.contains_key(&key) {
            return None;
        }
        let stop = Stop::new();
        workers.insert(key, stop.clone());
        Some(stop)
    }

    fn unregister_worker(&self, key: WorkerKey) {
        self.workers().remove(&key);
    }

    fn membership(&self) -> MutexGuard<'_, Membership> {
        self.0.membership.lock()
    }

    fn workers(&self) -> MutexGuard<'_, HashMap<WorkerKey, Stop>> {
        self.0.workers.lock()
    }

    /// Makes, before an attempt is claimed, what its executor must find then.
    fn run_folder_maker(&self) -> impl Fn(&Execution, Claim) -> io::Result<()> + Sync + use<> {
        let folders = self.0.config.folders.clone();
        move |execution, claim| match claim.placement {
            Some(Placement::ThisMachine) => {
                let task = &execution.tasks[claim.task].name;
                command::make_run_folder(&folders, execution.id, task, claim.attempt)
            }
            Some(Placement::Anywhere) | None => Ok(()),
        }
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
