//! Pages for administrators: deleted release tasks, storage with what regions keep, and what is said of a disk that is full.

use std::sync::atomic::Ordering;

use chrono::TimeDelta;
use tollgate::app::Caller;
use tollgate::domain::disk::DiskRoom;
use tollgate::domain::draft::Draft;
use tollgate::domain::release::ReleaseOwner;
use tollgate::domain::retention::{KeepRule, PolicyField, RetentionPolicy};
use tollgate::domain::status::ReleaseStatus;
use tollgate::pages::components::release_urls::ReleaseUrls;
use tollgate::prune::Pruner;

use super::app::{LEAST_FREE, REGION, TestApp};
use super::releases::logs::script;
use super::releases::scene::Scene;
use super::stories::Story;
use crate::db::Db;

on_both!(
    a_deleted_release_task_is_restored_on_its_page,
    what_stands_in_the_way_of_a_restore_is_told_in_the_dialog,
    d10_what_a_region_keeps_is_changed_on_a_page,
    a_log_that_retention_removed_says_so,
    d12_sizes_are_shown_to_administrators,
    d13_a_full_disk_is_told_to_who_executes_and_to_administrators,
    a_draft_that_goes_soon_is_announced_to_its_owner,
);

async fn a_deleted_release_task_is_restored_on_its_page(db: Db) {
    let app = TestApp::start(&db).await;
    let urls = ReleaseUrls::new(REGION, app.release(Story::Deleted).await.id);
    let admin = app.signed_in_as("administrator").await;
    admin.get("/").await;
    admin.get("/audit").await.says("href=\"/deleted\"").says("Deleted Release Tasks");
    admin.get("/deleted").await.says("by operator").says("until").says(&urls.operation("undelete"));
    admin.get(&urls.show()).await.says("<dt>Deleted</dt>").says(&urls.operation("undelete"));
    let dialog = admin.get(&urls.operation("undelete")).await;
    dialog.says("Restore release-").says("It is on the lists again").says("storefront · eu-west");
    let done = admin.post(&urls.operation("undelete"), &[]).await;
    assert_eq!((done.status, done.location()), (303, urls.show().as_str()));
    admin.get(&urls.show()).await.says("is restored: it is on the lists again");
    admin.get("/deleted").await.says("Nothing is deleted");
    let again = admin.post(&urls.operation("undelete"), &[]).await;
    assert_eq!(again.status, 409);
    again.says("This release task is not deleted");
    assert!(!app.signed_in_as("operator").await.get("/approvals").await.text.contains("/deleted"));

    let late = ReleaseUrls::new(REGION, app.release(Story::Deleted).await.id);
    app.passes(TimeDelta::days(31));
    let admin = app.signed_in_as("administrator").await;
    admin.get("/deleted").await.says("not any more");
    for answer in [admin.get(&late.operation("undelete")).await, admin.post(&late.operation("undelete"), &[]).await] {
        assert_eq!(answer.status, 409);
        answer.says("This release task could be restored until");
    }
    app.stops().await;
}

async fn what_stands_in_the_way_of_a_restore_is_told_in_the_dialog(db: Db) {
    let app = TestApp::start(&db).await;
    let deleted = app.release(Story::Deleted).await.id;
    let name = db.store.release(deleted).await.unwrap().unwrap().name;
    let other = app.release(Story::New).await.id;
    app.app.clone_release(&app.caller("operator").await, other, name.as_str()).await.unwrap();
    let urls = ReleaseUrls::new(REGION, deleted);
    let refused = app.signed_in_as("administrator").await.post(&urls.operation("undelete"), &[]).await;
    assert_eq!(refused.status, 409);
    refused.says(&format!("The team storefront has another release task called {name} by now")).says("<h1>Restore");
    app.stops().await;
}

async fn d10_what_a_region_keeps_is_changed_on_a_page(db: Db) {
    let app = TestApp::start(&db).await;
    let admin = app.signed_in_as("administrator").await;
    let url = "/storage/us-east/retention";
    admin.get("/storage").await.says("90 days, and the last 50").says(url);
    admin.get(url).await.says("<h1>Retention of us-east</h1>").says("value=\"90\"").says("value=\"50\"");
    let form = |days| {
        [
            ("successful_days", days),
            ("successful_executions", "7"),
            ("unsuccessful_days", "365"),
            ("unsuccessful_executions", "10001"),
        ]
    };
    let wrong = admin.post(url, &form("a few")).await;
    assert_eq!(wrong.status, 422);
    wrong.says("value=\"a few\"").says("value=\"7\"").says("Must be a whole number from 0 to 3650.");
    let wrong = admin.post(url, &form("3651")).await;
    assert_eq!(wrong.status, 422);
    wrong.says("a whole number from 0 to 3650.").says("a whole number from 0 to 10000.").says("value=\"10001\"");
    let good = [
        ("successful_days", " 30 "),
        ("successful_executions", "0"),
        ("unsuccessful_days", "365"),
        ("unsuccessful_executions", "1"),
    ];
    let done = admin.post(url, &good).await;
    assert_eq!((done.status, done.location()), (303, "/storage"));
    let page = admin.get("/storage").await;
    page.says("us-east keeps logs and run folders by the new rules").says("365 days, and the last one");
    let kept = app.app.retention(&Caller::CommandLine).await.unwrap();
    let expected = RetentionPolicy {
        successful: KeepRule { days: 30, executions: 0 },
        unsuccessful: KeepRule { days: 365, executions: 1 },
    };
    assert_eq!(kept.iter().find(|region| region.name == "us-east").unwrap().policy, expected);
    assert_eq!(kept.iter().find(|region| region.name == REGION).unwrap().policy, RetentionPolicy::default());
    admin.get("/audit").await.says("changed what us-east keeps of executions");
    assert_eq!(admin.get("/storage/nowhere/retention").await.status, 404);
    app.stops().await;
}

