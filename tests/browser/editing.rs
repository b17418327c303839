//! Stories of release tasks that are made and changed in the browser, with script and without.

use crate::driver::Script;
use crate::person::Person;
use crate::stage::{On, Stage, story};

/// From nothing to a version: one task in one phase, and a checkpoint in another.
async fn builds(operator: &Person, name: &str) {
    operator.clicks("Create Release Task").await;
    operator.writes("Name", name).await;
    operator.clicks("Create").await;
    operator.reads("group 1 of phase-1 has 0").await;
    operator.clicks("Add Task to Group 1 of phase-1").await;
    operator.reads("Stop and ask").await;
    operator.chooses("Command").await;
    operator.reads("command-1").await;
    operator.writes("Name", "build").await;
    operator.writes("Timeout", "soon").await;
    operator.writes("Script", "echo built").await;
    operator.clicks("Apply").await;
    operator.reads("must be a length of time such as 30s").await;
    operator.writes("Timeout", "2m").await;
    operator.clicks("Apply").await;
    operator.sees_on_card("build", "Timeout 2m").await;
    operator.finds_nothing_wrong().await;
    operator.clicks("Close the form").await;
    operator.clicks("Add Phase").await;
    operator.clicks("Add Task to Group 1 of phase-2").await;
    operator.chooses("Wait").await;
    operator.sees_on_card("wait-1", "For 5m").await;
    operator.clicks("Undo: add wait-1").await;
    operator.reads("group 1 of phase-2 has 0").await;
    operator.clicks("Add Task to Group 1 of phase-2").await;
    operator.chooses("Manual Trigger").await;
    operator.sees_on_card("manual-trigger-1", "Manual Trigger").await;
    operator.clicks("Close the form").await;
    operator.clicks("Save").await;
    operator.sees_status("To release").await;
    operator.reads("Version 1 saved.").await;
}

#[test]
fn a_release_task_is_built_saved_and_changed() {
    story(On::Sqlite, async |stage: &Stage| {
        let operator = stage.signed_in("operator").await;
        builds(&operator, "built-here").await;
        operator.finds_nothing_wrong().await;
        operator.clicks("Edit").await;
        operator.marks_the_page().await;
        operator.clicks_on_card("build", "build").await;
        operator.writes("Description", "Nobody clicks on anything").await;
        operator.reads("Kept as you type").await;
        operator.still_has_the_marked_page().await;
        operator.clicks("Save").await;
        operator.reads("Version 2 saved.").await;
        operator.clicks("Edit").await;
        operator.clicks_on_card("build", "build").await;
        operator.finds_nothing_wrong().await;
        operator.hears_no_complaint(&[]).await;
    });
}

#[test]
fn errors_of_the_yaml_are_told_as_one_types() {
    story(On::Sqlite, async |stage: &Stage| {
        stage.imports(&greeter("echo hello", "1m"));
        let operator = stage.signed_in("operator").await;
        operator.opens("/regions/eu-west/release-tasks").await;
        operator.clicks("greeter").await;
        operator.clicks("Edit").await;
        operator.clicks("YAML").await;
        operator.reads("Check and Apply").await;
        operator.marks_the_page().await;
        operator.types_into("text", &greeter("echo hello", "soon")).await;
        operator.reads("must be a length of time").await;
        operator.reads("Line 9").await;
        operator.finds_nothing_wrong().await;
        // It is kept as one types: whoever comes back finds it, and what is wrong in it.
        operator.reads("Kept, but not applied yet.").await;
        operator.still_has_the_marked_page().await;
        operator.clicks("Board").await;
        operator.reads("The YAML tab has a text that is not applied yet.").await;
        operator.clicks("Look at the Text").await;
        operator.reads("must be a length of time").await;
        operator.marks_the_page().await;
        operator.types_into("text", &greeter("echo hello", "7m")).await;
        operator
            .waits_until("nothing is wrong", async || Ok(!operator.text().await?.contains("must be a length of time")))
            .await;
        operator.still_has_the_marked_page().await;
        operator.clicks("Check and Apply").await;
        operator.sees_on_card("greet", "Timeout 7m").await;
        operator.hears_no_complaint(&[]).await;
    });
}

/// A release task of one command.
fn greeter(script: &str, timeout: &str) -> String {
    format!(
        "name: greeter\nteam: Storefront\nregion: eu-west\nphases:\n  - name: All\n    tasks:\n      - name: greet\n        \
         script: {script}\n        timeout: {timeout}\n"
    )
}

#[test]
fn a1_what_two_people_changed_is_merged_field_by_field() {
    story(On::Sqlite, async |stage: &Stage| {
        stage.imports(&greeter("echo hello", "1m"));
        let operator = stage.signed_in("operator").await;
        operator.opens("/regions/eu-west/release-tasks").await;
        operator.clicks("greeter").await;
        operator.clicks("Edit").await;
        operator.clicks_on_card("greet", "greet").await;
        operator.writes("Script", "echo mine").await;
        operator.reads("Kept as you type").await;
        stage.imports(&greeter("echo theirs", "9m"));
        operator.clicks("Save").await;
        operator.reads("Somebody saved before you").await;
        operator.reads("echo mine").await;
        operator.reads("echo theirs").await;
        operator.finds_nothing_wrong().await;
        operator.clicks("Merge into Draft").await;
        operator.sees_on_card("greet", "Timeout 9m").await;
        operator.clicks("Save").await;
        operator.reads("Version 3 saved.").await;
    });
}

#[test]
fn a_release_task_is_built_without_script() {
    story(On::Sqlite, async |stage: &Stage| {
        let operator = stage.somebody("operator", Script::Off).await;
        operator.opens("/login").await;
        operator.signs_in().await;
        builds(&operator, "built-by-forms").await;
    });
}
