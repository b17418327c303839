//! Users, teams, regions, roles and settings.

use tollgate::domain::ids::UserId;
use tollgate::domain::people::{HeldRole, Role, User};
use tollgate::store::{StoreError, new_id};

use super::scene::{Scene, at};
use crate::db::Db;

on_both!(
    a_user_comes_back_with_their_roles,
    names_are_taken_whatever_the_case,
    a_sign_in_is_compared_with_what_was_saved,
    regions_and_teams_are_found_by_name,
    a_one_time_setting_is_used_once,
);

async fn a_user_comes_back_with_their_roles(db: Db) {
    let scene = Scene::set(&db.store).await;
    let tx = db.store.begin_write().await.unwrap();
    assert!(!tx.grant(scene.operator.id, scene.team_id, Role::Operator).await.unwrap());
    assert!(tx.grant(scene.operator.id, scene.team_id, Role::Manager).await.unwrap());
    let roles = [Role::Operator, Role::Manager].map(|role| HeldRole { team: scene.team_id, role }).to_vec();
    let expected = User { roles, ..scene.operator.clone() };
    assert_eq!(tx.user(scene.operator.id).await.unwrap(), Some(expected.clone()));
    tx.commit().await.unwrap();
    assert_eq!(db.store.user(scene.operator.id).await.unwrap(), Some(expected));
    let tx = db.store.begin_write().await.unwrap();
    assert!(tx.revoke(scene.operator.id, scene.team_id, Role::Operator).await.unwrap());
    assert!(tx.revoke(scene.operator.id, scene.team_id, Role::Manager).await.unwrap());
    assert!(!tx.revoke(scene.operator.id, scene.team_id, Role::Manager).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(db.store.user(scene.operator.id).await.unwrap().unwrap().roles, []);
    assert_eq!(db.store.user(UserId::from_uuid(scene.team_id.uuid())).await.unwrap(), None);
}

async fn names_are_taken_whatever_the_case(db: Db) {
    Scene::set(&db.store).await;
    let twin = User { id: new_id(), name: "OPERATOR".to_owned(), administrator: true, roles: Vec::new() };
    let tx = db.store.begin_write().await.unwrap();
    let refused = tx.insert_user(&twin, "hash", at(1)).await;
    assert!(matches!(refused, Err(StoreError::NameTaken)), "{refused:?}");
    drop(tx);
    let tx = db.store.begin_write().await.unwrap();
    let refused = tx.insert_team("shop", at(1)).await;
    assert!(matches!(refused, Err(StoreError::NameTaken)), "{refused:?}");
    drop(tx);
    let tx = db.store.begin_write().await.unwrap();
    let refused = tx.insert_region("eu-west", at(1)).await;
    assert!(matches!(refused, Err(StoreError::NameTaken)), "{refused:?}");
}

async fn a_sign_in_is_compared_with_what_was_saved(db: Db) {
    assert!(!db.store.has_users().await.unwrap());
    let scene = Scene::set(&db.store).await;
    assert!(db.store.has_users().await.unwrap());
    let found = db.store.credentials("Operator").await.unwrap().unwrap();
    assert_eq!((found.id, found.name.as_str(), found.password_hash.as_str()), (scene.operator.id, "operator", "hash"));
    assert_eq!(db.store.credentials("nobody").await.unwrap(), None);
    let tx = db.store.begin_write().await.unwrap();
    tx.set_password(scene.operator.id, "other").await.unwrap();
    assert!(tx.set_password(UserId::from_uuid(scene.team_id.uuid()), "other").await.is_err());
    tx.commit().await.unwrap();
    assert_eq!(db.store.credentials("operator").await.unwrap().unwrap().password_hash, "other");
}

async fn regions_and_teams_are_found_by_name(db: Db) {
    let scene = Scene::set(&db.store).await;
    let tx = db.store.begin_write().await.unwrap();
    assert_eq!(tx.team_named("shop").await.unwrap(), Some(scene.team_id));
    assert_eq!(tx.team_named("nobody").await.unwrap(), None);
    tx.insert_region("ap-south", at(1)).await.unwrap();
    tx.commit().await.unwrap();
    let regions: Vec<String> = db.store.regions().await.unwrap().into_iter().map(|region| region.name).collect();
    assert_eq!(regions, ["ap-south", "eu-west"]);
    assert_eq!(db.store.regions().await.unwrap()[1].id, scene.region_id);
    assert_eq!(db.store.teams().await.unwrap()[0].id, scene.team_id);
}

async fn a_one_time_setting_is_used_once(db: Db) {
    let tx = db.store.begin_write().await.unwrap();
    tx.set_setting("setup", "one").await.unwrap();
    tx.set_setting("setup", "two").await.unwrap();
    assert_eq!(tx.setting("setup").await.unwrap().as_deref(), Some("two"));
    tx.commit().await.unwrap();
    assert_eq!(db.store.setting("setup").await.unwrap().as_deref(), Some("two"));
    let tx = db.store.begin_write().await.unwrap();
    assert!(tx.remove_setting("setup").await.unwrap());
    assert!(!tx.remove_setting("setup").await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(db.store.setting("setup").await.unwrap(), None);
}
