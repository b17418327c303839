//! Variables are declared, changed, moved and deleted without script, and what uses them follows.

use super::Editor;
use crate::db::Db;
use crate::web::app::TestApp;

on_both!(
    a17_variables_are_declared_changed_moved_and_deleted,
    a10_a_variable_is_followed_by_the_references_to_it,
    what_is_wrong_with_a_variable_is_told_at_its_field,
);

async fn editor(db: &Db) -> (TestApp, Editor) {
    let app = TestApp::start(db).await;
    let mut editor = Editor::blank(&app, "shop-web").await;
    editor.does("add-task 2", &[("kind", "command")]).await;
    let form = [("name", "build"), ("script", "echo ${vars.site} ${vars.site:-x}\r\n")];
    editor.does("set-task 3", &form).await.says("names no variable of this release task");
    (app, editor)
}

async fn a17_variables_are_declared_changed_moved_and_deleted(db: Db) {
    let (app, mut editor) = editor(&db).await;
    let added = editor.does("add-variable", &[]).await;
    added.says("The variable variable1 was added.").says("value=\"set-variable 4\"").says("<h2>Variables</h2>");
    let form = [
        ("name", "site"),
        ("type", "choice"),
        ("default", "green"),
        ("description", "Where it goes"),
        ("choices", "blue\r\ngreen\r\n"),
        ("isRequired", "true"),
    ];
    let set = editor.does("set-variable 4", &form).await;
    set.says("one of a list · required · default: green").says("Where it goes").says("blue\ngreen</textarea>");
    assert_eq!(editor.draft(&app).await.problems(), [], "what used it finds it");
    editor.does("add-variable 4", &[]).await.says("variable1");
    editor.does("step 5 earlier", &[]).await.says("The variable variable1 was moved.");
    let names = |draft: tollgate::domain::draft::Draft| -> Vec<String> {
        draft.variables.into_iter().map(|variable| variable.name).collect()
    };
    assert_eq!(names(editor.draft(&app).await), ["variable1", "site"]);
    editor.does("remove 5", &[]).await.says("The variable variable1 was removed.");
    let yaml = editor.browser.get(&format!("{}/yaml", editor.url)).await;
    yaml.says("variables:").says("- name: site").says("type: choice").says("choices: [blue, green]");
    editor.does("remove 4", &[]).await.says("names no variable of this release task.").says("#f-script");
    editor.does("undo", &[]).await.says("Undone: remove the variable site.").says("default: green");
    let saved = editor.browser.post(&format!("{}/save", editor.url), &[("rev", editor.rev.to_string().as_str())]).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let shown = saved.location().to_owned();
    editor.browser.get(&shown).await.says("shop-web");
    let definition = format!("{}/definition", shown.split('?').next().unwrap());
    editor.browser.get(&definition).await.says("plan-variables").says("blue, green").says("type: choice");
    app.stops().await;
}

async fn a10_a_variable_is_followed_by_the_references_to_it(db: Db) {
    let (app, mut editor) = editor(&db).await;
    editor.does("add-variable", &[]).await;
    editor.does("set-variable 4", &[("name", "site"), ("type", "string")]).await;
    let renamed = editor.does("set-variable 4", &[("name", "place"), ("type", "string")]).await;
    renamed.says("The variable site was renamed. 2 references follow.").says("value=\"place\"");
    let task = editor.browser.get(&format!("{}?task=3", editor.url)).await;
    task.says("echo ${vars.place} ${vars.place:-x}");
    editor.does("undo", &[]).await;
    editor.browser.get(&format!("{}?task=3", editor.url)).await.says("echo ${vars.site} ${vars.site:-x}");
    app.stops().await;
}

async fn what_is_wrong_with_a_variable_is_told_at_its_field(db: Db) {
    let (app, mut editor) = editor(&db).await;
    editor.does("add-variable", &[]).await;
    let form = [("name", "my-site"), ("type", "integer"), ("default", "010"), ("choices", "one")];
    let wrong = editor.does("set-variable 4", &form).await;
    wrong.says("value=\"my-site\"").says("value=\"010\"").says("one</textarea>").says("id=\"f-default-error\"");
    wrong.says("The default of variable1 must be a whole number").says("must not have choices");
    wrong.says("#f-name").says("#f-default").says("#f-choices");
    let draft = editor.draft(&app).await;
    assert_eq!(draft.variables[0].typed_name.as_deref(), Some("my-site"));
    let stale = editor.rev - 1;
    let form = [("rev", stale.to_string()), ("do", "set-variable 4".to_owned()), ("name", "typed".to_owned())];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let refused = editor.browser.post(&format!("{}/commands", editor.url), &form).await;
    assert_eq!(refused.status, 409);
    refused.says("value=\"typed\"");
    app.stops().await;
}
