//! Environments of hosts: from the form, over the keys that a person pins, to a release that fails on one of them, is retried
//! there, and is rolled back.

use std::fs;
use std::path::Path;

use tollgate::domain::ids::EnvironmentId;
use tollgate::domain::ssh::{HostKey, SshHost};
use tollgate::domain::status::ReleaseStatus;

use super::browser::{Browser, Page};
use super::releases::scene::Scene;
use crate::db::Db;
use crate::files::all_bytes;
use crate::until::until;
use tollgate_testing::sshd::Sshd;

on_both!(
    a_component_is_deployed_on_hosts_retried_where_it_failed_and_rolled_back,
    all_that_is_wrong_with_hosts_is_said_and_the_form_comes_back_as_typed,
);

const ENVIRONMENTS: &str = "/regions/eu-west/environments";
const SECRET: &str = "hunter2-hunter2";

const DEPLOYS: &str = r#"
name: shop-web
phases:
  - name: Create
    tasks:
      - {name: app, create-application: shop}
      - {name: web, create-component: shop/web, in: edge, version: '1.0', spec: {image: shop, probes: {readiness: /health}, rollout: {maxFailed: '0'}}}
  - name: Update
    tasks:
      - {name: up, update-component: shop/web, version: '2.0'}
      - {name: note, in: edge, script: 'echo "$TOLLGATE_HOST" >> "$HOME/noted"', rollback: 'rm "$HOME/noted"'}
      - {name: look, type: verify, in: edge, script: 'cat "$HOME/noted"', every: 1s, within: 1m}
"#;

const DEPLOY: &str = r#"set -eu
echo "$TOLLGATE_HOST gets $TOLLGATE_COMPONENT $TOLLGATE_VERSION with $TOKEN"
[ "$TOLLGATE_READINESS" = /health ]
if [ "$TOLLGATE_VERSION" = 2.0 ] && [ -e "$HOME/broken" ]; then exit 3; fi
echo "$TOLLGATE_VERSION" >> "$HOME/deployed"
"#;

impl Scene {
    /// The page of the last test once that is over.
    async fn tested(&self, reader: &Browser, id: EnvironmentId) -> Page {
        let is_over = async || {
            let test = self.app.app.store.connection_test(id).await.unwrap().unwrap();
            test.ended_at.is_some()
        };
        until("the test is over", is_over).await;
        reader.get(&format!("{ENVIRONMENTS}/{id}/test")).await
    }
}

/// What was deployed on a host, in order.
fn deployed(host: &Sshd) -> String {
    fs::read_to_string(host.home().join("deployed")).unwrap_or_default().replace('\n', " ")
}

fn pin(host: &SshHost, key: &HostKey) -> String {
    format!("{} {}", host.place(), key.fingerprint())
}

