//! Overview, and what waits for others.

use chrono::TimeDelta;
use tollgate::app::Caller;
use tollgate::app::accounts::{NewUser, TeamRole};
use tollgate::domain::decide::Command;
use tollgate::domain::people::Role;
use tollgate::domain::status::ReleaseStatus;

use super::app::{PASSWORD, TestApp};
use super::browser::Page;
use super::releases::scene::{ENDLESS, Scene};
use super::stories::Story;
use crate::db::Db;

on_both!(
    the_overview_shows_what_runs_waits_and_failed_to_whoever_may_read_it,
    what_failed_is_shown_for_seven_days_and_until_it_runs_again,
    what_waits_for_others_is_for_managers_and_administrators,
);

/// The part of a page between two headings.
fn part<'p>(page: &'p Page, from: &str, to: &str) -> &'p str {
    let rest = page.text.split(&format!("id=\"{from}\"")).nth(1).unwrap();
    rest.split(&format!("id=\"{to}\"")).next().unwrap()
}

async fn the_overview_shows_what_runs_waits_and_failed_to_whoever_may_read_it(db: Db) {
    let scene = Scene::with(&db, ENDLESS).await;
    let operator = scene.browser("operator").await;
    let empty = operator.get("/overview").await;
    empty.says("Nothing runs").says("Nothing waits for a decision").says("Nothing failed");
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.is(ReleaseStatus::Running).await;
    let (waits, failed) = (scene.app.release(Story::Waiting).await, scene.app.release(Story::Broken).await);
    scene.app.release(Story::Done).await;
    let url = |id| format!("/regions/eu-west/release-tasks/{id}\"");
    let page = operator.get("/overview").await;
    let [running, waiting, lately] =
        [part(&page, "running", "waiting"), part(&page, "waiting", "failed"), part(&page, "failed", "said")];
    assert!(
        running.contains(&url(scene.id))
            && running.contains("#1 by operator")
            && running.contains("storefront · eu-west")
    );
    assert!(waiting.contains(&url(waits.id)) && waiting.contains("Now: approver"), "{waiting}");
    assert!(lately.contains(&url(failed.id)) && lately.contains("work failed: The script ended with status 3"));
    for part in [running, waiting, lately] {
        assert_eq!(part.matches("data-row").count(), 1, "{part}");
        assert!(part.contains("<span class=\"muted\">1</span>"), "{part}");
    }
    assert!(
        !waiting.contains(">Approve<")
            && scene.browser("approver").await.get("/overview").await.text.contains(">Approve<")
    );
    assert!(!waiting.contains(">Operation<"), "no row has an operation");
    // From memory: nothing changed.
    let refresh = page.text.split("hx-get=\"/overview?seen=").nth(1).unwrap().split('"').next().unwrap();
    let refresh = format!("/overview?seen={refresh}");
    assert_eq!(operator.htmx(&refresh, "/overview").await.status, 204);
    let urls = &scene.urls;
    assert_eq!(operator.post(&urls.operation("terminate"), &[("execution", "1")]).await.status, 303);
    scene.is(ReleaseStatus::ReleaseFailed).await;
    let again = operator.htmx(&refresh, "/overview").await;
    again.says("Nothing runs").says_nothing_of("<html");
    // Whoever is in no team sees nothing of it; an administrator all.
    let outsider = scene.browser("outsider").await.get("/overview").await;
    outsider.says("Nothing runs").says("Nothing waits for a decision").says("Nothing failed");
    scene.browser("administrator").await.get("/overview").await.says("Now: approver").says("Release failed");
    let approver = scene.browser("approver").await;
    let theirs = approver.get("/overview").await;
    theirs.says(">Operation<");
    // Whoever decides comes back with the notice.
    let dialog = theirs.text.split("/decision?back=overview").next().unwrap().rsplit('"').next().unwrap().to_owned();
    let dialog = format!("{dialog}/decision?back=overview");
    approver.get(&dialog).await.says("href=\"/overview\"").says("name=\"back\" value=\"overview\"");
    let form = [("verdict", "agree"), ("round", "1"), ("back", "overview")];
    let decided = approver.post(dialog.split('?').next().unwrap(), &form).await;
    assert_eq!((decided.status, decided.header("location")), (303, "/overview"));
    approver.get("/overview").await.says("You agreed to go-live.").says_nothing_of("back=overview");
    scene.app.stops().await;
}

async fn what_failed_is_shown_for_seven_days_and_until_it_runs_again(db: Db) {
    let app = TestApp::start(&db).await;
    // A session does not last for days.
    let overview = async || app.signed_in_as("viewer").await.get("/overview").await;
    let old = app.release(Story::Broken).await;
    app.passes(TimeDelta::days(6));
    let again = app.release(Story::Broken).await;
    overview().await.says(&old.id.to_string()).says(&again.id.to_string());
    app.passes(TimeDelta::hours(25));
    let young = app.release(Story::Broken).await;
    let page = overview().await;
    page.says_nothing_of(&old.id.to_string()).says(&again.id.to_string()).says(&young.id.to_string());
    app.asks("operator", again.id, &Command::RollBack).await;
    app.becomes(again.id, ReleaseStatus::RolledBack).await;
    overview().await.says_nothing_of(&again.id.to_string()).says(&young.id.to_string());
    app.stops().await;
}

async fn what_waits_for_others_is_for_managers_and_administrators(db: Db) {
    let (scene, _) = Scene::at_the_gate(&db).await;
    scene.app.app.add_team(&Caller::CommandLine, "other", false).await.unwrap();
    let elsewhere = NewUser {
        name: "elsewhere".to_owned(),
        password: PASSWORD.to_owned(),
        administrator: false,
        roles: vec![TeamRole { team: "other".to_owned(), role: Role::Manager }],
    };
    scene.app.app.add_user(&Caller::CommandLine, elsewhere).await.unwrap();
    let others = "/approvals/others";
    let manager = scene.browser("manager").await;
    manager.get("/approvals").await.says("Waiting for others").says("Nothing waits for you");
    let page = manager.get(others).await;
    page.says("go-live").says("<dt>May decide it now</dt>").says("<dd>approver and second</dd>").says("Waiting since");
    page.says_nothing_of(">Approve<").says_nothing_of("Override");
    let seen = page.text.split("/approvals/others/list?seen=").nth(1).unwrap().split('"').next().unwrap();
    let list = format!("/approvals/others/list?seen={seen}");
    assert_eq!(manager.htmx(&list, others).await.status, 204);
    scene.browser("administrator").await.get(others).await.says("Override").says_nothing_of(">Approve<");
    scene.browser("elsewhere").await.get(others).await.says("Nothing waits for others");
    for who in ["viewer", "operator", "approver", "outsider"] {
        let browser = scene.browser(who).await;
        assert_eq!(browser.get(others).await.status, 404, "{who}");
        browser.get("/approvals").await.says_nothing_of("Waiting for others");
    }
    // A manager who is an approver of it finds it in their own list alone.
    let role = vec![TeamRole { team: "storefront".to_owned(), role: Role::Manager }];
    scene.app.app.grant_roles(&Caller::CommandLine, "approver", role).await.unwrap();
    let approver = scene.browser("approver").await;
    approver.get(others).await.says("Nothing waits for others");
    assert_eq!(approver.post(&scene.gate(), &[("verdict", "agree"), ("round", "1")]).await.status, 303);
    manager.htmx(&list, others).await.says("Nothing waits for others");
    scene.app.stops().await;
}
