//! The page on which an administrator blanks a value.

use tollgate::app::{Caller, Imported, ReleaseContent};
use tollgate::domain::decide::Selection;
use tollgate::domain::release::ReleaseOwner;
use tollgate::domain::status::ReleaseStatus;
use tollgate::format;

use super::app::TestApp;
use super::releases::logs::script;
use super::releases::scene::Scene;
use crate::db::Db;

on_both!(
    a19_a_value_is_blanked_on_a_page_that_never_shows_it,
    a19_logs_that_go_are_read_by_nobody_from_then_on,
    a19_of_many_that_are_under_way_a_few_are_named,
);

async fn a19_a_value_is_blanked_on_a_page_that_never_shows_it(db: Db) {
    const KEY: &str = "hunter2-hunter2";
    let app = TestApp::start(&db).await;
    let yaml =
        format!("name: with-key\nphases:\n  - name: one\n    tasks:\n      - name: go\n        script: go {KEY}\n");
    let document = format::parse(&yaml).unwrap().remove(0);
    let content =
        ReleaseContent { name: document.name, description: document.description, definition: document.definition };
    let owner = ReleaseOwner { team: app.team, region: app.region };
    app.app.import(&Caller::CommandLine, owner, &content).await.unwrap();
    let admin = app.signed_in_as("administrator").await;
    let url = "/blank-value";
    admin.get("/storage").await.says("href=\"/blank-value\"");
    admin.get(url).await.says("<h1>Blank a Value</h1>").says("__BLANKED__ takes its place");
    let found = admin.post(url, &[("do", "find"), ("unwanted", KEY)]).await;
    assert_eq!(found.status, 200);
    found.says("It stands in 1 release task.").says(">with-key</a>").says("1 version").says_nothing_of(KEY);
    let nowhere = admin.post(url, &[("do", "find"), ("unwanted", "nowhere-at-all")]).await;
    nowhere.says("It stands in no description, version, draft or execution.").says_nothing_of("nowhere-at-all");
    let short = admin.post(url, &[("do", "blank"), ("unwanted", "hunt")]).await;
    assert_eq!(short.status, 422);
    short.says("It must have at least 6 bytes").says("Say that it is to be blanked");
    let unsure = admin.post(url, &[("do", "blank"), ("unwanted", KEY)]).await;
    assert_eq!(unsure.status, 422);
    unsure.says("Say that it is to be blanked").says_nothing_of(KEY);
    let done = admin.post(url, &[("do", "blank"), ("unwanted", KEY), ("confirmed", "yes")]).await;
    assert_eq!((done.status, done.location()), (303, url));
    admin.get(url).await.says("In 1 release task you blanked the value in 1 version.");
    let again = admin.post(url, &[("do", "blank"), ("unwanted", KEY), ("confirmed", "yes")]).await;
    assert_eq!(again.status, 303);
    admin.get(url).await.says("Nothing was blanked.");
    admin.get("/audit").await.says("blanked a value in 1 version").says_nothing_of(KEY);
    app.stops().await;
}

async fn a19_logs_that_go_are_read_by_nobody_from_then_on(db: Db) {
    const KEY: &str = "hunter2-hunter2";
    let scene = Scene::with(&db, &script(&format!("echo {KEY}\nexit 1"))).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    scene.is(ReleaseStatus::ReleaseFailed).await;
    let url = scene.urls.task(1, "build");
    let tail = format!("{}&from=0", scene.urls.log(1, "build", 1));
    let readers = [
        url.clone(),
        format!("{url}?attempt=1&line=1"),
        format!("{url}?find=hunter2-h"),
        scene.urls.log_download(1, "build", 1),
        tail,
        scene.urls.execution(1),
    ];
    for reader in &readers {
        operator.get(reader).await.says(KEY);
    }
    let admin = scene.browser("administrator").await;
    let form = [("do", "blank"), ("unwanted", KEY), ("confirmed", "yes"), ("logs", "yes")];
    assert_eq!(admin.post("/blank-value", &form).await.status, 303);
    // No file has been removed yet.
    for reader in &readers {
        operator.get(reader).await.says_nothing_of(KEY);
    }
    operator.get(&url).await.says("The log was removed on ");
    scene.app.stops().await;
}

async fn a19_of_many_that_are_under_way_a_few_are_named(db: Db) {
    const KEY: &str = "hunter2-hunter2";
    let app = TestApp::start(&db).await;
    let owner = ReleaseOwner { team: app.team, region: app.region };
    let operator = app.caller("operator").await;
    for number in 1..=7 {
        let yaml = format!(
            "name: gated-{number}\nphases:\n  - name: one\n    tasks:\n      - name: go\n        type: manual-trigger\n      - name: do\n        script: go {KEY}\n"
        );
        let document = format::parse(&yaml).unwrap().remove(0);
        let content =
            ReleaseContent { name: document.name, description: document.description, definition: document.definition };
        let Imported::Created(id) = app.app.import(&Caller::CommandLine, owner, &content).await.unwrap() else {
            panic!("it is new")
        };
        app.app.execute(&operator, id, &Selection::All).await.unwrap();
    }
    let admin = app.signed_in_as("administrator").await;
    let form = [("do", "blank"), ("unwanted", KEY), ("confirmed", "yes")];
    assert_eq!(admin.post("/blank-value", &form).await.status, 303);
    admin.get("/blank-value").await.says(
        "Nothing was blanked. It still stands in gated-1, gated-2, gated-3, gated-4, gated-5 and 2 more, which are under way: \
         blank it again when they have ended. Find names them all.",
    );
    app.stops().await;
}
