//! Checkpoints: what a decision starts, and what a deadline ends.

use tollgate::app::AppError;
use tollgate::domain::decide::Command;
use tollgate::domain::execution::{CancelReason, FailReason, TaskState, Verdict};
use tollgate::domain::refusal::Refusal;
use tollgate::domain::status::ReleaseStatus;
use tollgate::engine::Tick;

use super::stage::Stage;
use super::tasks::{approval, command, line, phases, trigger};
use crate::db::Db;

on_both!(
    a_decision_starts_the_next_task,
    a_rejection_ends_the_release,
    a_retry_asks_again_and_never_skips_the_gate,
    a_deadline_ends_the_checkpoint_by_the_clock,
    a_pause_shifts_the_deadline,
);

async fn a_decision_starts_the_next_task(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage
        .running(line(vec![approval("go-live", 1, None), command("task-a"), trigger("go"), command("task-b")]))
        .await;
    assert_eq!(stage.status(release).await, ReleaseStatus::ToBeApproved);
    assert_eq!(stage.tick().await, Tick::default());
    stage.says("approver", release, "go-live", Verdict::Agree).await.unwrap();
    assert_eq!(stage.tick().await.started, 1);
    stage.starts("task-a").await.succeeds();
    stage.until_status(release, ReleaseStatus::ToBeApproved).await;
    stage.says("operator", release, "go", Verdict::Agree).await.unwrap();
    stage.tick().await;
    stage.starts("task-b").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
}

async fn a_rejection_ends_the_release(db: Db) {
    let stage = Stage::set(db).await;
    let other = vec![approval("other", 1, None)];
    let release = stage.running(phases(vec![vec![vec![approval("go-live", 1, None), command("task-a")], other]])).await;
    stage.says("approver", release, "go-live", Verdict::Reject).await.unwrap();
    stage.tick().await;
    let last = stage.last(release).await;
    assert_eq!(last.status(), ReleaseStatus::ReleaseFailed);
    assert_eq!(last.failures(), [("go-live", FailReason::Rejected)]);
    let closed = stage.state(release, "other").await;
    assert!(matches!(closed, TaskState::Cancelled { why: CancelReason::ReleaseEnded, .. }));
    stage.calls.no_more().await;
}

async fn a_retry_asks_again_and_never_skips_the_gate(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![approval("go-live", 1, None), command("task-a")])).await;
    stage.says("approver", release, "go-live", Verdict::Reject).await.unwrap();
    stage.tick().await;
    stage.does(release, &Command::Retry).await;
    assert_eq!(stage.status(release).await, ReleaseStatus::ToBeApproved);
    stage.calls.no_more().await;
    // Who rejected the first asking decides the second too.
    stage.says("approver", release, "go-live", Verdict::Agree).await.unwrap();
    stage.tick().await;
    stage.starts("task-a").await.succeeds();
    let last = stage.until_status(release, ReleaseStatus::Successful).await;
    assert_eq!((last.tasks[0].round, last.tasks[0].decisions.len()), (2, 2));
}

async fn a_deadline_ends_the_checkpoint_by_the_clock(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![approval("go-live", 1, Some(3600)), command("task-a")])).await;
    stage.passes(3599);
    assert_eq!(stage.tick().await, Tick::default());
    stage.passes(1);
    let late = stage.says("approver", release, "go-live", Verdict::Agree).await;
    assert!(matches!(late, Err(AppError::Refused(Refusal::DeadlinePassed { .. }))), "{late:?}");
    assert_eq!(stage.tick().await.changed, 1);
    assert_eq!(stage.last(release).await.failures(), [("go-live", FailReason::Expired)]);
    assert_eq!(stage.status(release).await, ReleaseStatus::ReleaseFailed);
}

async fn a_pause_shifts_the_deadline(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![approval("go-live", 1, Some(3600)), command("task-a")])).await;
    stage.passes(3000);
    stage.does(release, &Command::Pause).await;
    assert_eq!(stage.status(release).await, ReleaseStatus::Paused);
    stage.passes(10_000);
    assert_eq!(stage.tick().await, Tick::default(), "while it is paused no deadline passes");
    let held = stage.says("approver", release, "go-live", Verdict::Agree).await;
    assert!(matches!(held, Err(AppError::Refused(Refusal::OnHold { .. }))), "{held:?}");
    stage.does(release, &Command::Continue).await;
    stage.passes(599);
    assert_eq!(stage.tick().await, Tick::default());
    stage.passes(1);
    stage.tick().await;
    assert_eq!(stage.last(release).await.failures(), [("go-live", FailReason::Expired)]);
}
