//! Roll Back: newest first, with orders of its own; what could not be undone is tried again by the next one.

use std::cell::RefCell;
use std::collections::BTreeSet;

use tollgate::domain::decide::Command;
use tollgate::domain::definition::Definition;
use tollgate::domain::event::{Event, Happened};
use tollgate::domain::execution::{Direction, Execution, TaskState};
use tollgate::domain::failure_policy::FailurePolicy;
use tollgate::domain::people::Actor;
use tollgate::domain::status::ReleaseStatus;
use tollgate::store::Cursor;

use super::stage::Stage;
use super::tasks::{command, command_with, line, phases, wait};
use crate::db::Db;

on_both!(
    what_was_done_is_undone_newest_first,
    an_undo_gets_its_own_script_and_the_outputs_of_its_task,
    a_failed_roll_back_goes_on_with_what_is_left,
    a_terminated_roll_back_is_a_failed_one,
    a_rolled_back_release_can_be_executed_again,
    a_failure_that_its_version_names_is_rolled_back_in_the_same_commit,
    a_server_that_dies_behind_the_failure_goes_on_with_the_roll_back,
);

/// Two phases; a failure in the second one is rolled back by itself.
fn rolls_back() -> Definition {
    let policy = FailurePolicy { from: "phase-2".to_owned(), also: BTreeSet::new() };
    let second = vec![vec![command("task-b")], vec![command("task-c")]];
    Definition { on_failure: Some(policy), ..phases(vec![vec![vec![command("task-a")]], second]) }
}

async fn a_failure_that_its_version_names_is_rolled_back_in_the_same_commit(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(rolls_back()).await;
    stage.starts("task-a").await.succeeds();
    let mut second = stage.calls.by_task(2).await;
    second.remove("task-b").unwrap().fails();
    stage.until(release, "it failed and task-c runs still", |last| last.tasks[1].state.failure().is_some()).await;
    assert_eq!(stage.status(release).await, ReleaseStatus::Running);
    second.remove("task-c").unwrap().succeeds();
    // Nobody ever sees it as failed: the roll back begins where it ends.
    let seen = RefCell::new(Vec::new());
    let rolls_back = |last: &Execution| {
        seen.borrow_mut().push(last.status());
        last.direction == Direction::Back
    };
    stage.until(release, "it rolls back", rolls_back).await;
    assert!(!seen.borrow().contains(&ReleaseStatus::ReleaseFailed), "{seen:?}");
    let mut undone = stage.calls.by_task(2).await;
    for name in ["task-b", "task-c"] {
        undone.remove(name).unwrap().succeeds();
    }
    stage.starts("task-a").await.succeeds();
    stage.until_status(release, ReleaseStatus::RolledBack).await;
    let events = stage.app.store.activity_of(release, Cursor::Newest, 100).await.unwrap().rows;
    let asked = events.iter().find(|row| matches!(row.happened, Happened::Execution(Event::PolicyRollBack { .. })));
    let asked = asked.expect("it is told");
    let expected = Event::PolicyRollBack { version: 1, from: "phase-2".to_owned(), failed: vec!["task-b".to_owned()] };
    assert_eq!((&asked.actor, &asked.happened), (&Actor::Policy, &Happened::Execution(expected)));
    // The one before it, in the same moment.
    let failed = events
        .iter()
        .find(|row| matches!(row.happened, Happened::Execution(Event::Ended { status: ReleaseStatus::ReleaseFailed })));
    assert_eq!(failed.unwrap().at, asked.at);
    stage.calls.no_more().await;
}

async fn a_server_that_dies_behind_the_failure_goes_on_with_the_roll_back(db: Db) {
    let mut stage = Stage::set(db).await;
    let release = stage.running(rolls_back()).await;
    stage.starts("task-a").await.succeeds();
    let mut second = stage.calls.by_task(2).await;
    second.remove("task-c").unwrap().succeeds();
    second.remove("task-b").unwrap().fails();
    stage.until(release, "it rolls back", |last| last.direction == Direction::Back).await;
    stage.restarts();
    stage.tick().await;
    let last = stage.last(release).await;
    assert_eq!((last.status(), last.number), (ReleaseStatus::RollingBack, 1));
}

