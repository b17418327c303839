//! Members: managers change roles in their own team alone, and are told before which checkpoints would wait in vain.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::TimeDelta;
use tollgate::app::accounts::{AccountError, TeamRole};
use tollgate::app::{Caller, RoleChange};
use tollgate::domain::ids::{TeamId, UserId};
use tollgate::domain::people::Role;
use tollgate::domain::status::ReleaseStatus;
use tollgate::store::Store;

use super::app::TestApp;
use super::audit;
use super::releases::scene::Scene;
use crate::db::Db;

on_both!(
    a_manager_changes_roles_in_their_own_team_alone,
    checkpoints_that_would_wait_in_vain_are_told_before_the_change,
    the_last_manager_stays_unless_an_administrator_says_otherwise,
    two_managers_cannot_take_the_role_from_each_other,
    a_manager_who_lost_the_role_changes_nothing_more,
    who_was_last_seen_when_is_told_to_who_manages_them,
);

fn url(team: TeamId, user: UserId, word: &str) -> String {
    format!("/teams/{team}/members/{user}/{word}")
}

async fn roles(store: &Store, user: UserId, team: TeamId) -> BTreeSet<Role> {
    store.person(user).await.unwrap().unwrap().user.roles_in(team)
}

/// The hidden field of a form with which the reader says that they were told.
fn told(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"told\" value=\"").expect("the form tells of checkpoints");
    rest.split('"').next().unwrap().to_owned()
}

async fn a_manager_changes_roles_in_their_own_team_alone(db: Db) {
    let app = TestApp::start(&db).await;
    let other = app.app.add_team(&Caller::CommandLine, "payments", false).await.unwrap();
    let in_payments = || vec![TeamRole { team: "payments".to_owned(), role: Role::Operator }];
    app.app.grant_roles(&Caller::CommandLine, "viewer", in_payments()).await.unwrap();
    let viewer = app.id_of("viewer").await;
    let page_of = |team: TeamId| format!("/teams/{team}/members");

    let manager = app.signed_in_as("manager").await;
    manager.get("/approvals").await.says("href=\"/members\"");
    manager.get("/members").await.says("<h1>Members of storefront</h1>");
    let chosen = manager.get(&format!("/members?team={}", app.team)).await;
    assert_eq!(chosen.location(), page_of(app.team));
    let page = manager.get(&page_of(app.team)).await;
    page.says("<h1>Members of storefront</h1>").says(&url(app.team, viewer, "roles")).says_nothing_of("payments");
    page.says_nothing_of(">outsider<");
    let form = url(app.team, viewer, "roles");
    manager.get(&form).await.says("Roles of viewer in storefront").says("value=\"viewer\" checked");
    let none = manager.post(&form, &[]).await;
    assert_eq!(none.status, 422);
    none.says("Choose at least one role.");
    let done = manager.post(&form, &[("role", "operator"), ("role", "approver")]).await;
    assert_eq!((done.status, done.location()), (303, page_of(app.team).as_str()));
    manager.get(&page_of(app.team)).await.says("viewer has other roles in storefront now.");
    assert_eq!(roles(&db.store, viewer, app.team).await, BTreeSet::from([Role::Operator, Role::Approver]));
    assert_eq!(roles(&db.store, viewer, other).await, BTreeSet::from([Role::Operator]));
    let written: Vec<_> = audit(&db).await.into_iter().filter(|(who, ..)| who == "manager").map(|row| row.1).collect();
    assert_eq!(written, ["signed_in", "role_revoked", "role_granted", "role_granted"]);

    // Nothing of another team, and nobody who is not in the team.
    let outsider = app.id_of("outsider").await;
    for path in [page_of(other), url(other, viewer, "roles"), url(other, viewer, "remove")] {
        assert_eq!(manager.get(&path).await.status, 404, "{path}");
    }
    for path in [url(other, viewer, "roles"), url(other, viewer, "remove"), url(app.team, outsider, "roles")] {
        assert_eq!(manager.post(&path, &[("role", "manager")]).await.status, 404, "{path}");
    }
    assert_eq!(roles(&db.store, viewer, other).await, BTreeSet::from([Role::Operator]));
    assert_eq!(roles(&db.store, outsider, app.team).await, BTreeSet::new());

    // Others of the team read, and are offered nothing.
    let reader = app.signed_in_as("approver").await;
    reader.get(&page_of(app.team)).await.says("Managers of the team and administrators").says_nothing_of("/roles\"");

    manager.get(&url(app.team, viewer, "remove")).await.says("Remove viewer from storefront?");
    let done = manager.post(&url(app.team, viewer, "remove"), &[]).await;
    assert_eq!((done.status, done.location()), (303, page_of(app.team).as_str()));
    assert_eq!(roles(&db.store, viewer, app.team).await, BTreeSet::new());
    assert_eq!(roles(&db.store, viewer, other).await, BTreeSet::from([Role::Operator]));
    app.stops().await;
}

