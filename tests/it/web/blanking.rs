//! The page on which an administrator blanks a value.

use tollgate::app::{Caller, ReleaseContent};
use tollgate::domain::release::ReleaseOwner;
use tollgate::format;

use super::app::TestApp;
use crate::db::Db;

on_both!(a19_a_value_is_blanked_on_a_page_that_never_shows_it);

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
    nowhere.says("It stands in no version, draft or execution.").says_nothing_of("nowhere-at-all");
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
