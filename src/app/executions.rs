//! Operations on executions that people ask for: start one, and everything that is asked of the last one.

use std::future::pending;
use std::panic::resume_unwind;

use tokio::task::JoinError;

use super::{App, AppError, Caller};
use crate::domain::decide::{self, Command, NewIds, Selection, StartChoice};
use crate::domain::execution::Execution;
use crate::domain::ids::ReleaseId;
use crate::domain::people::User;
use crate::domain::policy;
use crate::domain::precondition::Expected;
use crate::domain::refusal::Operation;
use crate::domain::release::Release;
use crate::store::{StoreError, WriteTx, new_id};

/// How often an operation begins again because somebody else was faster, which can only happen on several replicas.
const ROUNDS: usize = 5;

impl App {
    /// Executes the release task with the defaults of its variables; answers the number of the execution.
    pub async fn execute(
        &self,
        caller: &Caller,
        release_id: ReleaseId,
        selection: &Selection,
    ) -> Result<u32, AppError> {
        self.execute_from(caller, release_id, Expected::default(), selection).await
    }

    /// The same, asked from a page that showed this.
    pub async fn execute_from(
        &self,
        caller: &Caller,
        release_id: ReleaseId,
        expected: Expected,
        choice: impl Into<StartChoice>,
    ) -> Result<u32, AppError> {
        let answer = self.execute_once(caller, release_id, expected, choice.into()).await;
        self.tell_refused(caller, release_id, Operation::Execute, &answer).await;
        answer
    }

    async fn execute_once(
        &self,
        caller: &Caller,
        release_id: ReleaseId,
        expected: Expected,
        choice: StartChoice,
    ) -> Result<u32, AppError> {
        let tx = self.store.begin_write().await?;
        let (user, release) = self.seen_by(&tx, caller, release_id).await?;
        let now = self.clock.now();
        let number = release.last_number() + 1;
        let ids = NewIds { execution: new_id(), task_run: &mut new_id };
        let (execution, event) = decide::execute(&release, number, &user, choice, now, ids)?;
        expected.check(&release)?;
        self.check_space(&tx, Operation::Execute, None).await?;
        tx.insert_execution(&execution, &caller.stamp(&user, now), &[event]).await?;
        self.commit(tx, move |app| app.changed(&execution)).await?;
        Ok(number)
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
        let tx = self.store.begin_write().await?;
        let (user, release) = self.seen_by(&tx, caller, release_id).await?;
        let now = self.clock.now();
        let events = decide::decide(&release, &user, command, now)?;
        expected.check_for(&release, command)?;
        // `decide` answers events only where there is an execution to apply them to.
        let Some(before) = release.last else { return Err(AppError::NotFound) };
        let mut after = before.clone();
        for event in &events {
            after.apply(event, now);
        }
        if matches!(command.operation(), Operation::Retry | Operation::Skip) {
            self.check_space(&tx, command.operation(), Some(before.id)).await?;
        }
        tx.save_execution(&before, &after, &caller.stamp(&user, now), &events).await?;
        let told = after.clone();
        self.commit(tx, move |app| app.changed(&told)).await?;
        Ok(after)
    }

    /// The caller as they are at this moment, and the release task if they may see it.
    pub(super) async fn seen_by(
        &self,
        tx: &WriteTx,
        caller: &Caller,
        release_id: ReleaseId,
    ) -> Result<(User, Release), AppError> {
        let user = tx.user(caller.user()?.id).await?.ok_or(AppError::NotFound)?;
        let release = tx.release(release_id).await?.ok_or(AppError::NotFound)?;
        if policy::may_see(&user, release.team_id, release.deleted_at.is_some()) {
            Ok((user, release))
        } else {
            Err(AppError::NotFound)
        }
    }

    /// Commits and then tells about it, also when whoever asked goes away meanwhile: a connection that breaks drops the
    /// handler wherever it waits, and a commit that nobody hears of would leave pages and the engine waiting.
    pub(super) async fn commit(&self, tx: WriteTx, tell: impl FnOnce(&Self) + Send + 'static) -> Result<(), AppError> {
        let app = self.clone();
        let committed = tokio::spawn(async move {
            let committed = tx.commit().await;
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

/// Whether a commit was done, or may have been: its answer was lost. Either is told to pages and the engine.
pub(super) fn may_be_done(committed: &Result<(), StoreError>) -> bool {
    matches!(committed, Ok(()) | Err(StoreError::CommitUnknown(_)))
}
