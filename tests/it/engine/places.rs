//! Places for scripts: a server runs so many at once, the others wait in its line.

use std::num::NonZero;

use tollgate::app::{Caller, Imported};
use tollgate::domain::decide::{Command, Selection};
use tollgate::domain::execution::{Execution, TaskState};
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::kinds::Retry;
use tollgate::domain::people::Role;
use tollgate::domain::release::ReleaseOwner;
use tollgate::domain::status::ReleaseStatus;

use super::replicas::other;
use super::stage::{Stage, start};
use super::tasks::{command, command_with, line};
use crate::db::Db;

on_both!(
    at_most_so_many_scripts_run_and_the_next_starts_when_one_has_ended,
    the_line_and_its_order_survive_a_restart,
    what_is_picked_up_counts_also_over_the_limit,
    teams_take_turns_and_roll_backs_come_first_in_their_team,
    whoever_waits_is_paused_and_terminated_at_once,
    a_place_that_becomes_free_unheard_is_found_after_a_restart,
    a_next_attempt_waits_like_the_first,
    a_script_that_comes_late_overtakes_nobody,
    whoever_waits_on_a_replica_that_stops_is_taken_over,
    nobody_asks_for_the_line_while_nobody_waits,
);

fn places(number: u32) -> NonZero<u32> {
    NonZero::new(number).unwrap()
}

impl Stage {
    /// Release tasks with a script of that name each, executed and ticked one after the other.
    async fn each_running(&self, names: &[&str]) -> Vec<ReleaseId> {
        let mut releases = Vec::new();
        for name in names {
            let release = self.release(&format!("release-{name}"), line(vec![command(name)])).await;
            self.execute(release).await.unwrap();
            self.passes(1);
            self.tick().await;
            releases.push(release);
        }
        releases
    }

    async fn waits(&self, release: ReleaseId) -> Option<u32> {
        let last = self.last(release).await;
        let waits = last.tasks[0].waits?;
        assert!(last.tasks[0].state.in_flight().is_none(), "it has not begun");
        Some(waits.running)
    }

    /// The outcome of the only task is written down.
    async fn ended(&self, release: ReleaseId) -> Execution {
        self.until(release, "it ended", |last| last.ended_at.is_some()).await
    }
}

async fn at_most_so_many_scripts_run_and_the_next_starts_when_one_has_ended(db: Db) {
    let stage = Stage::with_places(db, places(2)).await;
    let releases = stage.each_running(&["task-a", "task-b", "task-c", "task-d"]).await;
    let mut works = stage.calls.by_task(2).await;
    assert_eq!(works.keys().collect::<Vec<_>>(), ["task-a", "task-b"]);
    assert_eq!((stage.waits(releases[1]).await, stage.waits(releases[2]).await), (None, Some(2)));
    let waiting = stage.last(releases[2]).await;
    assert_eq!((waiting.status(), &waiting.tasks[0].state), (ReleaseStatus::Running, &TaskState::Waiting));
    assert_eq!((waiting.tasks[0].started_at, waiting.tasks[0].attempt), (None, 0), "its timeout has not begun");
    assert_eq!(stage.tick().await.changed, 0, "a tick changes nothing while no script ends");
    stage.calls.no_more().await;

    works.remove("task-b").unwrap().fails();
    stage.ended(releases[1]).await;
    stage.tick().await;
    stage.starts("task-c").await.succeeds();
    stage.calls.no_more().await;
    stage.ended(releases[2]).await;
    stage.tick().await;
    stage.starts("task-d").await;
    assert_eq!(stage.waits(releases[3]).await, None);
}

async fn the_line_and_its_order_survive_a_restart(db: Db) {
    let mut stage = Stage::with_places(db, places(1)).await;
    let releases = stage.each_running(&["task-a", "task-b", "task-c"]).await;
    stage.starts("task-a").await;
    stage.restarts();
    stage.engine.turn().await.unwrap();
    stage.starts("task-a").await.succeeds();
    stage.ended(releases[0]).await;
    stage.tick().await;
    stage.starts("task-b").await.succeeds();
    stage.ended(releases[1]).await;
    stage.tick().await;
    stage.starts("task-c").await;
}

