//! Builds from a git server: what is fetched and when, who is given its credential, and what comes of what is built.

pub mod artefacts;
pub mod commits;
pub mod server;

use std::collections::BTreeMap;

use tollgate::app::Caller;
use tollgate::app::environments::TypedEnvironment;
use tollgate::domain::environment::{EnvironmentScripts, EnvironmentSettings};
use tollgate::domain::status::{ReleaseStatus, TaskStatus};
use tollgate::format;

use crate::db::Db;
use crate::web::browser::{Browser, Page};
use crate::web::releases::scene::Scene;
use server::GitServer;

on_both!(
    a_build_works_on_the_commit_of_its_start_and_what_it_made_is_deployed,
    a_credential_goes_to_git_alone,
    what_keeps_a_source_from_being_fetched_is_said_and_a_retry_fetches_it,
);

/// A gate, a build, and a component that is made of what was built.
const SHOP: &str = r#"
name: shop-web
variables: [{name: branch, default: main}]
phases:
  - name: Approve
    tasks: [{name: go, type: manual-trigger}]
  - name: Build
    tasks:
      - name: build
        type: build
        source: {git: URL, ref: '${vars.branch}', path: web}
        script: |
          set -eu
          echo "version=$(cat version)" >> "$TOLLGATE_OUTPUT"
          echo "image=shop:$(cat version)-$(git rev-parse HEAD)" >> "$TOLLGATE_OUTPUT"
          echo "works on $TOLLGATE_GIT_REF $TOLLGATE_GIT_COMMIT"
          test "$(git rev-parse HEAD)" = "$TOLLGATE_GIT_COMMIT"
  - name: Deploy
    tasks:
      - {name: app, create-application: shop}
      - name: web
        create-component: shop/web
        in: prod
        version: ${tasks.build.outputs.version}
        spec: {image: '${tasks.build.outputs.image}'}
"#;

impl Scene {
    async fn deploys(&self) {
        let scripts = EnvironmentScripts {
            deploy: "echo \"runs $TOLLGATE_IMAGE\"".to_owned(),
            verify: None,
            remove: None,
            variables: BTreeMap::new(),
            timeout: 60,
        };
        let typed = TypedEnvironment { description: String::new(), settings: EnvironmentSettings::Command(scripts) };
        let place = (self.app.team, self.app.region);
        self.app.app.make_environment(&Caller::CommandLine, place, "prod", &typed).await.unwrap();
    }

    /// Executes all of it with those values.
    async fn executes_with(&self, browser: &Browser, values: &[(&str, &str)]) -> Page {
        let release = self.release().await;
        let tasks: Vec<String> = release.definition.tasks().map(|(_, task)| task.name.clone()).collect();
        let mut form: Vec<(&str, &str)> = tasks.iter().map(|task| ("task", task.as_str())).collect();
        form.extend(values.iter().flat_map(|(name, value)| [("variable", *name), ("value", *value)]));
        browser.post(&self.urls.operation("execute"), &form).await
    }

    async fn cause(&self, task: usize) -> String {
        let last = self.last().await;
        let (_, cause) = last.tasks[task].state.failure().expect("it failed");
        tollgate::messages::failure_cause(cause, tollgate::messages::Locale::default())
    }

    async fn retries(&self) {
        let operator = self.browser("operator").await;
        let number = self.last().await.number.to_string();
        let reply = operator.post(&self.urls.operation("retry"), &[("execution", &number)]).await;
        assert_eq!(reply.status, 303, "{}", reply.text);
    }
}

async fn a_build_works_on_the_commit_of_its_start_and_what_it_made_is_deployed(db: Db) {
    let server = GitServer::start();
    let first = server.commits("web/version", "1.0\n");
    let scene = Scene::with(&db, &SHOP.replace("URL", &server.url())).await;
    scene.deploys().await;
    let operator = scene.browser("operator").await;
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.task_is("go", TaskStatus::ToBeApproved).await;
    // Whoever decides sees it, and so does whoever looks at the task.
    let dialog = operator.get(&scene.urls.decision(1, "go")).await;
    dialog.says(&format!("at ${{vars.branch}}, folder web: {first}"));
    operator.get(&scene.urls.task(1, "build")).await.says(&first);
    operator.get(&scene.urls.show()).await.says(&first[..10]);

    let second = server.commits("web/version", "2.0\n");
    assert_ne!(first, second);
    let agreed = operator.post(&scene.urls.decision(1, "go"), &[("round", "1"), ("verdict", "agree")]).await;
    assert_eq!(agreed.status, 303, "{}", agreed.text);
    scene.is(ReleaseStatus::Successful).await;
    let web = scene.last().await.tasks[1].outputs.clone();
    assert_eq!(web["version"], "1.0");
    let log = operator.get(&scene.urls.log_download(1, "web", 1)).await;
    log.says(&format!("runs shop:1.0-{first}"));
    operator.get(&scene.urls.log_download(1, "build", 1)).await.says(&format!("works on main {first}"));

    // The next execution is another one.
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.task_is("go", TaskStatus::ToBeApproved).await;
    operator.get(&scene.urls.decision(2, "go")).await.says(&second);
    scene.app.stops().await;
}

