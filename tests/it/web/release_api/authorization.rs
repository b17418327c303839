//! Authorization of the API: every route, asked by sessions, and by tokens of each scope.

use std::collections::BTreeSet;

use tollgate::domain::tokens::TokenScope;

use tollgate_testing::described;

use super::Program;
use crate::db::Db;
use crate::web::app::{REGION, TestApp};
use crate::web::routes;
use crate::web::stories::Story;

on_both!(each_operation_asks_for_its_role_and_its_scope);

/// A route, its body, and the answers by who asks: in the order of `WHO` below.
struct Row(&'static str, Story, &'static str, [u16; 9]);

const READS: [u16; 9] = [401, 200, 200, 404, 200, 200, 200, 200, 200];
/// Whoever is known is answered what they may read.
const LISTS: [u16; 9] = [401, 200, 200, 200, 200, 200, 200, 200, 200];
/// Administrators are asked for in a test of their own; for others there is nothing.
const ADMINISTERS: [u16; 9] = [401, 404, 404, 404, 404, 404, 404, 404, 404];
const OPERATES: [u16; 9] = [401, 403, 200, 404, 403, 200, 403, 403, 200];

const WHO: [&str; 9] = [
    "nobody",
    "session of a viewer",
    "session of an operator",
    "session of an outsider",
    "token of an operator that reads",
    "token of an operator that operates",
    "token of an operator that approves",
    "token of a service that reads",
    "token of a service that operates",
];

