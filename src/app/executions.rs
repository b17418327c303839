//! Operations on executions that people ask for: start one, and everything that is asked of the last one.

use std::future::pending;
use std::panic::resume_unwind;

use serde::{Deserialize, Serialize};
use tokio::task::JoinError;

use super::execution_log::ExecutionLog;
use super::{App, AppError, Caller};
use crate::domain::decide::{self, BegunExecution, Command, ExecutionRequest, NewIds, Selection, StartChoice};
use crate::domain::event::Event;
use crate::domain::execution::{Execution, Start};
use crate::domain::ids::{ExecutionId, ReleaseId, UserId};
use crate::domain::people::{Actor, User};
use crate::domain::policy;
use crate::domain::precondition::Expected;
use crate::domain::refusal::{Operation, Refusal};
use crate::domain::release::{Release, SavedVersion};
use crate::domain::status::ReleaseStatus;
use crate::store::{StoreError, WriteTx, new_id};

/// How often an operation begins again because somebody else was faster, which can only happen on several replicas.
const ROUNDS: usize = 5;

/// An execution as it was when something had been asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedExecution {
    /// Its key.
    pub id: ExecutionId,
    /// 1, 2, 3 … in its release task.
    pub number: u32,
    /// Its status.
    pub status: ReleaseStatus,
}

impl From<&Execution> for AskedExecution {
    fn from(execution: &Execution) -> Self {
        Self { id: execution.id, number: execution.number, status: execution.status() }
    }
}

/// How a release task is to be executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecuteChoice {
    /// The version; the newest if none is named.
    pub version: Option<u32>,
    /// Which of its tasks, and with which values of its variables.
    pub start: StartChoice,
    /// The number of the execution that waits, and that the caller was told the new one closes.
    pub supersedes: Option<u32>,
    /// The name of the person on whose account a program does so: they count as a starter.
    pub caused_by: Option<String>,
}

impl From<&Selection> for ExecuteChoice {
    fn from(selection: &Selection) -> Self {
        StartChoice::from(selection).into()
    }
}

impl From<StartChoice> for ExecuteChoice {
    fn from(start: StartChoice) -> Self {
        Self { version: None, start, supersedes: None, caused_by: None }
    }
}

impl App {
    /// Executes the release task, with the defaults of its variables unless others are given; answers the number of the execution.
    pub async fn execute(
        &self,
        caller: &Caller,
        release_id: ReleaseId,
        choice: impl Into<ExecuteChoice>,
    ) -> Result<u32, AppError> {
        self.execute_from(caller, release_id, Expected::default(), choice).await
    }

    /// The same, asked from a page that showed this.
    pub async fn execute_from(
        &self,
        caller: &Caller,
        release_id: ReleaseId,
        expected: Expected,
        choice: impl Into<ExecuteChoice>,
    ) -> Result<u32, AppError> {
        Ok(self.begin_execution(caller, release_id, expected, choice).await?.number)
    }

    /// The same; answers the execution as it begins.
    pub async fn begin_execution(
        &self,
        caller: &Caller,
        release_id: ReleaseId,
        expected: Expected,
        choice: impl Into<ExecuteChoice>,
    ) -> Result<AskedExecution, AppError> {
        let answer = self.execute_once(caller, release_id, expected, choice.into()).await;
        self.tell_refused(caller, release_id, Operation::Execute, &answer).await;
        answer
    }

