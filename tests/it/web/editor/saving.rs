//! Drafts become versions, and whatever keeps one from it, the draft stays.

use tollgate::domain::status::ReleaseStatus;

use super::Editor;
use crate::db::Db;
use crate::web::app::{REGION, TestApp};
use crate::web::releases::scene::{GATED, Scene};

on_both!(
    a3_after_a_save_the_page_of_the_draft_says_so_and_gives_back_what_is_typed,
    a_draft_is_saved_with_a_note_and_edited_again,
    a1_saving_over_a_newer_version_is_refused_and_keeps_the_draft,
    a_name_that_is_taken_keeps_the_draft,
    a_draft_is_thrown_away_after_asking,
    a2_others_neither_see_nor_change_a_draft,
    an_active_release_task_is_edited_but_not_saved,
);

async fn a_draft_is_saved_with_a_note_and_edited_again(db: Db) {
    let scene = Scene::with(&db, GATED).await;
    let operator = scene.browser("operator").await;
    operator.get(&scene.urls.show()).await.says(&scene.urls.operation("edit"));
    operator.get(&format!("/regions/{REGION}/release-tasks")).await.says(&scene.urls.operation("edit"));
    let led = operator.get(&scene.urls.operation("edit")).await;
    assert_eq!(led.status, 303);
    let mut editor = Editor::at(operator.clone(), led.location()).await;
    assert_eq!(operator.get(&scene.urls.operation("edit")).await.location(), led.location(), "it is one draft");
    editor.looks().await.says("version 1").says("3 of 200");
    let build = editor.task(&scene.app, "build").await;
    editor
        .does(&format!("set-task {build}"), &[("name", "build"), ("script", "echo pages=4 >> $TOLLGATE_OUTPUT")])
        .await;
    operator.get(&format!("{}/save", editor.url)).await.says("Changed since version 1").says("echo pages=4");
    let rev = editor.rev.to_string();
    let long = "x".repeat(201);
    let refused =
        operator.post(&format!("{}/save", editor.url), &[("rev", &rev), ("asked", "true"), ("note", &long)]).await;
    assert_eq!(refused.status, 422);
    refused.says(&long).says("at most 200 characters");
    let saved = operator.post(&format!("{}/save", editor.url), &[("rev", &rev), ("note", "More pages")]).await;
    assert_eq!((saved.status, saved.location()), (303, scene.urls.show().as_str()));
    operator.get(&scene.urls.show()).await.says("Version 2 saved.");
    assert_eq!(scene.release().await.version, 2);
    assert_eq!(operator.get(&editor.url).await.status, 404, "the draft is a version now");
    scene.app.stops().await;
}

async fn a1_saving_over_a_newer_version_is_refused_and_keeps_the_draft(db: Db) {
    let scene = Scene::with(&db, GATED).await;
    let operator = scene.browser("operator").await;
    let led = operator.get(&scene.urls.operation("edit")).await;
    let mut editor = Editor::at(operator.clone(), led.location()).await;
    editor.does("add-phase 1", &[]).await;
    let phase = editor.draft(&scene.app).await.phases[1].groups[0].id;
    editor.does(&format!("add-task {phase}"), &[("kind", "wait")]).await;
    let before = editor.draft(&scene.app).await;
    scene.saves_another_version().await;
    editor.looks().await.says("Version 2 was saved since you began this draft with version 1.").says("/merge\"");
    let (url, rev) = (format!("{}/save", editor.url), editor.rev.to_string());
    let led = operator.post(&url, &[("rev", &rev)]).await;
    assert_eq!((led.status, led.location()), (303, format!("{}/merge", editor.url).as_str()));
    let refused = operator.post(&url, &[("rev", &rev), ("note", "Typed already"), ("asked", "true")]).await;
    assert_eq!(refused.status, 409);
    refused.says("Typed already");
    refused.says("version 2 was saved since").says("Merge shows").says("Your draft is kept as it is.");
    assert_eq!(editor.draft(&scene.app).await, before);
    scene.app.stops().await;
}

