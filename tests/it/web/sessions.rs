//! Sessions: seen, ended at once, renewed, and over by themselves.

use std::time::{Duration, Instant};
use tollgate::app::Caller;

use chrono::TimeDelta;

use super::app::{PASSWORD, TestApp};
use crate::db::Db;

on_both!(
    a_session_ended_elsewhere_is_over_at_once,
    one_ends_all_other_sessions,
    nobody_ends_the_session_of_another,
    signing_in_makes_a_new_session_and_ends_the_old,
    a_session_that_nobody_uses_is_over_after_twelve_hours,
    a_page_that_refreshes_itself_is_nobody_using_it,
    a_session_is_over_after_seven_days,
    changing_the_password_ends_the_other_sessions,
    a_password_that_will_not_do_is_told_in_the_form,
    the_command_line_ends_sessions_of_a_running_server,
    the_database_knows_no_key,
);

fn end_urls(page: &str) -> Vec<String> {
    let after = page.split("action=\"").skip(1);
    let urls = after.filter_map(|rest| rest.split('"').next()).filter(|url| url.ends_with("/end"));
    urls.map(str::to_owned).collect()
}

async fn a_session_ended_elsewhere_is_over_at_once(db: Db) {
    let app = TestApp::start(&db).await;
    let (desk, phone) = (app.signed_in_as("operator").await, app.signed_in_as("operator").await);
    assert!(phone.is_signed_in().await);
    let page = desk.get("/account").await;
    let ends = end_urls(&page.text);
    assert_eq!(ends.len(), 2, "this session and the other: {}", page.text);
    let ended = desk.post(&ends[1], &[]).await;
    assert_eq!((ended.status, ended.location()), (303, "/account"));
    assert!(!phone.is_signed_in().await, "not a request longer");
    let page = desk.get("/account").await;
    page.says("The session is ended.");
    assert_eq!(end_urls(&page.text).len(), 1);
    assert!(!desk.get("/account").await.text.contains("The session is ended."), "it is told once");
    assert_eq!(desk.post(&ends[1], &[]).await.status, 404, "it is gone");

    assert_eq!(desk.post(&ends[0], &[]).await.location(), "/login?signed_out=1");
    assert!(!desk.is_signed_in().await);
    app.stops().await;
}

async fn one_ends_all_other_sessions(db: Db) {
    let app = TestApp::start(&db).await;
    let (desk, phone, other) =
        (app.signed_in_as("operator").await, app.signed_in_as("operator").await, app.signed_in_as("viewer").await);
    desk.post("/account/sessions/end-others", &[]).await;
    assert!(desk.is_signed_in().await);
    assert!(!phone.is_signed_in().await);
    assert!(other.is_signed_in().await, "somebody else's session goes on");
    app.stops().await;
}

async fn nobody_ends_the_session_of_another(db: Db) {
    let app = TestApp::start(&db).await;
    let (ann, eve) = (app.signed_in_as("operator").await, app.signed_in_as("manager").await);
    let ends = end_urls(&ann.get("/account").await.text);
    assert_eq!(eve.post(&ends[0], &[]).await.status, 404);
    assert!(ann.is_signed_in().await);
    app.stops().await;
}

async fn signing_in_makes_a_new_session_and_ends_the_old(db: Db) {
    let app = TestApp::start(&db).await;
    let ann = app.signed_in_as("operator").await;
    let before = ann.cookie("tollgate").unwrap();
    ann.signs_in("operator", PASSWORD).await;
    assert_ne!(ann.cookie("tollgate").unwrap(), before);
    let eve = app.browser();
    eve.holds("tollgate", &before);
    assert!(!eve.is_signed_in().await, "a key from before the sign-in is worth nothing");
    app.stops().await;
}