async fn a_credential_goes_to_git_alone(db: Db) {
    const TOKEN: &str = "glpat-4711-0815";
    const LOOKS: &str = r#"
name: shop-web
phases:
  - name: Build
    tasks:
      - name: build
        type: build
        source: {git: URL, credential: GIT}
        script: |
          # The pattern does not find itself in the arguments of grep.
          token="$first-[0]815"
          for place in . "$HOME" "$TMPDIR"; do
            ! grep -rqs -- "$token" "$place" || echo "found in $place"
          done
          for each in environ cmdline; do
            ! cat /proc/[0-9]*/$each 2>/dev/null | grep -aqs -- "$token" || echo "found in $each"
          done
          ! env | grep -q -- "$token" || echo "found in env"
          ls -l /proc/self/fd/3 2>/dev/null
          cat version
        environment: {first: glpat-4711}
"#;
    let server = GitServer::start();
    server.commits("version", "1.0\n");
    server.wants(&format!("ann:{TOKEN}"));
    let scene = Scene::with(&db, &LOOKS.replace("URL", &server.url())).await;
    scene.app.secret(None, "GIT", &format!("ann:{TOKEN}"), true).await;
    let operator = scene.browser("operator").await;
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.is(ReleaseStatus::Successful).await;
    let log = operator.get(&scene.urls.log_download(1, "build", 1)).await;
    log.says("1.0").says_nothing_of("found").says_nothing_of("pipe:");
    operator.get("/activity").await.says("gave the source of build in execution #1 the secret GIT");
    let bytes = crate::files::all_bytes(scene.app.folder());
    assert!(!bytes.windows(TOKEN.len()).any(|window| window == TOKEN.as_bytes()));
    scene.app.stops().await;
}

async fn what_keeps_a_source_from_being_fetched_is_said_and_a_retry_fetches_it(db: Db) {
    const BUILDS: &str = "
name: shop-web
variables: [{name: branch, default: main}, {name: folder, default: web}]
phases:
  - name: Build
    tasks:
      - name: build
        type: build
        source: {git: URL, ref: '${vars.branch}', path: '${vars.folder}', credential: GIT}
        script: cat version
";
    let server = GitServer::start();
    server.commits("web/version", "1.0\n");
    let scene = Scene::with(&db, &BUILDS.replace("URL", &server.url())).await;
    let operator = scene.browser("operator").await;
    let starts = async |variables: &[(&str, &str)]| {
        assert_eq!(scene.executes_with(&operator, variables).await.status, 303);
        scene.is(ReleaseStatus::ReleaseFailed).await;
        scene.cause(0).await
    };
    assert!(starts(&[]).await.contains("The secret GIT cannot be used: there is no secret of that name"));
    scene.app.secret(None, "GIT", "no-colon-in-it", true).await;
    let told = starts(&[]).await;
    assert_eq!(told, "The secret GIT is no credential: it must be USER:TOKEN, in one line.");
    scene.app.secret(None, "GIT", "ann:glpat-4711-0815", true).await;
    let told = starts(&[("branch", "mian")]).await;
    assert_eq!(told, format!("The repository {} has no branch, tag or commit mian.", server.url()));
    let told = starts(&[("branch", "--upload-pack=touch")]).await;
    assert!(told.starts_with("`--upload-pack=touch` in the source must be a branch, a tag"), "{told}");
    let told = starts(&[("folder", "app")]).await;
    assert!(told.starts_with("There is no folder app in the commit"), "{told}");
    let told = starts(&[("branch", &"7".repeat(40))]).await;
    assert!(told.ends_with("does not have the commit 7777777777777777777777777777777777777777 any more."), "{told}");
    server.wants("ann:another-token");
    let told = starts(&[]).await;
    assert!(
        told.ends_with("refuses the credential in the secret GIT. It must be USER:TOKEN, and may have expired."),
        "{told}"
    );
    // It could not be resolved when it started: it is now.
    server.wants("ann:glpat-4711-0815");
    scene.retries().await;
    scene.is(ReleaseStatus::Successful).await;

    let refuses = |url: &str| format::parse(&BUILDS.replace("URL", url)).unwrap_err();
    for url in
        ["'-uhttps://a.example/b'", "file:///etc", "'ext::sh -c x'", "ssh://git@a.example/b", "https://ann:x@a/b"]
    {
        let told = format!("{:?}", refuses(url));
        assert!(told.contains("Address"), "{url}: {told}");
    }
    scene.app.stops().await;
}
