//! Signing in and out, and what somebody who guesses learns from it.

use chrono::TimeDelta;
use tollgate::app::sessions::cookie_key;

use super::app::{PASSWORD, TestApp};
use super::browser::{Browser, signed};
use crate::db::Db;

on_both!(
    one_signs_in_and_out,
    one_comes_back_to_the_page_that_one_wanted,
    f18_a_fragment_comes_back_after_signing_in,
    the_region_of_the_last_visit_is_remembered,
    nobody_is_led_to_another_site,
    a_wrong_password_and_an_unknown_name_are_told_alike,
    an_account_is_guarded_against_guessing,
    s1_a_stranger_shuts_nobody_out,
    c11_a_right_password_is_no_guess,
    c11_an_address_is_guarded_and_one_that_anybody_can_claim_is_not_believed,
    a_disabled_or_unknown_session_is_nobody,
    every_step_is_in_the_audit,
);

async fn one_signs_in_and_out(db: Db) {
    let app = TestApp::start(&db).await;
    let ann = app.browser();
    assert_eq!(ann.get("/account").await.location(), "/login?next=%2Faccount");
    ann.get("/login").await.says("Sign In");
    let reply = ann.signs_in("Operator", PASSWORD).await;
    assert_eq!((reply.status, reply.location()), (303, "/"));
    let cookie = reply.header("set-cookie");
    for part in ["tollgate=", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=604800"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "over http a secure cookie would not come back: {cookie}");
    assert_eq!(ann.get("/").await.location(), "/regions/eu-west/release-tasks");
    assert_eq!(ann.get("/login").await.location(), "/", "whoever is signed in goes on");
    ann.get("/account").await.says("operator").says("storefront: operator").says("Firefox on Linux");

    let out = ann.post("/logout", &[]).await;
    assert_eq!((out.status, out.location()), (303, "/login?signed_out=1"));
    ann.get("/login?signed_out=1").await.says("You are signed out.");
    assert!(!ann.is_signed_in().await);
    app.stops().await;
}

async fn f18_a_fragment_comes_back_after_signing_in(db: Db) {
    let app = TestApp::start(&db).await;
    let wanted = "/regions/eu-west/release-tasks?page=1#L10";
    let form = [("name", "operator"), ("password", PASSWORD), ("next", wanted)];
    assert_eq!(app.browser().post("/login", &form).await.location(), wanted);
    let wrong = app.browser().post("/login", &[("name", "operator"), ("password", "no"), ("next", wanted)]).await;
    wrong.says("value=\"/regions/eu-west/release-tasks?page=1#L10\"");
    app.stops().await;
}

async fn one_comes_back_to_the_page_that_one_wanted(db: Db) {
    let app = TestApp::start(&db).await;
    let ann = app.browser();
    let wanted = "/regions/eu-west/release-tasks?status=running&page=2";
    let sent = ann.get(wanted).await;
    assert_eq!(sent.location(), "/login?next=%2Fregions%2Feu-west%2Frelease-tasks%3Fstatus%3Drunning%26page%3D2");
    ann.get(sent.location()).await.says("status=running&#38;page=2");
    let form = [("name", "operator"), ("password", PASSWORD), ("next", wanted)];
    assert_eq!(ann.post("/login", &form).await.location(), wanted);

    let forgotten = app.browser();
    let poll = forgotten.htmx("/account?seen=4", "/account?tab=2").await;
    assert_eq!((poll.status, poll.header("hx-redirect")), (401, "/login?next=%2Faccount%3Ftab%3D2"));
    let sent = forgotten.post("/account/password", &[]).await;
    assert_eq!((sent.status, sent.location()), (303, "/login"), "a form is never repeated by itself");
    app.stops().await;
}

async fn the_region_of_the_last_visit_is_remembered(db: Db) {
    let app = TestApp::start(&db).await;
    let ann = app.signed_in_as("operator").await;
    assert_eq!(ann.get("/").await.location(), "/regions/eu-west/release-tasks", "the first by name");
    assert_eq!(ann.get("/regions/us-east").await.location(), "/regions/us-east/release-tasks");
    ann.get("/regions/us-east/release-tasks").await.says("us-east");
    assert_eq!(ann.get("/").await.location(), "/regions/us-east/release-tasks");
    ann.get("/account").await.says("Region: us-east");
    ann.holds("tollgate_region", "atlantis");
    assert_eq!(ann.get("/").await.location(), "/regions/eu-west/release-tasks", "what is not there is not remembered");
    app.stops().await;
}

async fn nobody_is_led_to_another_site(db: Db) {
    let app = TestApp::start(&db).await;
    for next in
        ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)"]
    {
        let form = [("name", "operator"), ("password", PASSWORD), ("next", next)];
        assert_eq!(app.browser().post("/login", &form).await.location(), "/", "{next}");
    }
    app.stops().await;
}

