//! Several engines on one database: whose an execution is, who takes it over and when, and what comes too late.

use std::os::unix::fs::PermissionsExt as _;

use tollgate::app::{App, AppError, AttemptEnd, WorkerContext};
use tollgate::domain::execution::{FailReason, TaskState, Verdict};
use tollgate::domain::ids::ExecutionId;
use tollgate::domain::outcome::Outcome;
use tollgate::domain::status::ReleaseStatus;
use tollgate::engine::membership::{Sweep, TermError};
use tollgate::engine::{Engine, Tick};
use tollgate::messages::{Locale, failure_cause};
use tollgate::store::{Store, StoreError};

use super::executor::Calls;
use super::stage::{NODE, Stage};
use super::tasks::{approval, command, line, phases, wait};
use crate::db::Db;
use crate::until::until;

on_both!(
    an_execution_is_left_alone_by_every_other_replica,
    executions_are_spread_over_the_replicas,
    a_replica_that_stands_still_is_taken_over,
    a_replica_that_beats_is_not_taken_over,
    whoever_did_not_look_for_a_while_begins_to_count_anew,
    what_ran_on_a_machine_that_is_gone_is_interrupted,
    what_needs_no_machine_goes_on_elsewhere,
    a_late_result_is_refused,
    a_replica_that_comes_back_stops_what_it_left_behind,
    a_replica_that_comes_back_in_time_goes_on_with_its_own,
    nothing_is_started_once_the_lease_is_over,
    a_replica_that_stops_leaves_what_has_no_script_to_others,
    a_replica_that_stopped_is_waited_for_longer,
    two_processes_of_one_name_do_not_both_work,
    the_run_folder_is_there_before_the_claim,
    no_room_for_a_script_holds_the_execution_up_and_does_not_fail_it,
);

/// Another replica, seen by the first: it has beaten and looked once.
pub struct Other {
    app: App,
    pub engine: Engine,
    calls: Calls,
}

pub async fn other(stage: &Stage) -> Other {
    let (app, engine, calls) = stage.another("node-2");
    engine.heartbeat().await.unwrap();
    engine.sweep().await.unwrap();
    Other { app, engine, calls }
}

impl Other {
    /// What its executor was asked to work on.
    pub fn calls(&self) -> &Calls {
        &self.calls
    }

    /// Beats and looks every second for that long, while the first replica stands still.
    pub async fn watches_for(&self, stage: &Stage, seconds: i64) -> Sweep {
        let mut all = Sweep::default();
        for _ in 0..seconds {
            stage.passes(1);
            self.engine.heartbeat().await.unwrap();
            let watched = self.engine.sweep().await.unwrap();
            all.fenced += watched.fenced;
            all.taken_over += watched.taken_over;
        }
        all
    }
}

pub async fn owner(store: &Store, execution: ExecutionId, engine: &Engine) -> bool {
    let term = engine.term().await.unwrap();
    let mut tx = store.begin_write().await.unwrap();
    tx.work_under(term);
    !matches!(tx.own_execution(execution).await, Err(StoreError::Fenced))
}

async fn an_execution_is_left_alone_by_every_other_replica(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(phases(vec![vec![vec![command("task-a")], vec![wait("rest", 60)]]])).await;
    let work = stage.starts("task-a").await;
    let second = other(&stage).await;
    let id = stage.last(release).await.id;
    assert_eq!(second.engine.recover().await.unwrap(), 0);
    second.app.wakeup.notify(id);
    stage.passes(3);
    assert_eq!(second.engine.turn().await.unwrap(), Tick::default());
    let term = second.engine.term().await.unwrap();
    assert!(second.app.advance(id, WorkerContext::without_room(&term)).await.unwrap().is_none());
    second.calls.no_more().await;
    work.succeeds();
}

async fn executions_are_spread_over_the_replicas(db: Db) {
    let stage = Stage::set(db).await;
    stage.engine.heartbeat().await.unwrap();
    let second = other(&stage).await;
    let mut own = 0;
    for number in 0..6 {
        let release = stage.release(&format!("shop-{number}"), line(vec![command("task-a")])).await;
        stage.execute(release).await.unwrap();
        own += usize::from(owner(&stage.app.store, stage.last(release).await.id, &stage.engine).await);
    }
    assert_eq!(own, 3);
    assert_eq!((stage.tick().await.started, second.engine.tick().await.unwrap().started), (3, 3));
}

