//! The API of release tasks: made, edited, executed and followed by a program.

mod authorization;
mod catalog;
mod events;
mod idempotency;
mod rates;
mod reads;

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use tollgate::app::tokens::NewToken;
use tollgate::domain::status::ReleaseStatus;
use tollgate::domain::tokens::TokenScope;
use tollgate_testing::browser::{Browser, Page};

use super::api::word_of;
use super::app::{REGION, TestApp};
use super::stories::Story;
use crate::db::Db;

on_both!(
    a_program_makes_edits_and_deletes_a_release_task,
    every_problem_of_a_body_is_told_at_once,
    c17_a_list_is_turned_by_cursor_while_others_are_made_and_deleted,
    c18_an_edit_is_refused_when_somebody_else_saved_whatever_a_proxy_made_of_its_tag,
    a_program_starts_a_release_waits_for_it_and_reads_its_log,
    a_checkpoint_is_decided_by_token,
    a_program_reads_the_overview_and_the_activity_of_a_region,
);

/// A program that signs in with a token.
pub struct Program {
    browser: Browser,
    key: String,
}

impl Program {
    pub async fn of(app: &TestApp, who: &str, scopes: &[TokenScope]) -> Self {
        let expires_at = app.app.clock.now() + chrono::TimeDelta::days(30);
        let (name, scopes) = ("test".to_owned(), scopes.iter().copied().collect());
        let new = NewToken { name, owner: None, service_of: None, scopes, only: None, expires_at };
        let made = app.app.make_token(&app.caller(who).await, &new).await.unwrap();
        Self { browser: app.browser(), key: made.secret }
    }

    async fn service(app: &TestApp, scopes: &[TokenScope]) -> Self {
        let expires_at = app.app.clock.now() + chrono::TimeDelta::days(30);
        let (name, scopes) = ("ci".to_owned(), scopes.iter().copied().collect());
        let new = NewToken { name, owner: None, service_of: Some(app.team), scopes, only: None, expires_at };
        let made = app.app.make_token(&app.caller("manager").await, &new).await.unwrap();
        Self { browser: app.browser(), key: made.secret }
    }

    pub async fn asks(&self, method: Method, path: &str, body: Option<&Value>) -> Page {
        self.asks_with(method, path, &[], body).await
    }

    pub async fn asks_with(&self, method: Method, path: &str, more: &[(&str, &str)], body: Option<&Value>) -> Page {
        let headers: Vec<_> = more.iter().copied().chain([("x-auth-token", self.key.as_str())]).collect();
        let body = body.map(Value::to_string);
        self.browser.json(method, path, &headers, body.as_deref()).await
    }
}

fn read(page: &Page) -> Value {
    assert_eq!(page.header("content-type"), "application/json", "{}", page.text);
    serde_json::from_str(&page.text).unwrap()
}

fn pipelines() -> String {
    format!("/v3/{REGION}/pipeline/pipelines")
}

fn wanted(name: &str) -> Value {
    json!({
        "name": name,
        "description": "made by a program",
        "model_version": 2,
        "config_mode": "ui",
        "fail_mode": "continue",
        "variables": [{"name": "version", "default": "1.10"}],
        "stages": [
            {"name": "Build", "groups": [
                {"tasks": [{"name": "one", "script": "echo ${vars.version}"}]},
                {"tasks": [{"name": "two", "script": "true", "retry": {"attempts": 2, "delay": "1s"}}]},
            ]},
            {"name": "Ship", "tasks": [{"name": "ship", "type": "wait", "for": "1s"}]},
        ],
    })
}