async fn checkpoints_that_would_wait_in_vain_are_told_before_the_change(db: Db) {
    let (scene, _) = Scene::at_the_gate(&db).await;
    let app = &scene.app;
    app.app.disable_user(&Caller::CommandLine, "second").await.unwrap();
    let approver = app.id_of("approver").await;
    let manager = app.signed_in_as("manager").await;
    let page = format!("/teams/{}/members", app.team);
    manager.get(&page).await.says_nothing_of("too few approvers");
    let form = url(app.team, approver, "roles");
    let kept = manager.post(&form, &[("role", "approver"), ("role", "viewer")]).await;
    assert_eq!(kept.status, 303, "who stays an approver leaves nothing short: {}", kept.text);

    let first = manager.post(&form, &[("role", "viewer")]).await;
    assert_eq!(first.status, 409);
    first.says("would have too few approvers").says("go-live of").says("1 must agree, 0 can.").says("Save Anyway");
    first.says("value=\"viewer\" checked");
    assert!(roles(&db.store, approver, app.team).await.contains(&Role::Approver), "it is told before");
    let wrong = manager.post(&form, &[("role", "viewer"), ("told", "anything")]).await;
    assert_eq!(wrong.status, 409, "whoever was told of others is told of these");

    let removal = url(app.team, approver, "remove");
    let dialog = manager.get(&removal).await;
    dialog.says("would have too few approvers").says("go-live of");
    assert_eq!(manager.post(&removal, &[]).await.status, 409);
    let done = manager.post(&removal, &[("told", &told(&dialog.text))]).await;
    assert_eq!(done.status, 303);
    assert_eq!(roles(&db.store, approver, app.team).await, BTreeSet::new());
    manager.get(&page).await.says("has too few approvers").says("go-live of").says("Make another member an approver");
    scene.is(ReleaseStatus::ToBeApproved).await;
    scene.app.stops().await;
}

async fn the_last_manager_stays_unless_an_administrator_says_otherwise(db: Db) {
    let app = TestApp::start(&db).await;
    let manager = app.id_of("manager").await;
    let browser = app.signed_in_as("manager").await;
    for (word, form) in [("roles", &[("role", "viewer")][..]), ("remove", &[])] {
        let refused = browser.post(&url(app.team, manager, word), form).await;
        assert_eq!(refused.status, 409, "{word}");
        refused.says("manager is the last manager of storefront who may sign in");
    }
    assert_eq!(roles(&db.store, manager, app.team).await, BTreeSet::from([Role::Manager]));
    // Somebody who may not sign in is none.
    let second = vec![TeamRole { team: "storefront".to_owned(), role: Role::Manager }];
    app.app.grant_roles(&Caller::CommandLine, "viewer", second).await.unwrap();
    app.app.disable_user(&Caller::CommandLine, "viewer").await.unwrap();
    assert_eq!(browser.post(&url(app.team, manager, "remove"), &[]).await.status, 409);
    app.app.enable_user(&Caller::CommandLine, "viewer").await.unwrap();
    let gone = browser.post(&url(app.team, manager, "remove"), &[]).await;
    assert_eq!((gone.status, gone.location()), (303, "/"), "there is another");
    assert_eq!(browser.get(&format!("/teams/{}/members", app.team)).await.status, 404);
    let viewer = app.id_of("viewer").await;
    let admin = app.signed_in_as("administrator").await;
    assert_eq!(admin.post(&url(app.team, viewer, "roles"), &[("role", "viewer")]).await.status, 303);
    assert_eq!(roles(&db.store, viewer, app.team).await, BTreeSet::from([Role::Viewer]));
    app.stops().await;
}

