//! Releases of components as people see them: the editor offers what there is and warns of what is
//! not, and cards say from which version to which.

use tollgate::app::{Caller, Imported, ReleaseContent};
use tollgate::domain::decide::{Command, Selection};
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::release::ReleaseOwner;
use tollgate::domain::status::ReleaseStatus;
use tollgate::format;
use tollgate::store::{StoreError, TeamApplication, new_id};

use super::app::{REGION, TestApp};
use super::editor::Editor;
use crate::db::Db;

on_both!(
    the_editor_offers_what_there_is_and_warns_of_what_is_not,
    a_specification_is_typed_field_by_field_and_nothing_is_lost_in_its_yaml,
    names_that_differ_in_case_only_are_refused_by_the_database,
    a_revision_is_deployed_again_by_a_draft_that_has_all_of_it,
    what_runs_is_promoted_to_a_component_in_another_environment,
    a_region_is_searched_by_a_piece_of_a_name_as_far_as_one_may_read,
    the_matrix_has_what_runs_of_each_component_in_each_environment,
    a_task_says_from_which_version_to_which_before_while_and_after_it,
);

impl TestApp {
    /// Brings a release task in.
    pub async fn imports(&self, yaml: &str) -> ReleaseId {
        let format::Document { name, description, definition, .. } = format::parse(yaml).unwrap().remove(0);
        let content = ReleaseContent { name, description, definition };
        let owner = ReleaseOwner { team: self.team, region: self.region };
        match self.app.import(&Caller::CommandLine, owner, &content).await.unwrap() {
            Imported::Created(id) => id,
            other => panic!("{other:?}"),
        }
    }
}

async fn the_editor_offers_what_there_is_and_warns_of_what_is_not(db: Db) {
    let app = TestApp::start(&db).await;
    let (_, component) = app.component().await;
    let place = app.app.store.component_place(component).await.unwrap().unwrap();
    let mut editor = Editor::blank(&app, "ship").await;
    let pick = editor.browser.get(&format!("{}/pick?group=2&after=", editor.url)).await;
    assert!(pick.text.contains("name=\"reader-zone\" data-own-zone"), "{}", pick.text);
    let added = editor.does("add-task 2", &[("kind", "update-component"), ("reader-zone", "Asia/Tokyo")]).await;
    let now = app.app.clock.now().with_timezone(&chrono_tz::Asia::Tokyo).naive_local();
    added
        .says(&format!("<option value=\"{}/web\"", place.application))
        .says(&format!("value=\"{}", now.format("%Y.%m%d.")))
        .says("New Version");
    let typed = [("name", "up"), ("update-component", "shop/wbe"), ("version", " 1.5 ")];
    let warned = editor.does("set-task 3", &typed).await;
    warned.says("up: there is no component shop/wbe now, and no earlier task creates it.");
    warned.says("value=\"1.5\"");
    let environment = ("in", "no-such-place");
    editor.does("add-task 2", &[("kind", "create-component")]).await;
    let name = format!("{}/api", place.application);
    let typed = [("name", "make"), ("create-component", &*name), environment, ("version", "1")];
    let warned = editor.does("set-task 4", &typed).await;
    warned
        .says(&format!("<option value=\"{}/\"", place.application))
        .says(&format!("<option value=\"{}\"", place.environment))
        .says("make: the team has no environment named no-such-place in this region now.");
    let good = [("name", "make"), ("create-component", &*name), ("in", &*place.environment), ("version", "1")];
    let page = editor.does("set-task 4", &good).await;
    assert!(!page.text.contains("no environment named"), "{}", page.text);
    app.stops().await;
}