async fn what_was_done_is_undone_newest_first(db: Db) {
    let stage = Stage::set(db).await;
    let second = vec![vec![command("task-d"), wait("rest", 1), command_with("task-e", |e| e.rollback = None)]];
    let release = stage
        .running(phases(vec![vec![vec![command("task-a"), command("task-b")], vec![command("task-c")]], second]))
        .await;
    for _ in 0..3 {
        stage.calls.next().await.succeeds();
    }
    stage.starts("task-d").await.succeeds();
    stage.until(release, "the wait has begun", |last| last.tasks[4].state.in_flight().is_some()).await;
    stage.passes(1);
    stage.tick().await;
    stage.starts("task-e").await.fails();
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    assert_eq!(stage.does(release, &Command::RollBack).await.started, 1);
    assert_eq!(stage.status(release).await, ReleaseStatus::RollingBack);
    stage.starts("task-d").await.succeeds();
    let mut first = stage.calls.by_task(2).await;
    assert_eq!(
        first.keys().collect::<Vec<_>>(),
        ["task-b", "task-c"],
        "the groups of a phase are undone at the same time"
    );
    first.remove("task-b").unwrap().succeeds();
    stage.starts("task-a").await.succeeds();
    assert_eq!(stage.status(release).await, ReleaseStatus::RollingBack);
    first.remove("task-c").unwrap().succeeds();
    stage.until_status(release, ReleaseStatus::RolledBack).await;
    stage.tick().await;
    stage.calls.no_more().await;
}

async fn an_undo_gets_its_own_script_and_the_outputs_of_its_task(db: Db) {
    let stage = Stage::set(db).await;
    let undo = "rm ${tasks.task-a.outputs.site} ${tasks.task-a.outputs.never}".to_owned();
    let release = stage.running(line(vec![command_with("task-a", |a| a.rollback = Some(undo))])).await;
    let done = stage.starts("task-a").await;
    assert_eq!(done.order.script, "do task-a");
    let (folder, key) = (done.order.folder.clone(), done.told("TOLLGATE_KEY").to_owned());
    done.gives(&[("site", "/srv/site; reboot")]);
    stage.until_status(release, ReleaseStatus::Successful).await;
    stage.does(release, &Command::RollBack).await;
    let undone = stage.starts("task-a").await;
    assert_eq!(undone.attempt(), "2");
    assert_ne!((undone.order.folder.clone(), undone.told("TOLLGATE_KEY").to_owned()), (folder, key));
    assert!(undone.order.script.starts_with("rm $"), "a value never becomes the text of a script");
    assert!(!undone.order.script.contains("reboot"), "{}", undone.order.script);
    assert!(undone.order.environment.values().any(|value| value == "/srv/site; reboot"));
    undone.succeeds();
    stage.until_status(release, ReleaseStatus::RolledBack).await;
}

async fn a_failed_roll_back_goes_on_with_what_is_left(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![command("task-a"), command("task-b"), command("task-c")])).await;
    for name in ["task-a", "task-b", "task-c"] {
        stage.starts(name).await.succeeds();
    }
    stage.until_status(release, ReleaseStatus::Successful).await;
    stage.does(release, &Command::RollBack).await;
    stage.starts("task-c").await.succeeds();
    stage.starts("task-b").await.fails();
    stage.until_status(release, ReleaseStatus::RollbackFailed).await;
    stage.tick().await;
    stage.calls.no_more().await;
    assert_eq!(stage.does(release, &Command::RollBack).await.started, 1);
    let again = stage.starts("task-b").await;
    assert_eq!(again.order.script, "undo task-b");
    again.succeeds();
    stage.starts("task-a").await.succeeds();
    let last = stage.until_status(release, ReleaseStatus::RolledBack).await;
    assert!(last.tasks.iter().all(|task| matches!(task.state, TaskState::RolledBack { .. })));
    stage.calls.no_more().await;
}

async fn a_terminated_roll_back_is_a_failed_one(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![command("task-a"), command("task-b")])).await;
    stage.starts("task-a").await.succeeds();
    stage.starts("task-b").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    stage.does(release, &Command::RollBack).await;
    let undo = stage.starts("task-b").await;
    stage.does(release, &Command::Terminate).await;
    undo.ends_when_told().await;
    stage.until_status(release, ReleaseStatus::RollbackFailed).await;
    stage.tick().await;
    stage.calls.no_more().await;
}

async fn a_rolled_back_release_can_be_executed_again(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![command("task-a")])).await;
    stage.starts("task-a").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    stage.does(release, &Command::RollBack).await;
    stage.starts("task-a").await.succeeds();
    stage.until_status(release, ReleaseStatus::RolledBack).await;
    assert_eq!(stage.execute(release).await.unwrap(), 2);
    assert_eq!(stage.tick().await.started, 1);
    assert_eq!(stage.starts("task-a").await.told("TOLLGATE_EXECUTION"), "2");
}