async fn what_is_picked_up_counts_also_over_the_limit(db: Db) {
    let mut stage = Stage::with_places(db, places(3)).await;
    let releases = stage.each_running(&["task-a", "task-b", "task-c"]).await;
    stage.calls.by_task(3).await;
    stage.will_have_places(places(2));
    stage.restarts();
    stage.engine.turn().await.unwrap();
    let mut works = stage.calls.by_task(3).await;
    let late = stage.each_running(&["task-d"]).await[0];
    assert_eq!(stage.waits(late).await, Some(3));
    works.remove("task-a").unwrap().succeeds();
    stage.ended(releases[0]).await;
    stage.tick().await;
    stage.calls.no_more().await;
    assert!(stage.waits(late).await.is_some(), "two run, and two may");
    works.remove("task-b").unwrap().succeeds();
    stage.ended(releases[1]).await;
    stage.tick().await;
    stage.starts("task-d").await;
}

/// Another team with an operator, and a release task of it with that script.
async fn of_another_team(stage: &Stage, script: &str) -> (Caller, ReleaseId) {
    let tx = stage.app.store.begin_write().await.unwrap();
    let team = tx.insert_team("bank", start()).await.unwrap();
    assert!(tx.permit_scripts(team, true).await.unwrap());
    let operator = stage.caller("operator").await;
    assert!(tx.grant(operator.user().unwrap().id, team, Role::Operator).await.unwrap());
    tx.commit().await.unwrap();
    let draft = Stage::draft("bank-web", line(vec![command(script)]));
    let imported =
        stage.app.import(&Caller::CommandLine, ReleaseOwner { team, region: stage.region }, &draft).await.unwrap();
    let Imported::Created(release) = imported else { panic!("{imported:?}") };
    (operator, release)
}

async fn teams_take_turns_and_roll_backs_come_first_in_their_team(db: Db) {
    let stage = Stage::with_places(db, places(1)).await;
    let undone = stage.each_running(&["task-u"]).await[0];
    stage.starts("task-u").await.succeeds();
    stage.ended(undone).await;
    let first = stage.each_running(&["task-a", "task-b", "task-c"]).await;
    let running = stage.starts("task-a").await;
    let (operator, bank) = of_another_team(&stage, "task-x").await;
    stage.app.execute(&operator, bank, &Selection::All).await.unwrap();
    stage.tick().await;
    stage.passes(1);
    stage.does(undone, &Command::RollBack).await;
    assert_eq!(stage.waits(undone).await, Some(1));
    assert_eq!(stage.status(undone).await, ReleaseStatus::RollingBack);

    running.succeeds();
    stage.ended(first[0]).await;
    stage.tick().await;
    // Neither team had a turn yet: the roll back of the first came last of all, but first in its team.
    let mut order = Vec::new();
    for _ in 0..4 {
        let work = stage.calls.next().await;
        order.push(work.task().to_owned());
        let release = match work.task() {
            "task-u" => undone,
            "task-x" => bank,
            "task-b" => first[1],
            _ => first[2],
        };
        work.succeeds();
        stage.ended(release).await;
        stage.tick().await;
    }
    assert_eq!(order, ["task-x", "task-u", "task-b", "task-c"]);
}

async fn whoever_waits_is_paused_and_terminated_at_once(db: Db) {
    let stage = Stage::with_places(db, places(1)).await;
    let releases = stage.each_running(&["task-a", "task-b", "task-c", "task-d"]).await;
    let running = stage.starts("task-a").await;
    stage.does(releases[1], &Command::Pause).await;
    assert_eq!(stage.status(releases[1]).await, ReleaseStatus::Paused);
    assert_eq!(stage.waits(releases[1]).await, None, "it holds up nobody");
    stage.does(releases[2], &Command::Terminate).await;
    assert!(stage.last(releases[2]).await.ended_at.is_some());
    assert_eq!(stage.last(releases[2]).await.tasks[0].attempt, 0);
    stage.passes(1);
    stage.does(releases[1], &Command::Continue).await;
    assert_eq!(stage.waits(releases[1]).await, Some(1), "at the end of the line");
    running.succeeds();
    stage.ended(releases[0]).await;
    stage.tick().await;
    stage.starts("task-d").await.succeeds();
    stage.ended(releases[3]).await;
    stage.tick().await;
    stage.starts("task-b").await;
}

