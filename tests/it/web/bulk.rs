//! Several release tasks at once: chosen in the list, asked about, each done by itself, and the list found again as it was.

use tollgate::app::{Caller, ReleaseContent};
use tollgate::domain::decide::{Command, Selection};
use tollgate::domain::definition::Definition;
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::release::ReleaseOwner;
use tollgate::domain::status::ReleaseStatus;
use tollgate::format;
use tollgate::pages::components::release_urls::{ReleaseUrls, with_query};
use tollgate::store::Cursor;

use super::app::{REGION, TestApp};
use super::browser::{Browser, Page};
use super::stories::Story;
use crate::db::Db;

on_both!(
    several_are_executed_and_each_says_what_became_of_it,
    several_are_deleted_and_the_list_is_found_again,
    several_are_exported_as_one_file_that_import_reads,
    what_waits_is_not_closed_with_others,
    a_page_that_is_old_does_nothing,
    who_may_not_is_refused_for_each_and_told_of,
    nothing_and_too_much_are_told,
    delete_from_the_list_leads_back_to_it_as_it_was,
);

const BULK: &str = "/regions/eu-west/release-tasks/bulk";
const LIST: &str = "q=release&sort=name&order=up";

fn asked(action: &str, ids: &[ReleaseId]) -> String {
    let ids: String = ids.iter().map(|id| format!("&chosen={id}")).collect::<Vec<_>>().concat();
    format!("{BULK}?do={action}&list=q%3Drelease%26sort%3Dname%26order%3Dup{ids}")
}

fn written(action: &str, chosen: &[String]) -> Vec<(&'static str, String)> {
    let mut form = vec![("do", action.to_owned()), ("list", LIST.to_owned())];
    form.extend(chosen.iter().map(|one| ("chosen", one.clone())));
    form
}

async fn name(app: &TestApp, id: ReleaseId) -> String {
    app.app.store.release(id).await.unwrap().unwrap().name
}

async fn status(app: &TestApp, id: ReleaseId) -> ReleaseStatus {
    app.app.store.release(id).await.unwrap().unwrap().status()
}

