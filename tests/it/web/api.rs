//! The API: its one operation, and every error as JSON, whoever makes it.

use std::net::TcpListener;

use actix_web::dev::ServerHandle;
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{Data, Json, Query, ServiceConfig, get, post, resource};
use actix_web::{App, HttpResponse, HttpServer};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tollgate::api;
use tollgate::http::Site;
use tollgate::http::error::HttpError;
use tollgate::http::middleware::envelope::envelope;
use tollgate::http::session::CurrentUser;
use tollgate::pages::caches::PageCaches;
use tollgate::pages::routes;

use super::app::TestApp;
use super::browser::{Browser, Page};
use super::protection::carries_the_headers;
use crate::db::Db;

on_both!(
    anybody_is_told_the_version,
    every_error_below_api_is_json,
    outside_of_the_api_errors_are_pages,
    an_operation_asks_for_somebody_who_is_signed_in,
    what_an_operation_cannot_read_is_told,
    an_operation_that_panics_is_told_with_a_reference,
);

const JSON: &str = "application/json";

/// Holds for every error: its form, the headers, and that nobody is sent anywhere. Answers the word.
pub fn word_of(what: &str, page: &Page, status: u16) -> String {
    assert_eq!(page.status, status, "{what}: {}", page.text);
    carries_the_headers(what, page);
    assert_eq!((page.header("content-type"), page.header("cache-control")), (JSON, "no-store"), "{what}");
    for absent in ["location", "hx-redirect", "set-cookie"] {
        assert!(page.header(absent).is_empty(), "{absent} of {what}");
    }
    let body: Value = serde_json::from_str(&page.text).unwrap();
    assert_eq!(body["error_code"], format!("SVCSTG.00100{status}"), "{what}");
    assert_eq!(body.as_object().unwrap().len(), if body["problems"].is_array() { 5 } else { 4 }, "{what}: {body}");
    assert_eq!(body["request_id"], page.header("x-request-id"), "{what}");
    let sentence = body["error_msg"].as_str().unwrap();
    assert!(sentence.ends_with('.') && !sentence.contains('<'), "{what}: {sentence}");
    body["reason"].as_str().unwrap().to_owned()
}

async fn anybody_is_told_the_version(db: Db) {
    let app = TestApp::start(&db).await;
    for browser in [app.browser(), app.signed_in_as("viewer").await] {
        let answer = browser.get("/api/version").await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        carries_the_headers("the version", &answer);
        assert_eq!((answer.header("content-type"), answer.header("cache-control")), (JSON, "no-store"));
        assert!(answer.header("set-cookie").is_empty());
        let body: Value = serde_json::from_str(&answer.text).unwrap();
        assert_eq!(body, json!({ "version": env!("CARGO_PKG_VERSION") }));
        assert_eq!(browser.send(Method::HEAD, "/api/version", &[], "").await.status, 200);
    }
    app.stops().await;
}

async fn every_error_below_api_is_json(db: Db) {
    let app = TestApp::start(&db).await;
    let (ann, nobody) = (app.signed_in_as("operator").await, app.browser());
    let path = "/api/version";
    for browser in [&ann, &nobody] {
        for unknown in ["/api", "/api/", "/api/nothing", "/api/version/", "/api/versions", "/%61pi/nothing"] {
            assert_eq!(word_of(unknown, &browser.get(unknown).await, 404), "not_found");
            assert_eq!(word_of(unknown, &browser.htmx(unknown, "/").await, 404), "not_found");
        }
        let wrong = browser.send(Method::POST, path, &[], "").await;
        assert_eq!(word_of("POST", &wrong, 405), "method_not_allowed");
        assert_eq!(wrong.header("allow"), "GET");
        let wrong = browser.send(Method::DELETE, path, &[], "").await;
        assert_eq!(word_of("DELETE", &wrong, 405), "method_not_allowed");
        let small = browser.posts_bytes(path, JSON, b"{}".to_vec()).await.unwrap();
        assert_eq!(word_of("POST of JSON", &small, 405), "method_not_allowed");
        let large = browser.posts_bytes(path, JSON, vec![b' '; api::MAX_BODY_LEN + 1]).await;
        // It is told before all of it was read, so that whoever goes on sending may not hear it.
        if let Some(large) = large {
            assert_eq!(word_of("large", &large, 413), "too_large");
        }
        let form = browser.post(path, &[("name", "x")]).await;
        assert_eq!(word_of("a form", &form, 415), "unsupported_media_type");
        let foreign = browser.send(Method::POST, path, &[("sec-fetch-site", "cross-site")], "").await;
        assert_eq!(word_of("another site", &foreign, 403), "cross_site");
        let long = browser.get(&format!("{path}?{}", "x".repeat(9_000))).await;
        assert_eq!(word_of("a long address", &long, 414), "address_too_long");
        let heads = browser.send(Method::GET, path, &[("x-much", &"x".repeat(33_000))], "").await;
        assert_eq!(word_of("large headers", &heads, 431), "headers_too_large");
    }
    app.stops().await;
}