async fn a_log_that_retention_removed_says_so(db: Db) {
    let scene = Scene::with(&db, &script("echo hello")).await;
    let operator = scene.browser("operator").await;
    for _ in 0..2 {
        scene.executes(&operator).await;
        scene.is(ReleaseStatus::Successful).await;
    }
    let nothing = PolicyField::ALL.into_iter().fold(RetentionPolicy::default(), |policy, field| policy.with(field, 0));
    let app = &scene.app;
    app.app.set_retention(&Caller::CommandLine, REGION, nothing).await.unwrap();
    let pruner = Pruner::new(app.app.clone(), app.site.folders.clone(), Some(app.site.replica.clone()));
    assert_eq!(pruner.prune().await.unwrap().executions, 1);
    let page = operator.get(&scene.urls.task(1, "build")).await;
    assert_eq!(page.status, 200);
    page.says("The log was removed on 22 Nov 2026, 12:00 UTC, by retention or with a value that was blanked.");
    assert!(!page.text.contains("hello</span>") && !page.text.contains("Download"), "{}", page.text);
    let tail =
        operator.get(&format!("{}?attempt=1&from=0", scene.urls.log(1, "build", 1).split('?').next().unwrap())).await;
    tail.says("The log was removed on");
    let file = operator.get(&scene.urls.log_download(1, "build", 1)).await;
    assert_eq!(
        file.text,
        "The log was removed on 22 Nov 2026, 12:00 UTC, by retention or with a value that was blanked.\n"
    );
    operator.get(&scene.urls.task(2, "build")).await.says("hello</span>").says("The log ends here.");
    for page in [scene.urls.execution(1), scene.urls.execution_timeline(1)] {
        assert_eq!(operator.get(&page).await.status, 200, "everything else of it is there");
    }
    scene.app.stops().await;
}

async fn d12_sizes_are_shown_to_administrators(db: Db) {
    let scene = Scene::with(&db, &script("echo hello")).await;
    let operator = scene.browser("operator").await;
    let admin = scene.browser("administrator").await;
    admin.get("/storage").await.says("Not measured yet").says("<dt>Database</dt>").says("1 TiB free of 2 TiB");
    let app = &scene.app;
    let pruner = Pruner::new(app.app.clone(), app.site.folders.clone(), Some(app.site.replica.clone()));
    // Where there is nothing yet, it was measured all the same.
    pruner.measure().await.unwrap();
    admin.get("/storage").await.says("Measured").says("of 0 executions").says_nothing_of("Not measured yet");
    scene.executes(&operator).await;
    scene.is(ReleaseStatus::Successful).await;
    pruner.measure().await.unwrap();
    let page = admin.get("/storage").await;
    page.says("Measured").says("of 1 execution").says("1000 bytes");
    if db.store.backend() == tollgate::store::Backend::Sqlite {
        page.says("<dt>Not used</dt>");
    }
    scene.app.stops().await;
}

async fn d13_a_full_disk_is_told_to_who_executes_and_to_administrators(db: Db) {
    let scene = Scene::with(&db, &script("true")).await;
    let app = &scene.app;
    let (operator, admin) = (scene.browser("operator").await, scene.browser("administrator").await);
    assert!(!admin.get("/approvals").await.text.contains("Too little free space."));
    app.free.store(LEAST_FREE - 1, Ordering::SeqCst);
    let room = DiskRoom { free: LEAST_FREE - 1, total: 1 << 41, least: LEAST_FREE };
    let says_so = async || app.app.store.set_disk(&app.site.replica, room).await.unwrap();
    crate::until::until("the server is enrolled and says what its disk is like", says_so).await;
    let refused = operator.post(&scene.urls.operation("execute"), &[("task", "build")]).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    refused.says("Execute is not possible now: the disk of the server has 999 bytes free");
    assert_eq!(scene.release().await.status(), ReleaseStatus::ToRelease);
    for page in ["/approvals", "/storage", "/deleted", &scene.urls.show()] {
        admin.get(page).await.says("Too little free space.").says("href=\"/storage\"");
        assert!(!operator.get(page).await.text.contains("Too little free space."), "{page}");
    }
    admin.get("/storage").await.says("Too little").says("999 bytes free of 2 TiB");
    scene.app.stops().await;
}

async fn a_draft_that_goes_soon_is_announced_to_its_owner(db: Db) {
    let app = TestApp::start(&db).await;
    let owner = ReleaseOwner { team: app.team, region: app.region };
    let draft =
        app.app.start_draft(&app.caller("operator").await, owner, Draft::blank("night-shift"), None).await.unwrap();
    let list = format!("/regions/{REGION}/release-tasks");
    let board = format!("/regions/{REGION}/drafts/{draft}");
    let operator = app.signed_in_as("operator").await;
    for page in [list.clone(), format!("{list}/new"), board.clone()] {
        let page = operator.get(&page).await;
        assert!(page.status == 200 && !page.text.contains("is removed"), "{}", page.text);
    }
    app.passes(TimeDelta::days(80));
    let operator = app.signed_in_as("operator").await;
    let told = operator.get(&list).await;
    told.says("You have not changed a draft of yours for long.")
        .says("night-shift in eu-west: is removed on 20 Feb 2027, 12:00 UTC")
        .says(&board);
    operator.get(&format!("{list}/new")).await.says("· is removed <time");
    operator.get(&board).await.says("it is removed on 20 Feb 2027, 12:00 UTC");
    assert!(!app.signed_in_as("viewer").await.get(&list).await.text.contains("night-shift"));
    app.stops().await;
}
