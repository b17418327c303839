//! A release task is built step by step, and what goes wrong is told where it is.

use super::Editor;
use crate::db::Db;
use crate::web::app::{REGION, TestApp};

on_both!(
    a_release_task_is_built_from_a_blank_board_without_script,
    a_wrong_field_is_told_in_its_place_and_kept_as_it_was_typed,
    a10_a_name_is_followed_by_the_references_to_it,
    a7_whatever_is_done_is_undone_and_done_again,
    elements_are_copied_moved_and_removed,
    a5_a_stale_page_changes_nothing_and_loses_nothing,
    what_there_is_no_room_for_is_refused_with_a_sentence,
    whatever_is_pasted_is_kept_and_what_is_wrong_with_it_is_told,
);

async fn a_release_task_is_built_from_a_blank_board_without_script(db: Db) {
    let app = TestApp::start(&db).await;
    let operator = app.signed_in_as("operator").await;
    operator.get(&format!("/regions/{REGION}/release-tasks")).await.says("Create Release Task");
    operator.get(&format!("/regions/{REGION}/release-tasks/new")).await.says("value=\"release-");
    let mut editor = Editor::blank(&app, "shop-web").await;
    editor.looks().await.says("group 1 of phase-1 has 0").says("0 of 200").says("Draft saved");
    editor.browser.get(&format!("{}/pick?group=2&after=", editor.url)).await.says("Runs any script");
    let added = editor.does("add-task 2", &[("kind", "command")]).await;
    added
        .says("command-1")
        .says("name=\"script\"")
        .says("command-1 was added.")
        .says("command-1: to be filled in")
        // Nothing is wrong before anything was typed.
        .says_nothing_of("Script must not be empty.")
        .says_nothing_of("aria-invalid");
    let asked = editor.browser.get(&format!("{}?task=3&asked=true", editor.url)).await;
    asked.says("command-1: Script must not be empty.").says("aria-invalid");
    let refused = editor.browser.post(&format!("{}/save", editor.url), &[("rev", &editor.rev.to_string())]).await;
    assert_eq!(refused.status, 422);
    refused.says("Script must not be empty.");
    let form = [
        ("name", "build"),
        ("description", "Builds it"),
        ("script", "make\r\n\tall\r\n"),
        ("timeout", "2m"),
        ("environment.name", "CITY"),
        ("environment.value", "Bern"),
        ("environment.name", ""),
        ("environment.value", ""),
        ("goOn", "true"),
    ];
    editor.does("set-task 3", &form).await.says("value=\"CITY\"").says("value=\"2m\"").says("checked");
    let draft = editor.draft(&app).await;
    assert_eq!(draft.problems(), []);
    let yaml = editor.browser.get(&format!("{}/yaml", editor.url)).await;
    yaml.says("make\n").says("\tall").says("CITY: Bern").says("goOn: true").says("timeout: 2m");
    assert!(!yaml.text.contains('\r'), "lines end as bash needs it");
    editor.does("add-group 1", &[]).await.says("Group 2 of phase-1 was added.").says("Group 2");
    editor.does("add-phase 1", &[]).await.says("The phase phase-2 was added.");
    let phase = editor.draft(&app).await.phases[1].clone();
    let group = phase.groups[0].id;
    editor.does(&format!("rename {}", phase.id), &[("name", "Approve")]).await.says("Approve");
    editor.does(&format!("add-task {group}"), &[("kind", "manual-approval")]).await.says("1 person today");
    let approval = editor.task(&app, "manual-approval-1").await;
    let form =
        [("name", "go-live"), ("approvers", "approver"), ("roles", "manager"), ("required", "2"), ("deadline", "1d")];
    let set = editor.does(&format!("set-task {approval}"), &form).await;
    set.says("2 people today").says("Manual Approval").says("Needs the agreement of ");
    editor.does("basic-info", &[("name", "shop-web-2"), ("description", "All of it")]).await.says("shop-web-2");
    editor.does("best-effort", &[("bestEffort", "true")]).await.says("aria-checked=\"true\"");
    assert_eq!(editor.draft(&app).await.tasks().count(), 2);
    app.stops().await;
}

