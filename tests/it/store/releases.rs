//! Release tasks: names, versions, and who saved first.

use std::sync::Arc;

use tollgate::domain::event::{NewLabels, ReleaseEvent};
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::release::Release;
use tollgate::store::StoreError;

use super::scene::{Scene, at, definition, new_release};
use crate::db::Db;

on_both!(
    a_name_is_taken_once_in_a_team_until_it_is_deleted,
    a_new_version_is_kept_beside_the_old_one,
    a_stale_save_of_a_release_task_is_refused,
    a_release_task_is_found_by_name_and_knows_its_place,
);

async fn a_name_is_taken_once_in_a_team_until_it_is_deleted(db: Db) {
    let scene = Scene::set(&db.store).await;
    let twin = new_release(scene.region_id, scene.team_id, &scene.operator, "shop-web");
    let created = ReleaseEvent::Created { name: twin.name.clone() };
    let tx = db.store.begin_write().await.unwrap();
    let refused = tx.insert_release(&twin, &scene.stamp(1), &created).await;
    assert!(matches!(refused, Err(StoreError::NameTaken)), "{refused:?}");
    drop(tx);

    let tx = db.store.begin_write().await.unwrap();
    let deleted = Release { deleted_at: Some(at(2)), ..scene.release.clone() };
    tx.save_release(&scene.release, &deleted, &scene.stamp(2), &ReleaseEvent::Deleted).await.unwrap();
    tx.insert_release(&twin, &scene.stamp(3), &created).await.unwrap();
    let other_team = tx.insert_team("bank", at(3)).await.unwrap();
    let other = new_release(scene.region_id, other_team, &scene.operator, "shop-web");
    tx.insert_release(&other, &scene.stamp(3), &created).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        db.store.begin_write().await.unwrap().release_named(scene.team_id, "shop-web").await.unwrap(),
        Some(twin.id)
    );
    assert_eq!(db.store.release(scene.release.id).await.unwrap().unwrap().deleted_at, Some(at(2)));
}

async fn a_new_version_is_kept_beside_the_old_one(db: Db) {
    let scene = Scene::set(&db.store).await;
    scene.executed(1).await;
    let before = db.store.release(scene.release.id).await.unwrap().unwrap();
    let mut edited = definition();
    edited.best_effort = true;
    edited.phases.truncate(1);
    let after = Release { version: 2, definition: Arc::new(edited.clone()), ..before.clone() };
    let tx = db.store.begin_write().await.unwrap();
    tx.save_release(
        &before,
        &after,
        &scene.stamp(5),
        &ReleaseEvent::Edited { version: 2, note: None, labels: NewLabels::default() },
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();

    let loaded = db.store.release(scene.release.id).await.unwrap().unwrap();
    assert_eq!(loaded, Release { rev: 1, ..after });
    assert!(loaded.edited_since());
    assert_eq!(*db.store.definition(loaded.id, 1).await.unwrap(), definition());
    let elsewhere = tollgate::store::Store::connect(&db.url).await.unwrap();
    assert_eq!(*elsewhere.definition(loaded.id, 2).await.unwrap(), edited);
    elsewhere.close().await.unwrap();
    let versions = db.store.versions_of(loaded.id).await.unwrap();
    let told: Vec<_> = versions.iter().map(|v| (v.number, v.created_by.as_str(), v.created_at)).collect();
    assert_eq!(told, [(2, "operator", at(5)), (1, "operator", at(0))]);
    assert!(db.store.definition(loaded.id, 3).await.is_err());
}

async fn a_stale_save_of_a_release_task_is_refused(db: Db) {
    let scene = Scene::set(&db.store).await;
    let before = &scene.release;
    let renamed = |name: &str| Release { name: name.to_owned(), ..before.clone() };
    let described = |name: &str| ReleaseEvent::Described { name: name.to_owned(), labels: NewLabels::default() };
    let tx = db.store.begin_write().await.unwrap();
    tx.save_release(before, &renamed("first"), &scene.stamp(1), &described("first")).await.unwrap();
    let refused = tx.save_release(before, &renamed("second"), &scene.stamp(1), &described("second")).await;
    assert!(matches!(refused, Err(StoreError::Stale)), "{refused:?}");
    tx.commit().await.unwrap();
    assert_eq!(db.store.release(before.id).await.unwrap().unwrap().name, "first");
}

async fn a_release_task_is_found_by_name_and_knows_its_place(db: Db) {
    let scene = Scene::set(&db.store).await;
    let place = db.store.release_place(scene.release.id).await.unwrap().unwrap();
    assert_eq!((place.region_id, place.region.as_str()), (scene.region_id, "eu-west"));
    assert_eq!((place.team_id, place.team.as_str()), (scene.team_id, "shop"));
    assert_eq!((place.name.as_str(), place.deleted_at), ("shop-web", None));
    assert_eq!(db.store.release_place(ReleaseId::from_uuid(scene.team_id.uuid())).await.unwrap(), None);
    assert_eq!(
        db.store.begin_write().await.unwrap().release_named(scene.team_id, "shop-web").await.unwrap(),
        Some(scene.release.id)
    );
    assert_eq!(db.store.begin_write().await.unwrap().release_named(scene.team_id, "Shop-Web").await.unwrap(), None);
}