const TABLE: &[Row] = &[
    Row("GET /v3/{project_id}/pipeline/overview", Story::Waiting, "", LISTS),
    Row("GET /v3/{project_id}/pipeline/activity", Story::Waiting, "", LISTS),
    Row("GET /v3/{project_id}/cas/applications", Story::New, "", LISTS),
    Row(
        "POST /v3/{project_id}/cas/applications",
        Story::New,
        r#"{"name": "app-NUMBER", "description": "made by a program"}"#,
        [401, 404, 200, 400, 403, 200, 403, 403, 200],
    ),
    Row("GET /v3/{project_id}/cas/applications/{application_id}", Story::New, "", READS),
    Row(
        "PUT /v3/{project_id}/cas/applications/{application_id}",
        Story::New,
        r#"{"description": "said anew"}"#,
        [401, 404, 200, 404, 403, 200, 403, 403, 200],
    ),
    // It has a component.
    Row(
        "DELETE /v3/{project_id}/cas/applications/{application_id}",
        Story::New,
        "",
        [401, 404, 409, 404, 403, 409, 403, 403, 409],
    ),
    Row(
        "PUT /v3/{project_id}/cas/components/{component_id}",
        Story::New,
        r#"{"description": "said anew"}"#,
        [401, 404, 200, 404, 403, 200, 403, 403, 200],
    ),
    // It runs.
    Row(
        "DELETE /v3/{project_id}/cas/components/{component_id}",
        Story::New,
        "",
        [401, 404, 409, 404, 403, 409, 403, 403, 409],
    ),
    Row("POST /v3/{project_id}/cas/components/{component_id}/deploy-again", Story::New, "{}", OPERATES),
    // There is no such target.
    Row(
        "POST /v3/{project_id}/cas/components/{component_id}/promote",
        Story::New,
        r#"{"target_component_id": "00000000-0000-0000-0000-000000000000"}"#,
        [401, 403, 404, 404, 403, 404, 403, 403, 404],
    ),
    // Managers who are signed in themselves are asked for in a test of their own.
    Row(
        "POST /v3/{project_id}/cas/environments",
        Story::New,
        r#"{"name": "env-NUMBER", "deploy": "true"}"#,
        [401, 404, 404, 400, 401, 401, 401, 401, 401],
    ),
    Row(
        "PUT /v3/{project_id}/cas/environments/{environment_id}",
        Story::New,
        r#"{"description": "said anew"}"#,
        [401, 404, 404, 404, 401, 401, 401, 401, 401],
    ),
    Row(
        "DELETE /v3/{project_id}/cas/environments/{environment_id}",
        Story::New,
        "",
        [401, 404, 404, 404, 401, 401, 401, 401, 401],
    ),
    Row("GET /v3/{project_id}/cas/environments/{environment_id}/connection-test", Story::New, "", READS),
    Row(
        "POST /v3/{project_id}/cas/environments/{environment_id}/connection-test",
        Story::New,
        "",
        [401, 404, 404, 404, 401, 401, 401, 401, 401],
    ),
    Row(
        "POST /v3/{project_id}/cas/environments/{environment_id}/host-keys",
        Story::New,
        r#"{"hosts": []}"#,
        [401, 404, 404, 404, 401, 401, 401, 401, 401],
    ),
    Row(
        "PUT /v3/{project_id}/cas/environments/{environment_id}/options",
        Story::New,
        r#"{"lock": "kept"}"#,
        [401, 404, 404, 404, 401, 401, 401, 401, 401],
    ),
    Row("GET /v3/{project_id}/cas/applications/{application_id}/components", Story::New, "", READS),
    Row("GET /v3/{project_id}/cas/components/{component_id}", Story::New, "", READS),
    // No task of these executions is a job; that of a build is asked for in a test of its own.
    Row("GET /v3/{project_id}/cas/jobs/{job_id}", Story::New, "", [401, 404, 404, 404, 404, 404, 404, 404, 404]),
    Row("GET /v3/{project_id}/cas/components", Story::New, "", LISTS),
    Row("GET /v3/{project_id}/cas/search?text=web", Story::New, "", LISTS),
    Row("GET /v3/{project_id}/cas/environments", Story::New, "", LISTS),
    Row("GET /v3/{project_id}/cas/environments/{environment_id}", Story::New, "", READS),
    Row("GET /v3/{project_id}/cas/environments/{environment_id}/secrets", Story::New, "", READS),
    Row("GET /v3/{project_id}/pipeline/teams/{team_id}/secrets", Story::New, "", READS),
    Row("GET /v3/{project_id}/pipeline/pipelines", Story::New, "", LISTS),
    Row(
        "POST /v3/{project_id}/pipeline/pipelines",
        Story::New,
        r#"{"name": "made-NUMBER", "stages": [{"name": "only", "tasks": [{"name": "one", "script": "true"}]}]}"#,
        [401, 403, 200, 400, 403, 200, 403, 403, 200],
    ),
    Row("GET /v3/{project_id}/pipeline/pipelines/{pipeline_id}", Story::New, "", READS),
    Row(
        "PUT /v3/{project_id}/pipeline/pipelines/{pipeline_id}",
        Story::New,
        r#"{"name": "made-NUMBER", "stages": [{"name": "only", "tasks": [{"name": "one", "script": "true"}]}]}"#,
        OPERATES,
    ),
    Row(
        "DELETE /v3/{project_id}/pipeline/pipelines/{pipeline_id}",
        Story::New,
        "",
        [401, 403, 204, 404, 403, 204, 403, 403, 204],
    ),
    Row("POST /v3/{project_id}/pipeline/pipelines/{pipeline_id}/action?action_id=start", Story::New, "{}", OPERATES),
    Row("POST /v3/{project_id}/pipeline/pipelines/{pipeline_id}/action?action_id=retry", Story::Broken, "", OPERATES),
    Row("POST /v3/{project_id}/pipeline/pipelines/{pipeline_id}/action?action_id=rollback", Story::Done, "", OPERATES),
    Row("POST /v3/{project_id}/pipeline/pipelines/{pipeline_id}/action?action_id=stop", Story::Waiting, "", OPERATES),
    Row(
        "POST /v3/{project_id}/pipeline/pipelines/{pipeline_id}/action?action_id=continue",
        Story::Paused,
        "",
        OPERATES,
    ),
    Row(
        "POST /v3/{project_id}/pipeline/pipelines/{pipeline_id}/action?action_id=terminate",
        Story::Waiting,
        "",
        OPERATES,
    ),
    Row(
        "POST /v3/{project_id}/pipeline/pipelines/{pipeline_id}/action?action_id=skip",
        Story::Broken,
        r#"{"task_name": "work", "message": "known"}"#,
        OPERATES,
    ),
    Row(
        "POST /v3/{project_id}/pipeline/pipelines/{pipeline_id}/action?action_id=clone",
        Story::New,
        r#"{"name": "made-NUMBER"}"#,
        OPERATES,
    ),
    Row(
        "POST /v3/{project_id}/pipeline/pipelines/{pipeline_id}/action?action_id=approval",
        Story::Waiting,
        r#"{"task_name": "go-live", "approval_type": "agree"}"#,
        [401, 403, 403, 404, 403, 403, 403, 403, 403],
    ),
    Row("GET /v3/{project_id}/pipeline/pipelines/{pipeline_id}/activity", Story::New, "", READS),
    Row("GET /v3/{project_id}/pipeline/deleted-pipelines", Story::New, "", ADMINISTERS),
    Row("POST /v3/{project_id}/pipeline/deleted-pipelines/{pipeline_id}/restore", Story::Deleted, "", ADMINISTERS),
    Row("GET /v3/{project_id}/pipeline/approvals", Story::New, "", LISTS),
    Row("GET /v3/{project_id}/pipeline/teams", Story::New, "", LISTS),
    Row("GET /v3/{project_id}/pipeline/teams/{team_id}/members", Story::New, "", READS),
    Row("GET /v3/{project_id}/pipeline/pipelines/{pipeline_id}/versions", Story::New, "", READS),
    Row("GET /v3/{project_id}/pipeline/pipelines/{pipeline_id}/versions/{number}", Story::New, "", READS),
    Row("GET /v3/{project_id}/pipeline/pipelines/{pipeline_id}/records", Story::Done, "", READS),
    Row("GET /v3/{project_id}/pipeline/pipelines/{pipeline_id}/records/{number}", Story::Done, "", READS),
    Row("GET /v3/{project_id}/pipeline/pipelines/{pipeline_id}/records/{number}/events", Story::Done, "", READS),
    Row(
        "GET /v3/{project_id}/pipeline/pipelines/{pipeline_id}/records/{number}/tasks/{task_name}/artefacts",
        Story::Done,
        "",
        READS,
    ),
    // There is none: nobody finds it.
    Row(
        "GET /v3/{project_id}/pipeline/pipelines/{pipeline_id}/records/{number}/tasks/{task_name}/artefacts/{attempt}/{position}",
        Story::Done,
        "",
        [401, 404, 404, 404, 404, 404, 404, 404, 404],
    ),
    Row(
        "GET /v3/{project_id}/pipeline/pipelines/{pipeline_id}/records/{number}/tasks/{task_name}/log",
        Story::Done,
        "",
        READS,
    ),
    Row(
        "GET /v3/{project_id}/pipeline/pipelines/{pipeline_id}/records/{number}/tasks/{task_name}/log/search?text=x",
        Story::Done,
        "",
        READS,
    ),
    Row(
        "GET /v3/{project_id}/pipeline/pipelines/{pipeline_id}/records/{number}/tasks/{task_name}/log/file",
        Story::Done,
        "",
        READS,
    ),
    Row("GET /v3/caller", Story::New, "", [401, 200, 200, 200, 200, 200, 200, 200, 200]),
    Row("GET /v3/secret-keys", Story::New, "", ADMINISTERS),
    // Managers are asked for in a test of their own.
    Row("GET /v3/undelivered", Story::New, "", ADMINISTERS),
    Row("POST /v3/undelivered/{delivery_id}/send-again", Story::New, "", ADMINISTERS),
    Row("POST /v3/undelivered/{delivery_id}/dismiss", Story::New, "", ADMINISTERS),
    Row("POST /v3/undelivered/dismiss", Story::New, "", ADMINISTERS),
    Row("GET /v3/caller/tokens", Story::New, "", [401, 200, 200, 200, 200, 200, 200, 200, 200]),
    Row("GET /v3/{project_id}/pipeline/records/{record_id}", Story::Done, "", READS),
    Row("GET /v3/{project_id}/pipeline/pipelines/{pipeline_id}/versions/{number}/yaml", Story::New, "", READS),
    Row("GET /v3/{project_id}/pipeline/pipelines/{pipeline_id}/dry-runs", Story::New, "", READS),
    Row("POST /v3/{project_id}/pipeline/pipelines/{pipeline_id}/dry-runs", Story::New, "{}", OPERATES),
    Row("GET /v3/{project_id}/pipeline/pipelines/{pipeline_id}/versions/{number}/changes", Story::New, "", READS),
    Row(
        "POST /v3/{project_id}/pipeline/yaml",
        Story::New,
        r#"{"yaml": "name: made-NUMBER\nphases: [{name: only, tasks: [{name: one, script: 'true'}]}]\n"}"#,
        [401, 403, 200, 400, 403, 200, 403, 403, 200],
    ),
];

