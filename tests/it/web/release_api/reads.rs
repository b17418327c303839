//! Reads of what pages show beside release tasks themselves: activity, deleted ones, approvals, teams, and logs as a whole.

use reqwest::Method;
use serde_json::{Value, json};
use tollgate::domain::status::ReleaseStatus;
use tollgate::domain::tokens::TokenScope;

use super::{Program, pipelines, read};
use crate::db::Db;
use crate::web::api::word_of;
use crate::web::app::{REGION, TestApp};
use crate::web::stories::Story;

on_both!(
    activity_is_turned_by_cursor_and_says_who_did_it_with_which_token,
    an_administrator_restores_a_deleted_release_task,
    what_waits_for_the_caller_is_listed_with_what_a_decision_needs,
    a_log_is_searched_and_read_as_a_whole,
    teams_and_their_members_are_those_that_the_caller_may_read,
    the_reference_shows_every_operation_of_the_description,
);

fn below(rest: &str) -> String {
    format!("/v3/{REGION}/pipeline/{rest}")
}

async fn activity_is_turned_by_cursor_and_says_who_did_it_with_which_token(db: Db) {
    let app = TestApp::start(&db).await;
    let operator = Program::of(&app, "operator", &[TokenScope::Operate]).await;
    let release = app.release(Story::New).await;
    let path = format!("{}/{}", pipelines(), release.id);
    let started = operator.asks(Method::POST, &format!("{path}/action?action_id=start"), None).await;
    assert_eq!(started.status, 200, "{}", started.text);
    app.becomes(release.id, ReleaseStatus::Successful).await;
    let whole = read(&operator.asks(Method::GET, &format!("{path}/activity"), None).await);
    let whole = whole["activity"].as_array().unwrap();
    let started = whole.iter().find(|item| !item["token"].is_null()).unwrap();
    assert_eq!((&started["by"], &started["record"]), (&"operator".into(), &1.into()));
    let (mut turned, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = read(&operator.asks(Method::GET, &format!("{path}/activity?limit=2{cursor}"), None).await);
        turned.extend(page["activity"].as_array().unwrap().clone());
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(&turned, whole);
    for wrong in ["limit=0", "limit=101", "cursor=x"] {
        let answer = operator.asks(Method::GET, &format!("{path}/activity?{wrong}"), None).await;
        assert_eq!(word_of(wrong, &answer, 400), "invalid");
    }
    app.stops().await;
}

async fn an_administrator_restores_a_deleted_release_task(db: Db) {
    let app = TestApp::start(&db).await;
    let administrator = Program::of(&app, "administrator", &[TokenScope::Operate]).await;
    let release = app.release(Story::Deleted).await;
    let listed = read(&administrator.asks(Method::GET, &below("deleted-pipelines"), None).await);
    assert_eq!(listed["pipelines"][0]["id"], release.id.to_string());
    assert_eq!(listed["pipelines"][0]["deleted_by"], "operator");
    let restore = below(&format!("deleted-pipelines/{}/restore", release.id));
    let reader = Program::of(&app, "administrator", &[TokenScope::Read]).await;
    assert_eq!(word_of("it only reads", &reader.asks(Method::POST, &restore, None).await, 403), "refused");
    let key = [("idempotency-key", "back")];
    let restored = administrator.asks_with(Method::POST, &restore, &key, None).await;
    assert_eq!(read(&restored), json!({"id": release.id.to_string(), "version": 1}));
    let again = administrator.asks_with(Method::POST, &restore, &key, None).await;
    assert_eq!((again.header("idempotent-replayed"), &again.text), ("true", &restored.text));
    let twice = administrator.asks(Method::POST, &restore, None).await;
    assert_eq!(word_of("it is not deleted", &twice, 409), "refused");
    let viewer = Program::of(&app, "viewer", &[TokenScope::Read]).await;
    assert_eq!(viewer.asks(Method::GET, &format!("{}/{}", pipelines(), release.id), None).await.status, 200);
    for wrong in ["page=0", "page=9999999999"] {
        let answer = administrator.asks(Method::GET, &below(&format!("deleted-pipelines?{wrong}")), None).await;
        assert_eq!(word_of(wrong, &answer, 400), "invalid");
    }
    app.stops().await;
}

async fn what_waits_for_the_caller_is_listed_with_what_a_decision_needs(db: Db) {
    let app = TestApp::start(&db).await;
    let release = app.release(Story::Waiting).await;
    let approver = Program::of(&app, "approver", &[TokenScope::Approve]).await;
    let waiting = read(&approver.asks(Method::GET, &below("approvals"), None).await);
    assert_eq!(waiting["count"], 1);
    let one = &waiting["approvals"][0];
    assert_eq!((&one["pipeline_id"], &one["number"]), (&release.id.to_string().into(), &1.into()));
    assert_eq!((&one["task_name"], &one["required"], &one["agreed"]), (&"go-live".into(), &1.into(), &0.into()));
    let nobodys = Program::of(&app, "viewer", &[TokenScope::Read]).await;
    assert_eq!(read(&nobodys.asks(Method::GET, &below("approvals"), None).await)["count"], 0);
    let elsewhere = approver.asks(Method::GET, "/v3/us-east/pipeline/approvals", None).await;
    assert_eq!(read(&elsewhere)["count"], 0);
    app.stops().await;
}

async fn a_log_is_searched_and_read_as_a_whole(db: Db) {
    let app = TestApp::start(&db).await;
    let operator = Program::of(&app, "operator", &[TokenScope::Operate]).await;
    let script = "seq 1 120; echo 'Needle here'; echo no";
    let body = json!({"name": "long", "stages": [{"name": "only", "tasks": [{"name": "one", "script": script}]}]});
    let made = read(&operator.asks(Method::POST, &pipelines(), Some(&body)).await);
    let path = format!("{}/{}", pipelines(), made["id"].as_str().unwrap());
    operator.asks(Method::POST, &format!("{path}/action?action_id=start"), None).await;
    let record = format!("{path}/records/1");
    let mut last = Value::Null;
    while last["ended"] != true {
        let seen = last["revision"].as_u64().map(|seen| format!("?seen={seen}&wait=50")).unwrap_or_default();
        last = read(&operator.asks(Method::GET, &format!("{record}{seen}"), None).await);
    }
    let log = format!("{record}/tasks/one/log");
    let found = read(&operator.asks(Method::GET, &format!("{log}/search?text=needle"), None).await);
    assert_eq!((&found["count"], &found["lines"][0]["text"]), (&1.into(), &"Needle here".into()));
    let none = read(&operator.asks(Method::GET, &format!("{log}/search?text=haystack&attempt=1"), None).await);
    assert_eq!((&none["count"], none["lines"].as_array().map(Vec::len)), (&0.into(), Some(0)));
    let wrong = operator.asks(Method::GET, &format!("{log}/search?text="), None).await;
    assert_eq!(word_of("no text", &wrong, 400), "invalid");
    let file = operator.asks(Method::GET, &format!("{log}/file"), None).await;
    assert_eq!((file.status, file.header("content-type")), (200, "text/plain; charset=utf-8"));
    let texts: Vec<_> = file.text.lines().filter_map(|line| line.split_once(' ')).map(|(_, text)| text).collect();
    assert!(texts.starts_with(&["1", "2", "3"]) && texts.contains(&"120"), "{}", file.text);
    let nothing = operator.asks(Method::GET, &format!("{log}/file?attempt=2"), None).await;
    assert_eq!(word_of("no attempt", &nothing, 404), "not_found");
    app.stops().await;
}

async fn teams_and_their_members_are_those_that_the_caller_may_read(db: Db) {
    let app = TestApp::start(&db).await;
    let viewer = Program::of(&app, "viewer", &[TokenScope::Read]).await;
    let teams = read(&viewer.asks(Method::GET, &below("teams"), None).await);
    assert_eq!(teams, json!({"teams": [{"id": app.team.to_string(), "name": "storefront"}]}));
    let members = read(&viewer.asks(Method::GET, &below(&format!("teams/{}/members", app.team)), None).await);
    let named: Vec<_> =
        members["members"].as_array().unwrap().iter().map(|one| (&one["name"], &one["roles"])).collect();
    assert!(named.contains(&(&"approver".into(), &json!(["approver"]))), "{members}");
    let outsider = Program::of(&app, "outsider", &[TokenScope::Read]).await;
    assert_eq!(read(&outsider.asks(Method::GET, &below("teams"), None).await), json!({"teams": []}));
    app.stops().await;
}

async fn the_reference_shows_every_operation_of_the_description(db: Db) {
    let app = TestApp::start(&db).await;
    let viewer = app.signed_in_as("viewer").await;
    let page = viewer.get("/help/api").await;
    assert_eq!(page.status, 200, "{}", page.text);
    for operation in tollgate_testing::described::operations() {
        let (method, path) = operation.split_once(' ').unwrap();
        page.says(&format!("<code class=\"path\">{path}</code>"))
            .says(&format!("<code class=\"verb\">{method}</code>"));
    }
    let schemas = tollgate_testing::described::description()["components"]["schemas"].as_object().unwrap();
    for name in schemas.keys() {
        page.says(&format!("id=\"{name}\""));
    }
    // Every link to a body leads somewhere.
    for target in page.text.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        page.says(&format!("id=\"{target}\""));
    }
    viewer.get("/tokens").await.says("href=\"/help/api\"");
    app.stops().await;
}
