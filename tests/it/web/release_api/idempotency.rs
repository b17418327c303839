//! `Idempotency-Key`: a request that is sent again is done once.

use chrono::TimeDelta;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use tollgate::app::KeyedRequest;
use tollgate::domain::status::ReleaseStatus;
use tollgate::domain::tokens::TokenScope;
use tollgate_testing::browser::Page;

use super::{Program, pipelines, read, wanted};
use crate::db::Db;
use crate::web::api::word_of;
use crate::web::app::TestApp;
use crate::web::stories::Story;

on_both!(
    c13_a_request_that_is_sent_again_under_its_key_is_done_once,
    c13_the_same_key_with_another_request_is_refused_and_keys_of_others_are_others,
    c13_a_refusal_is_not_kept_under_its_key,
    c13_of_many_at_once_under_one_key_one_is_done_and_all_have_its_answer,
    c13_a_key_is_forgotten_after_a_day,
);

impl Program {
    async fn posts(&self, path: &str, key: &str, body: Option<&Value>) -> Page {
        self.asks_with(Method::POST, path, &[("idempotency-key", key)], body).await
    }
}

fn is_replayed(page: &Page) -> bool {
    assert_eq!(page.status, 200, "{}", page.text);
    page.header("idempotent-replayed") == "true"
}

async fn c13_a_request_that_is_sent_again_under_its_key_is_done_once(db: Db) {
    let app = TestApp::start(&db).await;
    let operator = Program::of(&app, "operator", &[TokenScope::Operate]).await;
    let made = operator.posts(&pipelines(), "make-1", Some(&wanted("shop"))).await;
    let again = operator.posts(&pipelines(), "\"make-1\"", Some(&wanted("shop"))).await;
    assert_eq!((is_replayed(&made), is_replayed(&again), &made.text), (false, true, &again.text));
    assert_eq!(again.header("etag"), "\"1\"");
    let path = format!("{}/{}/action", pipelines(), read(&made)["id"].as_str().unwrap());
    let start = format!("{path}?action_id=start");
    let body = json!({"variables": {"version": "1.20"}});
    let first = operator.posts(&start, "run-1", Some(&body)).await;
    let again = operator.posts(&start, "run-1", Some(&body)).await;
    assert_eq!((is_replayed(&first), is_replayed(&again), &first.text), (false, true, &again.text));
    assert_eq!(read(&again)["number"], 1);
    let stop = format!("{path}?action_id=terminate");
    let first = operator.posts(&stop, "stop-1", None).await;
    let again = operator.posts(&stop, "stop-1", None).await;
    assert_eq!((is_replayed(&first), is_replayed(&again), &first.text), (false, true, &again.text));
    let copy = format!("{path}?action_id=clone");
    let first = operator.posts(&copy, "copy-1", Some(&json!({"name": "shop-2"}))).await;
    let again = operator.posts(&copy, "copy-1", Some(&json!({"name": "shop-2"}))).await;
    assert_eq!((is_replayed(&first), is_replayed(&again), &first.text), (false, true, &again.text));
    let count = read(&operator.asks(Method::GET, &path.replace("/action", "/records"), None).await)["count"].clone();
    assert_eq!(count, 1);
    app.stops().await;
}

