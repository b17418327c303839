//! Executions come back as they were saved, and what never changes does not.

use tollgate::domain::approval::SeenEnvironment;
use tollgate::domain::event::{Event, GateOutcome};
use tollgate::domain::execution::{
    AttemptKind, CancelReason, Decision, DecisionAuthority, Direction, Execution, FailReason, Intent, SkipReason,
    TaskState, Verdict,
};
use tollgate::domain::failure_cause::FailureCause;
use tollgate::domain::ids::{EnvironmentId, ExecutionId};
use tollgate::domain::outcome::Outcome;
use tollgate::domain::people::Actor;
use tollgate::domain::placement::Placement;
use tollgate::domain::status::ReleaseStatus;
use tollgate::store::{AttemptKey, ReplicaInfo, StoreError};

use super::scene::{Scene, at};
use crate::db::Db;

on_both!(
    a_release_task_comes_back_with_its_last_execution,
    every_state_of_a_task_comes_back,
    every_order_comes_back,
    a_stale_save_is_refused_and_changes_nothing,
    a_second_active_execution_is_refused,
    one_decision_for_each_person_and_asking,
    an_attempt_lives_until_it_ends,
    what_has_something_to_do_is_found,
);

fn every_state() -> Vec<TaskState> {
    let cause = FailureCause::Text("The script ended with status 3: \"grün\"".to_owned());
    let by = Actor::Person { id: tollgate::store::new_id(), name: "operator".to_owned() };
    let mut states = vec![
        TaskState::Waiting,
        TaskState::Running { attempt: 1, since: at(1), until: None },
        TaskState::Running { attempt: 2, since: at(1), until: Some(at(9)) },
        TaskState::Delayed { until: at(5) },
        TaskState::ToBeApproved { since: at(1), deadline: None, again: None },
        TaskState::ToBeApproved { since: at(1), deadline: Some(at(3600)), again: Some("prod".to_owned()) },
        TaskState::Successful { at: at(2) },
        TaskState::Skipped { why: SkipReason::NotSelected },
        TaskState::Skipped { why: SkipReason::ByPerson { by, comment: "known".to_owned() } },
        TaskState::Cancelled { why: CancelReason::Terminated, at: at(3) },
        TaskState::Cancelled { why: CancelReason::ReleaseEnded, at: at(3) },
        TaskState::RollingBack { attempt: 3, since: at(4) },
        TaskState::RollbackDelayed { until: at(5) },
        TaskState::RolledBack { at: at(6) },
    ];
    for reason in [
        FailReason::Failed,
        FailReason::TimedOut,
        FailReason::Errored,
        FailReason::Interrupted,
        FailReason::Rejected,
        FailReason::Expired,
        FailReason::Terminated,
    ] {
        states.push(TaskState::Failed { reason, cause: cause.clone(), at: at(7) });
        states.push(TaskState::RollbackFailed { reason, cause: cause.clone(), at: at(7) });
    }
    states
}

/// Saves `after` over `before` and loads it again.
async fn saved(scene: &Scene, before: &Execution, after: &Execution, happened: &[Event]) -> Execution {
    let tx = scene.store.begin_write().await.unwrap();
    tx.save_execution(before, after, &scene.stamp(10), happened).await.unwrap();
    tx.commit().await.unwrap();
    scene.store.execution(after.id).await.unwrap().unwrap()
}

async fn a_release_task_comes_back_with_its_last_execution(db: Db) {
    let scene = Scene::set(&db.store).await;
    assert_eq!(db.store.release(scene.release.id).await.unwrap().unwrap(), scene.release);
    let execution = scene.executed(1).await;
    let mut expected = scene.release.clone();
    expected.last = Some(execution.clone());
    assert_eq!(db.store.release(scene.release.id).await.unwrap().unwrap(), expected);
    let tx = db.store.begin_write().await.unwrap();
    assert_eq!(tx.release(scene.release.id).await.unwrap().unwrap(), expected);
    assert_eq!(tx.execution(execution.id).await.unwrap().unwrap(), execution);
    assert_eq!(tx.execution(ExecutionId::from_uuid(scene.release.id.uuid())).await.unwrap(), None);
}