async fn a_program_makes_edits_and_deletes_a_release_task(db: Db) {
    let app = TestApp::start(&db).await;
    let operator = Program::of(&app, "operator", &[TokenScope::Operate]).await;
    let made = operator.asks(Method::POST, &pipelines(), Some(&wanted("by-program"))).await;
    assert_eq!((made.status, made.header("etag")), (200, "\"1\""), "{}", made.text);
    let id = read(&made)["id"].as_str().unwrap().to_owned();
    let path = format!("{}/{id}", pipelines());
    let body = read(&operator.asks(Method::GET, &path, None).await);
    assert_eq!((&body["name"], &body["status"], &body["version"]), (&"by-program".into(), &1.into(), &1.into()));
    assert_eq!((&body["fail_mode"], &body["model_version"]), (&"continue".into(), &2.into()));
    assert_eq!(body["pipeline_declaration"]["variables"][0]["default"], "1.10");
    let stages = &body["pipeline_declaration"]["stages"];
    assert_eq!(stages[0]["groups"][1]["tasks"][0]["retry"]["attempts"], 2);
    assert_eq!(stages[1]["groups"][0]["tasks"][0]["name"], "ship");
    assert!(body["operations"].as_array().unwrap().contains(&"execute".into()));
    // What it is, sent back, changes nothing.
    let mut same = wanted("by-program");
    same["stages"] = stages.clone();
    let again = operator.asks(Method::PUT, &path, Some(&same)).await;
    assert_eq!(read(&again)["version"], 1);
    same["fail_mode"] = "stop".into();
    let edited = operator.asks(Method::PUT, &path, Some(&same)).await;
    assert_eq!((read(&edited)["version"].clone(), edited.header("etag")), (2.into(), "\"2\""));
    let versions = read(&operator.asks(Method::GET, &format!("{path}/versions"), None).await);
    assert_eq!((&versions["count"], &versions["versions"][0]["number"]), (&2.into(), &2.into()));
    let first = read(&operator.asks(Method::GET, &format!("{path}/versions/1"), None).await);
    assert_eq!(first["fail_mode"], "continue");
    for nothing in [format!("{path}/versions/3"), format!("{path}/versions/x"), format!("{}/x", pipelines())] {
        assert_eq!(word_of(&nothing, &operator.asks(Method::GET, &nothing, None).await, 404), "not_found");
    }
    let twice = operator.asks(Method::POST, &pipelines(), Some(&wanted("by-program"))).await;
    assert_eq!(word_of("the same name", &twice, 409), "conflict");
    assert_eq!(operator.asks(Method::DELETE, &path, None).await.status, 204);
    assert_eq!(operator.asks(Method::GET, &path, None).await.status, 404);
    app.stops().await;
}

async fn every_problem_of_a_body_is_told_at_once(db: Db) {
    let app = TestApp::start(&db).await;
    let operator = Program::of(&app, "operator", &[TokenScope::Operate]).await;
    let body = json!({
        "name": "x",
        "model_version": 1,
        "config_mode": "template",
        "stages": [{"name": "Build", "groups": [{"tasks": [{"name": "one", "script": "true", "timeout": "5x"}]}]}],
    });
    let answer = operator.asks(Method::POST, &pipelines(), Some(&body)).await;
    assert_eq!(word_of("wrong", &answer, 400), "invalid");
    let body = read(&answer);
    let fields: BTreeSet<&str> =
        body["problems"].as_array().unwrap().iter().map(|problem| problem["field"].as_str().unwrap()).collect();
    let expected = ["config_mode", "model_version", "name", "stages[0].groups[0].tasks[0].timeout"];
    assert_eq!(fields, expected.into());
    let answer = operator.asks(Method::POST, &pipelines(), Some(&json!({"name": "shop"}))).await;
    assert_eq!(word_of("no stages", &answer, 400), "unreadable");
    let release = app.release(Story::New).await;
    let start = format!("{}/{}/action?action_id=start", pipelines(), release.id);
    let chosen =
        json!({"selected_tasks": [{"stage_name": "none", "tasks": []}, {"stage_name": "only", "tasks": ["x"]}]});
    let answer = read(&operator.asks(Method::POST, &start, Some(&chosen)).await);
    let fields: Vec<_> = answer["problems"].as_array().unwrap().iter().map(|problem| &problem["field"]).collect();
    assert_eq!(fields, ["selected_tasks[0].stage_name", "selected_tasks[1].tasks[0]"]);
    let action = format!("{}/{}/action?action_id=explode", pipelines(), release.id);
    assert_eq!(word_of("no action", &operator.asks(Method::POST, &action, None).await, 400), "unreadable");
    app.stops().await;
}