    async fn execute_once(
        &self,
        caller: &Caller,
        release_id: ReleaseId,
        expected: Expected,
        choice: ExecuteChoice,
    ) -> Result<AskedExecution, AppError> {
        let tx = self.begin_admission().await?;
        let (user, release) = self.seen_by(&tx, caller, (release_id, Operation::Execute)).await?;
        let now = self.clock.now();
        let ExecuteChoice { version, start: choice, supersedes, caused_by } = choice;
        let request = ExecutionRequest { version: version_of(&tx, &release, version).await?, choice, supersedes };
        let ids = NewIds { execution: new_id(), task_run: &mut new_id };
        let begun = decide::execute(&release, &request, &user, now, ids);
        let begun = match begun.and_then(|begun| expected.check(&release).map(|()| begun)) {
            Ok(begun) => begun,
            Err(refusal) => return Err(told_of_newer(&tx, &release, expected, refusal).await?.into()),
        };
        self.check_approvals(&tx, &begun.execution, release.region_id).await?;
        self.check_space(&tx, Operation::Execute, None).await?;
        let stamp = caller.stamp(&user, now);
        let mut log = Vec::new();
        if let (Some(before), false) = (&release.last, begun.closing.is_empty()) {
            // Before the new one is there: a release task has one active execution at most.
            let mut after = before.clone();
            begun.closing.iter().for_each(|event| after.apply(event, now));
            tx.save_execution(before, &after, &stamp, &begun.closing).await?;
            log.extend(ExecutionLog::of(&tx, &after, &stamp, &begun.closing).await?);
        }
        let BegunExecution { mut execution, event, .. } = begun;
        let mut events = vec![event];
        let also = also_started(&tx, caller, &execution, caused_by.as_deref()).await?;
        for event in &also {
            execution.apply(event, now);
        }
        events.extend(also);
        tx.insert_execution(&execution, &stamp, &events).await?;
        tx.insert_sources(&execution).await?;
        log.extend(ExecutionLog::of(&tx, &execution, &stamp, &events).await?);
        let begun = AskedExecution::from(&execution);
        self.admit(&tx, &begun).await?;
        self.commit_told(tx, log, move |app| app.changed(&execution)).await?;
        Ok(begun)
    }

    /// Does what a person asks of the last execution; answers that execution as it is afterwards.
    pub async fn ask(&self, caller: &Caller, release_id: ReleaseId, command: &Command) -> Result<Execution, AppError> {
        self.ask_from(caller, release_id, Expected::default(), command).await
    }

    /// The same, asked from a page that showed this.
    pub async fn ask_from(
        &self,
        caller: &Caller,
        release_id: ReleaseId,
        expected: Expected,
        command: &Command,
    ) -> Result<Execution, AppError> {
        let mut answer = self.ask_once(caller, release_id, expected, command).await;
        for _ in 1..ROUNDS {
            match answer {
                Err(AppError::Store(StoreError::Stale | StoreError::DecidedAlready)) => {
                    answer = self.ask_once(caller, release_id, expected, command).await;
                }
                _ => break,
            }
        }
        self.tell_refused(caller, release_id, command.operation(), &answer).await;
        answer
    }

    async fn ask_once(
        &self,
        caller: &Caller,
        release_id: ReleaseId,
        expected: Expected,
        command: &Command,
    ) -> Result<Execution, AppError> {
        let tx = self.begin_admission().await?;
        let (user, release) = self.seen_by(&tx, caller, (release_id, command.operation())).await?;
        let now = self.clock.now();
        let events = decide::decide(&release, &user, command, now);
        let mut events = match events.and_then(|events| expected.check_for(&release, command).map(|()| events)) {
            Ok(events) => events,
            Err(refusal) => return Err(told_of_newer(&tx, &release, expected, refusal).await?.into()),
        };
        // `decide` answers events only where there is an execution to apply them to.
        let region = release.region_id;
        let Some(before) = release.last else { return Err(AppError::NotFound) };
        self.note_environments(&tx, (&before, region), &mut events).await?;
        let mut after = before.clone();
        for event in &events {
            after.apply(event, now);
        }
        if matches!(command.operation(), Operation::Retry | Operation::Skip) {
            self.check_space(&tx, command.operation(), Some(before.id)).await?;
            let also = also_started(&tx, caller, &after, None).await?;
            for event in &also {
                after.apply(event, now);
            }
            events.extend(also);
        }
        let stamp = caller.stamp(&user, now);
        tx.save_execution(&before, &after, &stamp, &events).await?;
        self.admit(&tx, &AskedExecution::from(&after)).await?;
        let log = ExecutionLog::of(&tx, &after, &stamp, &events).await?.into_iter().collect();
        let told = after.clone();
        self.commit_told(tx, log, move |app| app.changed(&told)).await?;
        Ok(after)
    }

    /// The caller as they are at this moment, and the release task if they may see it, when what they have is for that operation.
    pub(super) async fn seen_by(
        &self,
        tx: &WriteTx,
        caller: &Caller,
        (release_id, operation): (ReleaseId, Operation),
    ) -> Result<(User, Release), AppError> {
        let user = caller.now(tx, self.clock.now()).await?;
        let release = tx.release(release_id).await?.ok_or(AppError::NotFound)?;
        if policy::may_see(&user, release.team_id, release.deleted_at.is_some()) {
            caller.check(operation)?;
            Ok((user, release))
        } else {
            Err(AppError::NotFound)
        }
    }