async fn a_wrong_field_is_told_in_its_place_and_kept_as_it_was_typed(db: Db) {
    let app = TestApp::start(&db).await;
    let mut editor = Editor::blank(&app, "shop-web").await;
    editor.does("add-task 2", &[("kind", "command")]).await;
    let form = [("name", "1st <b>"), ("script", ""), ("timeout", "ten minutes"), ("retry.attempts", "3")];
    let set = editor.does("set-task 3", &form).await;
    set.says("value=\"ten minutes\"").says("must be a length of time such as 30s").says("value=\"3\"");
    set.says("Script must not be empty.").says("1st &#60;b&#62;").says("id=\"f-timeout-error\"");
    set.says("?task=3#f-timeout").says("3 problems");
    editor.looks().await;
    let refused = editor.browser.post(&format!("{}/save", editor.url), &[("rev", &editor.rev.to_string())]).await;
    assert_eq!(refused.status, 422);
    refused.says("It cannot be saved yet").says("3 problems");
    let fixed = [("name", "first"), ("script", "true"), ("timeout", "10m"), ("retry.attempts", "3")];
    editor.does("set-task 3", &fixed).await;
    let draft = editor.draft(&app).await;
    assert_eq!((draft.problems().len(), draft.tasks().next().unwrap().1.name.as_str()), (0, "first"));
    app.stops().await;
}

async fn a10_a_name_is_followed_by_the_references_to_it(db: Db) {
    let app = TestApp::start(&db).await;
    let mut editor = Editor::blank(&app, "shop-web").await;
    editor.does("add-task 2", &[("kind", "command")]).await;
    editor.does("set-task 3", &[("name", "build"), ("script", "make")]).await;
    editor.does("add-task 2 3", &[("kind", "command")]).await;
    let uses = "echo ${tasks.build.outputs.a} ${tasks.build.outputs.b}";
    editor.does("set-task 4", &[("name", "deploy"), ("script", uses)]).await;
    let renamed = editor.does("rename 3", &[("name", "compile")]).await;
    renamed.says("build was renamed. 2 references follow.");
    // As one types in its form, where what is kept is else told beside it alone.
    let typed = [("name", "assemble"), ("script", "make"), ("quiet", "true")];
    editor.does("set-task 3", &typed).await.says("2 references follow.");
    let again = [("name", "compile"), ("script", "make")];
    editor.does("set-task 3", &again).await.says("2 references follow.");
    let yaml = editor.browser.get(&format!("{}/yaml", editor.url)).await;
    yaml.says("${tasks.compile.outputs.a}").says("${tasks.compile.outputs.b}");
    app.stops().await;
}

async fn a7_whatever_is_done_is_undone_and_done_again(db: Db) {
    let app = TestApp::start(&db).await;
    let mut editor = Editor::blank(&app, "shop-web").await;
    let start = editor.draft(&app).await;
    editor.does("add-task 2", &[("kind", "wait")]).await;
    let form = [("name", "rest"), ("description", "A while"), ("for", "1h")];
    editor.does("set-task 3", &form).await.says("title=\"Undo: change wait-1 (Ctrl+Z)\"");
    let end = editor.draft(&app).await;
    editor.does("undo", &[]).await.says("Undone: change wait-1.").says("title=\"Redo: change wait-1 (Ctrl+Shift+Z)\"");
    editor.does("undo", &[]).await.says("Undone: add wait-1.");
    assert!(editor.draft(&app).await.says_the_same(&start), "a form is one action");
    let nothing = editor.sends("undo", &[]).await;
    assert_eq!(nothing.status, 409);
    nothing.says("There is nothing to undo.");
    editor.does("redo", &[]).await;
    editor.does("redo", &[]).await.says("Done again: change wait-1.");
    assert!(editor.draft(&app).await.says_the_same(&end));
    app.stops().await;
}

async fn elements_are_copied_moved_and_removed(db: Db) {
    let app = TestApp::start(&db).await;
    let mut editor = Editor::blank(&app, "shop-web").await;
    for _ in 0..2 {
        editor.does("add-task 2", &[("kind", "wait")]).await;
    }
    let (first, second) = (editor.task(&app, "wait-2").await, editor.task(&app, "wait-1").await);
    editor.does(&format!("step {first} later"), &[]).await.says("wait-2 was moved to phase-1, group 1, 2 of 2.");
    for (step, told) in [
        (format!("step {first} later"), "wait-2 is the last already."),
        (format!("step {second} earlier"), "wait-1 is the first already."),
        (format!("step {first} next"), "wait-2 is in the last phase already."),
        ("step 1 previous".to_owned(), "The phase phase-1 is the first already."),
    ] {
        editor.does(&step, &[]).await.says(told);
        // Nothing was changed.
        editor.looks().await;
    }
    editor.does("add-group 1", &[]).await;
    let group = editor.draft(&app).await.phases[0].groups[1].id;
    let places = editor.browser.get(&format!("{}/move?element={second}", editor.url)).await;
    places.says("phase-1, group 2, first").says(&format!("value=\"{group}.\""));
    editor.does(&format!("move {second}"), &[("to", &format!("{group}."))]).await.says("group 2, 1 of 1.");
    editor.does(&format!("copy {second}"), &[]).await.says("wait-1 was copied.");
    editor.does("copy 1", &[]).await.says("The phase phase-1 was copied.");
    assert_eq!(editor.draft(&app).await.tasks().count(), 6);
    editor.does("remove 1", &[]).await.says("The phase phase-1 was removed.");
    let gone = editor.sends(&format!("remove {second}"), &[]).await;
    assert_eq!(gone.status, 409);
    gone.says("is not there any more");
    let still = editor.sends("step 999 later", &[]).await;
    assert_eq!(still.status, 409);
    assert_eq!(editor.sends("explode 1", &[]).await.status, 422);
    app.stops().await;
}

