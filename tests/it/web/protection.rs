//! Security headers of every answer, and checks that no request gets past.

use reqwest::Method;
use url::Url;

use super::app::{PASSWORD, TestApp};
use super::browser::Page;
use crate::db::Db;

on_both!(
    every_answer_carries_the_headers,
    another_site_changes_nothing,
    what_is_too_large_is_refused_as_a_page,
    what_cannot_be_read_is_refused_as_a_page,
    behind_https_cookies_are_secure,
    s21_subdomains_are_told_to_use_https_when_asked_to,
    htmx_is_refused_in_a_dialog,
    a_head_is_a_get_without_its_body,
);

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

#[track_caller]
/// The headers that every answer carries.
pub fn carries_the_headers(what: &str, page: &Page) {
    for (name, value) in [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(page.header(name), value, "{name} of {what}");
    }
    assert!(page.header("permissions-policy").contains("camera=()"), "{what}");
    assert_eq!(page.header("x-request-id").len(), 16, "{what}");
    assert!(page.header("strict-transport-security").is_empty(), "{what}");
}

async fn every_answer_carries_the_headers(db: Db) {
    let app = TestApp::start(&db).await;
    let (ann, nobody) = (app.signed_in_as("operator").await, app.browser());
    let big = "x".repeat(70_000);
    let style = ann.get("/login").await;
    assert_eq!(style.location(), "/");
    let login = nobody.get("/login").await;
    let style = login.text.split("href=\"").find(|rest| rest.starts_with("/static/")).unwrap();
    let style = style.split('"').next().unwrap();
    let answers = [
        ("200", 200, ann.get("/account").await),
        ("sign-in page", 200, login.clone()),
        ("health", 200, nobody.get("/healthz").await),
        ("asset", 200, nobody.get(style).await),
        ("303", 303, ann.get("/").await),
        ("signed out", 303, nobody.get("/account").await),
        ("404", 404, ann.get("/nothing").await),
        ("404 of a static file", 404, nobody.get("/static/nothing.js").await),
        ("404 of a region", 404, ann.get("/regions/atlantis").await),
        ("404 of a malformed key", 404, ann.post("/account/sessions/x/end", &[]).await),
        ("405", 405, ann.get("/logout").await),
        ("401", 401, nobody.signs_in("operator", "wrong horse").await),
        ("403", 403, ann.send(Method::POST, "/logout", &[("sec-fetch-site", "cross-site")], "").await),
        ("413", 413, ann.post("/account/password", &[("current", &big)]).await),
        ("422", 422, ann.post("/account/password", &[("current", "x")]).await),
    ];
    for (what, status, page) in &answers {
        assert_eq!(page.status, *status, "{what}");
        carries_the_headers(what, page);
        let kept = if *what == "asset" { "public, max-age=31536000, immutable" } else { "no-store" };
        assert_eq!(page.header("cache-control"), kept, "{what}");
        if *status >= 400 {
            assert!(page.text.contains("<h1>"), "{what} is a page");
        }
    }
    app.stops().await;
}

async fn another_site_changes_nothing(db: Db) {
    let app = TestApp::start(&db).await;
    let ann = app.signed_in_as("operator").await;
    let ours = format!("http://{}", app.address);
    let foreign: [&[(&str, &str)]; 6] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "cross-site"), ("origin", &ours)],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", "http://127.0.0.1:1")],
    ];
    for headers in foreign {
        let refused = ann.send(Method::POST, "/logout", headers, "").await;
        assert_eq!(refused.status, 403, "{headers:?}");
        refused.says("This request came from another site");
        assert!(ann.is_signed_in().await);
    }
    for headers in [&[("origin", ours.as_str())][..], &[("sec-fetch-site", "none")], &[]] {
        let ann = app.signed_in_as("operator").await;
        assert_eq!(ann.send(Method::POST, "/logout", headers, "").await.status, 303, "{headers:?}");
    }
    app.stops().await;
}

async fn what_is_too_large_is_refused_as_a_page(db: Db) {
    let app = TestApp::start(&db).await;
    for length in [17_000, 70_000] {
        let refused = app.browser().signs_in("operator", &"x".repeat(length)).await;
        assert_eq!(refused.status, 413);
        refused.says("What was sent is too large");
    }
    // Many tasks may be chosen, and long values given.
    let ann = app.signed_in_as("operator").await;
    let execute = "/regions/eu-west/release-tasks/x/execute";
    for (length, status) in [(1_000_000, 404), (1_100_000, 413)] {
        assert_eq!(ann.post(execute, &[("task", &"x".repeat(length))]).await.status, status);
    }
    app.stops().await;
}

async fn what_cannot_be_read_is_refused_as_a_page(db: Db) {
    let app = TestApp::start(&db).await;
    let ann = app.browser();
    for body in ["", "name=operator", "%ff%fe=1", "name=operator&password=%ff"] {
        let refused = ann.send(Method::POST, "/login", &[], body).await;
        assert!(matches!(refused.status, 401 | 422), "{body}: {}", refused.status);
        carries_the_headers(body, &refused);
    }
    let refused = ann.send(Method::POST, "/login", &[("content-type", "text/plain")], "x").await;
    assert_eq!(refused.status, 415);
    app.stops().await;
}

async fn behind_https_cookies_are_secure(db: Db) {
    let public = Url::parse("https://releases.example/").unwrap();
    let app = TestApp::start_with(&db, |web| {
        web.public_url = Some(public);
        web.trust_proxy = true;
    })
    .await;
    let body = format!("name=operator&password={}", PASSWORD.replace(' ', "+"));
    let headers = [("origin", "https://releases.example"), ("x-forwarded-for", "6.6.6.6, 10.1.2.3")];
    let reply = app.browser().send(Method::POST, "/login", &headers, &body).await;
    assert_eq!(reply.status, 303);
    assert!(reply.header("set-cookie").contains("Secure"), "{}", reply.header("set-cookie"));
    assert_eq!(reply.header("strict-transport-security"), "max-age=31536000");
    assert_eq!(super::audit(&db).await[0].2.as_deref(), Some("10.1.2.3"), "the address that the proxy saw");
    app.stops().await;
}

async fn s21_subdomains_are_told_to_use_https_when_asked_to(db: Db) {
    for (url, said) in [("https://a.example/", "max-age=31536000; includeSubDomains"), ("http://a.example/", "")] {
        let app = TestApp::start_empty_with(
            &db,
            |web| {
                web.public_url = Url::parse(url).ok();
                web.hsts_subdomains = true;
            },
            |store| store,
        )
        .await;
        assert_eq!(app.browser().get("/login").await.header("strict-transport-security"), said);
        app.stops().await;
    }
}

async fn htmx_is_refused_in_a_dialog(db: Db) {
    let app = TestApp::start(&db).await;
    let ann = app.signed_in_as("operator").await;
    let refused = ann.htmx("/regions/atlantis", "/account").await;
    assert_eq!(refused.status, 404);
    refused.says("class=\"dialog\"").says("This page does not exist").says("href=\"/account\"");
    assert!(!refused.text.contains("<html"), "a part, not a page");
    app.stops().await;
}

async fn a_head_is_a_get_without_its_body(db: Db) {
    let app = TestApp::start(&db).await;
    let head = app.browser().send(Method::HEAD, "/login", &[], "").await;
    assert_eq!((head.status, head.text.as_str()), (200, ""));
    app.stops().await;
}
