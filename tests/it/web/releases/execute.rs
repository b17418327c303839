//! The dialog of Execute, what changed since the execution before, and an execution that takes the place of another.

use tollgate::app::DraftAction;
use tollgate::domain::edit::EditCommand;
use tollgate::domain::status::ReleaseStatus;
use tollgate::format;
use tollgate::pages::components::release_urls::{TabName, with_query};

use super::scene::{GATED, Scene};
use crate::db::Db;
use crate::web::app::REGION;

on_both!(
    the_last_choice_is_offered_again_and_all_can_be_chosen,
    who_will_be_waited_for_and_where_nobody_can_decide_is_said,
    what_changed_since_the_execution_before_is_said_everywhere,
    a_long_list_of_changes_is_cut_and_leads_to_the_comparison,
    a_saved_version_is_executed_from_its_page,
    a6_execute_names_its_version_and_asks_with_a_draft_open,
    a_waiting_execution_is_closed_only_as_the_dialog_says,
);

/// The gated release task, and one task more.
fn longer() -> String {
    format!("{GATED}      - name: tell\n        script: 'true'\n")
}

async fn saves(scene: &Scene, yaml: &str) {
    let document = format::parse(yaml).unwrap().remove(0);
    scene.imports(document.definition).await;
}

async fn the_last_choice_is_offered_again_and_all_can_be_chosen(db: Db) {
    let scene = Scene::with(&db, GATED).await;
    let operator = scene.browser("operator").await;
    let url = scene.urls.operation("execute");
    let first = operator.get(&url).await;
    first.says("Nothing is skipped.").says("There is no execution before it");
    assert!(!first.text.contains("Chosen as in execution"));
    assert_eq!(operator.post(&url, &[("task", "build")]).await.status, 303);
    scene.is(ReleaseStatus::Successful).await;
    saves(&scene, &longer()).await;
    let again = operator.get(&url).await;
    again.says("Chosen as in execution #1; tasks that are new since then are chosen too.");
    again.says("value=\"build\" checked").says("value=\"tell\" checked").says("Will be skipped: deploy.");
    again.says("value=\"go-live\" checked");
    assert!(!again.text.contains("value=\"deploy\" checked"), "it was left out");
    again.says("execute?all=true");
    let all = operator.get(&with_query(&url, &[("all", "true")])).await;
    all.says("value=\"deploy\" checked").says("Nothing is skipped.");
    scene.app.stops().await;
}

async fn who_will_be_waited_for_and_where_nobody_can_decide_is_said(db: Db) {
    let scene = Scene::with(&db, GATED).await;
    let operator = scene.browser("operator").await;
    let url = scene.urls.operation("execute");
    let dialog = operator.get(&url).await;
    dialog.says("Will wait for approver or second; 2 people can decide it now: approver and second.");
    assert!(!dialog.text.contains("cannot be passed now"));
    saves(&scene, &GATED.replace("[approver, second]", "[somebody-else]")).await;
    let dialog = operator.get(&url).await;
    dialog.says("go-live cannot be passed now.").says("Will wait for somebody-else; nobody can decide it now");
    dialog.says("somebody-else has no account");
    assert_eq!(dialog.status, 200, "it can be executed all the same");
    scene.app.stops().await;
}

