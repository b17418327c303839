//! The server's log: one line for whoever started, decided, asked and ended what, by name.

use tollgate::domain::status::{ReleaseStatus, TaskStatus};
use tollgate_testing::log;
use uuid::Uuid;

use super::releases::scene::Scene;
use crate::db::Db;

on_both!(the_log_says_once_who_started_decided_failed_and_ended_what, a_release_that_is_held_and_stopped_is_in_the_log);

const RELEASE: &str = "
name: NAME
variables:
  - {name: word, default: hunter2}
phases:
  - name: Build
    tasks:
      - name: build
        script: echo ${vars.word}; exit 3
  - name: Approve
    tasks:
      - name: go-live
        type: manual-approval
        approvers: [approver]
  - name: Deploy
    tasks:
      - name: deploy
        script: 'true'
        rollback: 'true'
";

async fn scene(db: &Db) -> (Scene, String) {
    log::keep();
    let name = format!("logged-{}", Uuid::now_v7().simple());
    (Scene::with(db, &RELEASE.replace("NAME", &name)).await, name)
}

/// What the log says of that release task: the sentences with what is of interest beside them, first what people did, then what
/// Tollgate did, each in its order. A line is written after its commit, by whoever committed: which of the two wrote first is not
/// promised, and all of it is there only when the server has stopped.
fn told(name: &str, fields: &[&str]) -> Vec<String> {
    let line = |line: &String| {
        let said = line.split("execution_log: ").nth(1).unwrap();
        let sentence = said.split(" who=").next().unwrap().to_owned();
        let value = |field: &&str| {
            let rest = said.split(&format!(" {field}=")).nth(1)?;
            Some(rest.strip_prefix('"').map_or_else(|| rest.split(' ').next(), |text| text.split('"').next()).unwrap())
        };
        fields.iter().filter_map(value).fold(sentence, |told, value| format!("{told} {value}"))
    };
    let lines = log::lines_with(&format!("release_task=\"{name}\""));
    let (tollgate, people): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line.contains(" who=\"Tollgate\""));
    people.into_iter().chain(tollgate).map(line).collect()
}

async fn the_log_says_once_who_started_decided_failed_and_ended_what(db: Db) {
    let (scene, name) = scene(&db).await;
    let (operator, approver) = (scene.browser("operator").await, scene.browser("approver").await);
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.is(ReleaseStatus::ReleaseFailed).await;
    let skip = format!("{}/skip", scene.urls.task(1, "build"));
    assert_eq!(operator.post(&skip, &[("comment", "hunter2 is known"), ("execution", "1")]).await.status, 303);
    scene.task_is("go-live", TaskStatus::ToBeApproved).await;
    let said = [("verdict", "agree"), ("round", "1"), ("comment", "hunter2 is fine")];
    assert_eq!(approver.post(&scene.urls.decision(1, "go-live"), &said).await.status, 303);
    scene.is(ReleaseStatus::Successful).await;
    assert_eq!(operator.post(&scene.urls.operation("roll-back"), &[("execution", "1")]).await.status, 303);
    scene.is(ReleaseStatus::RolledBack).await;
    // What is refused, and what is asked twice, is no line.
    assert_eq!(operator.post(&scene.urls.operation("retry"), &[("execution", "1")]).await.status, 409);
    let fields = ["who", "by", "task", "reason", "verdict", "authority", "checkpoint", "status"];
    scene.app.stops().await;
    let expected = [
        "execution started operator page",
        "failed task skipped; execution retried operator build",
        "checkpoint decided approver go-live agreed approver passed",
        "roll back of execution asked operator",
        "attempt failed Tollgate build failed: exited with status 3",
        "execution ended Tollgate release-failed",
        "execution ended Tollgate successful",
        "execution ended Tollgate rolled-back",
    ];
    assert_eq!(told(&name, &fields), expected);
    let lines = log::lines_with(&name);
    assert!(
        lines
            .iter()
            .all(|line| line.contains("INFO") && line.contains("region=\"eu-west\" team=\"storefront\" execution=1"))
    );
    assert!(lines.iter().all(|line| !line.contains("hunter2")), "{lines:#?}");
}

async fn a_release_that_is_held_and_stopped_is_in_the_log(db: Db) {
    let (scene, name) = scene(&db).await;
    let operator = scene.browser("operator").await;
    let ask = async |what: &str| {
        assert_eq!(operator.post(&scene.urls.operation(what), &[("execution", "1")]).await.status, 303, "{what}");
    };
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.is(ReleaseStatus::ReleaseFailed).await;
    ask("retry").await;
    scene.is(ReleaseStatus::ReleaseFailed).await;
    let skip = format!("{}/skip", scene.urls.task(1, "build"));
    assert_eq!(operator.post(&skip, &[("comment", "known"), ("execution", "1")]).await.status, 303);
    scene.task_is("go-live", TaskStatus::ToBeApproved).await;
    ask("pause").await;
    scene.is(ReleaseStatus::Paused).await;
    ask("continue").await;
    scene.is(ReleaseStatus::ToBeApproved).await;
    ask("terminate").await;
    scene.is(ReleaseStatus::ReleaseFailed).await;
    scene.app.stops().await;
    let expected = [
        "execution started operator",
        "execution retried operator",
        "failed task skipped; execution retried operator",
        "execution paused operator",
        "execution continued operator",
        "execution terminated operator",
        "attempt failed Tollgate",
        "execution ended Tollgate",
        "attempt failed Tollgate",
        "execution ended Tollgate",
        "execution ended Tollgate",
    ];
    assert_eq!(told(&name, &["who"]), expected);
}
