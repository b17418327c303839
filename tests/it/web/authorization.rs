//! Authorization: every route, asked by everybody.

use std::collections::BTreeSet;

use reqwest::Method;
use tollgate::domain::ids::DraftId;
use tollgate::pages::forms::{self, FormRules};
use uuid::Uuid;

use super::app::{REGION, TestApp};
use super::browser::Browser;
use super::routes;
use super::stories::{Actual, Story};
use super::{components, secrets};
use crate::builds::artefacts;
use crate::db::Db;

on_both!(everybody_may_do_what_the_table_says_and_no_more);

/// Who asks. The outsider has an account and is a member of no team.
const WHO: [&str; 7] = ["anonymous", "viewer", "operator", "approver", "manager", "administrator", "outsider"];

/// The answers, in the order of [`WHO`].
pub type Answers = [u16; 7];

const ALL: Answers = [200; 7];
pub const SIGNED_IN: Answers = [303, 200, 200, 200, 200, 200, 200];
const ON: Answers = [303; 7];
const NOTHING: Answers = [404; 7];
/// Administrators alone; for others there is no such page.
const ADMINISTRATORS: Answers = [303, 404, 404, 404, 404, 200, 404];
/// What only they do.
const ADMINISTRATORS_DO: Answers = [303, 404, 404, 404, 404, 303, 404];
/// A token that is not theirs.
const OTHERS_TOKEN: Answers = [303, 404, 404, 404, 404, 404, 404];
/// Managers of the team, and administrators.
const MANAGERS: Answers = [303, 404, 404, 404, 200, 200, 404];
/// Managers of any team, and administrators.
const WATCHERS: Answers = MANAGERS;
/// What only they do.
const MANAGERS_DO: Answers = [303, 404, 404, 404, 303, 303, 404];
/// Whoever may read what the team owns.
pub const READERS: Answers = [303, 200, 200, 200, 200, 200, 404];
/// Forms that only an operator is shown.
const OPERATOR_SEES: Answers = [303, 403, 200, 403, 403, 403, 404];
/// The draft of an operator, which is nobody else's.
const OWNER: Answers = [303, 404, 200, 404, 404, 404, 404];
/// What only they do with it.
const OWNER_DOES: Answers = [303, 404, 303, 404, 404, 404, 404];
/// Changes that only an operator makes: done is 303, as is being sent to sign in.
const OPERATOR_DOES: Answers = [303, 403, 303, 403, 403, 403, 404];

/// A route, on which release task it is tried, with what, and the answers.
pub struct Row(pub &'static str, pub Story, pub &'static str, pub Answers);

/// A text for a draft.
const YAML: &str = "rev=0&text=name%3A+by-text%0Aphases%3A%0A++-+name%3A+only%0A++++tasks%3A%0A++++++-+name%3A+one%0A++++++++type%3A+wait%0A++++++++for%3A+1s%0A";

/// The same where something is typed: who is signed out is given it back.
pub const fn typed(mut answers: [u16; 7]) -> [u16; 7] {
    answers[0] = 401;
    answers
}

