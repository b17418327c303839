//! Workers: each runs one attempt from its claim to its outcome, recorded in the same way as what people ask.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::task::spawn_blocking;
use tokio::time::sleep;
use tracing::Instrument as _;

use super::deployments::{self, FoundPlace};
use super::host::AttemptHost;
use super::{Claim, Engine, WorkerKey, needs_worker, told};
use crate::app::named_secrets::{NeededSecrets, SecretScope};
use crate::app::secrets::Plaintext;
use crate::app::{App, AppError, AttemptEnd, Progress, WorkerContext};
use crate::domain::execution::Execution;
use crate::domain::failure_cause::{FailureCause, SecretProblem};
use crate::domain::ids::{ExecutionId, ReleaseId};
use crate::domain::outcome::Outcome;
use crate::domain::placement::Placement;
use crate::domain::schedule;
use crate::domain::values::Names;
use crate::engine::log_shipper::ShipResult;
use crate::executors::{
    self, AttemptContext, AttemptSecrets, EnvironmentPlace, PrivateText, Recorded, ResolvedJob, Stop,
};
use crate::runlog;
use crate::store::{AttemptKey, ReleasePlace, StoreError, Term};

/// Between two looks at the size of a running script's log, for pages that show its last line.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// First pause before a worker tries again what the database did not take; doubles each time.
const RETRY_DELAY: Duration = Duration::from_millis(250);

/// Longest such pause.
const MAX_RETRY_DELAY: Duration = Duration::from_secs(4);

impl Engine {
    /// Spawns a worker for an attempt that this engine claimed just now.
    pub(super) fn spawn_worker(&self, execution: Execution, claim: Claim, term: &Term) {
        let key = WorkerKey { execution: execution.id, task: claim.task, attempt: claim.attempt };
        let Some(stop) = self.register_worker(key) else { return };
        let (engine, term) = (self.clone(), term.clone());
        self.track(key, async move { engine.work(execution, claim, stop, term).await });
    }

