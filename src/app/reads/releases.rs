//! One release task and what belongs to it. Whatever is read of it needs a [`VisibleRelease`], which only a caller who may see it
//! is given.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use crate::app::{App, AppError, Caller};
use crate::domain::definition::Definition;
use crate::domain::event::Event;
use crate::domain::execution::{Direction, Execution, TaskRun};
use crate::domain::ids::{EventId, ExecutionId, RegionId, ReleaseId, TaskRunId, TeamId};
use crate::domain::kinds::Kind;
use crate::domain::lengths::{AttemptTime, Lengths};
use crate::domain::people::Person;
use crate::domain::release::Release;
use crate::domain::unable;
use crate::store::{
    Activity, AttemptKey, Backend, Cursor, HostTarget, ListedAttempt, ListedExecution, ListedVersion, Paged,
    ReleasePlace, StoreError,
};

/// A release task that its caller may see, as it was read at its mark.
#[derive(Debug, Clone)]
pub struct VisibleRelease {
    release: Arc<Release>,
    place: Arc<ReleasePlace>,
    mark: u64,
}

impl VisibleRelease {
    /// The release task with its last execution.
    pub fn release(&self) -> &Arc<Release> {
        &self.release
    }

    /// What it and its places are called.
    pub fn place(&self) -> &Arc<ReleasePlace> {
        &self.place
    }

    /// Its mark, taken before it was read.
    pub fn mark(&self) -> u64 {
        self.mark
    }
}

impl App {
    /// The release task of that key, as the database has it.
    pub async fn release(&self, caller: &Caller, id: ReleaseId) -> Result<Arc<VisibleRelease>, AppError> {
        let read = self.read_release(id).await?;
        self.shown(caller, Arc::new(read))
    }

    /// The same for a page that refreshes itself: read once for all who watch it.
    pub async fn watched_release(&self, caller: &Caller, id: ReleaseId) -> Result<Arc<VisibleRelease>, AppError> {
        let read = self.reads.0.releases.get(&id, self.live.mark(id), async || self.read_release(id).await).await?;
        self.shown(caller, read)
    }

    async fn read_release(&self, id: ReleaseId) -> Result<VisibleRelease, AppError> {
        let mark = self.live.mark(id);
        let release = self.store.release(id).await?.ok_or(AppError::NotFound)?;
        let place = self.store.release_place(id).await?.ok_or(AppError::NotFound)?;
        Ok(VisibleRelease { release: Arc::new(release), place: Arc::new(place), mark })
    }

    fn shown(&self, caller: &Caller, read: Arc<VisibleRelease>) -> Result<Arc<VisibleRelease>, AppError> {
        let release = &read.release;
        if !caller.may_see(release.team_id, release.deleted_at.is_some()) {
            return Err(AppError::NotFound);
        }
        self.reads.0.visibility.remember(release);
        Ok(read)
    }

    /// Whether `seen` is the newest state of a release task of that region that the caller may see: from memory alone. False
    /// also when that is not known.
    pub fn is_unchanged(&self, caller: &Caller, id: ReleaseId, region: RegionId, seen: u64) -> bool {
        self.reads.0.visibility.is_visible(caller, id, region) && self.live.mark(id) == seen
    }

    /// The execution of that number.
    pub async fn execution(&self, of: &VisibleRelease, number: u32) -> Result<Execution, AppError> {
        match &of.release.last {
            Some(last) if last.number == number => Ok(last.clone()),
            Some(_) | None => self.store.execution_numbered(of.release.id, number).await?.ok_or(AppError::NotFound),
        }
    }

    /// The execution of that key, with its release task.
    pub async fn execution_of_key(
        &self,
        caller: &Caller,
        id: ExecutionId,
    ) -> Result<(Arc<VisibleRelease>, Execution), AppError> {
        let execution = self.store.execution(id).await?.ok_or(AppError::NotFound)?;
        Ok((self.release(caller, execution.release_id).await?, execution))
    }

    /// The execution that has a task of that key, with its release task.
    pub async fn execution_of_task(
        &self,
        caller: &Caller,
        id: TaskRunId,
    ) -> Result<(Arc<VisibleRelease>, Execution), AppError> {
        let execution = self.store.execution_of_task(id).await?.ok_or(AppError::NotFound)?;
        self.execution_of_key(caller, execution).await
    }

    /// The version that its execution of that number runs or ran; nothing if there is no such execution.
    pub async fn executed_version(&self, of: &VisibleRelease, number: u32) -> Result<Option<u32>, AppError> {
        match &of.release.last {
            Some(last) if last.number == number => Ok(Some(last.version)),
            Some(_) | None if number == 0 => Ok(None),
            Some(_) | None => Ok(self.store.executed_version(of.release.id, number).await?),
        }
    }

    /// Waits until something of it has changed since it was read, for so long at most.
    pub async fn changed_since(&self, of: &VisibleRelease, most: Duration) {
        let _ = timeout(most, self.live.changed(of.release.id, of.mark)).await;
    }

