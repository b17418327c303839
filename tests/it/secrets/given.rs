//! Named secrets from the page on which they are set to the work that is given them, and to nothing else.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use tollgate::app::Caller;
use tollgate::app::environments::TypedEnvironment;
use tollgate::app::named_secrets::{NeededSecrets, SecretPlace, SecretScope, TypedSecret};
use tollgate::app::secrets::Plaintext;
use tollgate::domain::environment::{EnvironmentScripts, EnvironmentSettings, TypedOptions};
use tollgate::domain::ids::EnvironmentId;
use tollgate::domain::status::ReleaseStatus;
use tollgate::store::AttemptKey;

use crate::db::Db;
use crate::files::all_bytes;
use crate::web::app::TestApp;
use crate::web::releases::scene::Scene;

on_both!(
    b26_a_secret_reaches_the_task_that_names_it_and_is_nowhere_else,
    a_task_whose_secret_is_missing_or_not_for_tasks_is_errored_and_can_be_tried_again,
    an_environment_gives_its_own_secret_before_that_of_the_team,
    a_lent_environment_gives_the_secrets_of_the_team_that_owns_it,
    the_page_shows_no_value_and_says_all_that_is_wrong,
);

const SECRET: &str = "hunter2-hunter2";
const PRINTS: &str = "
name: NAME
phases:
  - name: Use
    tasks:
      - name: use
        script: |
          printf '%s' \"$TOKEN\" | sha256sum
          echo \"sent $TOKEN\"; printf '%s' \"$TOKEN\" | base64
        environment: {TOKEN: '${secrets.API_TOKEN}'}
";

fn sum(text: &str) -> String {
    tollgate::app::secret::hexadecimal(&Sha256::digest(text))
}

impl TestApp {
    /// A secret of the team, or of an environment of it.
    pub async fn secret(&self, environment: Option<EnvironmentId>, name: &str, value: &str, for_tasks: bool) {
        let place = environment.map_or(SecretPlace::Team(self.team), |id| SecretPlace::Environment(self.region, id));
        let typed = TypedSecret { name: name.to_owned(), value: Plaintext::new(value.to_owned()), for_tasks };
        self.app.set_named_secret(&Caller::CommandLine, place, &typed).await.unwrap();
    }
}

impl Scene {
    /// The log of the first attempt at a task, as a page gives it.
    async fn log(&self, task: &str, attempt: u32) -> String {
        self.browser("viewer").await.get(&self.urls.log_download(1, task, attempt)).await.text
    }
}

async fn b26_a_secret_reaches_the_task_that_names_it_and_is_nowhere_else(db: Db) {
    let scene = Scene::with(&db, &PRINTS.replace("NAME", "shop-web")).await;
    let (manager, operator) = (scene.browser("manager").await, scene.browser("operator").await);
    let url = format!("/teams/{}/secrets/new", scene.app.team);
    let form = [("name", "API_TOKEN"), ("secret", SECRET), ("for_tasks", "on")];
    assert_eq!(manager.post(&url, &form).await.status, 303);
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.is(ReleaseStatus::Successful).await;
    let log = scene.log("use", 1).await;
    assert!(log.contains(&sum(SECRET)) && log.contains("sent ***"), "{log}");
    let activity = operator.get(&scene.urls.show()).await;
    activity.says_nothing_of("hunter2");
    let events = operator.get("/activity").await;
    events.says("gave attempt 1 of use in execution #1 the secret API_TOKEN").says_nothing_of("hunter2");
    // Whoever picks the attempt up is given it again, and that is no second time.
    let (last, app) = (scene.last().await, &scene.app.app);
    let attempt = AttemptKey { task_run_id: last.tasks[0].id, number: 1 };
    let needed = NeededSecrets { names: vec!["API_TOKEN".to_owned()], key: None };
    let again = app.give_secrets(&last, attempt, SecretScope::Task(scene.app.team), &needed).await;
    assert!(again.unwrap().named["API_TOKEN"].as_ref().is_ok_and(|value| value.expose() == SECRET));
    let events = operator.get("/activity").await;
    assert_eq!(events.text.matches("gave attempt 1 of use").count(), 1);
    let listed = scene.browser("viewer").await.get(&format!("/teams/{}/secrets", scene.app.team)).await;
    listed.says("API_TOKEN").says("tasks and environments of the team").says_nothing_of("hunter2");
    listed.says_nothing_of("never").says_nothing_of("New Secret");
    // Not in the database, where that is a file, nor in a run folder.
    let mut bytes = all_bytes(scene.app.folder());
    if let Some(file) = db.url.strip_prefix("sqlite:") {
        bytes.extend(all_bytes(Path::new(file).parent().unwrap()));
    }
    for text in [SECRET.as_bytes(), &STANDARD.encode(SECRET).as_bytes()[..16]] {
        assert!(!bytes.windows(text.len()).any(|window| window == text));
    }
    scene.app.stops().await;
}