async fn outside_of_the_api_errors_are_pages(db: Db) {
    let app = TestApp::start(&db).await;
    let (ann, nobody) = (app.signed_in_as("operator").await, app.browser());
    for path in ["/apiary", "/nothing/api", "/api.json", "//api"] {
        assert_eq!(nobody.get(path).await.status, 303, "{path}");
        let page = ann.get(path).await;
        assert_eq!(page.status, 404, "{path}");
        page.says("This page does not exist");
    }
    app.stops().await;
}

#[derive(Deserialize, Serialize)]
struct Number {
    n: u8,
}

async fn breaks() -> HttpResponse {
    panic!("the test wants a panic")
}

async fn whoami(reader: CurrentUser) -> Json<Value> {
    Json(json!({ "name": reader.user().name }))
}

async fn asked(number: Query<Number>) -> Json<Number> {
    Json(number.into_inner())
}

async fn sent(number: Json<Number>) -> Json<Number> {
    number
}

async fn fails(site: Data<Site>) -> Result<HttpResponse, HttpError> {
    site.app.store.has_users().await?;
    Err(anyhow::anyhow!("what broke").into())
}

/// Operations that there are for the test alone.
fn operations(api: &mut ServiceConfig) {
    api.service(resource("/breaks").route(get().to(breaks)))
        .service(resource("/whoami").route(get().to(whoami)))
        .service(resource("/asked").route(get().to(asked)))
        .service(resource("/sent").route(post().to(sent)))
        .service(resource("/fails").route(get().to(fails)));
}

/// A server of the same site, which has those operations.
pub struct ApiServer {
    /// In which somebody is signed in.
    pub ann: Browser,
    nobody: Browser,
    handle: ServerHandle,
    running: JoinHandle<std::io::Result<()>>,
}

impl ApiServer {
    pub async fn beside(app: &TestApp) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (site, caches) = (app.site.clone(), Data::new(PageCaches::default()));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(site.clone())
                .app_data(caches.clone())
                .service(api::scope(&site, operations))
                .service(routes::scope(&site))
                .wrap(Compress::default())
                .wrap(from_fn(envelope))
        });
        let server = server.workers(1).disable_signals().listen(listener).unwrap().run();
        let (handle, running) = (server.handle(), tokio::spawn(server));
        let ann = Browser::of_undescribed(address);
        ann.signs_in("operator", super::app::PASSWORD).await;
        Self { ann, nobody: Browser::of_undescribed(address), handle, running }
    }

    pub async fn stops(self) {
        self.handle.stop(true).await;
        self.running.await.unwrap().unwrap();
    }
}

async fn an_operation_asks_for_somebody_who_is_signed_in(db: Db) {
    let app = TestApp::start(&db).await;
    let server = ApiServer::beside(&app).await;
    for path in ["/api/whoami", "/api/breaks", "/api/asked?n=1"] {
        assert_eq!(word_of(path, &server.nobody.get(path).await, 401), "signed_out");
        assert_eq!(word_of(path, &server.nobody.htmx(path, "/").await, 401), "signed_out");
    }
    let wrong = server.nobody.posts_bytes("/api/whoami", JSON, b"{}".to_vec()).await.unwrap();
    assert_eq!(word_of("a wrong method", &wrong, 401), "signed_out");
    assert_eq!(word_of("unknown", &server.nobody.get("/api/nothing").await, 404), "not_found");
    let who = server.ann.get("/api/whoami").await;
    assert_eq!((who.status, who.text.as_str()), (200, r#"{"name":"operator"}"#));
    server.stops().await;
    app.stops().await;
}

async fn what_an_operation_cannot_read_is_told(db: Db) {
    let app = TestApp::start(&db).await;
    let server = ApiServer::beside(&app).await;
    for query in ["", "?n=", "?n=x", "?n=256", "?n=%ff"] {
        let answer = server.ann.get(&format!("/api/asked{query}")).await;
        assert_eq!(word_of(query, &answer, 400), "unreadable");
    }
    for body in ["{", "{}", "[]", "\u{0}", r#"{"n":256}"#, r#"{"n":"secret"}"#] {
        let answer = server.ann.posts_bytes("/api/sent", JSON, body.into()).await.unwrap();
        assert_eq!(word_of(body, &answer, 400), "unreadable");
        assert!(!answer.text.contains("secret"), "{}", answer.text);
    }
    let good = server.ann.posts_bytes("/api/sent", "Application/JSON; charset=utf-8", br#"{"n":7}"#.to_vec()).await;
    assert_eq!(good.map(|answer| (answer.status, answer.text)), Some((200, r#"{"n":7}"#.to_owned())));
    server.stops().await;
    app.stops().await;
}

async fn an_operation_that_panics_is_told_with_a_reference(db: Db) {
    let app = TestApp::start(&db).await;
    let server = ApiServer::beside(&app).await;
    for path in ["/api/breaks", "/api/fails", "/api/breaks"] {
        let answer = server.ann.get(path).await;
        assert_eq!(word_of(path, &answer, 500), "broken");
        assert!(!answer.text.contains("the test wants") && !answer.text.contains("what broke"), "{}", answer.text);
        assert_eq!(server.ann.get("/api/whoami").await.status, 200, "the server goes on");
    }
    server.stops().await;
    app.stops().await;
}