async fn a_component_is_deployed_on_hosts_retried_where_it_failed_and_rolled_back(db: Db) {
    let scene = Scene::with(&db, DEPLOYS).await;
    let (manager, operator) = (scene.browser("manager").await, scene.browser("operator").await);
    let (one, two) = (Sshd::start(), Sshd::start());
    two.take_key_of(&one);
    let (first, second) = (one.host("one"), two.host("two"));
    let line = |host: &SshHost| format!("{} address={} port={}", host.name, host.address, host.port);
    let (hosts, team) = (format!("{}\n{}", line(&first), line(&second)), scene.app.team.to_string());
    manager.get(&format!("{ENVIRONMENTS}/new?kind=ssh")).await.says("Hosts by SSH").says("Signs in as");
    let form = [
        ("kind", "ssh"),
        ("team", team.as_str()),
        ("name", "edge"),
        ("hosts", &hosts),
        ("user", &first.user),
        ("key", "DEPLOY_KEY"),
        ("batch", "1"),
        // The component says that none may fail.
        ("max_failed", "2"),
        ("deploy", DEPLOY),
        ("remove", "echo removed >> \"$HOME/deployed\""),
        ("variables", "TOKEN=${secrets.API_TOKEN}"),
        ("timeout", "1m"),
    ];
    let made = manager.post(&format!("{ENVIRONMENTS}/new"), &form).await;
    assert_eq!(made.status, 303, "{}", made.text);
    let id: EnvironmentId = made.header("location").rsplit('/').next().unwrap().parse().unwrap();
    scene.app.secret(Some(id), "DEPLOY_KEY", &one.private_key(), false).await;
    scene.app.secret(Some(id), "API_TOKEN", SECRET, false).await;

    // Before anybody has pinned their keys nothing is sent to the hosts.
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.is(ReleaseStatus::ReleaseFailed).await;
    let task = scene.urls.task(1, "web");
    operator.get(&task).await.says("No key of the host is pinned yet").says("Not tried");
    let record = format!("/v3/eu-west/pipeline/pipelines/{}/records/1", scene.id);
    operator.get(&record).await.says(r#""status":"errored""#).says(r#""status":"not_tried""#);
    assert_eq!(manager.post(&format!("{ENVIRONMENTS}/{id}/test"), &[]).await.status, 303);
    let page = scene.tested(&manager, id).await;
    page.says(&one.host_key().fingerprint()).says("Pin the Keys of 2 Hosts").says("2 of 3 are not well");
    scene.browser("viewer").await.get(&format!("{ENVIRONMENTS}/{id}/test")).await.says_nothing_of("Pin ");
    let keys = format!("{ENVIRONMENTS}/{id}/host-keys");
    let swapped = manager.post(&keys, &[("pin", &pin(&first, &two.host_key()))]).await;
    assert_eq!(swapped.status, 409, "a key that this host did not show");
    let pins = [pin(&first, &one.host_key()), pin(&second, &two.host_key())];
    assert_eq!(manager.post(&keys, &[("pin", &pins[0]), ("pin", &pins[1])]).await.status, 303);
    scene.tested(&manager, id).await.says("Everything is well").says("Pinned keys").says_nothing_of("Pin These Keys");

    // It fails on the second host. What the first did is done once.
    fs::write(two.home().join("broken"), "").unwrap();
    let retry = async || operator.post(&scene.urls.operation("retry"), &[("execution", "1")]).await.status;
    assert_eq!(retry().await, 303);
    scene.when(|release| release.status() == ReleaseStatus::ReleaseFailed && has_tried(release, "up")).await;
    assert_eq!((deployed(&one).as_str(), deployed(&two).as_str()), ("1.0 2.0 ", "1.0 "));
    let task = scene.urls.task(1, "up");
    operator.get(&task).await.says("It failed on 1 of 2 hosts").says("First on two");
    operator.get(&scene.urls.show()).await.says("1 of 2 hosts, 1 failed");
    let log = operator.get(&format!("{}&host=2", scene.urls.log_download(1, "up", 1))).await.text;
    assert!(log.contains("two gets web 2.0 with ***"), "{log}");

    // The retry is for that host alone.
    fs::remove_file(two.home().join("broken")).unwrap();
    assert_eq!(retry().await, 303);
    scene.is(ReleaseStatus::Successful).await;
    assert_eq!((deployed(&one).as_str(), deployed(&two).as_str()), ("1.0 2.0 ", "1.0 2.0 "));
    for (host, name) in [(&one, "one"), (&two, "two")] {
        assert_eq!(fs::read_to_string(host.home().join("noted")).unwrap(), format!("{name}\n"));
    }
    operator.get(&scene.urls.show()).await.says("2 of 2 hosts");
    let looked = operator.get(&format!("{}&host=2", scene.urls.log_download(1, "look", 1))).await.text;
    assert!(looked.contains("two") && looked.contains("It holds."), "{looked}");
    operator.get(&task).await.says("Done before");
    operator.get(&record).await.says(r#""status":"done_before""#).says(r#""status":"successful""#);

    // Back to what was there, on every host, and then away.
    let back = operator.post(&scene.urls.operation("roll-back"), &[("execution", "1")]).await;
    assert_eq!(back.status, 303, "{}", back.text);
    scene.is(ReleaseStatus::RolledBack).await;
    for host in [&one, &two] {
        assert_eq!(deployed(host), "1.0 2.0 1.0 removed ");
        assert!(!host.home().join("noted").exists());
        assert_eq!(host.runs(), Vec::<std::path::PathBuf>::new(), "nothing is left of the runs");
    }
    scene.browser("manager").await.get("/activity").await.says("pinned SHA256:").says_nothing_of("hunter2");
    let mut bytes = all_bytes(scene.app.folder());
    if let Some(file) = db.url.strip_prefix("sqlite:") {
        bytes.extend(all_bytes(Path::new(file).parent().unwrap()));
    }
    let key = one.private_key();
    let line = key.lines().nth(1).unwrap();
    for text in [SECRET, line] {
        assert!(!bytes.windows(text.len()).any(|window| window == text.as_bytes()));
    }
    scene.app.stops().await;
}

fn has_tried(release: &tollgate::domain::release::Release, task: &str) -> bool {
    let last = release.last.as_ref().unwrap();
    last.tasks[last.index(task).unwrap()].attempt > 0
}

async fn all_that_is_wrong_with_hosts_is_said_and_the_form_comes_back_as_typed(db: Db) {
    let scene = Scene::with(&db, DEPLOYS).await;
    let (manager, team) = (scene.browser("manager").await, scene.app.team.to_string());
    let hosts = "-oProxyCommand=x\nb port=none colour=red\n";
    let form = [
        ("kind", "ssh"),
        ("team", team.as_str()),
        ("name", "edge"),
        ("hosts", hosts),
        ("user", "-l"),
        ("key", ""),
        ("batch", "half"),
        ("max_failed", "-1"),
        ("deploy", "true"),
        ("timeout", "1m"),
    ];
    let page = manager.post(&format!("{ENVIRONMENTS}/new"), &form).await;
    assert_eq!(page.status, 422);
    for said in [
        "-oProxyCommand=x&#34; is no name of a host",
        "the port must be 1 to 65535",
        "colour&#34; is unknown",
        "No account can be named",
        "Name the secret that is the private key",
        "Hosts at a time must be all",
        "How many may fail must be all",
        "-oProxyCommand=x\nb port=none colour=red",
    ] {
        page.says(said);
    }
    scene.app.stops().await;
}
