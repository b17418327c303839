//! Pages of environments, applications and components: a manager makes an environment, an operator an application, and
//! everybody of the team sees what runs where.

use std::collections::BTreeMap;

use tollgate::domain::component::{Component, ComponentStatus, RevisionState};
use tollgate::domain::environment::{EnvironmentOptions, EnvironmentScripts, EnvironmentSettings};
use tollgate::domain::ids::{ApplicationId, ComponentId, EnvironmentId};
use tollgate::store::{Environment, Revision, Stamp, TeamApplication, new_id};

use super::app::TestApp;
use super::authorization::{Answers, READERS, Row, SIGNED_IN};
use super::browser::Browser;
use super::stories::Story;
use crate::db::Db;

on_both!(
    a_manager_makes_changes_and_deletes_an_environment,
    what_is_wrong_with_an_environment_is_told_at_once_and_comes_back_as_typed,
    two_people_who_change_an_environment_are_told_of_each_other,
    a_manager_says_how_releases_to_an_environment_go,
    an_operator_makes_describes_and_deletes_an_application,
    a_component_shows_what_runs_and_what_changed_between_two_revisions,
    what_has_components_is_not_deleted,
);

/// Managers of the team, and nobody who only administers.
const TEAMS_MANAGER: Answers = [303, 404, 404, 404, 200, 404, 404];
/// Operators of the team.
const TEAMS_OPERATOR: Answers = [303, 404, 200, 404, 404, 404, 404];
/// Who may do what with environments, applications and components.
pub const ROWS: &[Row] = &[
    Row("GET /regions/{region}/environments", Story::New, "", SIGNED_IN),
    Row("GET /regions/{region}/environments/new", Story::New, "", TEAMS_MANAGER),
    Row(
        "POST /regions/{region}/environments/new",
        Story::New,
        "team={team}&name=",
        [303, 404, 404, 404, 422, 404, 404],
    ),
    Row("GET /regions/{region}/environments/{environment}", Story::New, "", READERS),
    Row("GET /regions/{region}/environments/{environment}/edit", Story::New, "", TEAMS_MANAGER),
    Row(
        "POST /regions/{region}/environments/{environment}/edit",
        Story::New,
        "seen=1&deploy=true&timeout=1m",
        [401, 404, 404, 404, 303, 404, 404],
    ),
    Row("GET /regions/{region}/environments/{environment}/options", Story::New, "", TEAMS_MANAGER),
    Row(
        "POST /regions/{region}/environments/{environment}/options",
        Story::New,
        "seen=0&lock=kept",
        [303, 404, 404, 404, 303, 404, 404],
    ),
    Row("GET /regions/{region}/environments/{environment}/delete", Story::New, "", TEAMS_MANAGER),
    Row(
        "POST /regions/{region}/environments/{environment}/delete",
        Story::New,
        "",
        [303, 404, 404, 404, 303, 404, 404],
    ),
    Row("GET /regions/{region}/environments/{environment}/test", Story::New, "", READERS),
    Row("POST /regions/{region}/environments/{environment}/test", Story::New, "", [303, 404, 404, 404, 303, 404, 404]),
    Row(
        "POST /regions/{region}/environments/{environment}/host-keys",
        Story::New,
        "pin=edge:22+SHA256:x",
        [303, 404, 404, 404, 409, 404, 404],
    ),
    Row("GET /regions/{region}/applications", Story::New, "", SIGNED_IN),
    Row("GET /regions/{region}/applications/matrix", Story::New, "", SIGNED_IN),
    Row("GET /regions/{region}/applications/new", Story::New, "", TEAMS_OPERATOR),
    Row(
        "POST /regions/{region}/applications/new",
        Story::New,
        "team={team}&name=",
        [303, 404, 422, 404, 404, 404, 404],
    ),
    Row("GET /regions/{region}/applications/{application}", Story::New, "", READERS),
    Row("GET /regions/{region}/applications/{application}/edit", Story::New, "", TEAMS_OPERATOR),
    Row(
        "POST /regions/{region}/applications/{application}/edit",
        Story::New,
        "description=new",
        [401, 404, 303, 404, 404, 404, 404],
    ),
    Row("GET /regions/{region}/applications/{application}/delete", Story::New, "", TEAMS_OPERATOR),
    Row(
        "POST /regions/{region}/applications/{application}/delete",
        Story::New,
        "",
        [303, 404, 303, 404, 404, 404, 404],
    ),
    Row("GET /regions/{region}/applications/{application}/components/{component}", Story::New, "", READERS),
    Row(
        "POST /regions/{region}/applications/{application}/components/{component}/deploy-again",
        Story::New,
        "revision=1",
        [303, 403, 303, 403, 403, 403, 404],
    ),
    Row(
        "GET /regions/{region}/applications/{application}/components/{component}/promote",
        Story::New,
        "",
        [303, 403, 200, 403, 403, 403, 404],
    ),
    Row(
        "POST /regions/{region}/applications/{application}/components/{component}/promote",
        Story::New,
        "to=00000000-0000-0000-0000-000000000000",
        [303, 403, 404, 403, 403, 403, 404],
    ),
];