async fn c17_a_list_is_turned_by_cursor_while_others_are_made_and_deleted(db: Db) {
    let app = TestApp::start(&db).await;
    let operator = Program::of(&app, "operator", &[TokenScope::Operate]).await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(app.release(Story::New).await.id.to_string());
    }
    let page = async |cursor: Option<&str>| {
        let cursor = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        read(&operator.asks(Method::GET, &format!("{}?limit=2{cursor}", pipelines()), None).await)
    };
    let ids = |page: &Value| -> Vec<String> {
        page["pipelines"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    };
    let first = page(None).await;
    assert_eq!(ids(&first), made[..2]);
    // One of the page that was read goes, and one comes.
    assert_eq!(operator.asks(Method::DELETE, &format!("{}/{}", pipelines(), made[0]), None).await.status, 204);
    made.push(app.release(Story::New).await.id.to_string());
    let mut seen = ids(&first);
    let mut cursor = first["next_cursor"].as_str().map(str::to_owned);
    while let Some(at) = cursor {
        let next = page(Some(&at)).await;
        seen.extend(ids(&next));
        cursor = next["next_cursor"].as_str().map(str::to_owned);
    }
    assert_eq!(seen, made);
    for (wrong, field) in [("limit=0", "limit"), ("limit=101", "limit"), ("cursor=x", "cursor"), ("status=6", "status")]
    {
        let answer = operator.asks(Method::GET, &format!("{}?{wrong}", pipelines()), None).await;
        assert_eq!(word_of(wrong, &answer, 400), "invalid");
        assert_eq!(read(&answer)["problems"][0]["field"], field);
    }
    let none = read(&operator.asks(Method::GET, &format!("{}?status=2", pipelines()), None).await);
    assert_eq!(ids(&none), [""; 0]);
    app.stops().await;
}

async fn c18_an_edit_is_refused_when_somebody_else_saved_whatever_a_proxy_made_of_its_tag(db: Db) {
    let app = TestApp::start(&db).await;
    let operator = Program::of(&app, "operator", &[TokenScope::Operate]).await;
    let made = read(&operator.asks(Method::POST, &pipelines(), Some(&wanted("shop"))).await);
    let path = format!("{}/{}", pipelines(), made["id"].as_str().unwrap());
    let mut body = wanted("shop");
    for (number, tag) in ["\"1\"", "W/\"2\"", "\"3-gzip\"", "W/\"4--gzip\"", "*"].into_iter().enumerate() {
        body["description"] = format!("edit {number}").into();
        body["supersede"] = (number % 2 == 0).into();
        let saved = operator.asks_with(Method::PUT, &path, &[("if-match", tag)], Some(&body)).await;
        assert_eq!(saved.status, 200, "{tag}: {}", saved.text);
    }
    body["supersede"] = false.into();
    for tag in ["\"1\"", "W/\"5-gzip\"", "nonsense", "\"\""] {
        let refused = operator.asks_with(Method::PUT, &path, &[("if-match", tag)], Some(&body)).await;
        assert_eq!(word_of(tag, &refused, 412), "stale");
    }
    app.stops().await;
}

async fn a_program_starts_a_release_waits_for_it_and_reads_its_log(db: Db) {
    let app = TestApp::start(&db).await;
    let service = Program::service(&app, &[TokenScope::Operate]).await;
    let mut body = wanted("shop");
    body["stages"].as_array_mut().unwrap().pop();
    let made = read(&service.asks(Method::POST, &pipelines(), Some(&body)).await);
    let path = format!("{}/{}", pipelines(), made["id"].as_str().unwrap());
    let start = json!({"variables": {"version": "1.20"}});
    let started = read(&service.asks(Method::POST, &format!("{path}/action?action_id=start"), Some(&start)).await);
    let number = started["number"].as_u64().unwrap();
    let record = format!("{path}/records/{number}");
    let mut last = read(&service.asks(Method::GET, &record, None).await);
    while last["ended"] != true {
        let seen = &last["revision"];
        last = read(&service.asks(Method::GET, &format!("{record}?seen={seen}&wait=20"), None).await);
    }
    assert_eq!((&last["status"], &last["status_word"]), (&2.into(), &"successful".into()));
    assert_eq!((&last["trigger"], &last["variables"]["version"]), (&"ci".into(), &"1.20".into()));
    assert_eq!(last["also_started_by"], json!(["manager"]));
    let log = read(&service.asks(Method::GET, &format!("{record}/tasks/one/log"), None).await);
    let texts: Vec<_> = log["lines"].as_array().unwrap().iter().filter(|line| line["remark"] == false).collect();
    assert_eq!((texts[0]["text"].as_str(), &log["ended"]), (Some("1.20"), &true.into()));
    let rest = read(&service.asks(Method::GET, &format!("{record}/tasks/one/log?from={}", log["next"]), None).await);
    assert_eq!((rest["lines"].as_array().unwrap().len(), &rest["ended"]), (0, &true.into()));
    for nothing in ["tasks/none/log", "tasks/one/log?attempt=0", "tasks/one/log?attempt=2"] {
        let answer = service.asks(Method::GET, &format!("{record}/{nothing}"), None).await;
        assert_eq!(word_of(nothing, &answer, 404), "not_found");
    }
    let records = read(&service.asks(Method::GET, &format!("{path}/records"), None).await);
    assert_eq!((&records["count"], &records["records"][0]["status"]), (&1.into(), &2.into()));
    let busy = service.asks(Method::POST, &format!("{path}/action?action_id=stop"), None).await;
    assert_eq!(word_of("nothing runs", &busy, 409), "refused");
    app.stops().await;
}

