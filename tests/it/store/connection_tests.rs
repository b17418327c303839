//! Tests of connections: one replica does each, and what a replica began that is gone is begun anew.

use std::collections::BTreeMap;

use tollgate::domain::connection_test::{ConnectionTest, TestedTarget};
use tollgate::domain::environment::{EnvironmentOptions, EnvironmentScripts, EnvironmentSettings};
use tollgate::domain::ids::EnvironmentId;
use tollgate::store::{Environment, Store, new_id};

use super::executions::newcomer;
use super::scene::{Scene, at};
use crate::db::Db;

on_both!(a_test_is_done_by_one_replica_begun_anew_when_that_is_gone_and_over_when_a_new_one_is_asked_for);

impl Scene {
    /// An environment of the team.
    async fn environment(&self) -> EnvironmentId {
        let scripts = EnvironmentScripts {
            deploy: "true".to_owned(),
            verify: None,
            remove: None,
            variables: BTreeMap::new(),
            timeout: 60,
        };
        let made = Environment {
            id: new_id(),
            team_id: self.team_id,
            region_id: self.region_id,
            name: "prod".to_owned(),
            description: String::new(),
            version: 1,
            settings: EnvironmentSettings::Command(scripts),
            options: EnvironmentOptions::default(),
            options_version: 0,
        };
        let tx = self.store.begin_write().await.unwrap();
        tx.insert_environment(&made, &self.stamp(1)).await.unwrap();
        tx.commit().await.unwrap();
        made.id
    }

    async fn asks(&self, id: EnvironmentId, second: i64) {
        let tx = self.store.begin_write().await.unwrap();
        tx.ask_connection_test(id, 1, &self.stamp(second)).await.unwrap();
        tx.commit().await.unwrap();
    }
}

async fn due(store: &Store) -> usize {
    store.due_connection_tests(10).await.unwrap().len()
}

async fn a_test_is_done_by_one_replica_begun_anew_when_that_is_gone_and_over_when_a_new_one_is_asked_for(db: Db) {
    let (scene, store) = (Scene::set(&db.store).await, &db.store);
    let (one, two) =
        (store.enroll(&newcomer("one"), at(1)).await.unwrap(), store.enroll(&newcomer("two"), at(1)).await.unwrap());
    let id = scene.environment().await;
    assert_eq!((due(store).await, store.connection_test(id).await.unwrap()), (0, None));
    scene.asks(id, 2).await;
    assert_eq!(due(store).await, 1);
    let claimed: ConnectionTest = store.claim_connection_test(id, &one).await.unwrap().expect("it is to be done");
    assert_eq!(store.claim_connection_test(id, &two).await.unwrap(), None, "somebody does it");
    assert_eq!(due(store).await, 0);
    let found = [TestedTarget { host: None, keys: Vec::new(), checks: Vec::new() }];
    let of = (id, claimed.asked_at);
    assert!(!store.record_connection_test(of, &two, &found, None).await.unwrap());
    assert!(store.record_connection_test(of, &one, &found, None).await.unwrap());

    // It comes back, and knows nothing of it.
    let again = store.enroll(&newcomer("one"), at(3)).await.unwrap();
    assert_eq!(due(store).await, 1);
    assert!(store.claim_connection_test(id, &two).await.unwrap().is_some());
    assert!(!store.record_connection_test(of, &one, &found, Some(at(4))).await.unwrap(), "what is late counts no more");
    assert_eq!(store.claim_connection_test(id, &again).await.unwrap(), None);

    // Somebody asks for a new one meanwhile.
    scene.asks(id, 5).await;
    assert!(!store.record_connection_test(of, &two, &found, Some(at(6))).await.unwrap());
    let newest = store.claim_connection_test(id, &two).await.unwrap().expect("it is to be done");
    assert_eq!(newest.targets, [], "what was found before is not of this one");
    assert!(store.record_connection_test((id, newest.asked_at), &two, &found, Some(at(7))).await.unwrap());
    let last = store.connection_test(id).await.unwrap().unwrap();
    assert_eq!((last.ended_at, last.targets.len(), due(store).await), (Some(at(7)), 1, 0));
}
