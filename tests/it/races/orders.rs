//! Races between what is asked of an execution, and with what it does by itself.

use std::sync::Arc;

use tollgate::domain::decide::Command;
use tollgate::domain::event::Event;
use tollgate::domain::execution::Execution;
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::status::ReleaseStatus;

use super::{Arena, ROUNDS, conflict, meet, one_of, told};
use crate::db::Db;
use crate::engine::tasks::{command, line};

on_both!(
    either_it_pauses_or_its_last_task_ends_first,
    a_pause_holds_the_next_task_or_comes_after_its_start,
    a_retry_may_be_terminated_and_what_failed_may_not,
    a_continuation_before_or_after_a_termination_starts_nothing,
    either_a_retry_or_a_roll_back,
    of_two_who_terminate_one_does,
    of_two_who_retry_one_does,
);

/// One task has failed behind one that succeeded.
async fn failed(arena: &Arena, round: usize) -> ReleaseId {
    let release = arena.running(round, line(vec![command("task-a"), command("task-b")])).await;
    arena.stage.starts("task-a").await.succeeds();
    arena.stage.starts("task-b").await.fails();
    arena.stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    release
}

fn attempts(last: &Execution) -> Vec<u32> {
    last.tasks.iter().map(|task| task.attempt).collect()
}

async fn either_it_pauses_or_its_last_task_ends_first(db: Db) {
    let arena = Arena::set(db).await;
    for round in 0..ROUNDS {
        let release = arena.running(round, line(vec![command("task-a")])).await;
        let work = arena.stage.starts("task-a").await;
        let [here, _] = arena.servers(round);
        let pause = arena.asks(here, "operator", release, Command::Pause).await;
        let stage = Arc::clone(&arena.stage);
        let (paused, ()) = meet(round, pause, async move {
            work.succeeds();
            stage.until(release, "its end is written", |last| last.tasks[0].state.in_flight().is_none()).await;
        })
        .await;
        let asked = arena.happened(release, |event| matches!(event, Event::PauseAsked)).await;
        assert_eq!(asked, usize::from(paused.is_ok()));
        if paused.is_err() {
            let sentence = "Pause is not possible now, because the release task is Successful. It is possible while it \
                            is Running, To be approved or Retrying.";
            assert_eq!(told(paused), conflict(sentence));
        }
        // Nothing is left to hold.
        assert_eq!(attempts(&arena.goes_well(release, ReleaseStatus::Successful).await), [1]);
    }
}

async fn a_pause_holds_the_next_task_or_comes_after_its_start(db: Db) {
    let arena = Arena::set(db).await;
    for round in 0..ROUNDS {
        let release = arena.running(round, line(vec![command("task-a"), command("task-b")])).await;
        let work = arena.stage.starts("task-a").await;
        let [here, _] = arena.servers(round);
        let pause = arena.asks(here, "operator", release, Command::Pause).await;
        let stage = Arc::clone(&arena.stage);
        let (paused, ()) = meet(round, pause, async move {
            work.succeeds();
            let ended = |last: &Execution| last.tasks[0].state.in_flight().is_none();
            stage.until(release, "its end is written", ended).await;
        })
        .await;
        paused.unwrap();
        arena.stage.tick().await;
        let last = arena.stage.last(release).await;
        if last.tasks[1].attempt == 0 {
            assert_eq!(last.status(), ReleaseStatus::Paused);
            arena.stage.calls.no_more().await;
        } else {
            assert_eq!(last.status(), ReleaseStatus::Pausing, "it had started");
        }
        arena.stage.does(release, &Command::Continue).await;
        assert_eq!(attempts(&arena.goes_well(release, ReleaseStatus::Successful).await), [1, 1]);
    }
}