async fn a_checkpoint_is_decided_by_token(db: Db) {
    let app = TestApp::start(&db).await;
    let approver = Program::of(&app, "approver", &[TokenScope::Approve]).await;
    let release = app.release(Story::Waiting).await;
    let action = format!("{}/{}/action?action_id=approval", pipelines(), release.id);
    let half = approver.asks(Method::POST, &action, Some(&json!({"message": "fine"}))).await;
    assert_eq!(read(&half)["problems"].as_array().map(Vec::len), Some(2));
    let said = json!({"task_name": "go-live", "approval_type": "agree", "message": "fine"});
    let done = approver.asks(Method::POST, &action, Some(&said)).await;
    assert_eq!(done.status, 200, "{}", done.text);
    app.becomes(release.id, ReleaseStatus::Successful).await;
    let record = read(&approver.asks(Method::GET, &format!("{}/{}/records/1", pipelines(), release.id), None).await);
    let decision = &record["stages"][0]["groups"][0]["tasks"][0]["decisions"][0];
    assert_eq!((&decision["by"], &decision["approval_type"]), (&"approver".into(), &"agree".into()));
    let again = approver.asks(Method::POST, &action, Some(&said)).await;
    assert_eq!(word_of("again", &again, 409), "refused");
    app.stops().await;
}

async fn a_program_reads_the_overview_and_the_activity_of_a_region(db: Db) {
    let app = TestApp::start(&db).await;
    let (waits, broken) = (app.release(Story::Waiting).await, app.release(Story::Broken).await);
    let program = Program::of(&app, "viewer", &[TokenScope::Read]).await;
    let overview = read(&program.asks(Method::GET, "/v3/eu-west/pipeline/overview", None).await);
    assert_eq!((&overview["running_count"], &overview["failed_count"]), (&0.into(), &1.into()));
    assert_eq!(overview["failed"][0]["pipeline_id"], broken.id.to_string());
    assert_eq!(overview["failed"][0]["causes"][0], "work failed: The script ended with status 3.");
    assert_eq!(overview["waiting"].as_array().unwrap().len(), 1);
    let waiting = &overview["waiting"][0];
    assert_eq!(waiting["pipeline_id"], waits.id.to_string());
    assert_eq!((&waiting["task_name"], &waiting["able"]), (&"go-live".into(), &json!(["approver"])));
    let elsewhere = read(&program.asks(Method::GET, "/v3/us-east/pipeline/overview", None).await);
    assert_eq!((&elsewhere["failed_count"], &elsewhere["waiting"]), (&0.into(), &json!([])));
    let of = |query: &str| format!("/v3/eu-west/pipeline/activity?{query}");
    let (mut told, mut next) = (Vec::new(), Some(String::new()));
    while let Some(cursor) = next {
        let more = if cursor.is_empty() { String::new() } else { format!("&cursor={cursor}") };
        let page = read(&program.asks(Method::GET, &of(&format!("limit=2{more}")), None).await);
        let events = page["events"].as_array().unwrap();
        told.extend(events.iter().map(|event| event["event"]["event"].as_str().unwrap().to_owned()));
        next = page["next_cursor"].as_str().map(str::to_owned);
    }
    let expected =
        ["ended", "attempt_ended", "attempt_started", "executed", "created", "checkpoint_opened", "executed"];
    assert_eq!(told[..7], expected);
    assert_eq!(told.len(), 8);
    let decided = read(&program.asks(Method::GET, &of("kind=checkpoints"), None).await);
    let opened = &decided["events"][0];
    assert_eq!((&opened["who"], &opened["road"]), (&"Tollgate".into(), &"tollgate".into()));
    assert_eq!(opened["message"], "asked for a decision on go-live");
    assert_eq!(read(&program.asks(Method::GET, "/v3/us-east/pipeline/activity", None).await)["events"], json!([]));
    let wrong = program.asks(Method::GET, &of("kind=all&limit=0&cursor=x&from=9223372036854775807"), None).await;
    assert_eq!(word_of("wrong", &wrong, 400), "invalid");
    assert_eq!(read(&wrong)["problems"].as_array().unwrap().len(), 4);
    app.stops().await;
}