const ENVIRONMENTS: &str = "/regions/eu-west/environments";
const APPLICATIONS: &str = "/regions/eu-west/applications";

/// An environment of that name, of scripts on the server, which a manager makes by the form.
pub async fn environment_of(manager: &Browser, app: &TestApp, name: &str, more: &[(&str, &str)]) -> EnvironmentId {
    let team = app.team.to_string();
    let mut form = vec![("kind", "command"), ("team", team.as_str()), ("name", name)];
    form.push(("timeout", "1m"));
    if more.iter().all(|(field, _)| *field != "deploy") {
        form.push(("deploy", "true"));
    }
    form.extend(more);
    let made = manager.post(&format!("{ENVIRONMENTS}/new"), &form).await;
    assert_eq!(made.status, 303, "{}", made.text);
    made.header("location").rsplit('/').next().unwrap().parse().unwrap()
}

impl TestApp {
    /// An environment of the team.
    pub async fn environment(&self) -> EnvironmentId {
        let scripts = EnvironmentScripts {
            deploy: "true".to_owned(),
            verify: None,
            remove: None,
            variables: BTreeMap::new(),
            timeout: 60,
        };
        let id: EnvironmentId = new_id();
        let made = Environment {
            id,
            team_id: self.team,
            region_id: self.region,
            name: format!("env-{}", &id.to_string()[24..]),
            description: String::new(),
            version: 1,
            settings: EnvironmentSettings::Command(scripts),
            options: EnvironmentOptions::default(),
            options_version: 0,
        };
        // The table of who may do what needs more than a team may make.
        let tx = self.app.store.begin_write().await.unwrap();
        tx.insert_environment(&made, &Stamp::command_line(self.app.clock.now())).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// An application of the team.
    pub async fn application(&self) -> ApplicationId {
        let id: ApplicationId = new_id();
        let name = format!("app-{}", &id.to_string()[24..]);
        let made = TeamApplication { id, team_id: self.team, name, description: String::new() };
        let tx = self.app.store.begin_write().await.unwrap();
        tx.insert_application(&made, self.app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Nothing runs of a component any more.
    pub async fn undeployed(&self, id: ComponentId) {
        let tx = self.app.store.begin_write().await.unwrap();
        let mut component = tx.component(id).await.unwrap().unwrap();
        (component.status, component.current) = (ComponentStatus::NotDeployed, None);
        tx.save_component(&component, self.app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// An application with a component in an environment, in its second revision.
    pub async fn component(&self) -> (ApplicationId, ComponentId) {
        self.component_in(self.environment().await).await
    }

    /// The same in that environment.
    pub async fn component_in(&self, environment: EnvironmentId) -> (ApplicationId, ComponentId) {
        let application = self.application().await;
        let component = Component {
            id: new_id(),
            application,
            environment,
            name: "web".to_owned(),
            status: ComponentStatus::Healthy,
            current: Some(2),
            last: 2,
        };
        let tx = self.app.store.begin_write().await.unwrap();
        let now = self.app.clock.now();
        tx.insert_component(&component, now).await.unwrap();
        for (number, state) in [(1, RevisionState::Former), (2, RevisionState::Current)] {
            let revision = Revision {
                number,
                version: format!("1.{number}"),
                specification: [("image".to_owned(), format!("shop:{number}"))].into(),
                state,
                execution_id: None,
                task: "deploy".to_owned(),
                made_at: now,
            };
            tx.insert_revision(component.id, &revision).await.unwrap();
        }
        tx.commit().await.unwrap();
        (application, component.id)
    }
}

async fn a_manager_makes_changes_and_deletes_an_environment(db: Db) {
    let app = TestApp::start(&db).await;
    let manager = app.signed_in_as("manager").await;
    let form = manager.get(&format!("{ENVIRONMENTS}/new")).await;
    form.says("mv -T");
    let team = app.team.to_string();
    let typed = [
        ("team", team.as_str()),
        ("name", "prod"),
        ("description", "Where customers are"),
        ("deploy", "set -eu\r\ntrue\r\n"),
        ("remove", ""),
        ("timeout", "20m"),
    ];
    let made = manager.post(&format!("{ENVIRONMENTS}/new"), &typed).await;
    assert_eq!(made.status, 303, "{}", made.text);
    let url = made.location().to_owned();
    let page = manager.get(&url).await;
    for part in [
        "<h1>prod</h1>",
        "Where customers are",
        "set -eu\ntrue",
        "20m at most",
        "Version 1",
        "The environment prod is saved.",
    ] {
        page.says(part);
    }
    assert!(!page.text.contains("script-Remove"), "it has none");
    let typed = &[
        ("seen", "1"),
        ("description", "Where customers are"),
        ("deploy", "deploy it"),
        ("remove", "remove it"),
        ("timeout", "5m"),
    ];
    assert_eq!(manager.post(&format!("{url}/edit"), typed).await.status, 303);
    let page = app.signed_in_as("viewer").await.get(&url).await;
    for part in ["deploy it", "remove it", "Version 2", "Version 1"] {
        page.says(part);
    }
    assert!(!page.text.contains("/edit"), "a viewer is not offered what they may not do");
    assert_eq!(manager.post(&format!("{url}/delete"), &[]).await.status, 303);
    assert_eq!(manager.get(&url).await.status, 404);
    app.stops().await;
}

async fn what_is_wrong_with_an_environment_is_told_at_once_and_comes_back_as_typed(db: Db) {
    let app = TestApp::start(&db).await;
    app.environment().await;
    let manager = app.signed_in_as("manager").await;
    let long = "d".repeat(129);
    let team = app.team.to_string();
    let typed = [
        ("team", team.as_str()),
        ("name", "1prod"),
        ("description", long.as_str()),
        ("deploy", " "),
        ("remove", "rm it"),
        ("timeout", "soon"),
    ];
    let page = manager.post(&format!("{ENVIRONMENTS}/new"), &typed).await;
    assert_eq!(page.status, 422);
    for part in [
        "must start with a letter",
        "at most 128 characters, and has 129",
        "must not be empty",
        "and is &#34;soon&#34;.",
        "rm it",
    ] {
        page.says(part);
    }
    app.stops().await;
}

async fn two_people_who_change_an_environment_are_told_of_each_other(db: Db) {
    let app = TestApp::start(&db).await;
    let url = format!("{ENVIRONMENTS}/{}/edit", app.environment().await);
    let manager = app.signed_in_as("manager").await;
    assert_eq!(manager.post(&url, &[("seen", "1"), ("deploy", "first"), ("timeout", "1m")]).await.status, 303);
    let page = manager.post(&url, &[("seen", "1"), ("deploy", "second"), ("timeout", "1m")]).await;
    assert_eq!(page.status, 409);
    page.says("Somebody else saved this environment meanwhile");
    page.says("second");
    assert_eq!(
        manager.post(&url, &[("seen", "2"), ("deploy", "second"), ("timeout", "1m")]).await.status,
        303,
        "over the newest, knowingly"
    );
    app.stops().await;
}

async fn a_manager_says_how_releases_to_an_environment_go(db: Db) {
    let app = TestApp::start(&db).await;
    let url = format!("{ENVIRONMENTS}/{}", app.environment().await);
    let manager = app.signed_in_as("manager").await;
    manager.get(&url).await.says("Others may release here, except to the same components.").says("None is needed.");
    let wrong = [
        ("seen", "0"),
        ("lock", "kept"),
        ("required", "3"),
        ("people", "anna, bob"),
        ("four_eyes", "on"),
        ("other_teams", "nobody's"),
    ];
    let page = manager.post(&format!("{url}/options"), &wrong).await;
    assert_eq!(page.status, 422);
    page.says("More must agree than the 2 who are named.").says("There is no team").says("anna, bob");
    let good =
        [&wrong[..2], &[("required", "1"), ("role", "approver"), ("role", "manager"), ("four_eyes", "on")]].concat();
    assert_eq!(manager.post(&format!("{url}/options"), &good).await.status, 303);
    let page = app.signed_in_as("viewer").await.get(&url).await;
    page.says("Nobody else releases here").says("At least 1 of the approvers of the team and the managers of the team");
    assert!(!page.text.contains("/options"), "a viewer is not offered what they may not do");
    let page = manager.post(&format!("{url}/options"), &[("seen", "0"), ("lock", "shared")]).await;
    assert_eq!(page.status, 409);
    page.says("Somebody else saved other options meanwhile");
    let form = manager.get(&format!("{url}/options")).await;
    form.says("value=\"kept\" selected").says("value=\"approver\" checked");
    manager.get("/activity").await.says("set the options of the environment");
    app.stops().await;
}

async fn an_operator_makes_describes_and_deletes_an_application(db: Db) {
    let app = TestApp::start(&db).await;
    let operator = app.signed_in_as("operator").await;
    let (new, team) = (format!("{APPLICATIONS}/new"), app.team.to_string());
    let made = operator.post(&new, &[("team", team.as_str()), ("name", "shop"), ("description", "The shop")]).await;
    assert_eq!(made.status, 303, "{}", made.text);
    let url = made.location().to_owned();
    let again = operator.post(&new, &[("team", team.as_str()), ("name", "Shop")]).await;
    assert_eq!(again.status, 422);
    again.says("The team has an application named shop already.");
    assert_eq!(operator.post(&format!("{url}/edit"), &[("description", "Sells things")]).await.status, 303);
    let list = app.signed_in_as("viewer").await.get(APPLICATIONS).await;
    assert!(list.text.contains("Sells things") && list.text.contains(&url), "{}", list.text);
    assert_eq!(operator.post(&format!("{url}/delete"), &[]).await.status, 303);
    assert_eq!(operator.get(&url).await.status, 404);
    app.stops().await;
}

async fn a_component_shows_what_runs_and_what_changed_between_two_revisions(db: Db) {
    let app = TestApp::start(&db).await;
    let (application, component) = app.component().await;
    let viewer = app.signed_in_as("viewer").await;
    let url = format!("{APPLICATIONS}/{application}/components/{component}");
    let page = viewer.get(&url).await;
    for part in [
        "<h1>web</h1>",
        "Healthy",
        "Revision 2 · 1.2",
        "Revision 1 to 2",
        "<del>shop:1</del>",
        "<ins>shop:2</ins>",
        "Former",
    ] {
        page.says(part);
    }
    let same = viewer.get(&format!("{url}?from=2&to=2")).await;
    same.says("Nothing is different.");
    let environments = viewer.get(ENVIRONMENTS).await;
    environments.says("1 component");
    let whole = viewer.get(&format!("{APPLICATIONS}/{application}")).await;
    assert!(whole.text.contains(&url) && whole.text.contains("1.2"), "{}", whole.text);
    let elsewhere = format!("{APPLICATIONS}/{}/components/{component}", app.application().await);
    assert_eq!(viewer.get(&elsewhere).await.status, 404, "it is of another application");
    app.stops().await;
}

async fn what_has_components_is_not_deleted(db: Db) {
    let app = TestApp::start(&db).await;
    let (application, _) = app.component().await;
    let operator = app.signed_in_as("operator").await;
    let url = format!("{APPLICATIONS}/{application}");
    assert!(!operator.get(&url).await.text.contains("/delete"), "it is not offered");
    let refused = operator.post(&format!("{url}/delete"), &[]).await;
    assert_eq!(refused.status, 409);
    refused.says("still has components");
    assert_eq!(operator.get(&url).await.status, 200);
    app.stops().await;
}