const TABLE: &[Row] = &[
    Row("GET /healthz", Story::New, "", ALL),
    Row("GET /readyz", Story::New, "", ALL),
    Row("GET /static/{file}", Story::New, "", ALL),
    Row("GET /api/version", Story::New, "", ALL),
    Row("GET /api/openapi.json", Story::New, "", ALL),
    Row("GET /help/api", Story::New, "", SIGNED_IN),
    Row("GET /tokens", Story::New, "", SIGNED_IN),
    Row("POST /tokens", Story::New, "name=ci&lasts=30", typed([303, 201, 201, 201, 201, 201, 201])),
    Row("GET /tokens/{id}/renew", Story::New, "", OTHERS_TOKEN),
    Row("POST /tokens/{id}/renew", Story::New, "", OTHERS_TOKEN),
    Row("GET /tokens/{id}/revoke", Story::New, "", OTHERS_TOKEN),
    Row("POST /tokens/{id}/revoke", Story::New, "", OTHERS_TOKEN),
    Row("GET /login", Story::New, "", [200, 303, 303, 303, 303, 303, 303]),
    Row("POST /login", Story::New, "name=nobody&password=x", [401; 7]),
    Row("POST /logout", Story::New, "", ON),
    Row("GET /setup", Story::New, "", NOTHING),
    Row("POST /setup", Story::New, "token=x&name=ann&password=correct+horse&again=correct+horse", NOTHING),
    Row("GET /", Story::New, "", ON),
    Row("GET /account", Story::New, "", SIGNED_IN),
    Row("POST /account/password", Story::New, "current=x&password=y&again=z", [303, 422, 422, 422, 422, 422, 422]),
    Row("POST /account/sessions/end-others", Story::New, "", ON),
    Row("POST /account/sessions/{id}/end", Story::New, "", [303, 404, 404, 404, 404, 404, 404]),
    Row("GET /approvals", Story::Waiting, "", SIGNED_IN),
    Row("GET /approvals/list", Story::Waiting, "?seen=0", SIGNED_IN),
    Row("GET /approvals/count", Story::Waiting, "?seen=999", SIGNED_IN),
    Row("GET /approvals/others", Story::Waiting, "", WATCHERS),
    Row("GET /approvals/others/list", Story::Waiting, "?seen=0", WATCHERS),
    Row("GET /overview", Story::Waiting, "", SIGNED_IN),
    Row("GET /activity", Story::Waiting, "", SIGNED_IN),
    Row("GET /activity/export", Story::Waiting, "?format=csv", SIGNED_IN),
    Row("GET /audit", Story::Waiting, "", ADMINISTRATORS),
    Row("GET /replicas", Story::Waiting, "", ADMINISTRATORS),
    Row("GET /replicas/list", Story::Waiting, "?seen=0", ADMINISTRATORS),
    Row("GET /deleted", Story::Deleted, "", ADMINISTRATORS),
    Row("GET /blank-value", Story::Waiting, "", ADMINISTRATORS),
    Row("POST /blank-value", Story::New, "do=find&unwanted=hunter2", ADMINISTRATORS),
    Row("GET /storage", Story::Waiting, "", ADMINISTRATORS),
    Row("GET /storage/{region}/retention", Story::New, "", ADMINISTRATORS),
    Row(
        "POST /storage/{region}/retention",
        Story::New,
        "successful_days=90&successful_executions=50&unsuccessful_days=90&unsuccessful_executions=50",
        [401, 404, 404, 404, 404, 303, 404],
    ),
    Row("GET /members", Story::New, "", READERS),
    Row("GET /teams/{team}/members", Story::New, "", READERS),
    Row("GET /teams/{team}/members/{user}/roles", Story::New, "", MANAGERS),
    Row("POST /teams/{team}/members/{user}/roles", Story::New, "role=approver", MANAGERS_DO),
    Row("GET /teams/{team}/members/{user}/remove", Story::New, "", MANAGERS),
    Row("POST /teams/{team}/members/{user}/remove", Story::New, "", MANAGERS_DO),
    Row("GET /teams/{team}/members/{user}/disable", Story::New, "", MANAGERS),
    Row("POST /teams/{team}/members/{user}/disable", Story::New, "", MANAGERS_DO),
    Row("POST /teams/{team}/members/{user}/enable", Story::New, "", MANAGERS_DO),
    Row("GET /teams/{team}/members/{user}/reset", Story::New, "", MANAGERS),
    Row("POST /teams/{team}/members/{user}/reset", Story::New, "", [303, 404, 404, 404, 200, 200, 404]),
    Row("GET /reset", Story::New, "", NOTHING),
    Row("POST /reset", Story::New, "token=x&password=correct+horse&again=correct+horse", NOTHING),
    Row("GET /teams/{team}/channels", Story::New, "", MANAGERS),
    Row("GET /teams/{team}/channels/list", Story::New, "?seen=0", MANAGERS),
    Row("GET /teams/{team}/channels/new", Story::New, "", MANAGERS),
    Row("POST /teams/{team}/channels/new", Story::New, "kind=webhook&name=", [303, 404, 404, 404, 422, 422, 404]),
    Row("GET /teams/{team}/channels/{channel}", Story::New, "", MANAGERS),
    Row("POST /teams/{team}/channels/{channel}", Story::New, "name=", [303, 404, 404, 404, 422, 422, 404]),
    Row("POST /teams/{team}/channels/{channel}/try", Story::New, "", MANAGERS_DO),
    Row("POST /teams/{team}/member-events", Story::New, "event=release_failed", MANAGERS_DO),
    Row("GET /teams/{team}/channels/{channel}/rotate", Story::New, "", MANAGERS),
    Row("GET /teams/{team}/channels/{channel}/remove", Story::New, "", MANAGERS),
    Row("POST /teams/{team}/channels/{channel}/rotate", Story::New, "", [303, 404, 404, 404, 200, 200, 404]),
    Row("POST /teams/{team}/channels/{channel}/remove", Story::New, "", MANAGERS_DO),
    Row("GET /deliveries", Story::New, "", MANAGERS),
    Row("GET /deliveries/dismiss", Story::New, "", MANAGERS),
    Row("POST /deliveries/dismiss", Story::New, "until=0", MANAGERS_DO),
    Row("POST /deliveries/{delivery}/dismiss", Story::New, "", MANAGERS_DO),
    Row("POST /deliveries/{delivery}/send-again", Story::New, "", MANAGERS_DO),
    Row("GET /e-mail", Story::New, "", ADMINISTRATORS),
    Row("POST /e-mail", Story::New, "host=", [303, 404, 404, 404, 404, 422, 404]),
    Row("GET /e-mail/outcome", Story::New, "?seen=0", ADMINISTRATORS),
    Row("POST /e-mail/try", Story::New, "", ADMINISTRATORS_DO),
    Row("POST /account/e-mail", Story::New, "address=", [303, 422, 422, 422, 422, 422, 422]),
    Row("POST /account/e-mail/events", Story::New, "event=release_failed", ON),
    Row("GET /account/e-mail/forget", Story::New, "", SIGNED_IN),
    Row("POST /account/e-mail/forget", Story::New, "", ON),
    Row("GET /account/e-mail/confirm", Story::New, "?token=x", SIGNED_IN),
    Row("POST /account/e-mail/confirm", Story::New, "token=x", ON),
    Row("GET /teams/{team}/invitations", Story::New, "", MANAGERS),
    Row("GET /teams/{team}/invitations/new", Story::New, "", MANAGERS),
    Row("POST /teams/{team}/invitations/new", Story::New, "name=ann&role=viewer", [401, 404, 404, 404, 200, 200, 404]),
    Row("GET /teams/{team}/invitations/import", Story::New, "", MANAGERS),
    Row("POST /teams/{team}/invitations/import", Story::New, "people=name,roles", [401, 404, 404, 404, 422, 422, 404]),
    Row("POST /teams/{team}/invitations/{invitation}/revoke", Story::New, "", MANAGERS_DO),
    Row("GET /invitations/join", Story::New, "", NOTHING),
    Row("POST /invitations/join", Story::New, "token=x&password=correct+horse&again=correct+horse", NOTHING),
    Row("GET /invitations", Story::New, "", SIGNED_IN),
    // It is somebody else's.
    Row("POST /invitations/{invitation}/accept", Story::New, "", [303, 404, 404, 404, 404, 404, 404]),
    Row("POST /invitations/{invitation}/decline", Story::New, "", [303, 404, 404, 404, 404, 404, 404]),
    Row("GET /teams", Story::New, "", ADMINISTRATORS),
    Row("POST /teams", Story::New, "name=made-here", typed(ADMINISTRATORS_DO)),
    Row("POST /teams/{team}/scripts", Story::New, "allowed=yes", ADMINISTRATORS_DO),
    Row("GET /regions", Story::New, "", ADMINISTRATORS),
    Row("POST /regions", Story::New, "name=made-here", typed(ADMINISTRATORS_DO)),
    Row("GET /users", Story::New, "", ADMINISTRATORS),
    Row("GET /users/{user}/disable", Story::New, "", ADMINISTRATORS),
    Row("POST /users/{user}/disable", Story::New, "", ADMINISTRATORS_DO),
    Row("POST /users/{user}/enable", Story::New, "", ADMINISTRATORS_DO),
    Row("GET /users/{user}/promote", Story::New, "", ADMINISTRATORS),
    Row("POST /users/{user}/promote", Story::New, "", ADMINISTRATORS_DO),
    Row("GET /users/{user}/demote", Story::New, "", ADMINISTRATORS),
    Row("POST /users/{user}/demote", Story::New, "", ADMINISTRATORS_DO),
    Row("GET /users/{user}/reset", Story::New, "", ADMINISTRATORS),
    Row("POST /users/{user}/reset", Story::New, "", ADMINISTRATORS),
    Row("GET /regions/{region}", Story::New, "", ON),
    Row("GET /regions/{region}/release-tasks", Story::New, "", SIGNED_IN),
    Row("GET /regions/{region}/release-tasks/new", Story::New, "", [303, 403, 200, 403, 403, 403, 403]),
    Row(
        "POST /regions/{region}/release-tasks/new",
        Story::New,
        "name=made-here&team={team}&begin=blank",
        [401, 403, 303, 403, 403, 403, 403],
    ),
    // Nothing is chosen: what each may do with what is, tests/it/web/bulk.rs asks.
    Row("GET /regions/{region}/release-tasks/bulk", Story::New, "?do=execute", [303, 422, 422, 422, 422, 422, 422]),
    Row("POST /regions/{region}/release-tasks/bulk", Story::New, "do=delete", [303, 422, 422, 422, 422, 422, 422]),
    Row("GET /regions/{region}/release-tasks/{id}/edit", Story::New, "", OPERATOR_DOES),
    Row("GET /regions/{region}/drafts/{draft}", Story::New, "", OWNER),
    Row("POST /regions/{region}/drafts/{draft}/commands", Story::New, "rev=0&do=add-phase", OWNER_DOES),
    Row("GET /regions/{region}/drafts/{draft}/pick", Story::New, "?group=2", OWNER),
    Row("GET /regions/{region}/drafts/{draft}/move", Story::New, "?element=1", OWNER),
    Row("GET /regions/{region}/drafts/{draft}/rename", Story::New, "?element=1", OWNER),
    Row("GET /regions/{region}/drafts/{draft}/basic-info", Story::New, "", OWNER),
    Row("GET /regions/{region}/drafts/{draft}/save", Story::New, "", OWNER),
    Row("POST /regions/{region}/drafts/{draft}/save", Story::New, "rev=0", OWNER_DOES),
    Row("GET /regions/{region}/drafts/{draft}/discard", Story::New, "", OWNER),
    Row("POST /regions/{region}/drafts/{draft}/discard", Story::New, "rev=0", OWNER_DOES),
    Row("GET /regions/{region}/drafts/{draft}/merge", Story::New, "", OWNER_DOES),
    // Nothing was ever saved of that draft: there is nothing to merge it with.
    Row(
        "POST /regions/{region}/drafts/{draft}/merge",
        Story::New,
        "rev=0&newest=1",
        [303, 404, 404, 404, 404, 404, 404],
    ),
    Row("GET /regions/{region}/drafts/{draft}/yaml", Story::New, "", OWNER),
    Row("POST /regions/{region}/drafts/{draft}/yaml", Story::New, YAML, typed(OWNER_DOES)),
    Row("GET /regions/{region}/drafts/{draft}/yaml/discard", Story::New, "", OWNER),
    Row("POST /regions/{region}/drafts/{draft}/yaml/discard", Story::New, "rev=0", OWNER_DOES),
    Row("GET /regions/{region}/release-tasks/{id}", Story::Waiting, "", READERS),
    Row("GET /regions/{region}/release-tasks/{id}/timeline", Story::Waiting, "", READERS),
    Row("GET /regions/{region}/release-tasks/{id}/executions", Story::Waiting, "", READERS),
    Row("GET /regions/{region}/release-tasks/{id}/definition", Story::New, "", READERS),
    Row("GET /regions/{region}/release-tasks/{id}/definition.yaml", Story::New, "", READERS),
    Row("GET /regions/{region}/release-tasks/{id}/activity", Story::Waiting, "", READERS),
    Row("GET /regions/{region}/release-tasks/{id}/executions/{number}", Story::Waiting, "", READERS),
    Row("GET /regions/{region}/release-tasks/{id}/executions/{number}/timeline", Story::Done, "", READERS),
    Row("GET /regions/{region}/release-tasks/{id}/execute", Story::New, "", OPERATOR_SEES),
    Row("POST /regions/{region}/release-tasks/{id}/execute", Story::New, "task=work", OPERATOR_DOES),
    Row("POST /regions/{region}/release-tasks/{id}/pause", Story::Waiting, "execution=1", OPERATOR_DOES),
    Row("POST /regions/{region}/release-tasks/{id}/continue", Story::Paused, "execution=1", OPERATOR_DOES),
    Row("POST /regions/{region}/release-tasks/{id}/retry", Story::Broken, "execution=1", OPERATOR_DOES),
    Row("GET /regions/{region}/release-tasks/{id}/terminate", Story::Waiting, "", OPERATOR_SEES),
    Row("POST /regions/{region}/release-tasks/{id}/terminate", Story::Waiting, "execution=1", OPERATOR_DOES),
    Row("GET /regions/{region}/release-tasks/{id}/roll-back", Story::Done, "", OPERATOR_SEES),
    Row("POST /regions/{region}/release-tasks/{id}/roll-back", Story::Done, "execution=1", OPERATOR_DOES),
    Row("GET /regions/{region}/release-tasks/{id}/clone", Story::New, "", OPERATOR_SEES),
    Row("POST /regions/{region}/release-tasks/{id}/clone", Story::New, "name=a-copy", typed(OPERATOR_DOES)),
    Row(
        "GET /regions/{region}/release-tasks/{id}/restore",
        Story::New,
        "?version=1",
        [303, 403, 404, 403, 403, 403, 404],
    ),
    Row("POST /regions/{region}/release-tasks/{id}/restore", Story::New, "version=1&newest=1", OPERATOR_DOES),
    Row("GET /regions/{region}/release-tasks/{id}/delete", Story::New, "", OPERATOR_SEES),
    Row("POST /regions/{region}/release-tasks/{id}/delete", Story::New, "", OPERATOR_DOES),
    Row("GET /regions/{region}/release-tasks/{id}/undelete", Story::Deleted, "", ADMINISTRATORS),
    Row("POST /regions/{region}/release-tasks/{id}/undelete", Story::Deleted, "", [303, 404, 404, 404, 404, 303, 404]),
    Row("GET /regions/{region}/release-tasks/{id}/executions/{number}/tasks/{task}", Story::Broken, "", READERS),
    Row(
        "GET /regions/{region}/release-tasks/{id}/executions/{number}/tasks/{task}/live",
        Story::Broken,
        "?attempt=1&of={execution}&seen=0",
        READERS,
    ),
    Row(
        "GET /regions/{region}/release-tasks/{id}/executions/{number}/tasks/{task}/log",
        Story::Broken,
        "?attempt=1&from=0",
        READERS,
    ),
    Row(
        "GET /regions/{region}/release-tasks/{id}/executions/{number}/tasks/{task}/log/download",
        Story::Broken,
        "?attempt=1",
        READERS,
    ),
    Row(
        "GET /regions/{region}/release-tasks/{id}/executions/{number}/tasks/{task}/decision",
        Story::Waiting,
        "",
        [303, 403, 403, 200, 403, 200, 404],
    ),
    Row(
        "POST /regions/{region}/release-tasks/{id}/executions/{number}/tasks/{task}/decision",
        Story::Waiting,
        "verdict=agree&comment=fine&round=1",
        [401, 403, 403, 303, 403, 303, 404],
    ),
    Row(
        "GET /regions/{region}/release-tasks/{id}/executions/{number}/tasks/{task}/skip",
        Story::Broken,
        "",
        OPERATOR_SEES,
    ),
    Row(
        "POST /regions/{region}/release-tasks/{id}/executions/{number}/tasks/{task}/skip",
        Story::Broken,
        "comment=known",
        typed(OPERATOR_DOES),
    ),
];