async fn a_session_that_nobody_uses_is_over_after_twelve_hours(db: Db) {
    let app = TestApp::start(&db).await;
    let ann = app.signed_in_as("operator").await;
    for _ in 0..3 {
        app.passes(TimeDelta::hours(11));
        assert!(ann.is_signed_in().await, "it is used");
    }
    app.passes(TimeDelta::hours(12));
    assert!(!ann.is_signed_in().await);
    app.stops().await;
}

async fn a_page_that_refreshes_itself_is_nobody_using_it(db: Db) {
    let app = TestApp::start(&db).await;
    let ann = app.signed_in_as("operator").await;
    for _ in 0..11 {
        app.passes(TimeDelta::hours(1));
        assert_eq!(ann.htmx("/account?seen=1", "/account").await.status, 200);
    }
    app.passes(TimeDelta::hours(1));
    assert_eq!(ann.htmx("/account?seen=1", "/account").await.status, 401);
    app.stops().await;
}

async fn a_session_is_over_after_seven_days(db: Db) {
    let app = TestApp::start(&db).await;
    let ann = app.signed_in_as("operator").await;
    for _ in 0..15 {
        app.passes(TimeDelta::hours(11));
        assert!(ann.is_signed_in().await);
    }
    app.passes(TimeDelta::hours(3));
    assert!(!ann.is_signed_in().await, "used or not");
    app.stops().await;
}

async fn changing_the_password_ends_the_other_sessions(db: Db) {
    let app = TestApp::start(&db).await;
    let (desk, phone) = (app.signed_in_as("operator").await, app.signed_in_as("operator").await);
    let form = [("current", PASSWORD), ("password", "battery staple"), ("again", "battery staple")];
    assert_eq!(desk.post("/account/password", &form).await.location(), "/account");
    assert!(desk.is_signed_in().await);
    assert!(!phone.is_signed_in().await);
    assert_eq!(phone.signs_in("operator", PASSWORD).await.status, 401);
    assert_eq!(phone.signs_in("operator", "battery staple").await.status, 303);
    app.stops().await;
}

async fn a_password_that_will_not_do_is_told_in_the_form(db: Db) {
    let app = TestApp::start(&db).await;
    let ann = app.signed_in_as("operator").await;
    let cases = [
        ("wrong horse", "battery staple", "battery staple", "This is not your present password."),
        (PASSWORD, "short", "short", "needs at least 8 characters"),
        (PASSWORD, "operator", "operator", "The password is the name of the account"),
        (PASSWORD, "battery staple", "battery stable", "This is not the same password as above."),
    ];
    for (current, password, again, told) in cases {
        let form = [("current", current), ("password", password), ("again", again)];
        let reply = ann.post("/account/password", &form).await;
        assert_eq!(reply.status, 422);
        reply.says(told);
        assert!(!reply.text.contains("battery"), "what was typed is not sent back");
    }
    assert!(ann.is_signed_in().await);
    app.stops().await;
}

async fn the_command_line_ends_sessions_of_a_running_server(db: Db) {
    let app = TestApp::start(&db).await;
    let ann = app.signed_in_as("operator").await;
    assert!(ann.is_signed_in().await);
    // As another process does: the memory of the server is not told.
    let ended = app.app.set_password(&Caller::CommandLine, "operator", "battery staple".to_owned()).await.unwrap();
    assert_eq!(ended, 1);
    let since = Instant::now();
    while ann.is_signed_in().await {
        assert!(since.elapsed() < Duration::from_mins(1), "the session goes on");
    }
    app.stops().await;
}

async fn the_database_knows_no_key(db: Db) {
    let app = TestApp::start(&db).await;
    let ann = app.signed_in_as("operator").await;
    let cookie = ann.cookie("tollgate").unwrap();
    let key = &cookie[cookie.len() - 64..];
    let hash = tollgate::app::secret::hashed(key);
    let found = db.store.session(&hash, app.app.clock.now()).await.unwrap();
    assert_eq!(found.unwrap().address.as_deref(), Some("127.0.0.1"));
    assert_eq!(db.store.session(key.as_bytes(), app.app.clock.now()).await.unwrap(), None);
    app.stops().await;
}