async fn a_replica_that_stands_still_is_taken_over(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![approval("go-live", 1, None), command("task-a")])).await;
    let second = other(&stage).await;
    assert_eq!(second.watches_for(&stage, 5).await, Sweep::default());
    assert_eq!(second.watches_for(&stage, 1).await, Sweep { fenced: 1, taken_over: 1, stopped: 0 });
    // Somebody decides on a replica of which the execution is not, or never was.
    stage.says("approver", release, "go-live", Verdict::Agree).await.unwrap();
    assert_eq!(second.engine.tick().await.unwrap().started, 1);
    second.calls.next().await.succeeds();
}

async fn a_replica_that_beats_is_not_taken_over(db: Db) {
    let stage = Stage::set(db).await;
    stage.running(line(vec![command("task-a")])).await;
    let second = other(&stage).await;
    for _ in 0..20 {
        assert_eq!(second.watches_for(&stage, 1).await, Sweep::default());
        stage.engine.heartbeat().await.unwrap();
    }
}

async fn whoever_did_not_look_for_a_while_begins_to_count_anew(db: Db) {
    let stage = Stage::set(db).await;
    stage.running(line(vec![command("task-a")])).await;
    let second = other(&stage).await;
    second.watches_for(&stage, 5).await;
    // The database was away for everybody.
    stage.passes(60);
    assert_eq!(second.watches_for(&stage, 6).await, Sweep::default());
    assert_eq!(second.watches_for(&stage, 1).await.fenced, 1);
}

async fn what_ran_on_a_machine_that_is_gone_is_interrupted(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![command("task-a"), command("task-b")])).await;
    let _work = stage.starts("task-a").await;
    let second = other(&stage).await;
    second.watches_for(&stage, 6).await;
    assert_eq!(second.engine.turn().await.unwrap().failed, 0);
    let last = stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    let TaskState::Failed { reason: FailReason::Interrupted, cause, .. } = &last.tasks[0].state else {
        panic!("{:?}", last.tasks[0].state)
    };
    let message = failure_cause(cause, Locale::English);
    assert!(message.contains(NODE) && message.contains("does not answer"), "{message}");
    second.calls.no_more().await;
}

async fn what_needs_no_machine_goes_on_elsewhere(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![wait("rest", 30), command("task-a")])).await;
    let second = other(&stage).await;
    second.watches_for(&stage, 6).await;
    second.engine.turn().await.unwrap();
    second.watches_for(&stage, 30).await;
    assert_eq!(second.engine.turn().await.unwrap().started, 1);
    second.calls.next().await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
}

async fn a_late_result_is_refused(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![command("task-a"), command("task-b")])).await;
    let id = stage.last(release).await.id;
    let late = stage.engine.term().await.unwrap();
    let _work = stage.starts("task-a").await;
    let second = other(&stage).await;
    second.watches_for(&stage, 6).await;
    let succeeded = Outcome::Succeeded { outputs: [].into() };
    // Also before the other has done anything with what it took over.
    let ended = AttemptEnd { task: 0, attempt: 1, outcome: succeeded };
    let refused = stage.app.attempt_ended(id, ended, WorkerContext::without_room(&late)).await;
    assert!(matches!(refused, Err(AppError::Store(StoreError::Fenced))), "{refused:?}");
    assert!(stage.app.advance(id, WorkerContext::without_room(&late)).await.unwrap().is_none());
    assert!(stage.state(release, "task-a").await.in_flight().is_some());
}

async fn a_replica_that_comes_back_stops_what_it_left_behind(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![command("task-a")])).await;
    let work = stage.starts("task-a").await;
    let second = other(&stage).await;
    second.watches_for(&stage, 6).await;
    second.engine.turn().await.unwrap();
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    assert!(!work.stop.is_cancelled());
    // Whoever worked on it in the term that is over has let go of it; somebody else stops it.
    assert_eq!(stage.engine.sweep().await.unwrap().stopped, 1);
    stage.starts("task-a").await.ends_when_told().await;
    assert!(!work.stop.is_cancelled());
    until("it is cleared away", async || stage.app.store.pending_cleanup(NODE).await.unwrap().is_empty()).await;
    assert_eq!(stage.engine.sweep().await.unwrap(), Sweep::default());
    assert_eq!(stage.status(release).await, ReleaseStatus::ReleaseFailed);
}