async fn a_name_that_is_taken_keeps_the_draft(db: Db) {
    let scene = Scene::with(&db, GATED).await;
    let mut editor = Editor::blank(&scene.app, "shop-web-2").await;
    editor.does("add-task 2", &[("kind", "wait")]).await;
    // Create says so at once, beside the name, whatever its case.
    let team = scene.app.team.to_string();
    for (taken, told) in [("shop-web", "Another release task of the team has this name."), ("Shop-Web", "shop-web")] {
        let form = [("name", taken), ("team", team.as_str()), ("description", "typed"), ("begin", "blank")];
        let refused = editor.browser.post(&format!("/regions/{REGION}/release-tasks/new"), &form).await;
        assert_eq!(refused.status, 409, "{}", refused.text);
        refused.says(told).says("value=\"typed\"").says(&format!("value=\"{taken}\""));
    }
    editor.does("basic-info", &[("name", "shop-web"), ("description", "")]).await;
    let url = format!("{}/save", editor.url);
    let refused = editor.browser.post(&url, &[("rev", &editor.rev.to_string())]).await;
    assert_eq!(refused.status, 409);
    refused.says("Your draft is kept as it is.").says("wait-1");
    editor.does("basic-info", &[("name", "shop-web-2"), ("description", "")]).await;
    let saved = editor.browser.post(&url, &[("rev", &editor.rev.to_string())]).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    editor.browser.get(saved.location()).await.says("Version 1 saved. shop-web-2 has never been executed.");
    scene.app.stops().await;
}

async fn a_draft_is_thrown_away_after_asking(db: Db) {
    let app = TestApp::start(&db).await;
    let editor = Editor::blank(&app, "shop-web").await;
    let new = format!("/regions/{REGION}/release-tasks/new");
    editor.browser.get(&new).await.says("Go on with a draft").says(&editor.url);
    let url = format!("{}/discard", editor.url);
    editor.browser.get(&url).await.says("Everything in this draft is lost");
    let stale = editor.browser.post(&url, &[("rev", "7")]).await;
    assert_eq!(stale.status, 409);
    let gone = editor.browser.post(&url, &[("rev", "0")]).await;
    assert_eq!((gone.status, gone.location()), (303, format!("/regions/{REGION}/release-tasks").as_str()));
    editor.browser.get(gone.location()).await.says("The draft of shop-web is discarded.");
    assert_eq!(editor.browser.get(&editor.url).await.status, 404);
    app.stops().await;
}

async fn a2_others_neither_see_nor_change_a_draft(db: Db) {
    let scene = Scene::with(&db, GATED).await;
    let editor = Editor::blank(&scene.app, "other").await;
    let before = editor.draft(&scene.app).await;
    for who in ["viewer", "approver", "manager", "administrator", "outsider"] {
        let browser = scene.browser(who).await;
        assert_eq!(browser.get(&editor.url).await.status, 404, "{who}");
        let sent = browser.post(&format!("{}/commands", editor.url), &[("rev", "0"), ("do", "add-phase")]).await;
        assert_eq!(sent.status, 404, "{who}");
        let list = browser.get(&format!("/regions/{REGION}/release-tasks")).await;
        assert!(!list.text.contains("release-tasks/new"), "{who} is not offered to create");
        assert!(!list.text.contains("/edit"), "{who} is not offered to edit");
    }
    assert_eq!(editor.draft(&scene.app).await, before);
    let elsewhere = editor.url.replace(REGION, "us-east");
    assert_eq!(editor.browser.get(&elsewhere).await.status, 404, "it belongs to its region");
    scene.app.stops().await;
}

async fn an_active_release_task_is_edited_but_not_saved(db: Db) {
    let (scene, operator) = Scene::at_the_gate(&db).await;
    let led = operator.get(&scene.urls.operation("edit")).await;
    assert_eq!(led.status, 303, "a draft may go on");
    let mut editor = Editor::at(operator.clone(), led.location()).await;
    editor.does("best-effort", &[("bestEffort", "true")]).await;
    let refused = operator.post(&format!("{}/save", editor.url), &[("rev", &editor.rev.to_string())]).await;
    assert_eq!(refused.status, 409);
    refused.says("To be approved").says("Your draft is kept as it is.");
    assert_eq!(scene.release().await.status(), ReleaseStatus::ToBeApproved);
    scene.app.stops().await;
}

async fn a3_after_a_save_the_page_of_the_draft_says_so_and_gives_back_what_is_typed(db: Db) {
    let app = TestApp::start(&db).await;
    let mut editor = Editor::blank(&app, "shop-web").await;
    editor.does("add-task 2", &[("kind", "wait")]).await;
    let saved = editor.browser.post(&format!("{}/save", editor.url), &[("rev", &editor.rev.to_string())]).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    // The button Back leads to it, and another tab may still have it open.
    let back = editor.browser.get(&editor.url).await;
    assert_eq!(back.status, 404);
    back.says("This draft is not there").says("It was saved or discarded");
    let typed = editor.sends("set-task 3", &[("name", "wait-1"), ("description", "typed in another tab")]).await;
    assert_eq!(typed.status, 404);
    typed.says("This draft is not there").says("typed in another tab");
    app.stops().await;
}
