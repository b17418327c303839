//! Faults of the engine's surroundings: one execution that cannot be read, a database that is away, a caller that goes away.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tollgate::app::AppError;
use tollgate::domain::decide::Command;
use tollgate::domain::execution::TaskState;
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::status::ReleaseStatus;
use tollgate::engine::Tick;

use super::stage::Stage;
use super::tasks::{command, line, phases, trigger};
use crate::by_hand;
use crate::db::Db;

on_both!(
    an_execution_that_cannot_be_read_holds_up_no_other,
    what_cannot_be_read_does_not_keep_the_engine_busy,
    attempts_are_picked_up_though_one_execution_cannot_be_read,
    an_outcome_is_written_when_the_database_is_back,
    a_ring_outlives_a_tick_that_failed,
    whoever_goes_away_in_the_middle_leaves_it_done_or_not_begun,
);

async fn breaks(db: &Db, task: &str) {
    by_hand::does(&db.url, &format!("UPDATE task_runs SET state = 'nonsense' WHERE name = '{task}'")).await.unwrap();
}

async fn mends(db: &Db, task: &str, state: &str) {
    by_hand::does(&db.url, &format!("UPDATE task_runs SET state = '{state}' WHERE name = '{task}'")).await.unwrap();
}

/// A first and a second release task, both executed; the first cannot be read.
async fn one_is_broken(stage: &Stage) -> (ReleaseId, ReleaseId) {
    let first = stage.release("first", line(vec![command("broken")])).await;
    let second = stage.release("second", line(vec![command("sound")])).await;
    stage.execute(first).await.unwrap();
    stage.passes(1);
    stage.execute(second).await.unwrap();
    breaks(&stage.db, "broken").await;
    (first, second)
}

async fn an_execution_that_cannot_be_read_holds_up_no_other(db: Db) {
    let stage = Stage::set(db).await;
    let (first, second) = one_is_broken(&stage).await;
    assert_eq!(stage.tick().await, Tick { changed: 1, started: 1, failed: 1 });
    stage.starts("sound").await.succeeds();
    stage.until_status(second, ReleaseStatus::Successful).await;
    mends(&stage.db, "broken", "waiting").await;
    assert_eq!(stage.tick().await, Tick { changed: 1, started: 1, failed: 0 });
    stage.starts("broken").await.succeeds();
    stage.until_status(first, ReleaseStatus::Successful).await;
}

async fn what_cannot_be_read_does_not_keep_the_engine_busy(db: Db) {
    let stage = Stage::set(db).await;
    let (_, second) = one_is_broken(&stage).await;
    let engine = stage.engine.clone();
    let running = tokio::spawn(async move { engine.run().await });
    stage.starts("sound").await.succeeds();
    stage.until_status(second, ReleaseStatus::Successful).await;
    let before = stage.asked_the_time();
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let asked = stage.asked_the_time() - before;
    assert!(asked < 40, "in 0.2 s the engine asked {asked} times what time it is");
    stage.engine.stop().await;
    running.await.unwrap();
}

async fn attempts_are_picked_up_though_one_execution_cannot_be_read(db: Db) {
    let mut stage = Stage::set(db).await;
    let first = stage.release("first", line(vec![command("broken")])).await;
    let second = stage.release("second", line(vec![command("sound")])).await;
    stage.execute(first).await.unwrap();
    stage.execute(second).await.unwrap();
    assert_eq!(stage.tick().await.started, 2);
    drop(stage.calls.by_task(2).await);
    stage.engine.stop().await;
    breaks(&stage.db, "broken").await;
    stage.restarts();
    assert_eq!(stage.engine.recover().await.unwrap(), 1);
    stage.starts("sound").await.succeeds();
    stage.until_status(second, ReleaseStatus::Successful).await;
}

async fn an_outcome_is_written_when_the_database_is_back(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![command("task-a"), command("task-b")])).await;
    let a = stage.starts("task-a").await;
    by_hand::does(&stage.db.url, "ALTER TABLE attempts RENAME TO attempts_away").await.unwrap();
    a.succeeds();
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(stage.state(release, "task-a").await.in_flight().is_some());
    stage.calls.no_more().await;
    by_hand::does(&stage.db.url, "ALTER TABLE attempts_away RENAME TO attempts").await.unwrap();
    stage.starts("task-b").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    assert_eq!(stage.last(release).await.tasks[0].attempt, 1);
}

async fn a_ring_outlives_a_tick_that_failed(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(phases(vec![vec![vec![command("task-a")], vec![command("task-b")]]])).await;
    let works = stage.calls.by_task(2).await;
    stage.asks("operator", release, &Command::Terminate).await.unwrap();
    by_hand::does(&stage.db.url, "ALTER TABLE executions RENAME TO executions_away").await.unwrap();
    assert!(matches!(stage.engine.tick().await, Err(AppError::Store(_))));
    by_hand::does(&stage.db.url, "ALTER TABLE executions_away RENAME TO executions").await.unwrap();
    assert_eq!(stage.tick().await, Tick::default());
    for work in works.into_values() {
        work.ends_when_told().await;
    }
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
}

/// A connection that breaks drops the handler wherever it waits. What was committed by then must be known to pages and
/// to the engine: the mark has moved, the engine was woken.
async fn whoever_goes_away_in_the_middle_leaves_it_done_or_not_begun(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![trigger("go"), command("task-a")])).await;
    let caller = stage.caller("operator").await;
    // How often it is polled differs from time to time: every moment is met in some round.
    for polls in (1..=25).cycle().take(150) {
        let (before, mark) = (stage.last(release).await, stage.app.live.mark(release));
        stage.app.wakeup.take();
        let paused = matches!(before.status(), ReleaseStatus::Paused);
        let command = if paused { Command::Continue } else { Command::Pause };
        let asked = stage.app.ask(&caller, release, &command);
        let answer = Dropped { future: Some(Box::pin(asked)), polls }.await;
        // Whoever writes next waits for what is under way.
        let tx = stage.app.store.begin_write().await.unwrap();
        tx.release(release).await.unwrap();
        drop(tx);
        let after = stage.last(release).await;
        if after.rev != before.rev {
            stage.until(release, "its mark has moved", |_| stage.app.live.mark(release) != mark).await;
            stage.until(release, "the engine was woken", |last| stage.app.wakeup.take().contains(&last.id)).await;
        }
        if let Some(answer) = answer {
            answer.unwrap();
        }
    }
    assert!(matches!(stage.state(release, "go").await, TaskState::ToBeApproved { .. }));
}

/// A future that is dropped after it was polled so many times.
struct Dropped<F> {
    future: Option<Pin<Box<F>>>,
    polls: usize,
}

impl<F: Future> Future for Dropped<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(future) = &mut self.future else { return Poll::Ready(None) };
        if let Poll::Ready(answer) = future.as_mut().poll(context) {
            return Poll::Ready(Some(answer));
        }
        self.polls -= 1;
        if self.polls > 0 {
            return Poll::Pending;
        }
        self.future = None;
        Poll::Ready(None)
    }
}