async fn a_replica_that_comes_back_in_time_goes_on_with_its_own(db: Db) {
    let mut stage = Stage::set(db).await;
    let release = stage.running(line(vec![command("task-a"), command("task-b")])).await;
    drop(stage.starts("task-a").await);
    let second = other(&stage).await;
    second.watches_for(&stage, 5).await;
    stage.restarts();
    assert_eq!(stage.engine.recover().await.unwrap(), 1);
    assert_eq!(second.watches_for(&stage, 5).await, Sweep::default());
    stage.starts("task-a").await.succeeds();
    stage.starts("task-b").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
}

async fn nothing_is_started_once_the_lease_is_over(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.release("shop-web", line(vec![command("task-a")])).await;
    stage.engine.heartbeat().await.unwrap();
    stage.execute(release).await.unwrap();
    let second = other(&stage).await;
    let id = stage.last(release).await.id;
    let term = stage.engine.term().await.unwrap();
    // It claims, and is frozen before it can start anything.
    assert_eq!(stage.app.advance(id, WorkerContext::without_room(&term)).await.unwrap().unwrap().started.len(), 1);
    second.watches_for(&stage, 6).await;
    second.engine.turn().await.unwrap();
    stage.until_status(release, ReleaseStatus::ReleaseFailed).await;
    assert_eq!(stage.engine.recover().await.unwrap(), 0);
    stage.calls.no_more().await;
}

async fn a_replica_that_stops_leaves_what_has_no_script_to_others(db: Db) {
    let stage = Stage::set(db).await;
    let waiting = stage.running(line(vec![wait("rest", 2), command("task-a")])).await;
    let busy = stage.release("shop-api", line(vec![command("task-b"), command("task-c")])).await;
    stage.execute(busy).await.unwrap();
    stage.tick().await;
    let _work = stage.starts("task-b").await;
    let second = other(&stage).await;
    stage.engine.stop().await;
    assert!(owner(&stage.app.store, stage.last(waiting).await.id, &second.engine).await);
    assert!(!owner(&stage.app.store, stage.last(busy).await.id, &second.engine).await);
    second.watches_for(&stage, 2).await;
    assert_eq!(second.engine.turn().await.unwrap().started, 1);
    second.calls.next().await.succeeds();
    stage.until_status(waiting, ReleaseStatus::Successful).await;
}

async fn a_replica_that_stopped_is_waited_for_longer(db: Db) {
    let mut stage = Stage::set(db).await;
    let release = stage.running(line(vec![command("task-a")])).await;
    let _work = stage.starts("task-a").await;
    let second = other(&stage).await;
    stage.engine.stop().await;
    assert_eq!(second.watches_for(&stage, 100).await, Sweep::default());
    stage.restarts();
    assert_eq!(stage.engine.recover().await.unwrap(), 1);
    stage.starts("task-a").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
    stage.engine.stop().await;
    assert_eq!(second.watches_for(&stage, 122).await.fenced, 1);
}

async fn two_processes_of_one_name_do_not_both_work(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.running(line(vec![command("task-a")])).await;
    let _work = stage.starts("task-a").await;
    let (_, twin, calls) = stage.another(NODE);
    twin.heartbeat().await.unwrap();
    assert!(matches!(stage.engine.heartbeat().await, Err(TermError::Usurped)));
    stage.passes(5);
    assert!(stage.engine.tick().await.is_err());
    assert_eq!(twin.recover().await.unwrap(), 1);
    calls.next().await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
}

async fn the_run_folder_is_there_before_the_claim(db: Db) {
    let stage = Stage::set(db).await;
    stage.running(line(vec![command("task-a")])).await;
    let work = stage.starts("task-a").await;
    let folder = std::fs::metadata(&work.order.folder).unwrap();
    assert_eq!(folder.permissions().mode() & 0o777, 0o700);
    work.succeeds();
}

async fn no_room_for_a_script_holds_the_execution_up_and_does_not_fail_it(db: Db) {
    let stage = Stage::set(db).await;
    let release = stage.release("shop-web", line(vec![command("task-a")])).await;
    stage.execute(release).await.unwrap();
    let in_the_way = stage.folders.shared(stage.last(release).await.id).parent().unwrap().to_owned();
    std::fs::create_dir_all(in_the_way.parent().unwrap()).unwrap();
    std::fs::write(&in_the_way, "").unwrap();
    assert_eq!(stage.tick().await, Tick { changed: 0, started: 0, failed: 1 });
    assert!(stage.app.store.live_attempts().await.unwrap().is_empty());
    std::fs::remove_file(&in_the_way).unwrap();
    assert_eq!(stage.tick().await.started, 1);
    stage.starts("task-a").await.succeeds();
    stage.until_status(release, ReleaseStatus::Successful).await;
}
