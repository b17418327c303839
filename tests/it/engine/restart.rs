//! The program ends between any two lines; the next start picks up every attempt once, and only its own.

use tollgate::app::{AttemptEnd, WorkerContext};
use tollgate::domain::decide::Command;
use tollgate::domain::failure_cause::FailureCause;
use tollgate::domain::ids::ExecutionId;
use tollgate::domain::outcome::Outcome;
use tollgate::domain::status::ReleaseStatus;
use tollgate::engine::Tick;

use super::stage::Stage;
use super::tasks::{approval, command, line, phases};
use crate::db::Db;

on_both!(
    what_was_claimed_and_never_started_is_started,
    what_ran_is_picked_up_and_its_outcome_counts_once,
    an_outcome_that_was_not_written_is_reported_again,
    what_was_asked_and_never_heard_is_done_by_the_clock,
    a_terminated_attempt_is_stopped_from_the_start,
    an_undo_is_picked_up_as_an_undo,
    a_stopped_engine_lets_go_of_its_work,
    what_this_engine_claimed_and_never_heard_of_is_found,
);

/// Claims as an engine does that dies before it can do anything about it.
async fn claims_and_dies(stage: &Stage, execution: ExecutionId) -> usize {
    let term = stage.engine.term().await.unwrap();
    stage.app.advance(execution, WorkerContext::without_room(&term)).await.unwrap().unwrap().started.len()
}

async fn what_was_claimed_and_never_started_is_started(db: Db) {
    let mut stage = Stage::set(db).await;
    let release = stage.release("shop-web", phases(vec![vec![vec![command("task-a")], vec![command("task-b")]]])).await;
    stage.execute(release).await.unwrap();
    assert_eq!(claims_and_dies(&stage, stage.last(release).await.id).await, 2);
    stage.restarts();
    assert_eq!(stage.tick().await, Tick::default(), "what is claimed is not claimed again");
    assert_eq!(stage.engine.recover().await.unwrap(), 2);
    let works = stage.calls.by_task(2).await;
    assert!(works.values().all(|work| work.attempt() == "1"));
    stage.engine.recover().await.unwrap();
    stage.tick().await;
    stage.calls.no_more().await;
    for work in works.into_values() {
        work.succeeds();
    }
    stage.until_status(release, ReleaseStatus::Successful).await;
}

async fn what_ran_is_picked_up_and_its_outcome_counts_once(db: Db) {
    let mut stage = Stage::set(db).await;
    let release = stage.running(line(vec![command("task-a"), command("task-b")])).await;
    let before = stage.starts("task-a").await;
    stage.engine.stop().await;
    stage.restarts();
    assert_eq!(stage.engine.recover().await.unwrap(), 1);
    let after = stage.starts("task-a").await;
    assert_eq!(after.order, before.order, "it is the same order, with the same key and folder");
    before.succeeds();
    stage.tick().await;
    assert!(stage.state(release, "task-a").await.in_flight().is_some(), "the engine that is gone reports nothing");
    after.succeeds();
    stage.starts("task-b").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    stage.calls.no_more().await;
}

async fn an_outcome_that_was_not_written_is_reported_again(db: Db) {
    let mut stage = Stage::set(db).await;
    let release = stage.running(line(vec![command("task-a"), command("task-b")])).await;
    let work = stage.starts("task-a").await;
    let id = stage.last(release).await.id;
    stage.engine.stop().await;
    drop(work);
    stage.restarts();
    stage.engine.recover().await.unwrap();
    // The executor reads the same ending again, and somebody wrote it down meanwhile after all.
    let again = stage.starts("task-a").await;
    let term = stage.engine.term().await.unwrap();
    let outcome = Outcome::Failed { cause: FailureCause::Text("The script ended with status 1.".to_owned()) };
    stage
        .app
        .attempt_ended(id, AttemptEnd { task: 0, attempt: 1, outcome }, WorkerContext::without_room(&term))
        .await
        .unwrap();
    let ended = stage.last(release).await;
    assert_eq!(ended.status(), ReleaseStatus::ReleaseFailed);
    again.succeeds();
    stage.engine.stop().await;
    assert_eq!(stage.last(release).await, ended);
}

