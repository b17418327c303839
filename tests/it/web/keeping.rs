//! Accounts that a manager keeps, those of people of their team alone: links that set a new password, Disable and Enable.

use chrono::TimeDelta;
use tollgate::app::Caller;
use tollgate::app::accounts::{AccountError, TeamRole};
use tollgate::app::sessions::From;
use tollgate::domain::people::Role;

use super::app::{PASSWORD, TestApp};
use super::audit;
use super::browser::{Browser, Page};
use super::releases::scene::Scene;
use crate::db::Db;

on_both!(
    d4_looking_at_a_link_that_sets_a_password_changes_nothing,
    a_manager_keeps_the_accounts_of_people_of_their_team_alone,
    d4_a_link_that_sets_a_password_is_looked_at_again_when_it_is_used,
    d4_of_two_who_set_a_password_by_one_link_one_does,
    a_manager_disables_somebody_and_is_told_before_what_would_wait_in_vain,
    c10_the_page_of_a_team_loses_no_last_administrator,
);

/// A password that is nobody's yet.
const NEW: &str = "battery staple";

/// The secret of the one link on the page.
fn token(page: &Page) -> String {
    let (_, rest) = page.text.split_once("/reset?token=").expect("there is a link");
    rest[..64].to_owned()
}

async fn sets(browser: &Browser, token: &str, password: &str) -> Page {
    browser.post("/reset", &[("token", token), ("password", password), ("again", password)]).await
}

impl TestApp {
    fn of_member(&self, id: impl std::fmt::Display, word: &str) -> String {
        format!("/teams/{}/members/{id}/{word}", self.team)
    }

    /// The secret of a link that the manager of the team makes for that member.
    async fn manager_resets(&self, name: &str) -> String {
        let (manager, user) = (self.caller("manager").await, self.id_of(name).await);
        self.app.make_reset_link_of_member(&manager, self.team, user).await.unwrap().secret
    }

    async fn grants(&self, name: &str, team: &str, role: Role) {
        let roles = vec![TeamRole { team: team.to_owned(), role }];
        self.app.grant_roles(&Caller::CommandLine, name, roles).await.unwrap();
    }

    async fn revokes(&self, name: &str, team: &str, role: Role) {
        let roles = vec![TeamRole { team: team.to_owned(), role }];
        self.app.revoke_roles(&Caller::CommandLine, name, roles).await.unwrap();
    }
}

async fn d4_looking_at_a_link_that_sets_a_password_changes_nothing(db: Db) {
    let app = TestApp::start(&db).await;
    let viewer = app.signed_in_as("viewer").await;
    let admin = app.signed_in_as("administrator").await;
    let url = format!("/users/{}/reset", app.id_of("viewer").await);
    admin.get("/users").await.says(&url);
    admin.get(&url).await.says("Reset the password of viewer?");
    let made = admin.post(&url, &[]).await;
    assert_eq!(made.status, 200);
    made.says("Send This Link").says("whoever has it can sign in as viewer");
    let token = token(&made);
    let link = format!("/reset?token={token}");
    for browser in [&app.browser(), &app.browser(), &admin, &viewer] {
        browser.get(&link).await.says("New Password").says("value=\"viewer\"");
    }
    assert!(viewer.is_signed_in().await, "a look ends no session");
    assert_eq!(app.browser().signs_in("viewer", PASSWORD).await.status, 303, "and changes no password");

    let (lost, mine) = (app.browser(), [("token", token.as_str()), ("password", NEW), ("again", "another")]);
    lost.post("/reset", &mine).await.says("This is not the same password");
    for (password, said) in [("short", "at least 8 characters"), ("viewer2026", "name of the account")] {
        let wrong = sets(&lost, &token, password).await;
        assert_eq!(wrong.status, 422, "{password}");
        wrong.says(said);
    }
    let done = sets(&lost, &token, NEW).await;
    assert_eq!((done.status, done.location()), (303, "/"));
    assert!(lost.is_signed_in().await && !viewer.is_signed_in().await, "all their sessions end but the new one");
    assert_eq!(app.browser().signs_in("viewer", PASSWORD).await.status, 401);
    assert_eq!(app.browser().signs_in("viewer", NEW).await.status, 303);
    for over in [lost.get(&link).await, sets(&app.browser(), &token, "another password").await] {
        assert_eq!(over.status, 404);
        over.says("This link is not valid any more");
    }
    let told: Vec<_> = audit(&db).await.into_iter().map(|(who, what, _)| format!("{who} {what}")).collect();
    assert!(told.contains(&"administrator reset_link_made".to_owned()), "{told:?}");
    assert!(told.contains(&"viewer password_reset".to_owned()), "{told:?}");
    app.stops().await;
}

