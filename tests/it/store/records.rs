//! Execution records, attempts, and what happened, page by page.

use tollgate::domain::event::{AccountEvent, Event, ReleaseEvent};
use tollgate::domain::execution::AttemptKind;
use tollgate::domain::failure_cause::FailureCause;
use tollgate::domain::outcome::Outcome;
use tollgate::domain::people::Actor;
use tollgate::domain::placement::Placement;
use tollgate::domain::status::{ReleaseStatus, TaskStatus};
use tollgate::store::{Cursor, Happened, Stamp};

use super::scene::{Scene, at};
use crate::db::Db;

on_both!(the_records_are_turned_page_by_page, attempts_come_back_with_their_outcomes, what_happened_is_written_down);

async fn the_records_are_turned_page_by_page(db: Db) {
    let scene = Scene::set(&db.store).await;
    for number in 1..=5 {
        let before = scene.executed(number).await;
        let mut after = before.clone();
        after.ended_at = Some(at(100));
        let tx = db.store.begin_write().await.unwrap();
        tx.save_execution(&before, &after, &scene.stamp(100), &[]).await.unwrap();
        tx.commit().await.unwrap();
    }
    let page = async |turn| {
        let page = db.store.executions_of(scene.release.id, turn, 2).await.unwrap();
        (page.rows.iter().map(|row| row.number).collect::<Vec<_>>(), page.newer, page.older)
    };
    assert_eq!(page(Cursor::Newest).await, (vec![5, 4], None, Some(4)));
    assert_eq!(page(Cursor::Older(4)).await, (vec![3, 2], Some(3), Some(2)));
    assert_eq!(page(Cursor::Older(2)).await, (vec![1], Some(1), None));
    assert_eq!(page(Cursor::Newer(1)).await, (vec![3, 2], Some(3), Some(2)));
    assert_eq!(page(Cursor::Newer(3)).await, (vec![5, 4], None, Some(4)));
    let row = db.store.executions_of(scene.release.id, Cursor::Newest, 1).await.unwrap().rows.remove(0);
    assert_eq!((row.status, row.version, row.started_by.as_str()), (ReleaseStatus::ReleaseFailed, 1, "operator"));
    assert_eq!((row.started_at, row.ended_at, row.segments), (at(5), Some(at(100)), vec![TaskStatus::Waiting; 2]));
    let execution = db.store.execution_numbered(scene.release.id, 3).await.unwrap().unwrap();
    assert_eq!(execution.number, 3);
    assert_eq!(db.store.execution_numbered(scene.release.id, 6).await.unwrap(), None);
}

async fn attempts_come_back_with_their_outcomes(db: Db) {
    let scene = Scene::set(&db.store).await;
    let execution = scene.executed(1).await;
    let name = execution.tasks[0].name.clone();
    let outcomes = [
        Outcome::Failed { cause: FailureCause::Text("The script ended with status 3.".to_owned()) },
        Outcome::Succeeded { outputs: [("image".to_owned(), "shop:1".to_owned())].into() },
        Outcome::TimedOut { seconds: 60 },
        Outcome::Errored { cause: FailureCause::Text("no such folder".to_owned()) },
        Outcome::Interrupted { cause: FailureCause::Text("lost".to_owned()) },
        Outcome::Stopped,
    ];
    let mut events = Vec::new();
    for (number, outcome) in (1..).zip(&outcomes) {
        let kind = if number == 6 { AttemptKind::Undo } else { AttemptKind::Do };
        events.push(Event::AttemptStarted {
            task: 0,
            name: name.clone(),
            attempt: number,
            kind,
            until: None,
            placement: Some(Placement::ThisMachine),
        });
        let outcome = outcome.clone();
        events.push(Event::AttemptEnded {
            task: 0,
            name: name.clone(),
            attempt: number,
            kind,
            outcome,
            again_at: None,
        });
    }
    let tx = db.store.begin_write().await.unwrap();
    tx.save_execution(&execution, &execution, &scene.stamp(4), &events).await.unwrap();
    tx.commit().await.unwrap();
    let attempts = db.store.attempts_of(execution.id).await.unwrap();
    assert_eq!(attempts, db.store.attempts_of_task(execution.tasks[0].id).await.unwrap());
    assert_eq!(attempts.iter().filter_map(|attempt| attempt.outcome.clone()).collect::<Vec<_>>(), outcomes);
    assert_eq!((attempts[0].task, attempts[0].number, attempts[0].kind), (0, 1, AttemptKind::Do));
    assert_eq!((attempts[5].number, attempts[5].kind), (6, AttemptKind::Undo));
    assert_eq!((attempts[0].started_at, attempts[0].ended_at), (at(4), Some(at(4))));
}

async fn what_happened_is_written_down(db: Db) {
    let scene = Scene::set(&db.store).await;
    let execution = scene.executed(1).await;
    let tx = db.store.begin_write().await.unwrap();
    let opened = Event::CheckpointOpened { task: 3, name: "go-live".to_owned(), deadline: Some(at(60)), again: None };
    tx.save_execution(&execution, &execution, &Stamp::tollgate(at(2)), &[Event::PauseAsked, opened.clone()])
        .await
        .unwrap();
    tx.account_event(&scene.stamp(3), &AccountEvent::SignedIn).await.unwrap();
    tx.commit().await.unwrap();

    let page = db.store.activity_of(scene.release.id, Cursor::Newest, 3).await.unwrap();
    assert_eq!((page.rows.len(), page.newer, page.older), (3, None, Some(page.rows[2].id)));
    let first = &page.rows[0];
    assert_eq!((&first.happened, first.at, &first.actor), (&Happened::Execution(opened), at(2), &Actor::Tollgate));
    assert_eq!((first.execution, first.task.as_deref(), &first.address), (Some(1), Some("go-live"), &None));
    assert_eq!(page.rows[1].happened, Happened::Execution(Event::PauseAsked));
    let started = &page.rows[2];
    assert_eq!((&started.actor, started.address.as_deref()), (&Actor::from(&scene.operator), Some("192.0.2.7")));
    let rest = db.store.activity_of(scene.release.id, Cursor::Older(started.id), 3).await.unwrap();
    assert_eq!(rest.rows.len(), 1);
    assert_eq!(rest.rows[0].happened, Happened::Release(ReleaseEvent::Created { name: "shop-web".to_owned() }));
    assert_eq!(db.store.activity_in(execution.id, Cursor::Newest, 10).await.unwrap().rows.len(), 3);
    let audit = db.store.audit(Cursor::Newest, 10).await.unwrap();
    assert_eq!((audit.rows.len(), &audit.rows[0].happened), (5, &Happened::Account(AccountEvent::SignedIn)));
}