async fn what_was_asked_and_never_heard_is_done_by_the_clock(db: Db) {
    let mut stage = Stage::set(db).await;
    let release =
        stage.release("shop-web", line(vec![command("task-a"), approval("go-live", 1, None), command("task-b")])).await;
    stage.execute(release).await.unwrap();
    stage.restarts();
    assert_eq!(stage.tick().await.started, 1);
    stage.starts("task-a").await.succeeds();
    stage.until_status(release, ReleaseStatus::ToBeApproved).await;
    stage.says("approver", release, "go-live", tollgate::domain::execution::Verdict::Agree).await.unwrap();
    stage.restarts();
    stage.engine.recover().await.unwrap();
    assert_eq!(stage.tick().await.started, 1);
    stage.starts("task-b").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
}

async fn a_terminated_attempt_is_stopped_from_the_start(db: Db) {
    let mut stage = Stage::set(db).await;
    let release = stage.running(line(vec![command("task-a"), command("task-b")])).await;
    drop(stage.starts("task-a").await);
    stage.engine.stop().await;
    stage.asks("operator", release, &Command::Terminate).await.unwrap();
    stage.restarts();
    assert_eq!(stage.engine.recover().await.unwrap(), 1);
    let a = stage.starts("task-a").await;
    assert!(a.stop.is_cancelled(), "a script that was never started must not be started now");
    a.ends_when_told().await;
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    stage.tick().await;
    stage.calls.no_more().await;
}

async fn an_undo_is_picked_up_as_an_undo(db: Db) {
    let mut stage = Stage::set(db).await;
    let release = stage.running(line(vec![command("task-a")])).await;
    stage.starts("task-a").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    stage.does(release, &Command::RollBack).await;
    drop(stage.starts("task-a").await);
    stage.engine.stop().await;
    stage.restarts();
    assert_eq!(stage.engine.recover().await.unwrap(), 1);
    let undo = stage.starts("task-a").await;
    assert_eq!((undo.order.script.as_str(), undo.attempt()), ("undo task-a", "2"));
    undo.succeeds();
    stage.until_status(release, ReleaseStatus::RolledBack).await;
}

async fn a_stopped_engine_lets_go_of_its_work(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(phases(vec![vec![vec![command("task-a")], vec![command("task-b")]]])).await;
    let works = stage.calls.by_task(2).await;
    tokio::time::timeout(super::executor::TIMEOUT, stage.engine.stop()).await.expect("it does not wait for scripts");
    assert!(works.values().all(|work| !work.stop.is_cancelled()), "scripts go on");
    assert_eq!(stage.status(release).await, ReleaseStatus::Running);
    assert_eq!(stage.app.store.live_attempts().await.unwrap().len(), 2);
}

/// The answer to a commit may be lost though the commit was not: the claim is there, and nobody works on it.
async fn what_this_engine_claimed_and_never_heard_of_is_found(db: Db) {
    let stage = Stage::set(db).await;
    let release =
        stage.running(phases(vec![vec![vec![command("task-a"), command("task-b")], vec![command("task-c")]]])).await;
    let mut works = stage.calls.by_task(2).await;
    let term = stage.engine.term().await.unwrap();
    let id = stage.last(release).await.id;
    stage
        .app
        .attempt_ended(
            id,
            AttemptEnd { task: 0, attempt: 1, outcome: Outcome::Succeeded { outputs: [].into() } },
            WorkerContext::without_room(&term),
        )
        .await
        .unwrap();
    assert!(stage.state(release, "task-b").await.in_flight().is_some());
    stage.calls.no_more().await;
    stage.engine.recover().await.unwrap();
    stage.starts("task-b").await.succeeds();
    works.remove("task-c").unwrap().succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    works.remove("task-a").unwrap().fails();
    stage.calls.no_more().await;
}