async fn a5_a_stale_page_changes_nothing_and_loses_nothing(db: Db) {
    let app = TestApp::start(&db).await;
    let mut editor = Editor::blank(&app, "shop-web").await;
    editor.does("add-task 2", &[("kind", "command")]).await;
    let other = Editor::at(editor.browser.clone(), &editor.url).await;
    editor.does("add-phase 1", &[]).await;
    let before = editor.draft(&app).await;
    let refused = other.sends("remove 1", &[]).await;
    assert_eq!(refused.status, 409);
    refused.says("was changed in another tab").says("phase-2");
    let typed = other.sends("set-task 3", &[("name", "build"), ("script", "make world")]).await;
    assert_eq!(typed.status, 409);
    typed
        .says("make world")
        .says("what you typed was not taken")
        .says(&format!("name=\"rev\" value=\"{}\"", editor.rev));
    let named = other.sends("rename 1", &[("name", "Build")]).await;
    assert_eq!(named.status, 409);
    named.says("name=\"name\" value=\"Build\"").says("Send Again");
    assert_eq!(editor.draft(&app).await, before);
    app.stops().await;
}

async fn what_there_is_no_room_for_is_refused_with_a_sentence(db: Db) {
    let app = TestApp::start(&db).await;
    let mut editor = Editor::blank(&app, "shop-web").await;
    for _ in 0..19 {
        editor.does("copy 1", &[]).await;
    }
    let full = editor.sends("copy 1", &[]).await;
    assert_eq!(full.status, 422);
    full.says("A release task may have at most 20 phases.");
    app.stops().await;
}

async fn whatever_is_pasted_is_kept_and_what_is_wrong_with_it_is_told(db: Db) {
    let app = TestApp::start(&db).await;
    let mut editor = Editor::blank(&app, "shop-web").await;
    editor.does("add-task 2", &[("kind", "command")]).await;
    let long = format!("# {}\n", "x".repeat(66_000));
    editor
        .does("set-task 3", &[("name", "build"), ("script", &long)])
        .await
        .says(&long)
        .says("must have at most 65536 bytes");
    editor
        .does("set-task 3", &[("name", "build"), ("script", "echo a\0b")])
        .await
        .says("must not have a zero byte in it");
    let lines = "\n\n\tfirst  \n<script>${x}</script>\n\n";
    editor
        .does("set-task 3", &[("name", "build"), ("script", lines)])
        .await
        .says("&#60;script&#62;")
        .says(">\n\n\n\tfirst  \n");
    let names = "Ünï-".repeat(3_000);
    editor.does("set-task 3", &[("name", &names), ("description", &names), ("script", "true")]).await.says(&names);
    editor.does("rename 1", &[("name", &names)]).await;
    editor.looks().await.says("3 problems");
    let rev = editor.rev.to_string();
    let too_long = "x".repeat(260 * 1024);
    let form = [("rev", rev.as_str()), ("do", "set-task 3"), ("script", too_long.as_str())];
    assert_eq!(editor.browser.post(&format!("{}/commands", editor.url), &form).await.status, 413);
    let url = format!("{}/yaml", editor.url);
    let text = format!("name: shop-web # {}\n", "x".repeat(1024 * 1024));
    let refused = editor.browser.post(&url, &[("rev", &rev), ("text", &text)]).await;
    assert_eq!(refused.status, 422);
    refused.says("A file must have at most 1048576 bytes");
    assert!(refused.text.contains(&text), "it comes back as it was typed");
    app.stops().await;
}