async fn every_state_of_a_task_comes_back(db: Db) {
    let scene = Scene::set(&db.store).await;
    let mut before = scene.executed(1).await;
    for state in every_state() {
        let mut after = before.clone();
        let task = &mut after.tasks[1];
        task.state = state;
        task.started_at = Some(at(1));
        task.attempt += 1;
        task.tries += 2;
        task.begun = !task.begun;
        task.outputs.insert(format!("image{}", task.attempt), "shop:1\n2".to_owned());
        let loaded = saved(&scene, &before, &after, &[]).await;
        after.rev = before.rev + 1;
        assert_eq!(loaded, after);
        before = after;
    }
}

async fn every_order_comes_back(db: Db) {
    let scene = Scene::set(&db.store).await;
    let mut before = scene.executed(1).await;
    for order in [Intent::Retry, Intent::Pause { since: at(2) }, Intent::Terminate, Intent::Run] {
        for direction in [Direction::Back, Direction::Forward] {
            let mut after = before.clone();
            after.intent = order;
            after.direction = direction;
            let loaded = saved(&scene, &before, &after, &[]).await;
            after.rev = before.rev + 1;
            assert_eq!(loaded, after);
            before = after;
        }
    }
    let mut after = before.clone();
    after.ended_at = Some(at(8));
    assert_eq!(saved(&scene, &before, &after, &[]).await.ended_at, Some(at(8)));
}

async fn a_stale_save_is_refused_and_changes_nothing(db: Db) {
    let scene = Scene::set(&db.store).await;
    let before = scene.executed(1).await;
    let mut first = before.clone();
    first.intent = Intent::Pause { since: at(2) };
    let expected = saved(&scene, &before, &first, &[Event::PauseAsked]).await;
    let mut second = before.clone();
    second.intent = Intent::Terminate;
    let tx = db.store.begin_write().await.unwrap();
    let refused = tx.save_execution(&before, &second, &scene.stamp(3), &[Event::TerminateAsked]).await;
    assert!(matches!(refused, Err(StoreError::Stale)), "{refused:?}");
    drop(tx);
    assert_eq!(db.store.execution(before.id).await.unwrap().unwrap(), expected);
}

async fn a_second_active_execution_is_refused(db: Db) {
    let scene = Scene::set(&db.store).await;
    let before = scene.executed(1).await;
    let (second, event) = scene.execution(2);
    let tx = db.store.begin_write().await.unwrap();
    let refused = tx.insert_execution(&second, &scene.stamp(2), std::slice::from_ref(&event)).await;
    assert!(matches!(refused, Err(StoreError::AlreadyActive)), "{refused:?}");
    drop(tx);
    let mut over = before.clone();
    over.ended_at = Some(at(3));
    saved(&scene, &before, &over, &[Event::Ended { status: ReleaseStatus::ReleaseFailed }]).await;
    scene.executed(2).await;
    let (again, event) = scene.execution(2);
    let tx = db.store.begin_write().await.unwrap();
    let refused = tx.insert_execution(&again, &scene.stamp(2), &[event]).await;
    assert!(refused.is_err());
}

