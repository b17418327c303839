//! The mark of a release task moves with everything that changes it, and with nothing else.

use std::sync::Arc;

use tollgate::app::{App, AppError, Caller, Imported, WorkerContext};
use tollgate::domain::decide::Command;
use tollgate::domain::execution::Verdict;
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::kinds::Retry;
use tollgate::domain::status::ReleaseStatus;
use tollgate::failpoints::Hook;
use tollgate::store::StoreError;

use super::stage::Stage;
use super::tasks::{approval, command, command_with, line, wait};
use crate::db::Db;

on_both!(
    every_operation_moves_the_mark,
    what_the_engine_changes_moves_the_mark,
    what_changes_nothing_leaves_the_mark,
    what_the_engine_may_have_changed_moves_the_mark,
    another_release_task_has_another_mark,
);

/// Fails unless what was done since has moved the marks of the release task and of the lists.
struct Marks(u64, u64);

impl Marks {
    fn of(stage: &Stage, release: ReleaseId) -> Self {
        Self(stage.app.live.mark(release), stage.app.live.lists_mark())
    }

    #[track_caller]
    fn moved(&mut self, stage: &Stage, release: ReleaseId, what: &str) {
        let now = Self::of(stage, release);
        assert!(now.0 > self.0, "{what} moves the mark of the release task");
        assert!(now.1 > self.1, "{what} moves the mark of the lists");
        *self = now;
    }

    #[track_caller]
    fn stayed(&self, stage: &Stage, release: ReleaseId, what: &str) {
        let now = Self::of(stage, release);
        assert_eq!((now.0, now.1), (self.0, self.1), "{what} moves nothing");
    }
}

async fn every_operation_moves_the_mark(db: Db) {
    let stage = Stage::set(db).await;
    let definition = line(vec![approval("go-live", 2, None), command("task-a")]);
    let release = stage.release("shop-web", definition.clone()).await;
    let mut marks = Marks::of(&stage, release);
    let mut changed = definition;
    changed.best_effort = true;
    let again = Stage::draft("shop-web", changed);
    assert_eq!(
        stage.app.import(&Caller::CommandLine, stage.owner(), &again).await.unwrap(),
        Imported::Updated(release, 2)
    );
    marks.moved(&stage, release, "import");
    stage.execute(release).await.unwrap();
    marks.moved(&stage, release, "Execute");
    stage.tick().await;
    marks.moved(&stage, release, "a checkpoint that opens");
    for (who, verdict) in [("approver", Verdict::Agree), ("approver2", Verdict::Reject)] {
        stage.says(who, release, "go-live", verdict).await.unwrap();
        marks.moved(&stage, release, "a decision");
    }
    stage.tick().await;
    marks.moved(&stage, release, "the end");
    for command in [Command::Retry, Command::Pause, Command::Continue, Command::Terminate] {
        stage.asks("operator", release, &command).await.unwrap();
        marks.moved(&stage, release, command.operation().word());
    }
    stage.tick().await;
    marks.moved(&stage, release, "the end");
    stage.app.delete(&stage.caller("operator").await, release).await.unwrap();
    marks.moved(&stage, release, "Delete");
}

async fn what_the_engine_changes_moves_the_mark(db: Db) {
    let stage = Stage::set(db).await;
    let later = Retry { attempts: 2, delay: 10 };
    let definition =
        line(vec![wait("rest", 5), command_with("task-a", |a| a.retry = later), approval("go", 1, Some(60))]);
    let release = stage.running(definition).await;
    let mut marks = Marks::of(&stage, release);
    stage.passes(5);
    stage.tick().await;
    marks.moved(&stage, release, "the end of a wait");
    stage.starts("task-a").await.fails();
    stage.until(release, "it is due later", |last| last.tasks[1].state.in_flight().is_none()).await;
    stage.until(release, "the mark moves", |_| stage.app.live.mark(release) > marks.0).await;
    stage.passes(10);
    stage.tick().await;
    marks.moved(&stage, release, "a second attempt");
    stage.starts("task-a").await.succeeds();
    stage.until_status(release, ReleaseStatus::ToBeApproved).await;
    stage.until(release, "the mark moves", |_| stage.app.live.lists_mark() > marks.1).await;
    let mut marks = Marks::of(&stage, release);
    stage.passes(60);
    stage.tick().await;
    marks.moved(&stage, release, "a deadline");
}

async fn what_changes_nothing_leaves_the_mark(db: Db) {
    let stage = Stage::set(db).await;
    let definition = line(vec![approval("go-live", 1, None)]);
    let release = stage.running(definition.clone()).await;
    let marks = Marks::of(&stage, release);
    stage.tick().await;
    marks.stayed(&stage, release, "a tick");
    for command in [Command::Retry, Command::Continue, Command::RollBack] {
        stage.asks("operator", release, &command).await.unwrap_err();
        marks.stayed(&stage, release, "what is refused");
    }
    stage.asks("viewer", release, &Command::Pause).await.unwrap_err();
    stage.execute(release).await.unwrap_err();
    marks.stayed(&stage, release, "what is refused");
    let same = Stage::draft("shop-web", definition);
    assert_eq!(
        stage.app.import(&Caller::CommandLine, stage.owner(), &same).await.unwrap(),
        Imported::Unchanged(release)
    );
    marks.stayed(&stage, release, "an import of the same");
}

async fn another_release_task_has_another_mark(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![command("task-a")])).await;
    let other = stage.release("other", line(vec![command("task-a")])).await;
    let mark = stage.app.live.mark(other);
    stage.starts("task-a").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    assert_eq!(stage.app.live.mark(other), mark);
}

/// The answer to a commit is lost: it was done, and nothing else may ever move the mark.
async fn what_the_engine_may_have_changed_moves_the_mark(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.release("shop-web", line(vec![approval("go-live", 1, None)])).await;
    stage.execute(release).await.unwrap();
    let term = stage.engine.term().await.unwrap();
    let hook: Hook = Arc::new(|point| {
        Box::pin(
            async move { if point == "store.commit.after" { Err("the answer is lost".to_owned()) } else { Ok(()) } },
        )
    });
    let unheard = App { store: stage.app.store.with_hook(hook), ..stage.app.clone() };
    let mut marks = Marks::of(&stage, release);
    let answer = unheard.advance(stage.last(release).await.id, WorkerContext::without_room(&term)).await;
    assert!(matches!(answer, Err(AppError::Store(StoreError::CommitUnknown(_)))), "{answer:?}");
    assert_eq!(stage.status(release).await, ReleaseStatus::ToBeApproved);
    marks.moved(&stage, release, "what may have been done");
}