async fn what_changed_since_the_execution_before_is_said_everywhere(db: Db) {
    let (scene, operator) = Scene::at_the_gate(&db).await;
    let approver = scene.browser("approver").await;
    operator.get(&scene.urls.execution(1)).await.says("There is no execution before it");
    approver.get(&scene.gate()).await.says("There is no execution before it");
    assert_eq!(approver.post(&scene.gate(), &[("verdict", "agree"), ("round", "1")]).await.status, 303);
    scene.is(ReleaseStatus::Successful).await;

    operator
        .get(&scene.urls.operation("execute"))
        .await
        .says("Nothing changed since execution #1: it ran version 1 too.");
    saves(&scene, &longer()).await;
    operator.get(&scene.urls.execution(1)).await.says("Edited since: version 2");
    let list = operator.get(&format!("/regions/{REGION}/release-tasks")).await;
    list.says("Edited since: version 2");
    let told = "What changed since execution #1: version 1 → 2";
    operator.get(&scene.urls.operation("execute")).await.says(told).says("Task tell added at Deploy");
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.is(ReleaseStatus::ToBeApproved).await;
    let comparison = scene.urls.comparison(1, 2).replace('&', "&#38;");
    for (browser, url) in [(&operator, scene.urls.execution(2)), (&approver, scene.urls.decision(2, "go-live"))] {
        let page = browser.get(&url).await;
        page.says(told).says("Task tell added at Deploy").says(&comparison);
    }
    operator.get(&scene.urls.execution(2)).await.says("href=\"#changed\"").says("id=\"changed\"");
    let timeline = operator.get(&scene.urls.execution_timeline(2)).await;
    timeline.says(told);
    assert_eq!(operator.get(&scene.urls.comparison(1, 2)).await.status, 200);
    scene.app.stops().await;
}

async fn a_long_list_of_changes_is_cut_and_leads_to_the_comparison(db: Db) {
    let many = |script: &str| {
        let tasks: String =
            (0..40).map(|n| format!("      - {{name: task-{n}, script: '{script}'}}\n")).collect::<Vec<_>>().concat();
        format!("name: shop-web\nphases:\n  - name: Build\n    tasks:\n{tasks}")
    };
    let scene = Scene::with(&db, &many("true")).await;
    let operator = scene.browser("operator").await;
    operator.post(&scene.urls.operation("execute"), &[("task", "task-0")]).await;
    scene.is(ReleaseStatus::Successful).await;
    saves(&scene, &many("exit 0")).await;
    let dialog = operator.get(&scene.urls.operation("execute")).await;
    dialog.says("Task task-0 changed").says("and 68 more").says("Compare versions 1 and 2");
    assert!(!dialog.text.contains("Task task-20 changed"), "it is cut");
    scene.app.stops().await;
}

async fn a_saved_version_is_executed_from_its_page(db: Db) {
    let scene = Scene::with(&db, GATED).await;
    saves(&scene, &longer()).await;
    let operator = scene.browser("operator").await;
    let url = with_query(&scene.urls.operation("execute"), &[("version", "1")]);
    operator.get(&scene.urls.version(1)).await.says("Execute This Version…").says(&url);
    let viewer = scene.browser("viewer").await;
    assert!(!viewer.get(&scene.urls.version(1)).await.text.contains("Execute This Version"));
    assert_eq!(viewer.get(&url).await.status, 403);
    let dialog = operator.get(&url).await;
    dialog.says("<h1>Execute version 1</h1>").says("name=\"saved\" value=\"1\"").says("Version 1 is not the newest.");
    assert!(!dialog.text.contains("value=\"tell\""), "the tasks of that version");
    let execute = scene.urls.operation("execute");
    let tasks = [("task", "build"), ("task", "go-live"), ("task", "deploy")];
    let unknown = operator.get(&with_query(&execute, &[("version", "9")])).await;
    assert_eq!(unknown.status, 404);
    let sent = |saved: &'static str| [&[("saved", saved), ("execution", "0")][..], &tasks].concat();
    assert_eq!(operator.post(&execute, &sent("9")).await.status, 404);
    let refused = operator.post(&execute, &[("saved", "1"), ("execution", "0"), ("task", "tell")]).await;
    refused.says("There is no task tell here").says("<h1>Execute version 1</h1>");
    assert_eq!((refused.status, scene.release().await.status()), (422, ReleaseStatus::ToRelease));
    // Whatever is saved meanwhile: what was asked for is that version.
    saves(&scene, GATED).await;
    assert_eq!(operator.post(&execute, &sent("1")).await.status, 303);
    assert_eq!(scene.is(ReleaseStatus::ToBeApproved).await.last.unwrap().version, 1);
    operator.get(&scene.urls.show()).await.says("Edited since: version 3");
    scene.app.stops().await;
}

