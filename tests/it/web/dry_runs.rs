//! Dry runs over HTTP: the dialog of Execute says what would change and keeps what was typed, and nothing is changed by it.

use reqwest::Method;
use serde_json::Value;
use tollgate::domain::decide::Selection;
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::status::ReleaseStatus;
use tollgate::store::ComponentPlace;

use super::app::{REGION, TestApp};
use super::browser::{Browser, Page};
use crate::db::Db;

on_both!(
    a_dry_run_says_what_would_change_and_keeps_what_was_typed,
    a_dry_run_changes_nothing_but_its_record,
    an_approver_tries_the_execution_that_they_are_asked_about,
);

async fn sends(browser: &Browser, path: &str, body: &str) -> Page {
    browser.json(Method::POST, path, &[("sec-fetch-site", "same-origin")], Some(body)).await
}

async fn ships(app: &TestApp) -> (ReleaseId, ComponentPlace) {
    let (_, component) = app.component().await;
    let place = app.app.store.component_place(component).await.unwrap().unwrap();
    let name = format!("{}/web", place.application);
    let id = app
        .imports(&format!(
            "name: ship\nvariables: [{{name: tag, default: '1.3'}}, {{name: count, type: integer}}]\nphases:\n  \
             - {{name: ask, tasks: [{{name: go, type: manual-approval, approvers: [approver]}}]}}\n  \
             - name: ship\n    tasks:\n      - {{name: up, update-component: {name}, version: '${{vars.tag}}'}}\n      \
             - {{name: lost, update-component: {name}x, version: '1'}}\n      - {{name: note, script: 'true'}}\n"
        ))
        .await;
    (id, place)
}

async fn a_dry_run_says_what_would_change_and_keeps_what_was_typed(db: Db) {
    let app = TestApp::start(&db).await;
    let (id, place) = ships(&app).await;
    let name = format!("{}/web", place.application);
    let url = format!("/regions/{REGION}/release-tasks/{id}/execute");
    let operator = app.signed_in_as("operator").await;
    operator.get(&url).await.says("What will change").says("Dry Run").says_nothing_of("Try Again");
    let typed = [
        ("version", "1"),
        ("execution", "0"),
        ("variable", "tag"),
        ("value", "2.0-typed"),
        ("variable", "count"),
        ("value", "7"),
        ("task", "go"),
        ("task", "up"),
        ("task", "lost"),
        ("do", "try"),
    ];
    let page = operator.post(&url, &typed).await;
    assert_eq!(page.status, 200, "{}", page.text);
    page.says("Try Again")
        .says(&format!("{name} goes from version 1.2 to 2.0-typed in {}.", place.environment))
        .says("value=\"2.0-typed\"")
        .says("value=\"7\"")
        .says("1 asks")
        .says("1 skipped")
        .says("1 task would fail. It may be executed all the same.");
    let chosen = |task: &str| page.text.contains(&format!("value=\"{task}\" checked"));
    assert!(chosen("up") && !chosen("note"), "{}", page.text);
    let wrong: Vec<_> =
        typed.into_iter().map(|(key, value)| (key, if value == "7" { "many" } else { value })).collect();
    let refused = operator.post(&url, &wrong).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    refused.says("value=\"many\"").says("value=\"2.0-typed\"").says("Dry Run");
    app.stops().await;
}

async fn a_dry_run_changes_nothing_but_its_record(db: Db) {
    let app = TestApp::start(&db).await;
    let (id, place) = ships(&app).await;
    let region = REGION;
    let path = format!("/v3/{region}/pipeline/pipelines/{id}/dry-runs");
    let of_release = format!("/v3/{region}/pipeline/pipelines/{id}/activity");
    let operator = app.signed_in_as("operator").await;
    let before = operator.get(&of_release).await.text;
    let made = sends(&operator, &path, r#"{"variables": {"tag": "3"}}"#).await;
    let made: Value = serde_json::from_str(&made.text).unwrap();
    let words: Vec<&str> =
        made["tasks"].as_array().unwrap().iter().map(|task| task["word"].as_str().unwrap()).collect();
    assert_eq!(words, ["asks", "changes", "would-fail", "runs"], "{made}");
    assert_eq!((&made["tasks"][1]["to"], &made["would_fail"]), (&"3".into(), &true.into()));
    assert_eq!(operator.get(&of_release).await.text, before);
    let components = app.app.store.team_components(app.team).await.unwrap();
    let (listed, _) = components.iter().find(|(_, there)| there.component == place.component).unwrap();
    assert_eq!((listed.component.last, listed.version.as_deref()), (2, Some("1.2")));
    let holders = app.app.store.component_holders(&[listed.component.id]).await.unwrap();
    assert!(holders.is_empty());
    let list: Value = serde_json::from_str(&operator.get(&path).await.text).unwrap();
    assert_eq!(list["dry_runs"][0]["id"], made["id"]);
    for _ in 0..21 {
        sends(&operator, &path, "{}").await;
    }
    let list: Value = serde_json::from_str(&operator.get(&path).await.text).unwrap();
    assert_eq!(list["dry_runs"].as_array().unwrap().len(), 20, "the oldest go");
    app.signed_in_as("administrator").await.get("/audit").await.says("had it looked what the release task ship");
    app.stops().await;
}

async fn an_approver_tries_the_execution_that_they_are_asked_about(db: Db) {
    let app = TestApp::start(&db).await;
    let (id, _) = ships(&app).await;
    let path = format!("/v3/{REGION}/pipeline/pipelines/{id}/dry-runs");
    let approver = app.signed_in_as("approver").await;
    assert_eq!(sends(&approver, &path, "{}").await.status, 403, "it is for operators to start one");
    app.app.execute(&app.caller("operator").await, id, &Selection::All).await.unwrap();
    app.becomes(id, ReleaseStatus::ToBeApproved).await;
    let made = sends(&approver, &path, r#"{"execution": 1}"#).await;
    assert_eq!(made.status, 200, "{}", made.text);
    assert_eq!(sends(&app.signed_in_as("viewer").await, &path, r#"{"execution": 1}"#).await.status, 403);
    let list: Value = serde_json::from_str(&approver.get(&format!("{path}?execution=1")).await.text).unwrap();
    assert_eq!((&list["dry_runs"][0]["execution"], &list["dry_runs"][0]["made_by"]), (&1.into(), &"approver".into()));
    app.stops().await;
}