    /// Spawns a worker for an attempt that recovery found claimed. The worker reads the execution again first: a worker of
    /// before may have recorded the outcome since recovery read it.
    pub(super) fn pick_up(&self, execution: ExecutionId, claim: Claim, term: &Term) {
        let key = WorkerKey { execution, task: claim.task, attempt: claim.attempt };
        let Some(stop) = self.register_worker(key) else { return };
        let (engine, term) = (self.clone(), term.clone());
        self.track(key, async move {
            match engine.0.app.store.execution(execution).await {
                Ok(Some(execution)) if needs_worker(&execution, claim) => {
                    engine.work(execution, claim, stop, term).await;
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%execution, error = told(&error), "could not recover attempt; will retry");
                    engine.require_recovery();
                }
            }
        });
    }

    /// Stops what still runs on this machine of an attempt that others have ended. `false` while that is under way.
    pub(super) fn stop_stray(&self, execution: Execution, claim: Claim, row: AttemptKey) -> bool {
        let key = WorkerKey { execution: execution.id, task: claim.task, attempt: claim.attempt };
        if let Some(stop) = self.workers().get(&key) {
            stop.cancel();
            return false;
        }
        let Some(stop) = self.register_worker(key) else { return false };
        stop.cancel();
        let engine = self.clone();
        self.track(key, async move {
            // Without a term nothing can be stopped now, and what may still run must not count as stopped.
            let Ok(term) = engine.term().await else { return };
            if let Ok(job) = engine.job(&execution, claim).await {
                let host = engine.host(&execution, claim, stop, term);
                engine.run_job(&job, &host, &engine.log_of(&execution, claim)).await;
            }
            if let Err(error) = engine.0.app.store.mark_cleaned(row).await {
                tracing::warn!(error = told(&error), "could not record that stray script was stopped; will retry");
            }
        });
        true
    }

    fn track(&self, key: WorkerKey, work: impl Future<Output = ()> + Send + 'static) {
        let (employed, over) = (WorkerGuard { engine: self.clone(), key, done: false }, self.term_ended());
        let work = async move {
            let mut employed = employed;
            // Dropping the work leaves the script running under its supervisor, to be picked up again.
            tokio::select! {
                biased;
                () = employed.engine.0.closing.cancelled() => {}
                () = over.cancelled() => {}
                () = work => employed.done = true,
            }
        };
        let span = tracing::info_span!("attempt", execution = %key.execution, task = key.task, number = key.attempt);
        self.0.spawner.spawn(Box::pin(self.0.tracker.track_future(work).instrument(span)));
    }

    async fn work(&self, execution: Execution, claim: Claim, stop: Stop, claimed: Term) {
        if schedule::to_stop(&execution).contains(&(claim.task, claim.attempt, claim.kind)) {
            // Cancelled before the executor sees it: a script that never started must not be started only to be stopped.
            stop.cancel();
        }
        if !self.may_work(&claimed).await {
            // It may be ours again in the new term.
            return self.require_recovery();
        }
        let of = AttemptKey { task_run_id: execution.tasks[claim.task].id, number: claim.attempt };
        let path = self.log_of(&execution, claim);
        let log = match claim.placement {
            Some(Placement::ThisMachine) => {
                Some(self.0.log_shipper.begin(of.into(), execution.release_id, path.clone()))
            }
            // Its log is in the database from the start.
            Some(Placement::Anywhere) | None => None,
        };
        let outcome = match self.job(&execution, claim).await {
            Ok(job) => {
                let host = self.host(&execution, claim, stop, claimed);
                self.run_job(&job, &host, &path).await
            }
            Err(cause) => Outcome::Errored { cause },
        };
        let rest = match &log {
            Some(log) => log.finish().await,
            None => ShipResult::Complete,
        };
        if let Some((progress, term)) = self.report(execution.id, claim, outcome).await {
            self.follow_up(progress, &term);
        }
        if let (Some(log), ShipResult::LocalOnly) = (&log, rest) {
            log.finish().await;
        }
    }

    fn host(&self, execution: &Execution, claim: Claim, stop: Stop, term: Term) -> AttemptHost {
        let run = &execution.tasks[claim.task];
        AttemptHost {
            engine: self.clone(),
            term,
            execution: execution.id,
            release: execution.release_id,
            attempt: AttemptKey { task_run_id: run.id, number: claim.attempt },
            key: executors::key(execution.id, &run.name, claim.attempt),
            stop,
        }
    }

    /// Where a script writes its log.
    fn log_of(&self, execution: &Execution, claim: Claim) -> PathBuf {
        self.0.config.folders.log(execution.id, &execution.tasks[claim.task].name, claim.attempt)
    }

    /// Waits until this replica may start work again, if it may not now; `false` if it was taken over meanwhile.
    async fn may_work(&self, claimed: &Term) -> bool {
        loop {
            match self.term().await {
                Ok(term) => return term == *claimed,
                Err(error) => {
                    tracing::warn!(error = told(&error), "attempt start delayed; replica has no valid lease");
                    self.0.spawner.sleep(RETRY_DELAY).await;
                }
            }
        }
    }

    async fn job(&self, execution: &Execution, claim: Claim) -> Result<ResolvedJob, FailureCause> {
        let place = loop {
            match self.0.app.store.release_place(execution.release_id).await {
                Ok(Some(place)) => break place,
                Ok(None) => return Err(FailureCause::ReleaseGone),
                Err(error) => {
                    tracing::warn!(error = told(&error), "could not read names of release task; will retry");
                    self.0.spawner.sleep(RETRY_DELAY).await;
                }
            }
        };
        let in_environment = execution.spec(claim.task).kind.runs_in_environment();
        let found = if in_environment { self.found_place(execution, claim).await } else { None };
        let (at, deployment) = found.map_or((None, None), |(at, deployment)| (Some(at), deployment));
        let names = Names { release: &place.name, region: &place.region, team: &place.team };
        let Claim { task, attempt: number, kind, placement: _ } = claim;
        let (secrets, key) = self.secrets(execution, claim, &place, (at.as_ref(), deployment.is_some())).await;
        let (team, key) = (place.team_id, key.as_ref());
        let attempt = AttemptContext { execution, task, number, kind, team, names, secrets: &secrets, key };
        let commit = self.commit(execution, claim, &place).await?;
        let runs_here = execution.spec(task).kind.may_need_place();
        let artefacts = if runs_here { self.artefact_folder(execution).await? } else { None };
        let (deployment, commit) = (deployment.as_ref(), commit.as_ref());
        let recorded = Recorded { place: at.as_ref(), deployment, commit, artefacts: artefacts.as_deref() };
        executors::job(&self.0.config.folders, attempt, recorded)
    }

    /// What was written down when that attempt was claimed: where in an environment it works, and what it changes there.
    async fn found_place(&self, execution: &Execution, claim: Claim) -> Option<FoundPlace> {
        let attempt = AttemptKey { task_run_id: execution.tasks[claim.task].id, number: claim.attempt };
        loop {
            match deployments::find(&self.0.app.store, attempt, claim.kind).await {
                Ok(found) => return found,
                Err(error) => {
                    tracing::warn!(error = told(&error), "could not read change of component; will retry");
                    self.0.spawner.sleep(RETRY_DELAY).await;
                }
            }
        }
    }

    /// The secrets that the attempt names, and the one with which its environment is reached.
    async fn secrets(
        &self,
        execution: &Execution,
        claim: Claim,
        place: &ReleasePlace,
        (at, is_deployment): (Option<&EnvironmentPlace>, bool),
    ) -> (AttemptSecrets, Option<Result<PrivateText, SecretProblem>>) {
        let key = at.and_then(|at| at.settings.key()).map(str::to_owned);
        let own = || execution.spec(claim.task).kind.secret_names();
        let (scope, names) = match at {
            Some(at) if is_deployment => {
                (SecretScope::Environment(at.environment_id, at.team), at.settings.secret_names())
            }
            Some(at) => {
                (SecretScope::TaskIn { environment: at.environment_id, owner: at.team, team: place.team_id }, own())
            }
            None => (SecretScope::Task(place.team_id), own()),
        };
        self.given_secrets(execution, (claim.task, claim.attempt), scope, NeededSecrets { names, key }).await
    }

    /// Those that the task itself names, for what is done before the first attempt.
    pub(super) async fn secrets_named(
        &self,
        execution: &Execution,
        attempt: (usize, u32),
        place: &ReleasePlace,
        names: &[String],
    ) -> AttemptSecrets {
        let needed = NeededSecrets { names: names.to_vec(), key: None };
        self.given_secrets(execution, attempt, SecretScope::Task(place.team_id), needed).await.0
    }

    async fn given_secrets(
        &self,
        execution: &Execution,
        (task, number): (usize, u32),
        scope: SecretScope,
        needed: NeededSecrets,
    ) -> (AttemptSecrets, Option<Result<PrivateText, SecretProblem>>) {
        if needed.names.is_empty() && needed.key.is_none() {
            return (AttemptSecrets::new(), None);
        }
        let attempt = AttemptKey { task_run_id: execution.tasks[task].id, number };
        let given = loop {
            match self.0.app.give_secrets(execution, attempt, scope, &needed).await {
                Ok(given) => break given,
                Err(error) => {
                    tracing::warn!(error = told(&error), "could not read secrets of attempt; will retry");
                    self.0.spawner.sleep(RETRY_DELAY).await;
                }
            }
        };
        let private = |value: Plaintext| PrivateText::new(value.expose());
        let named = given.named.into_iter().map(|(name, value)| (name, value.map(private))).collect();
        (named, given.key.map(|key| key.map(private)))
    }

    /// A panic in an executor is an Errored attempt, not a dead engine.
    async fn run_job(&self, job: &ResolvedJob, host: &AttemptHost, log: &Path) -> Outcome {
        let running = AssertUnwindSafe(self.0.executors.execute(job, host)).catch_unwind();
        tokio::select! {
            ended = running => ended.unwrap_or_else(|_| {
                tracing::error!("executor panicked; attempt ends as errored");
                Outcome::Errored { cause: FailureCause::BrokeDown }
            }),
            never = watch(&self.0.app, host.release, log) => match never {},
        }
    }

    async fn report_once(&self, execution: ExecutionId, ended: AttemptEnd) -> Result<(Progress, Term), AppError> {
        let (term, make_room) = (self.term().await?, self.run_folder_maker());
        let context = WorkerContext { term: &term, make_room: &make_room, places: &self.0.places };
        let progress = self.0.app.attempt_ended(execution, ended, context).await?;
        Ok((progress, term))
    }

    /// No outcome is lost because the database was away.
    async fn report(&self, execution: ExecutionId, claim: Claim, outcome: Outcome) -> Option<(Progress, Term)> {
        let ended = AttemptEnd { task: claim.task, attempt: claim.attempt, outcome };
        let mut pause = RETRY_DELAY;
        loop {
            match self.report_once(execution, ended.clone()).await {
                Ok(reported) => {
                    if pause > RETRY_DELAY {
                        // It may have been written at the first try, with claims that nobody has heard of.
                        self.require_recovery();
                    }
                    return Some(reported);
                }
                Err(AppError::Store(StoreError::Fenced)) => {
                    tracing::warn!(%execution, "outcome discarded; execution was taken over by another replica");
                    return None;
                }
                Err(error @ (AppError::Store(_) | AppError::NoRoom(_))) => {
                    tracing::warn!(error = told(&error), "could not record outcome; will retry");
                    self.0.spawner.sleep(pause).await;
                    pause = (pause * 2).min(MAX_RETRY_DELAY);
                }
                Err(error) => {
                    tracing::error!(error = told(&error), "could not record outcome; giving up");
                    return None;
                }
            }
        }
    }
}

/// Keeps the worker of an attempt registered; dropped however the work ends, also by a panic.
struct WorkerGuard {
    engine: Engine,
    key: WorkerKey,
    done: bool,
}

impl Drop for WorkerGuard {
    fn drop(&mut self) {
        self.engine.unregister_worker(self.key);
        if !self.done {
            self.engine.require_recovery();
        }
    }
}

/// Tells pages when the log of a running script has grown.
async fn watch(app: &App, release: ReleaseId, log: &Path) -> Infallible {
    let mut known = 0;
    loop {
        sleep(POLL_INTERVAL).await;
        let path = log.to_owned();
        let size = spawn_blocking(move || runlog::size(&path)).await.ok().and_then(Result::ok).unwrap_or_default();
        if size != known {
            known = size;
            app.live.touch(release);
        }
    }
}