async fn posts(browser: &Browser, form: &[(&'static str, String)]) -> Page {
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post(BULK, &form).await
}

async fn several_are_executed_and_each_says_what_became_of_it(db: Db) {
    let app = TestApp::start(&db).await;
    let (new, done) = (app.release(Story::New).await.id, app.release(Story::Done).await.id);
    let paused = app.release(Story::Paused).await.id;
    let operator = app.signed_in_as("operator").await;
    let asked = operator.get(&asked("execute", &[new, done, paused])).await;
    assert_eq!(asked.status, 200);
    asked.says("Execute 3 release tasks?").says("Execute 2").says("Version 1 will be executed, with all tasks.");
    for id in [new, done, paused] {
        asked.says(&name(&app, id).await);
    }
    asked.says("Execute is not possible now, because the release task is Paused.");
    asked.says(&format!("value=\"{new}.0.1\"")).says(&format!("value=\"{done}.1.1\""));
    assert!(!asked.text.contains(&format!("value=\"{paused}.")), "what cannot be done is not sent");
    let chosen = [format!("{new}.0.1"), format!("{done}.1.1"), format!("{paused}.1.1")];
    let told = posts(&operator, &written("execute", &chosen)).await;
    assert_eq!(told.status, 200);
    told.says("2 of 3 executed").says("Execution #1 has started.").says("Execution #2 has started.");
    told.says("because the release task is Paused").says("q=release&#38;sort=name&#38;order=up");
    app.becomes(new, ReleaseStatus::Successful).await;
    app.becomes(done, ReleaseStatus::Successful).await;
    assert_eq!(status(&app, paused).await, ReleaseStatus::Paused);
    app.stops().await;
}

async fn several_are_deleted_and_the_list_is_found_again(db: Db) {
    let app = TestApp::start(&db).await;
    let (new, waiting) = (app.release(Story::New).await.id, app.release(Story::Waiting).await.id);
    let operator = app.signed_in_as("operator").await;
    let list = operator.get(&format!("/regions/{REGION}/release-tasks?{LIST}")).await;
    list.says(&format!("name=\"chosen\" value=\"{new}\" form=\"bulk\"")).says("Execute…").says("Delete…");
    list.says("name=\"list\" value=\"q=release&#38;sort=name&#38;order=up&#38;page=1\"");
    let asked = operator.get(&asked("delete", &[new, waiting])).await;
    asked.says("Delete 2 release tasks?").says("Will be deleted.").says("because the release task is To be approved");
    asked.says(&format!("href=\"/regions/{REGION}/release-tasks?q=release&#38;sort=name&#38;order=up\""));
    let told = posts(&operator, &written("delete", &[format!("{new}.0.1"), format!("{waiting}.1.1")])).await;
    told.says("1 of 2 deleted").says("Deleted.");
    told.says(&format!("href=\"/regions/{REGION}/release-tasks?q=release&#38;sort=name&#38;order=up\""));
    assert_eq!(operator.get(&ReleaseUrls::new(REGION, new).show()).await.status, 404);
    assert_eq!(operator.get(&ReleaseUrls::new(REGION, waiting).show()).await.status, 200);
    let again = posts(&operator, &written("delete", &[format!("{new}.0.1")])).await;
    again.says("0 of 1 deleted").says("One of them is not there any more");
    app.stops().await;
}

async fn several_are_exported_as_one_file_that_import_reads(db: Db) {
    let app = TestApp::start(&db).await;
    let (one, two) = (app.release(Story::New).await.id, app.release(Story::Waiting).await.id);
    let viewer = app.signed_in_as("viewer").await;
    let alone = viewer.get(&asked("export", &[one])).await;
    assert_eq!((alone.status, alone.header("content-type")), (200, "application/yaml; charset=utf-8"));
    let file = format!("attachment; filename=\"{}.yaml\"", name(&app, one).await);
    assert_eq!(alone.header("content-disposition"), file);
    let both = viewer.get(&asked("export", &[two, one])).await;
    assert_eq!(both.header("content-disposition"), "attachment; filename=\"eu-west.yaml\"");
    let read = format::parse(&both.text).unwrap();
    let mut names: Vec<String> = read.into_iter().map(|document| document.name).collect();
    names.sort_unstable();
    let mut expected = [name(&app, one).await, name(&app, two).await];
    expected.sort_unstable();
    assert_eq!(names, expected);
    let outsider = app.signed_in_as("outsider").await;
    assert_eq!(outsider.get(&asked("export", &[one, two])).await.status, 404);
    app.stops().await;
}

async fn what_waits_is_not_closed_with_others(db: Db) {
    let app = TestApp::start(&db).await;
    let waiting = app.release(Story::Waiting).await.id;
    let operator = app.signed_in_as("operator").await;
    let before = app.app.store.release(waiting).await.unwrap().unwrap();
    let definition = Definition { supersede: true, ..(*before.definition).clone() };
    // The option is saved between two executions.
    app.asks("operator", waiting, &Command::Terminate).await;
    app.becomes(waiting, ReleaseStatus::ReleaseFailed).await;
    let content = ReleaseContent { name: before.name, description: String::new(), definition };
    let owner = ReleaseOwner { team: app.team, region: app.region };
    app.app.import(&Caller::CommandLine, owner, &content).await.unwrap();
    app.app.execute(&app.caller("operator").await, waiting, &Selection::All).await.unwrap();
    app.becomes(waiting, ReleaseStatus::ToBeApproved).await;
    let asked = operator.get(&asked("execute", &[waiting])).await;
    asked.says("Execution #2 waits for a decision, and would be closed: execute it by itself.");
    asked.says("None of them can be done now.");
    let told = posts(&operator, &written("execute", &[format!("{waiting}.2.2")])).await;
    told.says("0 of 1 executed").says("execute it by itself");
    assert_eq!(status(&app, waiting).await, ReleaseStatus::ToBeApproved);
    app.stops().await;
}

async fn a_page_that_is_old_does_nothing(db: Db) {
    let app = TestApp::start(&db).await;
    let done = app.release(Story::Done).await.id;
    let operator = app.signed_in_as("operator").await;
    for (action, old) in [("execute", "0.1"), ("delete", "0.1"), ("execute", "1.7"), ("delete", "1.7")] {
        let told = posts(&operator, &written(action, &[format!("{done}.{old}")])).await;
        told.says("0 of 1").says("This page is old");
    }
    let release = app.app.store.release(done).await.unwrap().unwrap();
    assert_eq!((release.last_number(), release.deleted_at), (1, None));
    app.stops().await;
}

async fn who_may_not_is_refused_for_each_and_told_of(db: Db) {
    let app = TestApp::start(&db).await;
    let new = app.release(Story::New).await.id;
    for who in ["viewer", "approver", "manager", "administrator"] {
        let browser = app.signed_in_as(who).await;
        let list = browser.get(&format!("/regions/{REGION}/release-tasks")).await;
        assert!(!list.text.contains("Delete…") && list.text.contains("Export"), "{who} is offered what they may");
        for action in ["execute", "delete"] {
            browser.get(&asked(action, &[new])).await.says("it needs the role operator in the team");
            let told = posts(&browser, &written(action, &[format!("{new}.0.1")])).await;
            told.says("0 of 1").says("it needs the role operator in the team");
        }
    }
    let outsider = app.signed_in_as("outsider").await;
    let told = posts(&outsider, &written("delete", &[format!("{new}.0.1")])).await;
    told.says("0 of 1 deleted").says("not yours to see");
    assert!(!told.text.contains(&name(&app, new).await), "its name is not told");
    assert_eq!(status(&app, new).await, ReleaseStatus::ToRelease);
    let refused = app.app.store.refused(Cursor::Newest, 50).await.unwrap().rows;
    assert!(refused.len() >= 8, "each is told of in the audit: {refused:?}");
    app.stops().await;
}

async fn nothing_and_too_much_are_told(db: Db) {
    let app = TestApp::start(&db).await;
    let operator = app.signed_in_as("operator").await;
    for action in ["execute", "delete", "export"] {
        let nothing = operator.get(&asked(action, &[])).await;
        assert_eq!(nothing.status, 422);
        nothing.says("No release task is chosen.");
        let many: Vec<ReleaseId> = (1..=51).map(ReleaseId::from_u128).collect();
        let many = operator.get(&asked(action, &many)).await;
        assert_eq!(many.status, 422);
        many.says("51 release tasks are chosen, and 50 can be at most.");
    }
    let unknown = operator.get(&asked("pause", &[ReleaseId::from_u128(1)])).await;
    assert_eq!(unknown.status, 404);
    app.stops().await;
}

async fn delete_from_the_list_leads_back_to_it_as_it_was(db: Db) {
    let app = TestApp::start(&db).await;
    let new = app.release(Story::New).await.id;
    let operator = app.signed_in_as("operator").await;
    let delete = ReleaseUrls::new(REGION, new).operation("delete");
    let list = operator.get(&format!("/regions/{REGION}/release-tasks?{LIST}")).await;
    list.says("delete?list=q%3Drelease%26sort%3Dname%26order%3Dup%26page%3D1");
    let dialog = operator.get(&with_query(&delete, &[("list", LIST)])).await;
    dialog.says("name=\"list\" value=\"q=release&#38;sort=name&#38;order=up\"");
    let done = operator.post(&delete, &[("list", LIST)]).await;
    assert_eq!((done.status, done.location()), (303, format!("/regions/{REGION}/release-tasks?{LIST}").as_str()));
    app.stops().await;
}
