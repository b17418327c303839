//! Sessions begin, are renewed, and end at once.

use tollgate::domain::ids::{SessionId, UserId};
use tollgate::store::NewSession;

use super::scene::{Scene, at};
use crate::db::Db;

on_both!(a_session_lives_until_it_ends, somebody_ends_their_other_sessions, sessions_that_are_over_are_swept);

/// Begins one; answers its id.
async fn begun(db: &Db, key: u8, user_id: UserId, ends: i64) -> SessionId {
    let session = NewSession {
        key_hash: vec![key; 32],
        user_id,
        at: at(0),
        expires_at: at(ends),
        address: Some("192.0.2.7".to_owned()),
        user_agent: Some("Firefox".to_owned()),
    };
    let tx = db.store.begin_write().await.unwrap();
    let id = tx.insert_session(session).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn a_session_lives_until_it_ends(db: Db) {
    let user = Scene::set(&db.store).await.operator.id;
    let id = begun(&db, 1, user, 60).await;
    let found = db.store.session(&[1; 32], at(59)).await.unwrap().unwrap();
    assert_eq!((found.id, found.user_id, found.last_seen_at, found.expires_at), (id, user, at(0), at(60)));
    assert_eq!(db.store.session(&[1; 32], at(60)).await.unwrap(), None);
    assert_eq!(db.store.session(&[2; 32], at(1)).await.unwrap(), None);

    assert!(db.store.touch_session(&[1; 32], at(50), at(120)).await.unwrap());
    assert_eq!(db.store.session(&[1; 32], at(119)).await.unwrap().unwrap().last_seen_at, at(50));

    let tx = db.store.begin_write().await.unwrap();
    assert_eq!(tx.end_session(user, id).await.unwrap(), 1);
    assert_eq!(tx.end_session(user, id).await.unwrap(), 0);
    tx.commit().await.unwrap();
    assert!(!db.store.touch_session(&[1; 32], at(1), at(2)).await.unwrap());
    assert_eq!(db.store.session(&[1; 32], at(1)).await.unwrap(), None);
}

async fn somebody_ends_their_other_sessions(db: Db) {
    let scene = Scene::set(&db.store).await;
    let (mine, theirs) = (scene.operator.id, scene.approver.id);
    let here = begun(&db, 1, mine, 60).await;
    let there = begun(&db, 2, mine, 60).await;
    begun(&db, 3, mine, 60).await;
    begun(&db, 4, theirs, 60).await;
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
    assert_eq!(tx.end_sessions_of(scene.operator.id, None).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(db.store.session(&[1; 32], at(10)).await.unwrap(), None);
}

async fn sessions_that_are_over_are_swept(db: Db) {
    let user = Scene::set(&db.store).await.operator.id;
    for (key, ends) in [(1, 10), (2, 20), (3, 30)] {
        begun(&db, key, user, ends).await;
    }
    assert_eq!(db.store.sweep_sessions(at(20)).await.unwrap(), 2);
    assert!(db.store.session(&[3; 32], at(20)).await.unwrap().is_some());
}
