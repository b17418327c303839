//! Artefacts of builds: what is kept, who reads it, which later tasks find it, and when it goes.

use sha2::{Digest as _, Sha256};
use tollgate::domain::execution::TaskState;
use tollgate::domain::status::ReleaseStatus;

use crate::db::Db;
use crate::web::app::REGION;
use crate::web::authorization::Row;
use crate::web::releases::scene::Scene;
use crate::web::stories::Story;

on_both!(
    what_a_build_left_is_kept_for_people_and_for_later_tasks_until_its_time_is_over,
    what_cannot_be_kept_fails_the_build_with_its_name,
);

/// Routes of artefacts. Of this execution there are none: nobody finds one.
pub const ROWS: &[Row] = &[Row(
    "GET /regions/{region}/release-tasks/{id}/executions/{number}/tasks/{task}/artefacts/{attempt}/{position}",
    Story::Broken,
    "",
    [303, 404, 404, 404, 404, 404, 404],
)];

const KEEPS: &str = r#"
name: shop-web
phases:
  - name: Build
    tasks:
      - name: build
        type: build
        artefacts: [dist/, "*.log"]
        script: |
          mkdir -p dist/sub
          printf 'seven\n' > 'dist/sub/a ü.txt'
          head -c 1500000 /dev/zero | tr '\0' x > dist/big
          echo done > make.log
          echo no > make.txt
  - name: Use
    tasks:
      - name: use
        script: |
          cd "$TOLLGATE_ARTEFACTS/build"
          find . -type f | LC_ALL=C sort
          wc -c < dist/big
          cat dist/sub/*
"#;

async fn what_a_build_left_is_kept_for_people_and_for_later_tasks_until_its_time_is_over(db: Db) {
    let scene = Scene::with(&db, KEEPS).await;
    let operator = scene.browser("operator").await;
    assert_eq!(scene.executes(&operator).await.status, 303);
    scene.is(ReleaseStatus::Successful).await;
    let log = operator.get(&scene.urls.log_download(1, "use", 1)).await;
    for line in ["./dist/big", "./dist/sub/a ü.txt", "./make.log", "1500000", "seven"] {
        log.says(line);
    }
    log.says_nothing_of("make.txt");

    let viewer = scene.browser("viewer").await;
    let page = viewer.get(&scene.urls.task(1, "build")).await;
    let text = tollgate::app::secret::hexadecimal(&Sha256::digest("seven\n"));
    page.says("Artefacts").says("dist/sub/a ü.txt").says("1.4 MiB").says(&text);
    let file = |position| scene.urls.artefact((1, "build"), (1, position));
    let found = viewer.get(&file(1)).await;
    assert_eq!((found.status, found.text.as_str()), (200, "seven\n"));
    let header = |name: &str| found.header(name).to_owned();
    assert_eq!(header("content-type"), "application/octet-stream");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("content-disposition").starts_with("attachment; filename=\"a _.txt\"; filename*=UTF-8''a%20%C3%BC"));
    assert!(header("content-security-policy").contains("default-src 'none'"));
    assert_eq!(viewer.get(&file(0)).await.text.len(), 1_500_000);
    assert_eq!(viewer.get(&file(3)).await.status, 404);
    assert_eq!(scene.browser("outsider").await.get(&file(0)).await.status, 404);

    // Programs that wait for a job find it by the key that the execution tells.
    let (last, store) = (scene.last().await, &scene.app.app.store);
    let job = last.tasks[0].id;
    let record = viewer.get(&format!("/v3/{REGION}/pipeline/pipelines/{}/records/1", last.release_id)).await;
    record.says(&format!("\"job_id\":\"{job}\""));
    let found = viewer.get(&format!("/v3/{REGION}/cas/jobs/{job}")).await;
    let found: serde_json::Value = serde_json::from_str(&found.text).unwrap();
    assert_eq!((&found["job_type"], &found["execution_status"]), (&"build".into(), &"SUCCEEDED".into()));
    assert_eq!((&found["tasks"][0]["task_status"], &found["task_count"]), (&"SUCCEEDED".into(), &1.into()));
    let outsider = scene.browser("outsider").await;
    assert_eq!(outsider.get(&format!("/v3/{REGION}/cas/jobs/{job}")).await.status, 404);
    // A script alone is none.
    assert_eq!(viewer.get(&format!("/v3/{REGION}/cas/jobs/{}", last.tasks[1].id)).await.status, 404);
    let build = last.tasks[0].id;
    assert_eq!(store.artefacts_of(&[build]).await.unwrap()[&build].len(), 3);
    let tx = store.begin_write().await.unwrap();
    assert_eq!(tx.queue_removals(&[last.id], last.started_at).await.unwrap(), 1);
    tx.commit().await.unwrap();
    while store.remove_artefact_rows(last.id, 1).await.unwrap() > 0 {}
    assert!(store.artefacts_of(&[build]).await.unwrap().is_empty());
    assert_eq!(viewer.get(&file(0)).await.status, 404);
    scene.app.stops().await;
}

async fn what_cannot_be_kept_fails_the_build_with_its_name(db: Db) {
    const LEAVES: &str = "
name: shop-web
variables: [{name: does, default: 'true'}]
phases:
  - name: Build
    tasks:
      - name: build
        type: build
        artefacts: dist/*
        script: rm -rf dist; mkdir dist; eval \"${vars.does}\"
";
    let scene = Scene::with(&db, LEAVES).await;
    let operator = scene.browser("operator").await;
    for (does, told) in [
        ("true", "No file in the working folder is named by `dist/*` in artefacts."),
        ("truncate -s 33M dist/big", "The artefact `dist/big` has 33 MiB, and may have 32 MiB at most."),
        ("ln -s /etc/shadow dist/link", "The artefact `dist/link` is a link, and must be a file."),
        ("mkfifo dist/pipe", "The artefact `dist/pipe` is a named pipe, and must be a file."),
        (
            "cd dist; seq 1 101 | xargs touch",
            "The working folder has more files than are looked through, or more than 100 artefacts.",
        ),
    ] {
        assert_eq!(scene.executes_with(&operator, &[("does", does)]).await.status, 303);
        scene.is(ReleaseStatus::ReleaseFailed).await;
        assert_eq!(scene.cause(0).await, told);
        let run = scene.last().await.tasks[0].clone();
        assert!(matches!(run.state, TaskState::Failed { .. }));
        assert!(scene.app.app.store.artefacts_of(&[run.id]).await.unwrap().is_empty());
    }
    scene.app.stops().await;
}