async fn c13_the_same_key_with_another_request_is_refused_and_keys_of_others_are_others(db: Db) {
    let app = TestApp::start(&db).await;
    let operator = Program::of(&app, "operator", &[TokenScope::Operate]).await;
    assert!(!is_replayed(&operator.posts(&pipelines(), "k", Some(&wanted("one"))).await));
    let other = operator.posts(&pipelines(), "k", Some(&wanted("two"))).await;
    assert_eq!(word_of("another body", &other, 422), "key_reused");
    let release = app.release(Story::New).await;
    let start = format!("{}/{}/action?action_id=start", pipelines(), release.id);
    assert_eq!(word_of("another address", &operator.posts(&start, "k", None).await, 422), "key_reused");
    // The same fields in another order are the same request.
    let turned = format!("{{\"stages\": {}, \"name\": \"three\"}}", wanted("")["stages"]);
    let straight = format!("{{\"name\": \"three\", \"stages\": {}}}", wanted("")["stages"]);
    let headers = [("x-auth-token", operator.key.as_str()), ("idempotency-key", "k3")];
    let send = async |body: &str| operator.browser.json(Method::POST, &pipelines(), &headers, Some(body)).await;
    // It names a variable that it has not: refused, and the key is free.
    assert_eq!(send(&turned).await.status, send(&straight).await.status);
    let other = Program::of(&app, "operator", &[TokenScope::Operate]).await;
    assert!(!is_replayed(&other.posts(&start, "k", None).await), "it is another's key");
    for wrong in ["", "two words", &"x".repeat(256)] {
        let answer = operator.posts(&start, wrong, None).await;
        assert_eq!(word_of(wrong, &answer, 400), "invalid");
        assert_eq!(read(&answer)["problems"][0]["field"], "Idempotency-Key");
    }
    app.stops().await;
}

async fn c13_a_refusal_is_not_kept_under_its_key(db: Db) {
    let app = TestApp::start(&db).await;
    let operator = Program::of(&app, "operator", &[TokenScope::Operate]).await;
    let release = app.release(Story::Waiting).await;
    let action = |id: &str| format!("{}/{}/action?action_id={id}", pipelines(), release.id);
    let busy = operator.posts(&action("start"), "run-2", None).await;
    assert_eq!(word_of("it waits", &busy, 409), "refused");
    assert_eq!(operator.asks(Method::POST, &action("terminate"), None).await.status, 200);
    app.becomes(release.id, ReleaseStatus::ReleaseFailed).await;
    let retried = operator.posts(&action("start"), "run-2", None).await;
    assert!(!is_replayed(&retried));
    assert_eq!(read(&retried)["number"], 2);
    app.stops().await;
}

async fn c13_of_many_at_once_under_one_key_one_is_done_and_all_have_its_answer(db: Db) {
    let app = TestApp::start(&db).await;
    let operator = Program::of(&app, "operator", &[TokenScope::Operate]).await;
    let release = app.release(Story::New).await;
    let start = format!("{}/{}/action?action_id=start", pipelines(), release.id);
    let answers = join_all((0..8).map(|_| operator.posts(&start, "at-once", None))).await;
    let done = answers.iter().filter(|answer| !is_replayed(answer)).count();
    assert_eq!(done, 1, "{:?}", answers.iter().map(|answer| &answer.text).collect::<Vec<_>>());
    assert!(answers.iter().all(|answer| answer.text == answers[0].text));
    app.stops().await;
}

async fn c13_a_key_is_forgotten_after_a_day(db: Db) {
    let app = TestApp::start(&db).await;
    let operator = Program::of(&app, "operator", &[TokenScope::Operate]).await;
    let token = app.app.tokens(&app.caller("operator").await).await.unwrap().remove(0);
    let caller = format!("token:{}", token.id);
    let copy = format!("{}/{}/action?action_id=clone", pipelines(), app.release(Story::New).await.id);
    let copies = async |name: &str| operator.posts(&copy, "day", Some(&json!({ "name": name }))).await;
    assert!(!is_replayed(&copies("one").await));
    app.passes(TimeDelta::hours(23));
    assert!(is_replayed(&copies("one").await));
    app.passes(TimeDelta::hours(2));
    assert!(!is_replayed(&copies("two").await), "the day is over");
    app.passes(TimeDelta::hours(25));
    app.signed_in_as("viewer").await;
    let request = KeyedRequest { caller, key: "day".to_owned(), fingerprint: String::new() };
    let kept = app.app.store.admitted(&request, chrono::DateTime::UNIX_EPOCH).await.unwrap();
    assert_eq!(kept, None, "it is swept");
    app.stops().await;
}