async fn a_manager_keeps_the_accounts_of_people_of_their_team_alone(db: Db) {
    let app = TestApp::start(&db).await;
    app.app.add_team(&Caller::CommandLine, "payments", false).await.unwrap();
    app.grants("operator", "payments", Role::Viewer).await;
    app.grants("administrator", "storefront", Role::Viewer).await;
    let manager = app.signed_in_as("manager").await;
    let page = manager.get("/members").await;
    page.says_nothing_of("payments");
    for (name, is_kept) in
        [("viewer", true), ("approver", true), ("operator", false), ("administrator", false), ("manager", false)]
    {
        let id = app.id_of(name).await;
        for word in ["reset", "disable"] {
            let url = app.of_member(id, word);
            assert_eq!(page.text.contains(&url), is_kept, "{name} {word}");
            assert_eq!(manager.get(&url).await.status, if is_kept { 200 } else { 404 }, "{name} {word}");
        }
        if !is_kept {
            for word in ["reset", "disable", "enable"] {
                assert_eq!(manager.post(&app.of_member(id, word), &[]).await.status, 404, "{name} {word}");
            }
            assert!(db.store.user(id).await.unwrap().is_some());
        }
    }
    let outsider = app.id_of("outsider").await;
    assert_eq!(manager.post(&app.of_member(outsider, "reset"), &[]).await.status, 404, "who is in no team of theirs");
    let made = manager.post(&app.of_member(app.id_of("viewer").await, "reset"), &[]).await;
    assert_eq!(sets(&app.browser(), &token(&made), NEW).await.status, 303);
    app.stops().await;
}

async fn d4_a_link_that_sets_a_password_is_looked_at_again_when_it_is_used(db: Db) {
    let app = TestApp::start(&db).await;
    app.app.add_team(&Caller::CommandLine, "payments", false).await.unwrap();
    let over = async |token: &str, status: u16| {
        let looked = app.browser().get(&format!("/reset?token={token}")).await.status;
        assert_eq!((looked, sets(&app.browser(), token, NEW).await.status), (status, status));
        assert_eq!(app.browser().signs_in("viewer", PASSWORD).await.status, 303, "nothing was changed");
    };
    let good = async |token: &str| assert_eq!(app.browser().get(&format!("/reset?token={token}")).await.status, 200);

    let token = app.manager_resets("viewer").await;
    app.grants("viewer", "payments", Role::Viewer).await;
    over(&token, 404).await;
    app.revokes("viewer", "payments", Role::Viewer).await;
    good(&token).await;
    app.app.set_administrator(&Caller::CommandLine, "viewer", true).await.unwrap();
    over(&token, 404).await;
    app.app.set_administrator(&Caller::CommandLine, "viewer", false).await.unwrap();
    app.revokes("manager", "storefront", Role::Manager).await;
    over(&token, 404).await;
    app.grants("manager", "storefront", Role::Manager).await;
    good(&token).await;

    let newer = app.manager_resets("viewer").await;
    over(&token, 404).await;
    app.passes(TimeDelta::days(1) - TimeDelta::seconds(1));
    good(&newer).await;
    app.passes(TimeDelta::seconds(1));
    over(&newer, 410).await;

    // Another password meanwhile, or the end of the account, is the end of the link.
    let token = app.manager_resets("viewer").await;
    app.app.set_password(&Caller::CommandLine, "viewer", PASSWORD.to_owned()).await.unwrap();
    over(&token, 404).await;
    let token = app.manager_resets("viewer").await;
    app.app.disable_user(&Caller::CommandLine, "viewer").await.unwrap();
    let (manager, viewer) = (app.caller("manager").await, app.id_of("viewer").await);
    let refused = app.app.make_reset_link_of_member(&manager, app.team, viewer).await;
    assert!(matches!(refused, Err(AccountError::Disabled(_))), "{refused:?}");
    app.app.enable_user(&Caller::CommandLine, "viewer").await.unwrap();
    over(&token, 404).await;
    app.stops().await;
}

