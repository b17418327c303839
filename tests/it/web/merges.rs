//! The merge of a draft with what somebody else saved meanwhile.

use tollgate::app::{Caller, DraftAction, ReleaseContent};
use tollgate::domain::edit::EditCommand;
use tollgate::domain::ids::DraftId;
use tollgate::domain::release::ReleaseOwner;
use tollgate::format;

use super::releases::scene::Scene;
use crate::db::Db;

on_both!(a1_two_people_who_edit_one_release_task_choose_where_both_changed_the_same);

const BEFORE: &str = "name: shop-web\nphases:\n  - name: Build\n    tasks:\n      - {name: build, script: make}\n      - {name: pause, type: wait, for: 1m}\n";

/// The value of a hidden field, as a browser reads it.
fn hidden(page: &str, name: &str) -> String {
    let rest = page.split_once(&format!("name=\"{name}\" value=\"")).expect("the page has that field").1;
    rest.split('"').next().unwrap().replace("&#34;", "\"").replace("&quot;", "\"")
}

async fn saves(scene: &Scene, yaml: &str) {
    let document = format::parse(yaml).unwrap().remove(0);
    let content =
        ReleaseContent { name: document.name, description: document.description, definition: document.definition };
    let owner = ReleaseOwner { team: scene.app.team, region: scene.app.region };
    scene.app.app.import(&Caller::CommandLine, owner, &content).await.unwrap();
}

async fn describes(scene: &Scene, caller: &Caller, id: DraftId, text: &str) {
    let draft = scene.app.app.draft(caller, id).await.unwrap().stored.draft;
    let task = draft.tasks().find(|(_, task)| task.name == "build").unwrap().1.id;
    let command = EditCommand::DescribeTask { task, description: text.to_owned() };
    scene.app.app.change_draft(caller, id, None, &DraftAction::Run(Box::new(command))).await.unwrap();
}

async fn a1_two_people_who_edit_one_release_task_choose_where_both_changed_the_same(db: Db) {
    let scene = Scene::with(&db, BEFORE).await;
    let (app, caller) = (&scene.app.app, scene.app.caller("operator").await);
    let id = app.open_draft(&caller, scene.id).await.unwrap();
    let operator = scene.browser("operator").await;
    let draft = format!("/regions/eu-west/drafts/{id}");
    let merge = format!("{draft}/merge");
    assert_eq!(operator.get(&merge).await.location(), draft, "there is nothing to merge yet");
    describes(&scene, &caller, id, "mine").await;
    let theirs = BEFORE.replace("script: make}", "script: make, description: theirs}").replace("for: 1m", "for: 5m");
    saves(&scene, &theirs).await;

    let page = operator.get(&merge).await;
    page.says("Somebody saved before you").says("Tollgate saved version 2; your draft began at version 1");
    page.says("What you changed").says("What version 2 changed").says("Task build changed");
    page.says("build · description").says("Version 2").says("Task pause changed").says("for: 1m → 5m");
    assert_eq!(scene.browser("viewer").await.get(&merge).await.status, 404, "it is of one person");
    let at = hidden(&page.text, "at");
    let choose = async |rev: &str, newest: &str, choice: &str| {
        let form = [("rev", rev), ("newest", newest), ("at", at.as_str()), ("choice-0", choice)];
        operator.post(&merge, &form).await
    };
    // Both pages are old by now: the draft was changed, then there is a newer version.
    describes(&scene, &caller, id, "mine again").await;
    let stale = choose("1", "2", "theirs").await;
    assert_eq!(stale.status, 409);
    stale.says("Your draft was changed meanwhile");
    saves(&scene, &theirs.replace("for: 5m", "for: 9m")).await;
    let old = choose("2", "2", "theirs").await;
    assert_eq!(old.status, 409);
    old.says("Version 3").says("for: 1m → 9m");
    assert_eq!(choose("2", "3", "nobody").await.status, 422);
    assert_eq!(choose("2", "3", "theirs").await.location(), draft);

    let open = app.draft(&caller, id).await.unwrap();
    let task = open.stored.draft.definition().task("build").unwrap().1.clone();
    assert_eq!((task.description.as_str(), open.stored.based_on), ("theirs", Some(3)));
    assert_eq!(app.save_draft(&caller, id, None, None).await.unwrap().version, 3, "it says the same as version 3 now");
    scene.app.stops().await;
}