async fn two_managers_cannot_take_the_role_from_each_other(db: Db) {
    let app = TestApp::start(&db).await;
    let second = vec![TeamRole { team: "storefront".to_owned(), role: Role::Manager }];
    app.app.grant_roles(&Caller::CommandLine, "viewer", second).await.unwrap();
    let takes = async |by: &str, from: &str| {
        let change = RoleChange { team: app.team, user: app.id_of(from).await, roles: BTreeSet::from([Role::Viewer]) };
        app.app.change_roles(&app.caller(by).await, &change).await
    };
    let (one, other) = tokio::join!(takes("manager", "viewer"), takes("viewer", "manager"));
    let won = [&one, &other].into_iter().filter(|done| done.is_ok()).count();
    assert_eq!(won, 1, "{one:?} {other:?}");
    for refused in [one, other].into_iter().filter_map(Result::err) {
        assert!(matches!(refused, AccountError::NotFound), "who came second is no manager any more: {refused:?}");
    }
    app.stops().await;
}

async fn a_manager_who_lost_the_role_changes_nothing_more(db: Db) {
    let app = TestApp::start(&db).await;
    let remembered = app.caller("manager").await;
    let lost = vec![TeamRole { team: "storefront".to_owned(), role: Role::Manager }];
    app.app.revoke_roles(&Caller::CommandLine, "manager", lost).await.unwrap();
    let operator = app.id_of("operator").await;
    let change = RoleChange { team: app.team, user: operator, roles: BTreeSet::from([Role::Manager]) };
    let refused = app.app.change_roles(&remembered, &change).await;
    assert!(matches!(refused, Err(AccountError::NotFound)), "rights are looked up at the click: {refused:?}");
    assert_eq!(roles(&db.store, operator, app.team).await, BTreeSet::from([Role::Operator]));
    app.stops().await;
}

async fn who_was_last_seen_when_is_told_to_who_manages_them(db: Db) {
    let app = TestApp::start(&db).await;
    let manager = app.signed_in_as("manager").await;
    let viewer = app.id_of("viewer").await;
    let seen = async || db.store.person(viewer).await.unwrap().unwrap().last_seen_at;
    assert_eq!(seen().await, None);
    manager.get("/members").await.says("Last Seen").says(">never<");
    let theirs = app.signed_in_as("viewer").await;
    let began = seen().await.expect("who signs in is seen");
    assert_eq!(began, app.app.clock.now());
    // Within the minute nothing is written; after it the next request is, once, whatever refreshes itself.
    app.passes(TimeDelta::seconds(59));
    theirs.get("/account").await;
    app.passes(TimeDelta::minutes(5));
    theirs.htmx("/approvals/count?seen=0", "/approvals").await;
    assert_eq!(seen().await, Some(began));
    theirs.get("/account").await;
    let waits = async {
        while seen().await == Some(began) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), waits).await.expect("it is written down beside the answer");
    assert_eq!(seen().await, Some(app.app.clock.now()));
    theirs.post("/logout", &[]).await;
    assert!(seen().await.is_some(), "it stays when the session is over");
    manager.get("/members").await.says("just now");
    app.signed_in_as("approver").await.get("/members").await.says_nothing_of("Last Seen");
    app.stops().await;
}