/// All rows, those of components among them.
fn table() -> impl Iterator<Item = &'static Row> {
    TABLE.iter().chain(components::ROWS).chain(secrets::ROWS).chain(artefacts::ROWS)
}

#[test]
fn every_route_has_a_row_and_every_row_a_route() {
    let rows: BTreeSet<String> = table().map(|Row(route, ..)| (*route).to_owned()).collect();
    assert_eq!(rows.len(), table().count(), "a route has two rows");
    // Those below /v3 take tokens too, and have a table of their own.
    let routes: BTreeSet<String> = routes::all().into_iter().filter(|route| !route.contains(" /v3/")).collect();
    assert!(routes.len() > 40, "the routes are read: {routes:?}");
    let (without_row, without_route): (Vec<_>, Vec<_>) =
        (routes.difference(&rows).collect(), rows.difference(&routes).collect());
    assert!(
        without_row.is_empty() && without_route.is_empty(),
        "without a row: {without_row:#?}, without a route: {without_route:#?}"
    );
}

#[test]
fn every_form_has_rules_and_every_rule_a_form() {
    let routes = routes::all();
    let posts = routes.iter().filter_map(|route| route.strip_prefix("POST "));
    let posts: BTreeSet<String> =
        posts.filter(|path| !path.starts_with("/api") && !path.starts_with("/v3")).map(str::to_owned).collect();
    assert_eq!(posts, forms::all().map(FormRules::route).collect());
    assert!(posts.len() > 15, "the routes are read: {posts:?}");
}