async fn a_task_whose_secret_is_missing_or_not_for_tasks_is_errored_and_can_be_tried_again(db: Db) {
    let scene = Scene::with(&db, &PRINTS.replace("NAME", "shop-web")).await;
    let operator = scene.browser("operator").await;
    let retry = async || {
        let page = operator.post(&scene.urls.operation("retry"), &[("execution", "1")]).await;
        assert_eq!(page.status, 303, "{}", page.text);
    };
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.is(ReleaseStatus::ReleaseFailed).await;
    let page = operator.get(&scene.urls.task(1, "use")).await;
    page.says("The secret API_TOKEN cannot be used: there is no secret of that name");
    scene.app.secret(None, "API_TOKEN", SECRET, false).await;
    retry().await;
    scene.is(ReleaseStatus::ReleaseFailed).await;
    operator.get(&scene.urls.task(1, "use")).await.says("it is for the scripts of environments only");
    operator.get("/activity").await.says_nothing_of("the secret API_TOKEN");
    scene.app.secret(None, "API_TOKEN", SECRET, true).await;
    retry().await;
    scene.is(ReleaseStatus::Successful).await;
    assert!(scene.log("use", 3).await.contains(&sum(SECRET)));
    scene.app.stops().await;
}

async fn an_environment_gives_its_own_secret_before_that_of_the_team(db: Db) {
    const DEPLOYS: &str = "
name: shop-web
phases:
  - name: Deploy
    tasks:
      - {name: app, create-application: shop}
      - {name: web, create-component: shop/web, in: prod, version: '1.0', spec: {image: shop}}
";
    let scene = Scene::with(&db, DEPLOYS).await;
    let app = &scene.app;
    let variables: BTreeMap<String, String> = [
        ("OWN".to_owned(), "Bearer ${secrets.API_TOKEN}".to_owned()),
        ("TEAMS".to_owned(), "${secrets.TEAM_TOKEN}".to_owned()),
    ]
    .into();
    let deploy = r#"for each in "$OWN" "$TEAMS"; do printf '%s' "$each" | sha256sum; echo "$each"; done"#;
    let scripts = EnvironmentScripts { deploy: deploy.to_owned(), verify: None, remove: None, variables, timeout: 60 };
    let typed = TypedEnvironment { description: String::new(), settings: EnvironmentSettings::Command(scripts) };
    let made = app.app.make_environment(&Caller::CommandLine, (app.team, app.region), "prod", &typed).await.unwrap();
    app.secret(None, "API_TOKEN", "that of the team", false).await;
    app.secret(None, "TEAM_TOKEN", "another of the team", false).await;
    app.secret(Some(made.id), "API_TOKEN", SECRET, false).await;
    let operator = scene.browser("operator").await;
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.is(ReleaseStatus::Successful).await;
    let log = scene.log("web", 1).await;
    assert!(log.contains(&sum(&format!("Bearer {SECRET}"))) && log.contains(&sum("another of the team")), "{log}");
    assert!(!log.contains("hunter2") && !log.contains("another of"), "{log}");
    scene.app.stops().await;
}