    /// Commits and then tells about it, also when whoever asked goes away meanwhile: a connection that breaks drops the
    /// handler wherever it waits, and a commit that nobody hears of would leave pages and the engine waiting.
    pub(super) async fn commit(&self, tx: WriteTx, tell: impl FnOnce(&Self) + Send + 'static) -> Result<(), AppError> {
        self.commit_told(tx, Vec::new(), tell).await
    }

    /// The same, with lines of the server's log.
    async fn commit_told(
        &self,
        tx: WriteTx,
        log: Vec<ExecutionLog>,
        tell: impl FnOnce(&Self) + Send + 'static,
    ) -> Result<(), AppError> {
        let app = self.clone();
        let committed = tokio::spawn(async move {
            let committed = tx.commit().await;
            for log in &log {
                log.write(&committed);
            }
            if may_be_done(&committed) {
                tell(&app);
            }
            Ok(committed?)
        });
        match committed.await.map_err(JoinError::try_into_panic) {
            Ok(answer) => answer,
            Err(Ok(panic)) => resume_unwind(panic),
            // The runtime ends, and this with it.
            Err(Err(_)) => pending().await,
        }
    }

    /// After a commit: pages have something to fetch, and the engine something to look at.
    pub(super) fn changed(&self, execution: &Execution) {
        self.live.touch(execution.release_id);
        self.live.touch_lists();
        self.wakeup.notify(execution.id);
    }
}

/// Who else counts as a starter: whoever answers for the services that count already or that ask for it now, and whom a program
/// names as the cause.
async fn also_started(
    tx: &WriteTx,
    caller: &Caller,
    execution: &Execution,
    caused_by: Option<&str>,
) -> Result<Vec<Event>, AppError> {
    let mut also = Vec::new();
    let counting = [&execution.started_by].into_iter().chain(execution.starters.iter().map(|starter| &starter.who));
    let accounts: Vec<UserId> = counting.filter_map(Actor::id).collect();
    let mut answering = tx.answerable_for(&accounts).await?;
    answering.extend_from_slice(caller.answerable());
    // Whoever counts already is not told once more.
    answering.retain(|who| who.id().is_some_and(|id| !accounts.contains(&id)));
    answering.sort_by_key(Actor::id);
    answering.dedup_by(|one, other| one.is_same_person(other));
    if !answering.is_empty() {
        also.push(Event::AlsoStartedBy { who: answering, how: Start::ByToken });
    }
    if let Some(name) = caused_by {
        let cause = tx.credentials(name).await?.ok_or_else(|| Refusal::NoSuchCause { name: name.to_owned() })?;
        let who = vec![Actor::Person { id: cause.id, name: cause.name }];
        also.push(Event::AlsoStartedBy { who, how: Start::Caused });
    }
    Ok(also)
}

/// The version of that number of a release task, or the newest.
async fn version_of(tx: &WriteTx, release: &Release, number: Option<u32>) -> Result<SavedVersion, AppError> {
    match number.filter(|number| *number != release.version) {
        None => Ok(release.newest()),
        Some(number) if (1..release.version).contains(&number) => Ok(tx.version(release.id, number).await?),
        Some(_) => Err(AppError::NotFound),
    }
}

/// What is told in the place of a refusal to whoever meant an execution of which a newer one took the place: that, and who
/// started the newer one. Whoever has no right to ask is told nothing else than before.
async fn told_of_newer(
    tx: &WriteTx,
    release: &Release,
    expected: Expected,
    refusal: Refusal,
) -> Result<Refusal, AppError> {
    let meant = expected.execution.filter(|seen| *seen < release.last_number() && refusal.denial().is_none());
    let Some(meant) = meant else { return Ok(refusal) };
    let closed = tx.execution_numbered(release.id, meant).await?;
    Ok(closed.and_then(|closed| policy::superseded(&closed)).unwrap_or(refusal))
}

/// Whether a commit was done, or may have been: its answer was lost. Either is told to pages and the engine.
pub(super) fn may_be_done(committed: &Result<(), StoreError>) -> bool {
    matches!(committed, Ok(()) | Err(StoreError::CommitUnknown(_)))
}
