//! Rows of replicas, and those that go with them.

use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, Database, Statement};
use tollgate::domain::isolation::Isolation;
use tollgate::store::{ReplicaInfo, Term};

use super::scene::{Scene, at};
use crate::by_hand::one_to;
use crate::db::Db;

on_both!(turns_and_places_go_with_their_replica);

async fn enrolled(db: &Db, id: &str, days: i64) -> Term {
    let who = ReplicaInfo {
        id: id.to_owned(),
        name: id.to_owned(),
        version: "1.0.0".to_owned(),
        isolation: Isolation::default(),
    };
    db.store.enroll(&who, at(0) + TimeDelta::days(days)).await.unwrap()
}

/// The replicas that have such rows.
async fn replicas_in(db: &Db, table: &str) -> Vec<String> {
    let connection = Database::connect(one_to(db.url.as_str())).await.unwrap();
    let sql = format!("SELECT DISTINCT replica FROM {table} ORDER BY replica");
    let rows = connection.query_all_raw(Statement::from_string(connection.get_database_backend(), sql)).await.unwrap();
    connection.close().await.unwrap();
    rows.into_iter().map(|row| row.try_get("", "replica").unwrap()).collect()
}

async fn turns_and_places_go_with_their_replica(db: Db) {
    let scene = Scene::set(&db.store).await;
    for id in ["away", "gone", "here"] {
        enrolled(&db, id, 0).await;
        let tx = db.store.begin_write().await.unwrap();
        tx.had_turn(id, scene.team_id, 7).await.unwrap();
        tx.commit().await.unwrap();
    }
    for (id, days) in [("away", 2), ("gone", 0)] {
        let seen = db.store.replicas().await.unwrap().into_iter().find(|replica| replica.id == id).unwrap();
        assert!(db.store.fence(&seen, at(0) + TimeDelta::days(days)).await.unwrap());
    }
    enrolled(&db, "here", 8).await;
    let known = db.store.replicas().await.unwrap().into_iter().map(|replica| replica.id);
    assert_eq!(known.collect::<Vec<_>>(), ["away", "here"]);
    for table in ["script_turns", "script_places"] {
        assert_eq!(replicas_in(&db, table).await, ["away", "here"], "{table}");
    }
    assert_eq!(db.store.turns("here").await.unwrap(), [(scene.team_id, 7)].into());
}
