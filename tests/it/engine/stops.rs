//! Pause, Terminate, Retry and Skip while tasks are under way.

use tollgate::domain::decide::Command;
use tollgate::domain::execution::{CancelReason, SkipReason, TaskState};
use tollgate::domain::failure_cause::FailureCause;
use tollgate::domain::kinds::Retry;
use tollgate::domain::outcome::Outcome;
use tollgate::domain::status::ReleaseStatus;
use tollgate::engine::Tick;

use super::stage::Stage;
use super::tasks::{approval, command, command_with, line, phases, wait};
use crate::db::Db;

on_both!(
    a_terminated_release_ends_when_its_tasks_have_ended,
    a_task_that_ends_before_the_stop_reaches_it_counts_and_nothing_follows,
    what_is_not_under_way_is_closed_at_once,
    a_stop_reaches_a_task_that_started_while_it_was_asked,
    a_pause_lets_tasks_in_flight_end,
    a_pause_after_the_last_task_lets_the_release_end,
    a_retry_runs_again_what_failed_and_what_never_ran,
    a_skipped_task_is_not_run_again,
);

async fn a_terminated_release_ends_when_its_tasks_have_ended(db: Db) {
    let stage = Stage::set(db).await;
    let release =
        stage.running(phases(vec![vec![vec![command("task-a"), command("task-b")], vec![command("task-c")]]])).await;
    let mut works = stage.calls.by_task(2).await;
    stage.does(release, &Command::Terminate).await;
    assert_eq!(stage.status(release).await, ReleaseStatus::Running, "it is active until the last script has ended");
    works.remove("task-a").unwrap().ends_when_told().await;
    stage.until(release, "a is cancelled", |last| matches!(last.tasks[0].state, TaskState::Cancelled { .. })).await;
    assert!(stage.status(release).await.is_active());
    works.remove("task-c").unwrap().ends_when_told().await;
    let last = stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    assert!(last.was_terminated());
    assert_eq!(stage.state(release, "task-b").await, TaskState::Waiting);
    stage.tick().await;
    stage.calls.no_more().await;
}

async fn a_task_that_ends_before_the_stop_reaches_it_counts_and_nothing_follows(db: Db) {
    let stage = Stage::set(db).await;
    let thrice = Retry { attempts: 3, delay: 0 };
    let tasks = vec![vec![command("task-a"), command("task-b")], vec![command_with("task-c", |c| c.retry = thrice)]];
    let release = stage.running(phases(vec![tasks])).await;
    let mut works = stage.calls.by_task(2).await;
    stage.asks("operator", release, &Command::Terminate).await.unwrap();
    works.remove("task-a").unwrap().succeeds();
    works.remove("task-c").unwrap().fails();
    let last = stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    assert!(matches!(last.tasks[0].state, TaskState::Successful { .. }));
    stage.tick().await;
    stage.calls.no_more().await;
}

async fn what_is_not_under_way_is_closed_at_once(db: Db) {
    let stage = Stage::set(db).await;
    let later = Retry { attempts: 2, delay: 600 };
    let groups = vec![
        vec![wait("rest", 600)],
        vec![approval("go-live", 1, None)],
        vec![command_with("task-a", |a| a.retry = later)],
    ];
    let release = stage.running(phases(vec![groups])).await;
    stage.starts("task-a").await.fails();
    stage.until(release, "a is due later", |last| matches!(last.tasks[2].state, TaskState::Delayed { .. })).await;
    stage.does(release, &Command::Terminate).await;
    let last = stage.last(release).await;
    assert_eq!(last.status(), ReleaseStatus::ReleaseFailed);
    let cancelled = |state: &TaskState| matches!(state, TaskState::Cancelled { why: CancelReason::Terminated, .. });
    assert!(last.tasks.iter().all(|task| cancelled(&task.state)), "{last:#?}");
    assert_eq!(stage.app.store.live_attempts().await.unwrap(), []);
}

/// The claim of the next task is committed, then Terminate is, and only then the claimed task gets its worker.
async fn a_stop_reaches_a_task_that_started_while_it_was_asked(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![command("task-a"), command("task-b")])).await;
    let a = stage.starts("task-a").await;
    a.succeeds();
    let b = stage.starts("task-b").await;
    stage.asks("operator", release, &Command::Terminate).await.unwrap();
    // The wakeup is lost with whoever should have heard it.
    assert_eq!(stage.app.wakeup.take().len(), 1);
    stage.tick().await;
    b.ends_when_told().await;
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
}

async fn a_pause_lets_tasks_in_flight_end(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![command("task-a"), command("task-b")])).await;
    let a = stage.starts("task-a").await;
    stage.does(release, &Command::Pause).await;
    assert_eq!(stage.status(release).await, ReleaseStatus::Pausing);
    assert!(!a.stop.is_cancelled());
    a.succeeds();
    stage.until_status(release, ReleaseStatus::Paused).await;
    stage.passes(100_000);
    assert_eq!(stage.tick().await, Tick::default());
    stage.calls.no_more().await;
    assert_eq!(stage.does(release, &Command::Continue).await.started, 1);
    stage.starts("task-b").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
}

async fn a_pause_after_the_last_task_lets_the_release_end(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![command("task-a")])).await;
    let a = stage.starts("task-a").await;
    let caller = stage.caller("operator").await;
    // Whichever comes first, the release ends: nothing is left that could be started.
    let (paused, ()) = tokio::join!(stage.app.ask(&caller, release, &Command::Pause), async { a.succeeds() });
    let ended = stage.until_status(release, ReleaseStatus::Successful).await;
    assert!(ended.ended_at.is_some());
    if let Ok(paused) = paused {
        assert!(paused.status().is_active());
    }
}

async fn a_retry_runs_again_what_failed_and_what_never_ran(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![command("task-a"), command("task-b"), command("task-c")])).await;
    stage.starts("task-a").await.gives(&[("site", "one")]);
    stage.starts("task-b").await.ends(Outcome::Interrupted { cause: FailureCause::Text("lost".to_owned()) });
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    assert_eq!(stage.does(release, &Command::Retry).await.started, 1);
    let b = stage.starts("task-b").await;
    assert_eq!(b.attempt(), "2");
    assert_eq!(stage.last(release).await.tasks[0].outputs["site"], "one");
    b.succeeds();
    stage.starts("task-c").await.succeeds();
    let last = stage.until_status(release, ReleaseStatus::Successful).await;
    assert_eq!(last.number, 1);
    stage.calls.no_more().await;
}

async fn a_skipped_task_is_not_run_again(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![command("task-a"), command("task-b")])).await;
    stage.starts("task-a").await.fails();
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    let skip = Command::Skip { task: "task-a".to_owned(), comment: "known".to_owned() };
    assert_eq!(stage.does(release, &skip).await.started, 1);
    stage.starts("task-b").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    let skipped = stage.state(release, "task-a").await;
    assert!(matches!(skipped, TaskState::Skipped { why: SkipReason::ByPerson { .. } }), "{skipped:?}");
}
