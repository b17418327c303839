//! Variables in the dialog that executes: asked for, checked, offered again, and shown with the execution.

use super::scene::Scene;
use crate::db::Db;
use tollgate::domain::status::ReleaseStatus;

on_both!(
    a17_execute_asks_for_variables_and_sends_what_it_shows,
    a17_what_is_wrong_comes_back_as_it_was_typed,
    a17_values_of_the_last_execution_are_offered_while_they_fit,
    a17_whoever_approves_sees_the_values,
);

const ASKING: &str = "
name: shop-web
variables:
  - { name: version, required: true, description: Which version goes out }
  - { name: count, type: integer, default: 3 }
  - { name: dryRun, type: bool }
  - { name: ring, type: choice, choices: [canary, all], default: canary }
  - { name: note }
phases:
  - name: Build
    tasks:
      - name: build
        script: test \"${vars.version}\" = 1.10
";

/// The form of the dialog with these values.
fn form<'f>(values: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let mut form = vec![("execution", "0"), ("version", "1"), ("task", "build")];
    for (name, value) in values {
        form.extend([("variable", *name), ("value", *value)]);
    }
    form
}

async fn a17_execute_asks_for_variables_and_sends_what_it_shows(db: Db) {
    let scene = Scene::with(&db, ASKING).await;
    let operator = scene.browser("operator").await;
    let url = scene.urls.operation("execute");
    let dialog = operator.get(&url).await;
    dialog.says("Which version goes out").says("text · required").says("whole number · default").says("inputmode");
    dialog.says("name=\"variable\" value=\"version\"").says("value=\"3\"").says("<option value=\"canary\" selected>");
    dialog.says("<option value=\"\" selected>not set").says("Left empty, it is not set.");
    let values = [("version", "1.10"), ("count", "4"), ("dryRun", ""), ("ring", "all"), ("note", "")];
    assert_eq!(operator.post(&url, &form(&values)).await.status, 303);
    let release = scene.is(ReleaseStatus::Successful).await;
    let last = release.last.unwrap();
    let had: Vec<(&str, &str)> = last.variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(had, [("count", "4"), ("ring", "all"), ("version", "1.10")]);
    for page in [scene.urls.show(), scene.urls.execution(1)] {
        let page = operator.get(&page).await;
        page.says("<dt>version</dt>").says("1.10").says("<dt>note</dt>").says("not set");
    }
    let activity = operator.get(&format!("{}/activity", scene.urls.show())).await;
    activity.says("executed version 1 as execution 1, with count = 4, ring = all, version = 1.10");
    scene.app.stops().await;
}

async fn a17_what_is_wrong_comes_back_as_it_was_typed(db: Db) {
    let scene = Scene::with(&db, ASKING).await;
    let operator = scene.browser("operator").await;
    let values = [("version", ""), ("count", "010"), ("dryRun", "maybe"), ("ring", "al"), ("note", "kept <b>")];
    let back = operator.post(&scene.urls.operation("execute"), &form(&values)).await;
    assert_eq!(back.status, 422);
    back.says("4 variables must be put right").says("version must have a value.").says("value=\"010\"");
    back.says("count must be a whole number").says("dryRun must be true or false.").says("did you mean all?");
    back.says("<option value=\"maybe\" selected>").says("<option value=\"al\" selected>").says("kept &#60;b&#62;");
    back.says("id=\"variable-version-error\"").says("aria-invalid=\"true\"").says("value=\"build\" checked");
    let without = [("execution", "0"), ("variable", "version"), ("value", ""), ("variable", "gone"), ("value", "x")];
    let back = operator.post(&scene.urls.operation("execute"), &without).await;
    assert_eq!(back.status, 422);
    back.says("No task is chosen.").says("version must have a value.");
    assert_eq!(scene.release().await.status(), ReleaseStatus::ToRelease);
    scene.app.stops().await;
}

async fn a17_values_of_the_last_execution_are_offered_while_they_fit(db: Db) {
    let scene = Scene::with(&db, ASKING).await;
    let operator = scene.browser("operator").await;
    let url = scene.urls.operation("execute");
    let values = [("version", "1.10"), ("count", "7"), ("dryRun", "true"), ("ring", "all"), ("note", "two\r\nlines")];
    assert_eq!(operator.post(&url, &form(&values)).await.status, 303);
    scene.is(ReleaseStatus::Successful).await;
    let dialog = operator.get(&url).await;
    dialog.says("text · required · from execution #1").says("value=\"1.10\"").says("value=\"7\"");
    dialog
        .says("<option value=\"true\" selected>")
        .says("<option value=\"all\" selected>")
        .says("two\nlines</textarea>");
    scene
        .saves(|definition| {
            definition.variables[3].spec.choices = vec!["canary".to_owned(), "half".to_owned()];
            "number".clone_into(&mut definition.variables[1].name);
        })
        .await;
    let dialog = operator.get(&url).await;
    dialog.says("one of a list · default").says("<option value=\"canary\" selected>").says("value=\"3\"");
    dialog.says("whole number · default").says("value=\"1.10\"");
    scene.app.stops().await;
}

async fn a17_whoever_approves_sees_the_values(db: Db) {
    let asking = "
name: shop-web
variables:
  - { name: version, default: 1.10 }
  - name: note
phases:
  - name: Go
    tasks:
      - name: go-live
        type: manual-approval
        approvers: [approver]
        check: Is version ${vars.version} good? ${vars.note:-No note.}
";
    let scene = Scene::with(&db, asking).await;
    let operator = scene.browser("operator").await;
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.is(ReleaseStatus::ToBeApproved).await;
    let approver = scene.browser("approver").await;
    approver.get("/approvals").await.says("Is version 1.10 good? No note.");
    let dialog = approver.get(&scene.gate()).await;
    dialog.says("Is version 1.10 good? No note.").says("<dt>version</dt>").says("<dt>note</dt>").says("not set");
    scene.app.stops().await;
}
