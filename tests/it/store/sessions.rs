//! Sessions begin, are renewed, and end at once.

use tollgate::store::{NewSession, SessionChange};
use uuid::Uuid;

use super::scene::{Scene, at};
use crate::db::Db;

on_both!(a_session_lives_until_it_ends, somebody_ends_their_other_sessions, sessions_that_are_over_are_swept);

fn begun(key: u8, user_id: Option<Uuid>, ends: i64) -> NewSession {
    NewSession {
        key_hash: vec![key; 32],
        user_id,
        state: "{}".to_owned(),
        at: at(0),
        expires_at: at(ends),
        address: Some("192.0.2.7".to_owned()),
        user_agent: Some("Firefox".to_owned()),
    }
}

async fn a_session_lives_until_it_ends(db: Db) {
    let scene = Scene::set(&db.store).await;
    let id = db.store.insert_session(begun(1, None, 60)).await.unwrap();
    let found = db.store.session(&[1; 32], at(59)).await.unwrap().unwrap();
    assert_eq!((found.id, found.user_id, found.state.as_str(), found.expires_at), (id, None, "{}", at(60)));
    assert_eq!(db.store.session(&[1; 32], at(60)).await.unwrap(), None);
    assert_eq!(db.store.session(&[2; 32], at(1)).await.unwrap(), None);

    let user_id = Some(scene.operator.id);
    let change = SessionChange { user_id, state: "{\"a\":1}", seen_at: at(5), expires_at: at(90) };
    assert!(db.store.update_session(&[1; 32], change).await.unwrap());
    let found = db.store.session(&[1; 32], at(60)).await.unwrap().unwrap();
    assert_eq!((found.user_id, found.state.as_str(), found.last_seen_at), (user_id, "{\"a\":1}", at(5)));
    assert!(db.store.touch_session(&[1; 32], at(70), at(120)).await.unwrap());
    assert_eq!(db.store.session(&[1; 32], at(119)).await.unwrap().unwrap().last_seen_at, at(70));

    assert!(db.store.delete_session(&[1; 32]).await.unwrap());
    assert!(!db.store.delete_session(&[1; 32]).await.unwrap());
    assert!(!db.store.update_session(&[1; 32], change).await.unwrap());
    assert!(!db.store.touch_session(&[1; 32], at(1), at(2)).await.unwrap());
    assert_eq!(db.store.session(&[1; 32], at(1)).await.unwrap(), None);
}

async fn somebody_ends_their_other_sessions(db: Db) {
    let scene = Scene::set(&db.store).await;
    let (mine, theirs) = (Some(scene.operator.id), Some(scene.approver.id));
    let here = db.store.insert_session(begun(1, mine, 60)).await.unwrap();
    let there = db.store.insert_session(begun(2, mine, 60)).await.unwrap();
    db.store.insert_session(begun(3, mine, 60)).await.unwrap();
    db.store.insert_session(begun(4, theirs, 60)).await.unwrap();
    db.store.touch_session(&[2; 32], at(9), at(60)).await.unwrap();
    let listed = db.store.sessions_of(scene.operator.id, at(10)).await.unwrap();
    assert_eq!((listed.len(), listed[0].id), (3, there));
    let tx = db.store.begin_write().await.unwrap();
    assert_eq!(tx.end_session(scene.approver.id, there).await.unwrap(), 0);
    assert_eq!(tx.end_session(scene.operator.id, there).await.unwrap(), 1);
    assert_eq!(tx.end_sessions_of(scene.operator.id, Some(here)).await.unwrap(), 1);
    tx.commit().await.unwrap();
    let left = db.store.sessions_of(scene.operator.id, at(10)).await.unwrap();
    assert_eq!(left.iter().map(|session| session.id).collect::<Vec<_>>(), [here]);
    assert_eq!(db.store.sessions_of(scene.approver.id, at(10)).await.unwrap().len(), 1);
    let tx = db.store.begin_write().await.unwrap();
    tx.insert_session(begun(5, mine, 60)).await.unwrap();
    assert!(tx.delete_session(&[5; 32]).await.unwrap());
    assert_eq!(tx.end_sessions_of(scene.operator.id, None).await.unwrap(), 1);
}

async fn sessions_that_are_over_are_swept(db: Db) {
    for (key, ends) in [(1, 10), (2, 20), (3, 30)] {
        db.store.insert_session(begun(key, None, ends)).await.unwrap();
    }
    assert_eq!(db.store.sweep_sessions(at(20)).await.unwrap(), 2);
    assert!(db.store.session(&[3; 32], at(20)).await.unwrap().is_some());
}