async fn a_retry_may_be_terminated_and_what_failed_may_not(db: Db) {
    let arena = Arena::set(db).await;
    for round in 0..ROUNDS {
        let release = failed(&arena, round).await;
        let (terminate, retry) = (("operator", Command::Terminate), ("operator", Command::Retry));
        let (terminated, retried) = arena.two(round, release, terminate, retry).await;
        retried.unwrap();
        if terminated.is_ok() {
            // The engine had not heard of the retry yet: nothing is started only to be stopped.
            assert_eq!(attempts(&arena.goes_well(release, ReleaseStatus::ReleaseFailed).await), [1, 1]);
        } else {
            let sentence = "Terminate is not possible now, because the release task is Release failed. It is possible \
                            while it is under way.";
            assert_eq!(told(terminated), conflict(sentence));
            assert_eq!(attempts(&arena.goes_well(release, ReleaseStatus::Successful).await), [1, 2]);
        }
    }
}

async fn a_continuation_before_or_after_a_termination_starts_nothing(db: Db) {
    let arena = Arena::set(db).await;
    for round in 0..ROUNDS {
        let release = arena.running(round, line(vec![command("task-a"), command("task-b")])).await;
        let work = arena.stage.starts("task-a").await;
        arena.stage.does(release, &Command::Pause).await;
        work.succeeds();
        arena.stage.until_status(release, ReleaseStatus::Paused).await;
        let (continue_on_error, terminate) = (("operator", Command::Continue), ("operator", Command::Terminate));
        let (continued, terminated) = arena.two(round, release, continue_on_error, terminate).await;
        terminated.unwrap();
        if continued.is_err() {
            let sentence = "Continue is not possible now, because the release task is being terminated. Wait until \
                            what still runs has ended.";
            assert_eq!(told(continued), conflict(sentence));
        }
        assert_eq!(attempts(&arena.goes_well(release, ReleaseStatus::ReleaseFailed).await), [1, 0]);
    }
}

async fn either_a_retry_or_a_roll_back(db: Db) {
    let arena = Arena::set(db).await;
    for round in 0..ROUNDS {
        let release = failed(&arena, round).await;
        let (retry, roll_back) = (("operator", Command::Retry), ("operator", Command::RollBack));
        let (retried, rolled_back) = arena.two(round, release, retry, roll_back).await;
        let (winner, _, lost) = one_of(retried, rolled_back);
        let (sentence, end) = [
            (
                "Roll Back is not possible now, because the release task is Retrying. It is possible when it is \
                 Successful, Release failed or Rollback failed.",
                ReleaseStatus::Successful,
            ),
            (
                "Retry is not possible now, because the release task is Rolling back. It is possible when it is \
                 Release failed.",
                ReleaseStatus::RolledBack,
            ),
        ][winner];
        assert_eq!(lost, conflict(sentence));
        arena.goes_well(release, end).await;
        let asked = |event: &Event| matches!(event, Event::RetryAsked { .. } | Event::RollBackAsked);
        assert_eq!(arena.happened(release, asked).await, 1);
    }
}

async fn of_two_who_terminate_one_does(db: Db) {
    let arena = Arena::set(db).await;
    for round in 0..ROUNDS {
        let release = arena.running(round, line(vec![command("task-a")])).await;
        let work = arena.stage.starts("task-a").await;
        let terminate = ("operator", Command::Terminate);
        let (first, second) = arena.two(round, release, terminate.clone(), terminate).await;
        let sentence = "Terminate is not possible now, because the release task is being terminated. Wait until what \
                        still runs has ended.";
        assert_eq!(one_of(first, second).2, conflict(sentence));
        arena.stage.tick().await;
        work.ends_when_told().await;
        assert_eq!(attempts(&arena.goes_well(release, ReleaseStatus::ReleaseFailed).await), [1]);
    }
}

async fn of_two_who_retry_one_does(db: Db) {
    let arena = Arena::set(db).await;
    for round in 0..ROUNDS {
        let release = failed(&arena, round).await;
        let retry = ("operator", Command::Retry);
        let (first, second) = arena.two(round, release, retry.clone(), retry).await;
        let sentence = "Retry is not possible now, because the release task is Retrying. It is possible when it is \
                        Release failed.";
        assert_eq!(one_of(first, second).2, conflict(sentence));
        assert_eq!(attempts(&arena.goes_well(release, ReleaseStatus::Successful).await), [1, 2]);
    }
}