async fn a_wrong_password_and_an_unknown_name_are_told_alike(db: Db) {
    let app = TestApp::start(&db).await;
    let wrong = app.browser().signs_in("operator", "wrong horse").await;
    let unknown = app.browser().signs_in("0perator", "wrong horse").await;
    assert_eq!((wrong.status, unknown.status), (401, 401));
    wrong.says("The name or the password is wrong.");
    assert_eq!(wrong.text.replace("operator", "0perator"), unknown.text);
    assert!(wrong.header("set-cookie").is_empty());
    app.stops().await;
}

async fn an_account_is_guarded_against_guessing(db: Db) {
    let app = TestApp::start(&db).await;
    let eve = app.browser();
    for name in ["operator", "nobody"] {
        for _ in 0..5 {
            assert_eq!(eve.signs_in(name, "guess").await.status, 401);
        }
        let held = eve.signs_in(name, PASSWORD).await;
        assert_eq!((held.status, held.header("retry-after")), (429, "10"), "known or not: {name}");
        held.says("Wait 10 s");
    }
    app.passes(TimeDelta::seconds(10));
    assert_eq!(eve.signs_in("operator", PASSWORD).await.status, 303);
    app.stops().await;
}

async fn s1_a_stranger_shuts_nobody_out(db: Db) {
    let app = TestApp::start_with(&db, |web| web.trust_proxy = true).await;
    let password = PASSWORD.replace(' ', "+");
    let (eve, ann) = (app.browser(), app.browser());
    let post = async |who: &Browser, address: &str, path: &str, body: &str| {
        let headers = [("sec-fetch-site", "same-origin"), ("x-forwarded-for", address)];
        who.send(reqwest::Method::POST, path, &headers, body).await.status
    };
    for n in 0..8 {
        let expected = if n < 5 { 401 } else { 429 };
        assert_eq!(post(&eve, "10.0.0.1", "/login", "name=operator&password=guess").await, expected, "guess {n}");
    }
    let right = format!("name=operator&password={password}");
    for n in 2..5 {
        assert_eq!(post(&ann, &format!("10.0.0.{n}"), "/login", &right).await, 303, "from 10.0.0.{n}");
    }
    let change = format!("current={password}&password=battery+staple&again=battery+staple");
    assert_eq!(post(&ann, "10.0.0.1", "/account/password", &change).await, 303);
    app.stops().await;
}

async fn c11_a_right_password_is_no_guess(db: Db) {
    let app = TestApp::start(&db).await;
    for _ in 0..8 {
        app.signed_in_as("operator").await;
    }
    app.stops().await;
}

async fn c11_an_address_is_guarded_and_one_that_anybody_can_claim_is_not_believed(db: Db) {
    let app = TestApp::start(&db).await;
    let eve = app.browser();
    for n in 0..20 {
        assert_eq!(eve.signs_in(&format!("user{n}"), "guess").await.status, 401);
    }
    let held = eve.signs_in("operator", PASSWORD).await;
    assert_eq!((held.status, held.header("retry-after")), (429, "1"));
    let claims = [("sec-fetch-site", "same-origin"), ("x-forwarded-for", "10.9.8.7")];
    let body = format!("name=operator&password={}", PASSWORD.replace(' ', "+"));
    let held = eve.send(reqwest::Method::POST, "/login", &claims, &body).await;
    assert_eq!(held.status, 429, "an address that anybody can claim is not believed");
    app.stops().await;
}

async fn a_disabled_or_unknown_session_is_nobody(db: Db) {
    let app = TestApp::start(&db).await;
    let (eve, secret) = (app.browser(), cookie_key(&db.store).await.unwrap());
    for key in ["", "x", &"0".repeat(64), &"é".repeat(40)] {
        for cookie in [key, &signed(&secret, key)] {
            eve.holds("tollgate", cookie);
            assert!(!eve.is_signed_in().await, "{cookie}");
        }
    }
    app.stops().await;
}

async fn every_step_is_in_the_audit(db: Db) {
    let app = TestApp::start(&db).await;
    let ann = app.browser();
    ann.signs_in("operator", "wrong horse").await;
    ann.signs_in("operator", PASSWORD).await;
    ann.post("/logout", &[]).await;
    let told = super::audit(&db).await;
    let address = Some("127.0.0.1".to_owned());
    assert_eq!(
        told,
        [
            ("Tollgate".to_owned(), "sign_in_failed".to_owned(), address.clone()),
            ("operator".to_owned(), "signed_in".to_owned(), address.clone()),
            ("operator".to_owned(), "signed_out".to_owned(), address),
        ]
    );
    app.stops().await;
}