async fn one_decision_for_each_person_and_asking(db: Db) {
    let scene = Scene::set(&db.store).await;
    let before = scene.executed(1).await;
    let gate = before.index("go-live").unwrap();
    let decision = Decision {
        round: 1,
        by: (&scene.approver).into(),
        verdict: Verdict::Agree,
        standing: DecisionAuthority::Approver,
        comment: "Looks good".to_owned(),
        at: at(4),
        environments: vec![SeenEnvironment { id: EnvironmentId::from_u128(7), version: 3 }],
    };
    let decided = |decision: &Decision| Event::Decided {
        task: gate,
        name: "go-live".to_owned(),
        decision: decision.clone(),
        gate: GateOutcome::Passed,
    };
    let mut after = before.clone();
    after.tasks[gate].round = 1;
    after.tasks[gate].decisions.push(decision.clone());
    let loaded = saved(&scene, &before, &after, &[decided(&decision)]).await;
    assert_eq!(loaded.tasks, after.tasks);

    let tx = db.store.begin_write().await.unwrap();
    let refused = tx.save_execution(&loaded, &loaded, &scene.stamp(5), &[decided(&decision)]).await;
    assert!(matches!(refused, Err(StoreError::DecidedAlready)), "{refused:?}");
    drop(tx);
    let mut asked_again = loaded.clone();
    asked_again.tasks[gate].round = 2;
    asked_again.tasks[gate].decisions.push(Decision { round: 2, verdict: Verdict::Reject, ..decision });
    let second = decided(asked_again.tasks[gate].decisions.last().unwrap());
    assert_eq!(saved(&scene, &loaded, &asked_again, &[second]).await.tasks, asked_again.tasks);
}

async fn an_attempt_lives_until_it_ends(db: Db) {
    let scene = Scene::set(&db.store).await;
    let before = scene.executed(1).await;
    let name = before.tasks[0].name.clone();
    let key = |number| AttemptKey { task_run_id: before.tasks[0].id, number };
    let started = |attempt| Event::AttemptStarted {
        task: 0,
        name: name.clone(),
        attempt,
        kind: AttemptKind::Do,
        until: None,
        placement: Some(Placement::ThisMachine),
    };
    let term = db.store.enroll(&newcomer("one"), at(1)).await.unwrap();
    let mut tx = db.store.begin_write().await.unwrap();
    tx.work_under(term);
    tx.save_execution(&before, &before, &scene.stamp(1), &[started(1)]).await.unwrap();
    tx.commit().await.unwrap();

    let live = db.store.live_attempts().await.unwrap();
    assert_eq!((live.len(), live[0].execution_id, live[0].task, live[0].key), (1, before.id, 0, key(1)));
    assert_eq!(live[0].replica.as_deref(), Some("one"));

    let loaded = db.store.execution(before.id).await.unwrap().unwrap();
    let tx = db.store.begin_write().await.unwrap();
    let twice = tx.save_execution(&loaded, &loaded, &scene.stamp(2), &[started(2)]).await;
    assert!(matches!(twice, Err(StoreError::Stale)), "{twice:?}");
    drop(tx);
    let ended = Event::AttemptEnded {
        task: 0,
        name: name.clone(),
        attempt: 1,
        kind: AttemptKind::Do,
        outcome: Outcome::Failed { cause: FailureCause::Text("no".to_owned()) },
        again_at: None,
    };
    saved(&scene, &loaded, &loaded, &[ended, started(2)]).await;
    let live = db.store.live_attempts().await.unwrap();
    assert_eq!((live.len(), live[0].key, live[0].replica.clone()), (1, key(2), None));
}

pub fn newcomer(id: &str) -> ReplicaInfo {
    ReplicaInfo {
        id: id.to_owned(),
        name: id.to_owned(),
        version: "0.1.0".to_owned(),
        isolation: tollgate::domain::isolation::Isolation::default(),
    }
}

async fn what_has_something_to_do_is_found(db: Db) {
    let scene = Scene::set(&db.store).await;
    let term = db.store.enroll(&newcomer("one"), at(1)).await.unwrap();
    assert_eq!(db.store.next_wake(&term).await.unwrap(), None);
    let before = scene.executed(1).await;
    let wake = tollgate::domain::schedule::wake_at(&before).unwrap();
    assert_eq!(db.store.next_wake(&term).await.unwrap(), Some(wake));
    assert_eq!(db.store.runnable(&term, wake, 10).await.unwrap(), vec![before.id]);
    let earlier = wake - chrono::Duration::microseconds(1);
    assert_eq!(db.store.runnable(&term, earlier, 10).await.unwrap(), Vec::<ExecutionId>::new());
    let mut after = before.clone();
    after.intent = Intent::Pause { since: at(2) };
    saved(&scene, &before, &after, &[]).await;
    assert_eq!(db.store.next_wake(&term).await.unwrap(), None);
}
