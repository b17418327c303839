//! Users: administrators say who may sign in and who administers; the last of them stays one.

use tollgate::app::Caller;
use tollgate::app::accounts::AccountError;
use tollgate::domain::status::ReleaseStatus;

use super::app::TestApp;
use super::audit;
use super::releases::scene::Scene;
use crate::db::Db;

on_both!(
    who_is_disabled_is_signed_out_by_the_page_and_comes_back,
    checkpoints_without_somebody_are_told_before_they_are_disabled,
    an_administrator_makes_another_and_goes,
    c10_the_last_administrator_is_lost_by_no_road,
    c10_two_who_take_it_from_each_other_leave_one,
    users_are_found_by_a_part_of_their_name,
);

async fn who_is_disabled_is_signed_out_by_the_page_and_comes_back(db: Db) {
    let app = TestApp::start(&db).await;
    let viewer = app.id_of("viewer").await;
    let reader = app.signed_in_as("viewer").await;
    let admin = app.signed_in_as("administrator").await;
    admin.get("/users").await.says("storefront: Viewer").says(&format!("/users/{viewer}/disable"));
    admin.get(&format!("/users/{viewer}/disable")).await.says("Disable viewer?").says_nothing_of("too few approvers");
    let done = admin.post(&format!("/users/{viewer}/disable"), &[]).await;
    assert_eq!((done.status, done.location()), (303, "/users"));
    assert_eq!(reader.get("/account").await.status, 303, "the session has ended");
    assert_eq!(app.browser().signs_in("viewer", super::app::PASSWORD).await.status, 401);
    admin.get("/users").await.says("viewer is disabled").says("Disabled").says(&format!("/users/{viewer}/enable"));
    assert_eq!(admin.post(&format!("/users/{viewer}/enable"), &[]).await.status, 303);
    assert_eq!(app.signed_in_as("viewer").await.get("/account").await.status, 200);
    let written: Vec<_> = audit(&db).await.into_iter().filter(|(who, ..)| who == "administrator").collect();
    let kinds: Vec<&str> = written.iter().map(|(_, kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, ["signed_in", "user_disabled", "user_enabled"]);
    assert!(written.iter().all(|(.., address)| address.is_some()), "{written:?}");
    app.stops().await;
}

async fn checkpoints_without_somebody_are_told_before_they_are_disabled(db: Db) {
    let (scene, _) = Scene::at_the_gate(&db).await;
    let app = &scene.app;
    let admin = app.signed_in_as("administrator").await;
    let url = |id| format!("/users/{id}/disable");
    let second = app.id_of("second").await;
    assert_eq!(admin.post(&url(second), &[]).await.status, 303, "another approver is left");
    let approver = app.id_of("approver").await;
    let dialog = admin.get(&url(approver)).await;
    dialog.says("would have too few approvers").says("go-live of").says("1 must agree, 0 can.");
    let unread = admin.post(&url(approver), &[]).await;
    assert_eq!(unread.status, 409);
    unread.says("would have too few approvers");
    assert!(db.store.user(approver).await.unwrap().is_some(), "it is told before");
    let (_, rest) = dialog.text.split_once("name=\"told\" value=\"").unwrap();
    let told = rest.split('"').next().unwrap();
    assert_eq!(admin.post(&url(approver), &[("told", told)]).await.status, 303);
    assert!(db.store.user(approver).await.unwrap().is_none());
    scene.is(ReleaseStatus::ToBeApproved).await;
    scene.app.stops().await;
}

async fn an_administrator_makes_another_and_goes(db: Db) {
    let app = TestApp::start(&db).await;
    let (own, other) = (app.id_of("administrator").await, app.id_of("outsider").await);
    let admin = app.signed_in_as("administrator").await;
    let outsider = app.signed_in_as("outsider").await;
    assert_eq!(outsider.get("/users").await.status, 404);
    admin.get(&format!("/users/{other}/promote")).await.says("Make outsider an administrator?");
    assert_eq!(admin.post(&format!("/users/{other}/promote"), &[]).await.status, 303);
    outsider.get("/users").await.says("storefront: Viewer");
    let gone = admin.post(&format!("/users/{own}/demote"), &[]).await;
    assert_eq!((gone.status, gone.location()), (303, "/"));
    assert_eq!(admin.get("/users").await.status, 404);
    let refused = outsider.post(&format!("/users/{other}/demote"), &[]).await;
    assert_eq!(refused.status, 409);
    refused.says("outsider is the last administrator who may sign in");
    outsider
        .get("/audit")
        .await
        .says("made outsider an administrator")
        .says("took the rights of an administrator from");
    app.stops().await;
}

async fn c10_the_last_administrator_is_lost_by_no_road(db: Db) {
    let app = TestApp::start(&db).await;
    let id = app.id_of("administrator").await;
    let admin = app.signed_in_as("administrator").await;
    let by_page = app.caller("administrator").await;
    for word in ["disable", "demote"] {
        let refused = admin.post(&format!("/users/{id}/{word}"), &[]).await;
        assert_eq!(refused.status, 409, "{word}");
        refused.says("administrator is the last administrator who may sign in");
    }
    for caller in [&Caller::CommandLine, &by_page] {
        let disabled = app.app.disable_user(caller, "administrator").await;
        assert!(matches!(disabled, Err(AccountError::LastAdministrator(_))), "{disabled:?}");
        let demoted = app.app.set_administrator(caller, "Administrator", false).await;
        assert!(matches!(demoted, Err(AccountError::LastAdministrator(_))), "{demoted:?}");
    }
    // One who may not sign in is none.
    app.app.set_administrator(&Caller::CommandLine, "outsider", true).await.unwrap();
    app.app.disable_user(&Caller::CommandLine, "outsider").await.unwrap();
    assert_eq!(admin.post(&format!("/users/{id}/demote"), &[]).await.status, 409);
    assert!(db.store.has_administrator().await.unwrap());
    app.stops().await;
}

/// By page and command line, by disabling and by taking the rights, at the same time.
async fn c10_two_who_take_it_from_each_other_leave_one(db: Db) {
    let app = TestApp::start(&db).await;
    for round in 0..6 {
        app.app.set_administrator(&Caller::CommandLine, "outsider", true).await.unwrap();
        let (one, other) = (app.caller("administrator").await, app.caller("outsider").await);
        let other = if round % 2 == 0 { other } else { Caller::CommandLine };
        let disables = async {
            if round % 3 == 0 {
                app.app.set_administrator(&one, "outsider", false).await
            } else {
                app.app.disable_user(&one, "outsider").await.map(drop)
            }
        };
        let (first, second) = tokio::join!(disables, app.app.set_administrator(&other, "administrator", false));
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
        assert!(db.store.has_administrator().await.unwrap());
        app.app.enable_user(&Caller::CommandLine, "outsider").await.unwrap();
        app.app.set_administrator(&Caller::CommandLine, "administrator", true).await.unwrap();
    }
    app.stops().await;
}

async fn users_are_found_by_a_part_of_their_name(db: Db) {
    let app = TestApp::start(&db).await;
    let admin = app.signed_in_as("administrator").await;
    let found = admin.get("/users?q=APPRO").await;
    found.says("<b class=\"main\">approver</b>").says("value=\"APPRO\"").says_nothing_of("<b class=\"main\">viewer");
    admin.get("/users?q=nobody-at-all").await.says("Nobody is called so");
    admin.get("/users?page=7").await.says("Nobody is called so");
    app.stops().await;
}
