//! Sources of builds: where their refs lead is looked up when an execution starts, before any of its tasks, and written down.
//!
//! An execution has a row for each of its sources from the transaction that made it. While one of them was not looked at, the
//! execution is not carried on; so whoever decides one of its checkpoints sees the commits. A server that dies meanwhile has
//! written down nothing or all of a ref, and the next tick of whoever carries the execution on looks at what is left. A ref that
//! cannot be resolved now keeps nothing else: its build looks again when it starts, and fails with the reason.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::StreamExt as _;
use futures_util::stream;
use tracing::Instrument as _;

use super::{Claim, Engine, RETRY_DELAY, told};
use crate::domain::execution::{AttemptKind, Execution};
use crate::domain::failure_cause::FailureCause;
use crate::domain::git::{Commit, SourceState};
use crate::domain::ids::{ExecutionId, TaskRunId};
use crate::domain::values::Names;
use crate::executors::build::remote_reference;
use crate::executors::{AttemptContext, AttemptSecrets, RemoteReference};
use crate::store::{ReleasePlace, StoreError, Term, Unresolved};

/// So many refs of one execution are looked up at the same time.
const MAX_LOOKUPS: usize = 4;

impl Engine {
    /// Has refs looked up of executions that have just started, and answers which these are: they are not carried on yet.
    pub(super) async fn look_up_sources(&self, term: &Term) -> Result<BTreeSet<ExecutionId>, StoreError> {
        let waiting = self.0.app.store.unresolved_executions(term).await?;
        for execution in waiting.keys() {
            if self.0.lookups.lock().insert(*execution) {
                let lookup = Lookup { engine: self.clone(), execution: *execution };
                let span = tracing::info_span!("sources", %execution);
                let over = self.term_ended();
                let work = async move {
                    tokio::select! {
                        biased;
                        () = lookup.engine.0.closing.cancelled() => {}
                        () = over.cancelled() => {}
                        () = lookup.engine.look_up(lookup.execution) => {}
                    }
                };
                self.0.spawner.spawn(Box::pin(self.0.tracker.track_future(work).instrument(span)));
            }
        }
        Ok(waiting.into_iter().filter(|(_, what)| *what == Unresolved::References).map(|(id, _)| id).collect())
    }

    /// Whether refs are looked up now.
    pub(super) fn looks_up_sources(&self) -> bool {
        !self.0.lookups.lock().is_empty()
    }

    async fn look_up(&self, id: ExecutionId) {
        loop {
            match self.look_up_once(id).await {
                Ok(()) => return,
                Err(error) => {
                    tracing::warn!(error = told(&error), "could not record commits of sources; will retry");
                    self.0.spawner.sleep(RETRY_DELAY).await;
                }
            }
        }
    }

    async fn look_up_once(&self, id: ExecutionId) -> Result<(), StoreError> {
        let store = &self.0.app.store;
        let Some(execution) = store.execution(id).await? else { return Ok(()) };
        let Some(place) = store.release_place(execution.release_id).await? else { return Ok(()) };
        let known = store.sources_of(id).await?;
        let is_pending = |task: &usize| known.get(&execution.tasks[*task].id) == Some(&SourceState::Pending);
        // Builds of one ref work on one commit, though it may move between two questions.
        let mut alike: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for task in (0..execution.tasks.len()).filter(is_pending) {
            let Some(source) = execution.spec(task).kind.source() else { continue };
            let key = (&source.address, &source.reference, &source.credential);
            alike.entry(key).or_default().push(task);
        }
        let lookups = stream::iter(alike.into_values()).map(|tasks| {
            let (execution, place) = (&execution, &place);
            async move {
                let runs: Vec<TaskRunId> = tasks.iter().map(|task| execution.tasks[*task].id).collect();
                let found = self.resolve(execution, tasks[0], 0, place).await;
                store.record_sources(&runs, &found, self.0.app.clock.now()).await
            }
        });
        let recorded: Vec<Result<(), StoreError>> = lookups.buffer_unordered(MAX_LOOKUPS).collect().await;
        recorded.into_iter().collect::<Result<(), StoreError>>()?;
        self.0.app.live.touch(execution.release_id);
        // What is known now may go on meanwhile.
        self.0.app.wakeup.notify(id);
        self.compare_commits(&execution, &place).await
    }

    /// The commit of a build that starts: the one that was written down, or, where there is none, that of now.
    pub(super) async fn commit(
        &self,
        execution: &Execution,
        claim: Claim,
        place: &ReleasePlace,
    ) -> Result<Option<Commit>, FailureCause> {
        if execution.spec(claim.task).kind.source().is_none() {
            return Ok(None);
        }
        let run = execution.tasks[claim.task].id;
        loop {
            let known = match self.0.app.store.sources_of(execution.id).await {
                Ok(mut known) => known.remove(&run),
                Err(error) => {
                    tracing::warn!(error = told(&error), "could not read commit of source; will retry");
                    self.0.spawner.sleep(RETRY_DELAY).await;
                    continue;
                }
            };
            match known {
                Some(SourceState::Commit(commit)) => return Ok(Some(commit)),
                Some(SourceState::Pending | SourceState::Unknown(_)) => {}
                None => return Err(FailureCause::NothingToRun),
            }
            let found = self.resolve(execution, claim.task, claim.attempt, place).await;
            match self.0.app.store.record_sources(&[run], &found, self.0.app.clock.now()).await {
                // What is written down counts, which may be what another replica found.
                Ok(()) => drop(found?),
                Err(error) => {
                    tracing::warn!(error = told(&error), "could not record commit of source; will retry");
                    self.0.spawner.sleep(RETRY_DELAY).await;
                }
            }
        }
    }

    async fn resolve(
        &self,
        execution: &Execution,
        task: usize,
        number: u32,
        place: &ReleasePlace,
    ) -> Result<Commit, FailureCause> {
        let wanted = self.wanted(execution, (task, number), place).await?;
        self.0.executors.resolve(&wanted).await
    }

    /// The ref of a build, and the repository with what opens it.
    pub(super) async fn wanted(
        &self,
        execution: &Execution,
        (task, number): (usize, u32),
        place: &ReleasePlace,
    ) -> Result<RemoteReference, FailureCause> {
        let source = execution.spec(task).kind.source().ok_or(FailureCause::NothingToRun)?;
        let secrets = match &source.credential {
            Some(secret) => self.secrets_named(execution, (task, number), place, std::slice::from_ref(secret)).await,
            None => AttemptSecrets::new(),
        };
        let names = Names { release: &place.name, region: &place.region, team: &place.team };
        let kind = AttemptKind::Do;
        let (team, secrets) = (place.team_id, &secrets);
        let attempt = AttemptContext { execution, task, number, kind, team, names, secrets, key: None };
        remote_reference(source, attempt)
    }
}

/// The lookup of an execution; over however it ends, also by a panic.
struct Lookup {
    engine: Engine,
    execution: ExecutionId,
}

impl Drop for Lookup {
    fn drop(&mut self) {
        self.engine.0.lookups.lock().remove(&self.execution);
        self.engine.0.app.wakeup.notify(self.execution);
    }
}