async fn a_task_says_from_which_version_to_which_before_while_and_after_it(db: Db) {
    let app = TestApp::start(&db).await;
    let (_, component) = app.component().await;
    let place = app.app.store.component_place(component).await.unwrap().unwrap();
    let name = format!("{}/web", place.application);
    let id = app
        .imports(&format!(
            "name: ship\nphases:\n  - {{name: ask, tasks: [{{name: go, type: manual-approval, approvers: [approver]}}]}}\n  \
             - {{name: ship, tasks: [{{name: up, update-component: {name}, version: '1.3'}}]}}\n"
        ))
        .await;
    let (there, back) =
        (format!("{name} 1.2 → 1.3 in {}", place.environment), format!("{name} 1.3 → 1.2 in {}", place.environment));
    let operator = app.signed_in_as("operator").await;
    let url = format!("/regions/{REGION}/release-tasks/{id}");
    operator.get(&url).await.says(&there);
    operator.get(&format!("{url}/execute")).await.says(&there);
    app.app.execute(&app.caller("operator").await, id, &Selection::All).await.unwrap();
    app.becomes(id, ReleaseStatus::ToBeApproved).await;
    operator.get(&url).await.says(&there);
    let task = format!("{url}/executions/1/tasks/up");
    operator.get(&task).await.says(&there);
    let approver = app.signed_in_as("approver").await;
    let gate = format!("{url}/executions/1/tasks/go/decision");
    let agreed = approver.post(&gate, &[("verdict", "agree"), ("round", "1")]).await;
    assert_eq!(agreed.status, 303, "{}", agreed.text);
    app.becomes(id, ReleaseStatus::Successful).await;
    operator.get(&url).await.says(&there);
    operator.get(&task).await.says(&there);
    app.asks("operator", id, &Command::RollBack).await;
    app.becomes(id, ReleaseStatus::RolledBack).await;
    operator.get(&url).await.says(&back);
    operator.get(&task).await.says(&back);
    app.stops().await;
}

async fn a_revision_is_deployed_again_by_a_draft_that_has_all_of_it(db: Db) {
    let app = TestApp::start(&db).await;
    let (application, component) = app.component().await;
    let place = app.app.store.component_place(component).await.unwrap().unwrap();
    let operator = app.signed_in_as("operator").await;
    let url = format!("/regions/{REGION}/applications/{application}/components/{component}");
    operator.get(&url).await.says("Deploy Again").says("Promote…");
    app.signed_in_as("viewer").await.get(&url).await.says_nothing_of("Deploy Again").says_nothing_of("Promote");
    let begun = operator.post(&format!("{url}/deploy-again"), &[("revision", "1")]).await;
    assert_eq!(begun.status, 303, "{}", begun.text);
    let editor = Editor::at(operator.clone(), begun.location()).await;
    let draft = editor.draft(&app).await;
    assert_eq!(draft.problems(), []);
    let task = editor.task(&app, "deploy-web").await;
    let page = operator.get(&format!("{}?task={task}", editor.url)).await;
    page.says(&format!("value=\"{}/web\"", place.application)).says("value=\"1.1\"").says("value=\"shop:1\"");
    assert_eq!(operator.post(&format!("{url}/deploy-again"), &[("revision", "9")]).await.status, 404);

    // Of what does not run any more all is brought.
    app.undeployed(component).await;
    let begun = operator.post(&format!("{url}/deploy-again"), &[("revision", "2")]).await;
    let editor = Editor::at(operator.clone(), begun.location()).await;
    let kinds: Vec<_> = editor.draft(&app).await.tasks().map(|(_, task)| task.kind.word()).collect();
    assert_eq!(kinds, ["create-component"]);
    let refused = operator.get(&format!("{url}/promote")).await;
    assert_eq!(refused.status, 409);
    refused.says("Nothing runs of this component");
    app.stops().await;
}

async fn what_runs_is_promoted_to_a_component_in_another_environment(db: Db) {
    let app = TestApp::start(&db).await;
    let (application, component) = app.component().await;
    let operator = app.signed_in_as("operator").await;
    let url = format!("/regions/{REGION}/applications/{application}/components/{component}/promote");
    operator.get(&url).await.says("The team has no component in another environment.");
    let (_, other) = app.component().await;
    let there = app.app.store.component_place(other).await.unwrap().unwrap();
    let dialog = operator.get(&url).await;
    let target = format!("{}/web in {}, {REGION} (1.2 runs)", there.application, there.environment);
    dialog.says("Promote web 1.2").says(&target).says("Nothing is deployed before it is saved and executed.");
    let begun = operator.post(&url, &[("to", &*other.to_string()), ("fields", "artefact")]).await;
    assert_eq!(begun.status, 303, "{}", begun.text);
    let editor = Editor::at(operator.clone(), begun.location()).await;
    let task = editor.task(&app, "deploy-web").await;
    let page = operator.get(&format!("{}?task={task}", editor.url)).await;
    page.says(&format!("value=\"{}/web\"", there.application)).says("value=\"1.2\"").says("value=\"shop:2\"");
    app.stops().await;
}