async fn a_lent_environment_gives_the_secrets_of_the_team_that_owns_it(db: Db) {
    const DEPLOYS: &str = "
name: shop-web
phases:
  - name: Deploy
    tasks:
      - {name: app, create-application: shop}
      - {name: web, create-component: shop/web, in: shared, version: '1.0', spec: {image: shop}}
";
    const OWNERS: &str = "that of whoever lends it";
    let scene = Scene::with(&db, DEPLOYS).await;
    let app = &scene.app;
    let tx = app.app.store.begin_write().await.unwrap();
    let lender = tx.insert_team("lender", app.app.clock.now()).await.unwrap();
    assert!(tx.permit_scripts(lender, true).await.unwrap());
    tx.commit().await.unwrap();
    let variables = [("TOKEN".to_owned(), "${secrets.API_TOKEN}".to_owned())].into();
    let deploy = r#"printf '%s' "$TOKEN" | sha256sum; echo "$TOKEN""#;
    let scripts = EnvironmentScripts { deploy: deploy.to_owned(), verify: None, remove: None, variables, timeout: 60 };
    let typed = TypedEnvironment { description: String::new(), settings: EnvironmentSettings::Command(scripts) };
    let line = Caller::CommandLine;
    let shared = app.app.make_environment(&line, (lender, app.region), "shared", &typed).await.unwrap();
    let teams = app.app.store.teams().await.unwrap();
    let borrower = teams.iter().find(|team| team.id == app.team).unwrap().name.clone();
    let options = TypedOptions { lock: "kept".to_owned(), teams: vec![borrower], ..TypedOptions::default() };
    app.app.change_environment_options(&line, shared.id, 0, &options).await.unwrap();
    app.secret(None, "API_TOKEN", SECRET, false).await;
    let value = Plaintext::new(OWNERS.to_owned());
    let typed = TypedSecret { name: "API_TOKEN".to_owned(), value, for_tasks: false };
    app.app.set_named_secret(&line, SecretPlace::Team(lender), &typed).await.unwrap();
    let operator = scene.browser("operator").await;
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.is(ReleaseStatus::Successful).await;
    let log = scene.log("web", 1).await;
    assert!(log.contains(&sum(OWNERS)) && !log.contains(OWNERS) && !log.contains(&sum(SECRET)), "{log}");
    let page = operator.get(&format!("/regions/eu-west/environments/{}", shared.id)).await;
    page.says("It belongs to the team lender").says("shop-web #1").says_nothing_of("sha256sum");
    assert_eq!(operator.get(&format!("/regions/eu-west/environments/{}/secrets", shared.id)).await.status, 404);
    scene.app.stops().await;
}

async fn the_page_shows_no_value_and_says_all_that_is_wrong(db: Db) {
    let app = TestApp::start(&db).await;
    let manager = app.signed_in_as("manager").await;
    let environment = app.environment().await;
    for place in [format!("/teams/{}", app.team), format!("/regions/eu-west/environments/{environment}")] {
        let url = format!("{place}/secrets/new");
        let page = manager.post(&url, &[("name", "1"), ("secret", "hunter2")]).await;
        assert_eq!(page.status, 422);
        page.says("and has one").says("must have at least 8 characters").says_nothing_of("hunter2");
        assert_eq!(manager.post(&url, &[("name", "API_TOKEN"), ("secret", SECRET)]).await.status, 303);
        let twin = manager.post(&url, &[("name", "api_token"), ("secret", SECRET)]).await;
        twin.says("There is a secret named API_TOKEN already").says("Type the value again").says_nothing_of("hunter2");
        manager
            .get(&format!("{place}/secrets/API_TOKEN/set"))
            .await
            .says("Set API_TOKEN Again")
            .says_nothing_of("hunter2");
        let again = [("secret", "hunter3-hunter3")];
        assert_eq!(manager.post(&format!("{place}/secrets/API_TOKEN/set"), &again).await.status, 303);
        assert_eq!(manager.post(&format!("{place}/secrets/OTHER/set"), &again).await.status, 404);
        manager.get(&format!("{place}/secrets/API_TOKEN/forget")).await.says("Forget API_TOKEN?");
        assert_eq!(manager.post(&format!("{place}/secrets/API_TOKEN/forget"), &[]).await.status, 303);
        manager.get(&format!("{place}/secrets")).await.says("No secrets yet").says_nothing_of("Set Again");
    }
    // Those of an environment go with it.
    app.secret(Some(environment), "API_TOKEN", SECRET, false).await;
    let gone = manager.post(&format!("/regions/eu-west/environments/{environment}/delete"), &[]).await;
    assert_eq!(gone.status, 303);
    assert_eq!(app.app.store.kept_secrets(None).await.unwrap(), []);
    app.stops().await;
}