async fn a6_execute_names_its_version_and_asks_with_a_draft_open(db: Db) {
    let scene = Scene::with(&db, GATED).await;
    let operator = scene.browser("operator").await;
    let url = scene.urls.operation("execute");
    operator.get(&url).await.says("shop-web · version 1").says("Execute Now");
    let caller = scene.app.caller("operator").await;
    let draft = scene.app.app.open_draft(&caller, scene.id).await.unwrap();
    let untouched = operator.get(&url).await;
    assert!(!untouched.text.contains("You have a draft"), "an open draft that says the same");
    let rename = EditCommand::SetDescription { description: "Another".to_owned() };
    let action = DraftAction::Run(Box::new(rename));
    scene.app.app.change_draft(&caller, draft, None, &action).await.unwrap();
    let dialog = operator.get(&url).await;
    dialog.says("You have a draft with changes that are not saved.").says("Execute runs version 1 as it was saved");
    dialog.says(&scene.urls.operation("edit")).says("Go to the Editor").says("Execute Version 1 as Saved");
    let saved = with_query(&url, &[("version", "1")]);
    operator.get(&saved).await.says("You have a draft with changes").says("<h1>Execute version 1</h1>");
    scene.app.app.change_draft(&caller, draft, None, &DraftAction::Undo).await.unwrap();
    assert!(!operator.get(&url).await.text.contains("You have a draft"), "what was undone is no change");
    scene.app.app.change_draft(&caller, draft, None, &DraftAction::Redo).await.unwrap();
    assert_eq!(scene.executes(&operator).await.status, 303);
    assert_eq!(scene.is(ReleaseStatus::ToBeApproved).await.last.unwrap().version, 1);
    assert!(scene.app.app.draft(&caller, draft).await.is_ok(), "the draft is kept");
    scene.app.stops().await;
}

async fn a_waiting_execution_is_closed_only_as_the_dialog_says(db: Db) {
    let scene = Scene::with(&db, &GATED.replace("phases:", "supersede: true\nphases:")).await;
    let operator = scene.browser("operator").await;
    let approver = scene.browser("approver").await;
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.is(ReleaseStatus::ToBeApproved).await;
    let url = scene.urls.operation("execute");
    operator.get(&scene.urls.show()).await.says(&url);
    let dialog = operator.get(&url).await;
    dialog.says("Execution #1 waits and will be closed.").says("It waits at go-live since");
    dialog.says("name=\"supersedes\" value=\"1\"").says("Close #1 and Execute");
    let silent = scene.executes(&operator).await;
    assert_eq!(silent.status, 409);
    silent.says("a new execution would close it").says("Close #1 and Execute").says("value=\"deploy\" checked");
    assert_eq!(scene.last().await.number, 1);

    let tasks = [("task", "build"), ("task", "go-live"), ("task", "deploy")];
    let form = [&[("execution", "1"), ("version", "1"), ("supersedes", "1")][..], &tasks].concat();
    assert_eq!(operator.post(&url, &form).await.status, 303);
    scene.when(|release| release.last_number() == 2 && release.status() == ReleaseStatus::ToBeApproved).await;
    let old = operator.get(&scene.urls.execution(1)).await;
    old.says("It was superseded by execution #2, which operator started.");
    old.says("Closed: superseded by execution #2, which operator started.");
    operator.get(&scene.urls.tab(TabName::Executions)).await.says("Release failed: superseded");
    let activity = operator.get(&scene.urls.tab(TabName::Activity)).await;
    activity.says("superseded it by execution 2: it waited for a decision");
    activity.says("executed version 1 as execution 2, in the place of execution 1");

    let told = "Execution 1 was superseded by execution 2, which operator started";
    let late = approver.get(&scene.gate()).await;
    assert_eq!(late.status, 409);
    late.says(told);
    let late = approver.post(&scene.gate(), &[("verdict", "agree"), ("round", "1")]).await;
    assert_eq!(late.status, 409);
    late.says(told);
    let twice = operator.post(&url, &form).await;
    assert_eq!(twice.status, 409);
    twice.says(told).says("Close #2 and Execute");
    assert_eq!(scene.last().await.number, 2);
    scene.app.stops().await;
}