async fn a_region_is_searched_by_a_piece_of_a_name_as_far_as_one_may_read(db: Db) {
    let app = TestApp::start(&db).await;
    let (_, component) = app.component().await;
    let place = app.app.store.component_place(component).await.unwrap().unwrap();
    let release = app
        .imports("name: web_100-release\nphases: [{name: only, tasks: [{name: rest, type: wait, for: 1s}]}]\n")
        .await;
    let viewer = app.signed_in_as("viewer").await;
    let search = |text: &str| format!("/regions/{REGION}/applications?q={text}");
    let found = viewer.get(&search("WEB")).await;
    found.says(&format!("{}/web</a>", place.application)).says("web_100-release").says(&release.to_string());
    found.says("value=\"WEB\"").says_nothing_of("id=\"environments\"");
    viewer.get(&search(&place.environment[1..])).await.says("id=\"environments\"").says(&place.environment);
    let outsider = app.signed_in_as("outsider").await;
    outsider.get(&search("web")).await.says("Nothing is called so").says_nothing_of(&place.application);
    // What stands for any letter in the database stands for itself here.
    viewer.get(&search("b%25")).await.says("Nothing is called so");
    viewer.get(&search("b_1")).await.says("web_100-release").says_nothing_of("id=\"components\"");
    app.stops().await;
}

async fn the_matrix_has_what_runs_of_each_component_in_each_environment(db: Db) {
    let app = TestApp::start(&db).await;
    let viewer = app.signed_in_as("viewer").await;
    let url = format!("/regions/{REGION}/applications/matrix");
    viewer.get(&url).await.says("No applications yet");
    let ((application, one), (_, other)) = (app.component().await, app.component().await);
    let places = [one, other].map(|id| app.app.store.component_place(id));
    let mut names = Vec::new();
    for place in places {
        names.push(place.await.unwrap().unwrap());
    }
    let whole = viewer.get(&url).await;
    for place in &names {
        let cell = format!("/applications/{}/components/", place.application_id);
        whole.says(&place.environment).says(&cell).says(&format!("{}<span class=\"sr\">, web", place.application));
    }
    assert_eq!(whole.text.matches("<th scope=\"row\"").count(), 1, "they have one name");
    assert_eq!(whole.text.matches("class=\"none\"").count(), 0, "each is somewhere else");
    let team = app.team;
    let narrow = viewer.get(&format!("{url}?team={team}&application={application}")).await;
    narrow.says(&names[0].environment).says_nothing_of(&names[1].environment);
    let outsider = app.signed_in_as("outsider").await;
    assert_eq!(outsider.get(&format!("{url}?team={team}")).await.status, 404);
    app.stops().await;
}

async fn a_specification_is_typed_field_by_field_and_nothing_is_lost_in_its_yaml(db: Db) {
    let app = TestApp::start(&db).await;
    let mut editor = Editor::blank(&app, "ship").await;
    editor.does("add-task 2", &[("kind", "create-component")]).await;
    let typed = [
        ("name", "make"),
        ("create-component", "shop/web"),
        ("in", "prod"),
        ("version", "1"),
        ("spec.image", "shop:1"),
        ("spec.replicas", "many"),
        ("spec.environment.name", "LOG"),
        ("spec.environment.value", "info"),
        ("spec.files.name", "etc/shop.conf"),
        ("spec.files.value", "a\r\nb\r\n"),
        ("spec.name", "colour"),
        ("spec.value", "blue"),
    ];
    let page = editor.does("set-task 3", &typed).await;
    page.says("value=\"shop:1\"").says("value=\"LOG\"").says(">a\nb\n</textarea>").says("value=\"colour\"");
    let told = "must have a number from 0 to 10000 in replicas";
    assert_eq!(page.text.matches(told).count(), 2, "above the board and at its own field: {}", page.text);
    let yaml = editor.browser.get(&format!("{}/yaml", editor.url)).await;
    yaml.says("image: &#34;shop:1&#34;")
        .says("environment.LOG: info")
        .says("colour: blue")
        .says("files.etc/shop.conf: |");
    app.stops().await;
}

async fn names_that_differ_in_case_only_are_refused_by_the_database(db: Db) {
    let app = TestApp::start(&db).await;
    let made = |name: &str| TeamApplication {
        id: new_id(),
        team_id: app.team,
        name: name.to_owned(),
        description: String::new(),
    };
    let tx = app.app.store.begin_write().await.unwrap();
    tx.insert_application(&made("shop"), app.app.clock.now()).await.unwrap();
    let refused = tx.insert_application(&made("Shop"), app.app.clock.now()).await;
    assert!(matches!(refused, Err(StoreError::NameTaken)), "{refused:?}");
    drop(tx);
    app.stops().await;
}
