//! Checkpoints: what a decision starts, what a deadline ends, and who is told that they came second.

use tollgate::app::AppError;
use tollgate::domain::decide::Command;
use tollgate::domain::event::Event;
use tollgate::domain::execution::{CancelReason, FailReason, TaskState, Verdict};
use tollgate::domain::refusal::Refusal;
use tollgate::domain::status::ReleaseStatus;
use tollgate::engine::Tick;
use tollgate::store::{Happened, Turn};

use super::stage::Stage;
use super::tasks::{approval, command, line, phases, trigger};
use crate::db::Db;

on_both!(
    a_decision_starts_the_next_task,
    a_rejection_ends_the_release,
    a_retry_asks_again_and_never_skips_the_gate,
    a_deadline_ends_the_checkpoint_by_the_clock,
    a_pause_shifts_the_deadline,
    of_two_approvers_at_once_one_decides,
    two_that_are_needed_and_come_at_once_both_count,
    a_double_click_decides_once,
    agree_and_deadline_do_not_both_happen,
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

async fn of_two_approvers_at_once_one_decides(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![approval("go-live", 1, None), command("task-a")])).await;
    let (one, two) = tokio::join!(
        stage.says("approver", release, "go-live", Verdict::Agree),
        stage.says("approver2", release, "go-live", Verdict::Reject)
    );
    let (won, lost) = if one.is_ok() { (one, two) } else { (two, one) };
    won.unwrap();
    let Err(AppError::Refused(Refusal::CheckpointClosed { by: Some((winner, ..)), .. })) = lost else {
        panic!("the loser is told who won: {lost:?}")
    };
    assert_eq!(decisions(&stage, release).await, [winner]);
}

async fn two_that_are_needed_and_come_at_once_both_count(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![approval("go-live", 2, None), command("task-a")])).await;
    let (one, two) = tokio::join!(
        stage.says("approver", release, "go-live", Verdict::Agree),
        stage.says("approver2", release, "go-live", Verdict::Agree)
    );
    one.unwrap();
    two.unwrap();
    assert_eq!(decisions(&stage, release).await.len(), 2);
    assert_eq!(stage.tick().await.started, 1);
    stage.starts("task-a").await.succeeds();
}

async fn a_double_click_decides_once(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![approval("go-live", 2, None), command("task-a")])).await;
    let clicks = (0..6).map(|_| stage.says("approver", release, "go-live", Verdict::Agree));
    let answers = futures_util::future::join_all(clicks).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    let told = |answer: &Result<_, AppError>| matches!(answer, Err(AppError::Refused(Refusal::DecidedAlready { .. })));
    assert_eq!(answers.iter().filter(|answer| told(answer)).count(), 5, "{answers:?}");
    assert_eq!(decisions(&stage, release).await, ["approver"]);
}

async fn agree_and_deadline_do_not_both_happen(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![approval("go-live", 1, Some(60)), command("task-a")])).await;
    stage.passes(59);
    let caller = stage.caller("approver").await;
    let (app, stop) = (stage.app.clone(), tokio_util::sync::CancellationToken::new());
    let clicks = tokio::spawn({
        let stop = stop.clone();
        async move {
            let command = super::stage::said("go-live", Verdict::Agree);
            let mut agreed = 0;
            while !stop.is_cancelled() {
                agreed += usize::from(app.ask(&caller, release, &command).await.is_ok());
            }
            agreed
        }
    });
    stage.passes(1);
    stage.tick().await;
    stage.tick().await;
    stop.cancel();
    let agreed = clicks.await.unwrap();
    let failures = stage.last(release).await.failures().len();
    assert_eq!(agreed + failures, 1, "either somebody agreed or it expired");
    assert_eq!(decisions(&stage, release).await.len(), agreed);
}

/// Who decided, as the activity tells it.
async fn decisions(stage: &Stage, release: uuid::Uuid) -> Vec<String> {
    let activity = stage.app.store.activity_of(release, Turn::Newest, 100).await.unwrap();
    let decided = |happened: &Happened| matches!(happened, Happened::Execution(Event::Decided { .. }));
    activity.rows.iter().filter(|row| decided(&row.happened)).map(|row| row.actor.name().to_owned()).collect()
}
