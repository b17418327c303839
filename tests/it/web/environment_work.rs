//! Commands and checks by scripts in environments: where they run, what they are given, and how they are undone.

use tollgate::domain::status::{ReleaseStatus, TaskStatus};

use super::components::environment_of;
use super::releases::scene::Scene;
use crate::db::Db;

on_both!(
    a_command_and_a_check_run_in_an_environment_and_the_command_is_undone_there,
    a_check_by_a_script_on_the_server_fails_when_its_time_is_over,
    a_task_that_names_no_environment_of_its_region_says_which_it_misses,
    a_deployment_fails_when_what_it_deployed_is_not_well,
    a_command_in_an_environment_is_given_its_secrets_only_where_those_are_for_tasks,
);

const WORKS: &str = "
name: shop-web
phases:
  - name: Work
    tasks:
      - name: note
        in: prod
        environment: {WORD: hello}
        script: echo \"$TOLLGATE_ENVIRONMENT $SITE $WORD\" >> notes; cat notes
        rollback: cat notes; rm notes
      - name: look
        type: verify
        in: prod
        script: |
          #!/bin/sh -e
          test -e notes
          if ! test -e looked; then touch looked; echo 'not yet'; exit 4; fi
          rm looked; echo \"seen in $TOLLGATE_ENVIRONMENT\"
        every: 1s
        within: 1m
";

async fn log(scene: &Scene, task: &str, attempt: u32) -> String {
    let operator = scene.browser("operator").await;
    operator.get(&scene.urls.log_download(1, task, attempt)).await.text
}

async fn rolls_back(scene: &Scene) {
    let operator = scene.browser("operator").await;
    let back = operator.post(&scene.urls.operation("roll-back"), &[("execution", "1")]).await;
    assert_eq!(back.status, 303, "{}", back.text);
}

async fn a_command_and_a_check_run_in_an_environment_and_the_command_is_undone_there(db: Db) {
    let scene = Scene::with(&db, WORKS).await;
    let (operator, manager) = (scene.browser("operator").await, scene.browser("manager").await);
    environment_of(&manager, &scene.app, "prod", &[("variables", "SITE=https://shop")]).await;
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.is(ReleaseStatus::Successful).await;
    assert!(log(&scene, "note", 1).await.contains("prod https://shop hello"));
    let looked = log(&scene, "look", 1).await;
    for line in ["not yet", "It does not hold. The script ended with 4", "seen in prod", "It holds."] {
        assert!(looked.contains(line), "{line}: {looked}");
    }
    operator.get(&scene.urls.task(1, "note")).await.says("Environment").says("prod");
    rolls_back(&scene).await;
    scene.is(ReleaseStatus::RolledBack).await;
    assert!(log(&scene, "note", 2).await.contains("prod https://shop hello"), "it found what the script left there");
}

async fn a_check_by_a_script_on_the_server_fails_when_its_time_is_over(db: Db) {
    let text = "
name: shop-web
phases:
  - name: Look
    tasks:
      - {name: look, type: verify, script: 'exit 7', every: 1s, within: 2s}
";
    let scene = Scene::with(&db, text).await;
    let operator = scene.browser("operator").await;
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.is(ReleaseStatus::ReleaseFailed).await;
    let looked = log(&scene, "look", 1).await;
    assert_eq!(looked.matches("It does not hold. The script ended with 7").count(), 1, "said once: {looked}");
    assert!(looked.contains("It did not hold for long enough within 2s."), "{looked}");
}

async fn a_task_that_names_no_environment_of_its_region_says_which_it_misses(db: Db) {
    let scene = Scene::with(&db, WORKS).await;
    let operator = scene.browser("operator").await;
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.task_is("note", TaskStatus::Failed).await;
    operator.get(&scene.urls.task(1, "note")).await.says("no environment named prod");
}

async fn a_deployment_fails_when_what_it_deployed_is_not_well(db: Db) {
    let text = "
name: shop-web
phases:
  - name: Work
    tasks:
      - {name: app, create-application: shop}
      - {name: web, create-component: shop/web, in: prod, version: '1', spec: {image: shop}}
      - {name: up, update-component: shop/web, version: '2'}
";
    let scene = Scene::with(&db, text).await;
    let (operator, manager) = (scene.browser("operator").await, scene.browser("manager").await);
    let verify = "#!/bin/sh -e\necho \"$TOLLGATE_COMPONENT $(cat deployed)\"\ntest \"$(cat deployed)\" != 2\n";
    let scripts = [("deploy", "echo \"$TOLLGATE_VERSION\" > deployed"), ("verify", verify)];
    let id = environment_of(&manager, &scene.app, "prod", &scripts).await;
    operator.get(&format!("/regions/eu-west/environments/{id}")).await.says("Verify").says("$(cat deployed)");
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.task_is("up", TaskStatus::Failed).await;
    assert!(log(&scene, "web", 1).await.contains("web 1"));
    assert!(log(&scene, "up", 1).await.contains("web 2"));
    rolls_back(&scene).await;
    scene.is(ReleaseStatus::RollbackFailed).await;
    assert!(log(&scene, "up", 2).await.contains("web 1"), "what ran before is looked at too");
}

async fn a_command_in_an_environment_is_given_its_secrets_only_where_those_are_for_tasks(db: Db) {
    let text = "
name: shop-web
phases:
  - name: Work
    tasks:
      - {name: open, in: prod, environment: {T: '${secrets.OPEN}'}, script: 'printf %s \"$T\" | wc -c'}
      - {name: closed, in: prod, environment: {T: '${secrets.CLOSED}'}, script: 'true'}
";
    let scene = Scene::with(&db, text).await;
    let (operator, manager) = (scene.browser("operator").await, scene.browser("manager").await);
    let id = environment_of(&manager, &scene.app, "prod", &[("variables", "K=${secrets.CLOSED}")]).await;
    scene.app.secret(Some(id), "OPEN", "twelve-bytes", true).await;
    scene.app.secret(Some(id), "CLOSED", "not-for-tasks", false).await;
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.task_is("closed", TaskStatus::Failed).await;
    assert!(log(&scene, "open", 1).await.contains("12"));
    operator.get(&scene.urls.task(1, "closed")).await.says("CLOSED");
}
