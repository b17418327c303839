//! From one task to the next: each attempt is started once, its outcome starts what follows, and the clock does the rest.

use std::sync::Arc;

use tollgate::app::{AppError, AttemptEnd, WorkerContext};
use tollgate::domain::event::Event;
use tollgate::domain::execution::{AttemptKind, FailReason, TaskState};
use tollgate::domain::failure_cause::FailureCause;
use tollgate::domain::ids::ExecutionId;
use tollgate::domain::kinds::Retry;
use tollgate::domain::outcome::Outcome;
use tollgate::domain::status::ReleaseStatus;
use tollgate::engine::Tick;

use super::stage::{NODE, Stage, start};
use super::tasks::{best_effort, command, command_with, line, phases, wait};
use crate::db::Db;

on_both!(
    the_first_tasks_of_each_group_start_once,
    two_engines_start_each_attempt_once,
    many_ticks_at_once_start_each_attempt_once,
    an_outcome_starts_the_next_task_in_the_same_transaction,
    a_stale_or_repeated_outcome_changes_nothing,
    a_panic_is_errored_and_the_engine_goes_on,
    a_wait_is_over_by_the_clock,
    what_fails_is_tried_again_after_its_delay,
    without_best_effort_a_failure_lets_the_rest_end_and_starts_nothing,
    with_best_effort_only_the_group_stops,
    a_task_may_fail_and_its_group_goes_on,
);

async fn the_first_tasks_of_each_group_start_once(db: Db) {
    let stage = Stage::set(db).await;
    let definition = phases(vec![
        vec![vec![command("task-a"), command("task-b")], vec![command("task-c")]],
        vec![vec![command("task-d")]],
    ]);
    let release = stage.release("shop-web", definition).await;
    assert_eq!(stage.tick().await, Tick::default());
    stage.execute(release).await.unwrap();
    let first = stage.tick().await;
    assert_eq!((first.changed, first.started), (1, 2));
    let works = stage.calls.by_task(2).await;
    assert_eq!(works.keys().collect::<Vec<_>>(), ["task-a", "task-c"]);
    assert_eq!(stage.tick().await, Tick::default());
    stage.calls.no_more().await;
}

async fn two_engines_start_each_attempt_once(db: Db) {
    let stage = Stage::set(db).await;
    let (_, other, others) = stage.another("node-2");
    let release = stage.release("shop-web", phases(vec![vec![vec![command("task-a")], vec![command("task-b")]]])).await;
    stage.execute(release).await.unwrap();
    let (one, two) = tokio::join!(stage.engine.tick(), other.tick());
    assert_eq!(one.unwrap().started + two.unwrap().started, 2);
    let all = stage.app.store.live_attempts().await.unwrap();
    let mine = all.iter().filter(|attempt| attempt.replica.as_deref() == Some(NODE)).count();
    drop((stage.calls.by_task(mine).await, others.by_task(2 - mine).await));
    assert_eq!((stage.tick().await, other.tick().await.unwrap()), (Tick::default(), Tick::default()));
    stage.calls.no_more().await;
    others.no_more().await;
}

async fn many_ticks_at_once_start_each_attempt_once(db: Db) {
    let stage = Stage::set(db).await;
    for number in 0..5 {
        let name = format!("shop-{number}");
        let release = stage.release(&name, phases(vec![vec![vec![command("task-a")], vec![command("task-b")]]])).await;
        stage.execute(release).await.unwrap();
    }
    let engines = [stage.another("node-2"), stage.another("node-3")];
    let ticks = engines.iter().flat_map(|(_, engine, _)| [engine, engine, &stage.engine]).map(|engine| {
        let engine = engine.clone();
        tokio::spawn(async move { engine.tick().await.unwrap().started })
    });
    let started = futures_util::future::join_all(ticks).await;
    assert_eq!(started.into_iter().map(Result::unwrap).sum::<usize>(), 10);
    assert_eq!(stage.app.store.live_attempts().await.unwrap().len(), 10);
}

async fn an_outcome_starts_the_next_task_in_the_same_transaction(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage
        .running(phases(vec![vec![vec![command("task-a"), command("task-b")]], vec![vec![command("task-c")]]]))
        .await;
    let rev = stage.last(release).await.rev;
    stage.starts("task-a").await.succeeds();
    let b = stage.starts("task-b").await;
    let last = stage.last(release).await;
    assert_eq!(last.rev, rev + 1, "one transaction ends the first and starts the second");
    assert!(matches!(last.tasks[0].state, TaskState::Successful { .. }));
    assert!(matches!(last.tasks[1].state, TaskState::Running { attempt: 1, .. }));
    assert_eq!(last.status(), ReleaseStatus::Running);
    b.succeeds();
    stage.starts("task-c").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    assert_eq!(stage.app.store.next_wake(&stage.engine.term().await.unwrap()).await.unwrap(), None);
}