    /// Its executions, newest first.
    pub async fn executions(
        &self,
        of: &VisibleRelease,
        turn: Cursor<u32>,
        limit: u64,
    ) -> Result<Paged<ListedExecution, u32>, AppError> {
        Ok(self.store.executions_of(of.release.id, turn, limit).await?)
    }

    /// Every attempt of one of its executions.
    pub async fn attempts(&self, of: &VisibleRelease, execution: &Execution) -> Result<Vec<ListedAttempt>, AppError> {
        Ok(self.store.attempts_of(of.owned(execution)?.id).await?)
    }

    /// When one of its executions was under way.
    pub async fn lengths(&self, of: &VisibleRelease, execution: &Execution) -> Result<Lengths, AppError> {
        let id = of.owned(execution)?.id;
        let (attempts, mut rests) = (self.store.attempts_of(id).await?, self.store.rests_of(&[id]).await?);
        let mut by_task: HashMap<usize, Vec<AttemptTime>> = HashMap::new();
        for ListedAttempt { task, kind, started_at, ended_at, .. } in attempts {
            by_task.entry(task).or_default().push(AttemptTime { kind, started_at, ended_at });
        }
        Ok(Lengths { rests: rests.remove(&id).unwrap_or_default(), attempts: by_task })
    }

    /// The name of who terminated one of its executions, if somebody did.
    pub async fn terminated_by(&self, of: &VisibleRelease, execution: &Execution) -> Result<Option<String>, AppError> {
        let id = of.owned(execution)?.id;
        if !execution.was_terminated() || execution.superseded().is_some() {
            return Ok(None);
        }
        Ok(self.store.terminated_by(id).await?)
    }

    /// Why one of its executions was rolled back by itself, if it was.
    pub async fn rolled_back_by_policy(
        &self,
        of: &VisibleRelease,
        execution: &Execution,
    ) -> Result<Option<Event>, AppError> {
        let id = of.owned(execution)?.id;
        if execution.direction == Direction::Forward || execution.definition.on_failure.is_none() {
            return Ok(None);
        }
        Ok(self.store.rolled_back_by_policy(id).await?)
    }

    /// Every attempt of that task in one of its executions.
    pub async fn task_attempts(
        &self,
        of: &VisibleRelease,
        execution: &Execution,
        run: &TaskRun,
    ) -> Result<Vec<ListedAttempt>, AppError> {
        of.owned(execution)?;
        Ok(self.store.attempts_of_task(run.id).await?)
    }

    /// The hosts of an attempt of that task, in their order; none if it does not work on hosts.
    pub async fn host_targets(
        &self,
        of: &VisibleRelease,
        execution: &Execution,
        run: &TaskRun,
        number: u32,
    ) -> Result<Vec<HostTarget>, AppError> {
        of.owned(execution)?;
        Ok(self.store.host_targets(AttemptKey { task_run_id: run.id, number }).await?)
    }

    /// Its versions, newest first.
    pub async fn versions(&self, of: &VisibleRelease) -> Result<Vec<ListedVersion>, AppError> {
        Ok(self.store.versions_of(of.release.id).await?)
    }

    /// The definition of one of its versions, which must be there.
    pub async fn definition(&self, of: &VisibleRelease, version: u32) -> Result<Arc<Definition>, AppError> {
        Ok(self.store.definition(of.release.id, version).await?)
    }

    /// What happened to it, newest first.
    pub async fn activity(
        &self,
        of: &VisibleRelease,
        turn: Cursor<EventId>,
        limit: u64,
    ) -> Result<Paged<Activity, EventId>, AppError> {
        Ok(self.store.activity_of(of.release.id, turn, limit).await?)
    }

    /// The people whom checkpoints of that definition can ask: of its team and by their names.
    pub async fn asked_by(&self, of: &VisibleRelease, definition: &Definition) -> Result<Vec<Person>, AppError> {
        Ok(self.asked(of.release.team_id, definition.tasks().map(|(_, task)| &task.kind)).await?)
    }

    /// The people whom gates of these kinds can ask in a team.
    pub(in crate::app) async fn asked<'k>(
        &self,
        team: TeamId,
        kinds: impl Iterator<Item = &'k Kind>,
    ) -> Result<Vec<Person>, StoreError> {
        self.store.asked(&[team].into(), &unable::named(kinds)).await
    }

    /// The names of replicas by their keys, where there may be several.
    pub async fn replica_names(&self) -> Result<HashMap<String, String>, AppError> {
        match self.store.backend() {
            Backend::Sqlite => Ok(HashMap::new()),
            Backend::Postgres => {
                let replicas = self.store.replicas().await?;
                Ok(replicas.into_iter().map(|replica| (replica.id, replica.name)).collect())
            }
        }
    }
}

impl VisibleRelease {
    /// That execution, if it is one of this release task.
    pub(in crate::app) fn owned<'e>(&self, execution: &'e Execution) -> Result<&'e Execution, AppError> {
        if execution.release_id == self.release.id { Ok(execution) } else { Err(AppError::NotFound) }
    }
}