async fn d4_of_two_who_set_a_password_by_one_link_one_does(db: Db) {
    let app = TestApp::start(&db).await;
    for _ in 0..4 {
        let secret = app.manager_resets("viewer").await;
        let sets = |password: &str| app.app.reset_by_link(&secret, password.to_owned(), From::default());
        let (one, two) = tokio::join!(sets(NEW), sets(PASSWORD));
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        let won = if one.is_ok() { NEW } else { PASSWORD };
        assert_eq!(app.browser().signs_in("viewer", won).await.status, 303);
    }
    app.stops().await;
}

async fn a_manager_disables_somebody_and_is_told_before_what_would_wait_in_vain(db: Db) {
    let (scene, _) = Scene::at_the_gate(&db).await;
    let app = &scene.app;
    app.app.disable_user(&Caller::CommandLine, "second").await.unwrap();
    let approver = app.id_of("approver").await;
    let (manager, theirs) = (app.signed_in_as("manager").await, app.signed_in_as("approver").await);
    let url = app.of_member(approver, "disable");
    let dialog = manager.get(&url).await;
    dialog.says("Disable approver?").says("would have too few approvers").says("go-live of");
    assert_eq!(manager.post(&url, &[]).await.status, 409);
    assert!(theirs.is_signed_in().await, "it is told before");
    let (_, rest) = dialog.text.split_once("name=\"told\" value=\"").unwrap();
    let done = manager.post(&url, &[("told", rest.split('"').next().unwrap())]).await;
    assert_eq!((done.status, done.location()), (303, format!("/teams/{}/members", app.team).as_str()));
    assert!(!theirs.is_signed_in().await);
    assert_eq!(app.browser().signs_in("approver", PASSWORD).await.status, 401);
    let enable = app.of_member(approver, "enable");
    manager.get("/members").await.says("Disabled").says(&enable).says("has too few approvers");
    assert_eq!(manager.post(&enable, &[]).await.status, 303);
    assert_eq!(app.browser().signs_in("approver", PASSWORD).await.status, 303);
    scene.app.stops().await;
}

async fn c10_the_page_of_a_team_loses_no_last_administrator(db: Db) {
    let app = TestApp::start(&db).await;
    app.grants("administrator", "storefront", Role::Viewer).await;
    let id = app.id_of("administrator").await;
    let admin = app.signed_in_as("administrator").await;
    let refused = admin.post(&app.of_member(id, "disable"), &[]).await;
    assert_eq!(refused.status, 409);
    refused.says("administrator is the last administrator who may sign in");
    // Two who disable each other on that page at the same time.
    for _ in 0..4 {
        app.app.set_administrator(&Caller::CommandLine, "viewer", true).await.unwrap();
        let (one, other) = (app.caller("administrator").await, app.caller("viewer").await);
        let viewer = app.id_of("viewer").await;
        let (first, second) =
            tokio::join!(app.app.disable_member(&one, app.team, viewer), app.app.disable_member(&other, app.team, id));
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
        assert!(db.store.has_administrator().await.unwrap());
        for name in ["administrator", "viewer"] {
            app.app.enable_user(&Caller::CommandLine, name).await.unwrap();
        }
    }
    app.stops().await;
}