async fn everybody_may_do_what_the_table_says_and_no_more(db: Db) {
    let app = TestApp::start(&db).await;
    let mut browsers = Vec::new();
    for who in WHO {
        browsers.push(if who == "anonymous" { app.browser() } else { app.signed_in_as(who).await });
    }
    // There is no room for one of each row.
    let shared = app.environment().await;
    let mut wrong = Vec::new();
    for Row(route, story, sent, answers) in table() {
        let mut release = app.release(*story).await;
        for ((who, browser), expected) in WHO.into_iter().zip(&browsers).zip(answers) {
            // Whoever signs out does it in another browser, and nobody is held up at the door.
            let own = if *route == "POST /logout" && who != "anonymous" {
                app.signed_in_as(who).await
            } else {
                browser.clone()
            };
            app.passes(chrono::TimeDelta::seconds(5));
            let draft = if route.contains("{draft}") { Some(app.draft_of_operator().await) } else { None };
            let guest = if route.contains("{user}") { app.guest().await.to_string() } else { String::new() };
            let invitation =
                if route.contains("{invitation}") { app.invitation().await.to_string() } else { String::new() };
            let channel = if route.contains("{channel}") { app.channel().await.to_string() } else { String::new() };
            let environment =
                if route.contains("{environment}") { app.environment().await.to_string() } else { String::new() };
            if route.contains("/secrets/{name}") {
                let of = (!environment.is_empty()).then(|| environment.parse().unwrap());
                app.secret(of, "API_TOKEN", "hunter2-hunter2", false).await;
            }
            let (application, component) = if route.contains("{component}") {
                let (application, component) = app.component_in(shared).await;
                (application.to_string(), component.to_string())
            } else if route.contains("{application}") {
                (app.application().await.to_string(), String::new())
            } else {
                (String::new(), String::new())
            };
            let delivery =
                if route.contains("{delivery}") { app.undelivered().await.to_string() } else { String::new() };
            let route = route
                .replace("{environment}", &environment)
                .replace("{name}", "API_TOKEN")
                .replace("{application}", &application)
                .replace("{component}", &component)
                .replace("{channel}", &channel)
                .replace("{delivery}", &delivery)
                .replace("{user}", &guest)
                .replace("{invitation}", &invitation)
                .replace("{team}", &app.team.to_string());
            let answered = ask(&own, (&route, release, draft), &sent.replace("{team}", &app.team.to_string())).await;
            if answered != *expected {
                wrong.push(format!("{route} by {who}: {answered} instead of {expected}"));
            }
            let changed = route.starts_with("POST") && answered == 303 && who != "anonymous";
            if changed && route.contains("{id}") {
                release = app.release(*story).await;
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    app.stops().await;
}

async fn ask(browser: &Browser, (route, release, draft): (&str, Actual, Option<DraftId>), sent: &str) -> u16 {
    let (method, pattern) = route.split_once(' ').unwrap();
    let id = if pattern.starts_with("/account") { Uuid::now_v7() } else { release.id.uuid() };
    let path = pattern
        .replace("/static/{file}", tollgate::http::assets::url("app.css"))
        .replace("{region}", REGION)
        .replace("{id}", &id.to_string())
        .replace("{draft}", &draft.map(|draft| draft.to_string()).unwrap_or_default())
        .replace("{number}", "1")
        .replace("{task}", release.task)
        .replace("{attempt}/{position}", "1/0");
    let sent = sent.replace("{execution}", &release.execution.to_string());
    if method == "GET" {
        browser.get(&format!("{path}{sent}")).await.status
    } else {
        let headers = [("sec-fetch-site", "same-origin")];
        browser.send(Method::POST, &path, &headers, &sent).await.status
    }
}