async fn a_place_that_becomes_free_unheard_is_found_after_a_restart(db: Db) {
    let mut stage = Stage::with_places(db, places(1)).await;
    let releases = stage.each_running(&["task-a", "task-b"]).await;
    stage.starts("task-a").await.succeeds();
    stage.ended(releases[0]).await;
    // The program ends between the outcome and the next tick.
    stage.restarts();
    stage.engine.turn().await.unwrap();
    stage.starts("task-b").await;
    stage.calls.no_more().await;
}

async fn a_next_attempt_waits_like_the_first(db: Db) {
    let stage = Stage::with_places(db, places(1)).await;
    let again = |command: &mut tollgate::domain::kinds::CommandSpec| command.retry = Retry { attempts: 2, delay: 5 };
    let release = stage.running(line(vec![command_with("task-a", again)])).await;
    stage.starts("task-a").await.fails();
    stage.until(release, "it is delayed", |last| last.tasks[0].state.delayed_until().is_some()).await;
    let second = stage.each_running(&["task-b"]).await[0];
    let running = stage.starts("task-b").await;
    stage.passes(10);
    stage.tick().await;
    assert_eq!(stage.waits(release).await, Some(1));
    assert_eq!(stage.tick().await.changed, 0, "its time is over, and it does not keep the engine busy");
    running.succeeds();
    stage.ended(second).await;
    // A clock that is set back does not hold up the line.
    stage.passes(-3600);
    stage.tick().await;
    assert_eq!(stage.starts("task-a").await.attempt(), "2");
}

async fn a_script_that_comes_late_overtakes_nobody(db: Db) {
    let stage = Stage::with_places(db, places(1)).await;
    let long = stage.release("long", line(vec![command("task-a"), command("task-b")])).await;
    stage.execute(long).await.unwrap();
    stage.tick().await;
    let running = stage.starts("task-a").await;
    stage.passes(1);
    let other = stage.each_running(&["task-c"]).await[0];
    stage.passes(1);
    running.succeeds();
    let is_next = |last: &Execution| last.tasks[1].waits.is_some();
    stage.until(long, "its second script waits though a place is free", is_next).await;
    stage.tick().await;
    stage.starts("task-c").await.succeeds();
    stage.ended(other).await;
    stage.tick().await;
    stage.starts("task-b").await;
}

async fn whoever_waits_on_a_replica_that_stops_is_taken_over(db: Db) {
    let stage = Stage::with_places(db, places(1)).await;
    let releases = stage.each_running(&["task-a", "task-b"]).await;
    stage.starts("task-a").await.succeeds();
    stage.ended(releases[0]).await;
    stage.engine.stop().await;
    let other = other(&stage).await;
    other.watches_for(&stage, 1).await;
    other.engine.tick().await.unwrap();
    assert_eq!(other.calls().next().await.task(), "task-b");
}

async fn nobody_asks_for_the_line_while_nobody_waits(db: Db) {
    let stage = Stage::with_places(db, places(1)).await;
    let places = tollgate::app::ScriptPlaces::new(1);
    let term = stage.engine.term().await.unwrap();
    assert!(places.may_be_wanted(), "after a start nobody knows");
    assert!(places.next(&stage.app.store, &term).await.unwrap().is_empty());
    assert!(!places.may_be_wanted(), "a tick asks once");
    let releases = stage.each_running(&["task-a", "task-b"]).await;
    places.expect_waiters();
    assert!(places.next(&stage.app.store, &term).await.unwrap().is_empty(), "there is no place");
    assert!(places.may_be_wanted(), "task-b waits");
    stage.starts("task-a").await.succeeds();
    stage.ended(releases[0]).await;
    let next = places.next(&stage.app.store, &term).await.unwrap();
    assert_eq!(next.into_iter().collect::<Vec<_>>(), [stage.last(releases[1]).await.id]);
}