#[test]
fn every_route_of_release_tasks_has_a_row() {
    let rows: BTreeSet<&str> = TABLE.iter().map(|Row(route, ..)| route.split('?').next().unwrap()).collect();
    let routes = routes::all();
    let below: BTreeSet<&str> = routes.iter().filter(|route| route.contains(" /v3/")).map(String::as_str).collect();
    assert_eq!(rows, below);
}

/// What is not asked for here: it is for anybody.
const PUBLIC: [&str; 2] = ["GET /api/openapi.json", "GET /api/version"];

#[test]
fn c19_every_route_is_described_and_nothing_else() {
    let described: BTreeSet<String> = described::operations().into_iter().collect();
    let routes = routes::all();
    let below = routes.iter().filter(|route| route.contains(" /v3/") || route.contains(" /api/"));
    assert_eq!(described, below.cloned().collect());
    assert!(PUBLIC.iter().all(|route| described.contains(*route)));
}

async fn each_operation_asks_for_its_role_and_its_scope(db: Db) {
    let app = TestApp::start(&db).await;
    let session = |name: &'static str| {
        let app = &app;
        async move { Program { browser: app.signed_in_as(name).await, key: String::new() } }
    };
    let callers = [
        Program { browser: app.browser(), key: String::new() },
        session("viewer").await,
        session("operator").await,
        session("outsider").await,
        Program::of(&app, "operator", &[TokenScope::Read]).await,
        Program::of(&app, "operator", &[TokenScope::Operate]).await,
        Program::of(&app, "operator", &[TokenScope::Approve]).await,
        Program::service(&app, &[TokenScope::Read]).await,
        Program::service(&app, &[TokenScope::Operate]).await,
    ];
    // There is no room for one of each row.
    let environment = app.environment().await;
    let undelivered = app.undelivered().await.to_string();
    let mut wrong = Vec::new();
    let mut number = 0;
    for Row(route, story, body, answers) in TABLE {
        for ((who, caller), expected) in WHO.into_iter().zip(&callers).zip(answers) {
            number += 1;
            app.passes(chrono::TimeDelta::seconds(5));
            let release = app.release(*story).await;
            let (method, pattern) = route.split_once(' ').unwrap();
            let mut path = pattern.to_owned();
            if pattern.contains("{application_id}") || pattern.contains("{component_id}") {
                let (application, component) = app.component_in(environment).await;
                path = path
                    .replace("{application_id}", &application.to_string())
                    .replace("{component_id}", &component.to_string());
            }
            if pattern.contains("{environment_id}") {
                path = path.replace("{environment_id}", &environment.to_string());
            }
            let path = path
                .replace("{project_id}", REGION)
                .replace("{pipeline_id}", &release.id.to_string())
                .replace("{number}", "1")
                .replace("{team_id}", &app.team.to_string())
                .replace("{record_id}", &release.execution.to_string())
                .replace("{job_id}", &release.execution.to_string())
                .replace("{delivery_id}", &undelivered)
                .replace("{attempt}", "1")
                .replace("{position}", "0")
                .replace("{task_name}", release.task);
            let body = body.replace("NUMBER", &number.to_string());
            let key = format!("row-{number}");
            let signed_in = if caller.key.is_empty() {
                ("sec-fetch-site", "same-origin")
            } else {
                ("x-auth-token", caller.key.as_str())
            };
            let headers = [signed_in, ("idempotency-key", key.as_str())];
            let sent = (!body.is_empty()).then_some(body.as_str());
            let send = async || caller.browser.json(method.parse().unwrap(), &path, &headers, sent).await;
            let answer = send().await;
            if method == "POST" && answer.status == 200 {
                // Each takes a key, and says so.
                let again = send().await;
                if (again.header("idempotent-replayed"), &again.text) != ("true", &answer.text) {
                    wrong.push(format!("{route} by {who} is done twice under one key: {}", again.text));
                }
            }
            if answer.status != *expected {
                wrong.push(format!("{route} by {who}: {} instead of {expected}: {}", answer.status, answer.text));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    app.stops().await;
}