async fn a_stale_or_repeated_outcome_changes_nothing(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![command("task-a"), command("task-b")])).await;
    let id = stage.last(release).await.id;
    stage.starts("task-a").await.succeeds();
    let _b = stage.starts("task-b").await;
    let before = stage.last(release).await;
    let term = stage.engine.term().await.unwrap();
    let failed = Outcome::Failed { cause: FailureCause::Text("late".to_owned()) };
    for (task, attempt) in [(0, 1), (0, 2), (1, 2), (1, 0), (7, 1)] {
        let ended = AttemptEnd { task, attempt, outcome: failed.clone() };
        let progress = stage.app.attempt_ended(id, ended, WorkerContext::without_room(&term)).await.unwrap();
        assert_eq!((progress.events, progress.started), (vec![], vec![]), "{:?}", (task, attempt));
    }
    assert_eq!(stage.last(release).await, before);
    let ended = AttemptEnd { task: 0, attempt: 1, outcome: failed };
    let nothing = ExecutionId::from_uuid(release.uuid());
    let nobody = stage.app.attempt_ended(nothing, ended, WorkerContext::without_room(&term)).await;
    assert!(matches!(nobody, Err(AppError::NotFound)));
}

async fn a_panic_is_errored_and_the_engine_goes_on(db: Db) {
    let stage = Stage::set(db).await;
    let twice = Retry { attempts: 2, delay: 0 };
    let release = stage.running(line(vec![command_with("task-a", |a| a.retry = twice), command("task-b")])).await;
    stage.starts("task-a").await.panics();
    let again = stage.starts("task-a").await;
    assert_eq!(again.attempt(), "2");
    again.succeeds();
    stage.starts("task-b").await.panics();
    let last = stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    assert_eq!(last.failures(), [("task-b", FailReason::Errored)]);
    let attempts = stage.app.store.attempts_of(last.id).await.unwrap();
    assert!(matches!(attempts[0].outcome, Some(Outcome::Errored { .. })));
}

async fn a_wait_is_over_by_the_clock(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![wait("rest", 60), command("task-a")])).await;
    assert!(matches!(stage.state(release, "rest").await, TaskState::Running { until: Some(_), .. }));
    assert_eq!(
        stage.app.store.next_wake(&stage.engine.term().await.unwrap()).await.unwrap(),
        Some(start() + chrono::Duration::seconds(60))
    );
    stage.passes(59);
    assert_eq!(stage.tick().await, Tick::default());
    stage.calls.no_more().await;
    stage.passes(1);
    assert_eq!(stage.tick().await.started, 1);
    stage.starts("task-a").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
}

async fn what_fails_is_tried_again_after_its_delay(db: Db) {
    let stage = Stage::set(db).await;
    let thrice = Retry { attempts: 3, delay: 30 };
    let release = stage.running(line(vec![command_with("task-a", |a| a.retry = thrice)])).await;
    for attempt in ["1", "2"] {
        let work = stage.starts("task-a").await;
        assert_eq!(work.attempt(), attempt);
        work.fails();
        stage
            .until(release, "the next attempt is due", |last| matches!(last.tasks[0].state, TaskState::Delayed { .. }))
            .await;
        stage.passes(29);
        assert_eq!(stage.tick().await, Tick::default());
        stage.calls.no_more().await;
        stage.passes(1);
        assert_eq!(stage.tick().await.started, 1);
    }
    stage.starts("task-a").await.fails();
    let last = stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    assert_eq!((last.tasks[0].attempt, last.failures()), (3, vec![("task-a", FailReason::Failed)]));
    stage.calls.no_more().await;
}

async fn without_best_effort_a_failure_lets_the_rest_end_and_starts_nothing(db: Db) {
    let stage = Stage::set(db).await;
    let definition = phases(vec![
        vec![vec![command("task-a")], vec![command("task-b"), command("task-c")]],
        vec![vec![command("task-d")]],
    ]);
    let release = stage.running(definition).await;
    let mut works = stage.calls.by_task(2).await;
    works.remove("task-a").unwrap().fails();
    stage.until(release, "a has failed", |last| matches!(last.tasks[0].state, TaskState::Failed { .. })).await;
    stage.tick().await;
    assert_eq!(stage.status(release).await, ReleaseStatus::Running);
    works.remove("task-b").unwrap().succeeds();
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    stage.tick().await;
    stage.calls.no_more().await;
    assert_eq!(stage.state(release, "task-c").await, TaskState::Waiting);
}

async fn with_best_effort_only_the_group_stops(db: Db) {
    let stage = Stage::set(db).await;
    let first = vec![vec![command("task-a"), command("task-b")], vec![command("task-c")]];
    let release = stage.running(best_effort(phases(vec![first, vec![vec![command("task-d")]]]))).await;
    let mut works = stage.calls.by_task(2).await;
    works.remove("task-a").unwrap().fails();
    works.remove("task-c").unwrap().succeeds();
    stage.starts("task-d").await.succeeds();
    let last = stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    assert_eq!(last.failures(), [("task-a", FailReason::Failed)]);
    assert_eq!(stage.state(release, "task-b").await, TaskState::Waiting);
    stage.calls.no_more().await;
}

async fn a_task_may_fail_and_its_group_goes_on(db: Db) {
    let stage = Stage::set(db).await;
    let release =
        stage.running(line(vec![command_with("task-a", |a| a.continue_on_error = true), command("task-b")])).await;
    stage.starts("task-a").await.fails();
    stage.starts("task-b").await.succeeds();
    let last = stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    assert_eq!(last.failures(), [("task-a", FailReason::Failed)]);
    let term = stage.engine.term().await.unwrap();
    let over = Arc::new(stage.app.advance(last.id, WorkerContext::without_room(&term)).await.unwrap().unwrap());
    let started = |event: &Event| matches!(event, Event::AttemptStarted { kind: AttemptKind::Do, .. });
    assert!(!over.events.iter().any(started), "what is over stays over");
}
