//! Held and stopped: what Pause, Continue and Terminate do to scripts that really run.

use std::path::{Path, PathBuf};

use tollgate::domain::execution::TaskState;
use tollgate::domain::status::{ReleaseStatus, TaskStatus};

use crate::db::Db;
use crate::processes::lives;
use crate::until::until;
use crate::web::releases::scene::Scene;

on_both!(
    row_04_terminate_ends_everything_in_bounded_time_whatever_resists,
    row_09_pausing_is_not_paused_and_continue_never_starts_a_second_copy,
    row_24_one_click_closes_every_gate_and_parallel_gates_do_not_block_each_other,
);

/// Lines of a file that a script writes; none yet when it is not there.
fn lines(file: &Path) -> Vec<String> {
    std::fs::read_to_string(file).unwrap_or_default().lines().map(str::to_owned).collect()
}

fn resisting(pids: &Path) -> String {
    format!(
        r#"
name: shop-web
phases:
  - name: Work
    groups:
      - - name: resists
          script: |
            trap '' TERM INT HUP QUIT
            sh -c 'trap "" TERM INT HUP QUIT; echo $$ >> {pids}; while :; do sleep 0.1; done' &
            echo $$ >> {pids}
            while :; do sleep 0.1; done
      - - name: rests
          type: wait
          for: 30days
      - - name: asks
          type: manual-approval
          approvers: [approver]
          deadline: 30days
      - - name: tries
          retry: {{ attempts: 2, delay: 1day }}
          script: exit 1
      - - name: obeys
          script: echo $$ >> {pids}; sleep 600
  - name: Never
    tasks:
      - name: never
        script: echo never >> {pids}
"#,
        pids = pids.display()
    )
}

async fn row_04_terminate_ends_everything_in_bounded_time_whatever_resists(db: Db) {
    let folder = tempfile::tempdir().unwrap();
    let pids: PathBuf = folder.path().join("pids");
    let scene = Scene::with(&db, &resisting(&pids)).await;
    let operator = scene.browser("operator").await;
    scene.executes(&operator).await;
    until("every script runs", async || lines(&pids).len() == 3).await;
    scene.when(|release| matches!(release.last.as_ref().unwrap().tasks[3].state, TaskState::Delayed { .. })).await;
    // Held as well: nothing that waits for a person may keep it from ending.
    assert_eq!(operator.post(&scene.urls.operation("pause"), &[("execution", "1")]).await.status, 303);
    assert_eq!(scene.release().await.status(), ReleaseStatus::Pausing);
    assert_eq!(operator.post(&scene.urls.operation("terminate"), &[("execution", "1")]).await.status, 303);
    operator.get(&scene.urls.show()).await.says("terminating");
    let again = operator.post(&scene.urls.operation("terminate"), &[("execution", "1")]).await;
    assert_eq!(again.status, 409, "it is heard once, and says so");
    again.says("is being terminated");
    let ended = scene.is(ReleaseStatus::ReleaseFailed).await.last.unwrap();
    for task in &ended.tasks[..5] {
        assert_eq!(task.state.status(), TaskStatus::Cancelled, "{}", task.name);
    }
    until("no process is left", async || lines(&pids).iter().all(|process| !lives(process))).await;
    assert_eq!(lines(&pids).len(), 3, "nothing was started on the way");
    assert_eq!(db.store.live_attempts().await.unwrap(), []);
    scene.app.stops().await;
}

fn counting(folder: &Path) -> String {
    let counts = |task: &str| {
        format!(
            "echo {task} >> {0}/ran; while ! [ -e {0}/{task}-may-end ]; do sleep 0.02; done; echo {task} >> {0}/ended",
            folder.display()
        )
    };
    format!(
        "name: shop-web\nphases:\n  - name: Work\n    tasks:\n      - name: first\n        script: {}\n      - name: second\n        script: {}\n",
        counts("first"),
        counts("second")
    )
}

async fn row_09_pausing_is_not_paused_and_continue_never_starts_a_second_copy(db: Db) {
    let folder = tempfile::tempdir().unwrap();
    let (ran, ended) = (folder.path().join("ran"), folder.path().join("ended"));
    let scene = Scene::with(&db, &counting(folder.path())).await;
    let operator = scene.browser("operator").await;
    let tie = [("execution", "1")];
    let click = async |word: &str| operator.post(&scene.urls.operation(word), &tie).await.status;
    scene.executes(&operator).await;
    until("the first script runs", async || lines(&ran) == ["first"]).await;
    for _ in 0..4 {
        assert_eq!(click("pause").await, 303);
        let page = operator.get(&scene.urls.show()).await;
        page.says("</svg>Pausing</span>").says("Tasks that run go on to their end");
        assert!(!page.text.contains("</svg>Paused</span>"), "it is not held while a script runs");
        assert_eq!(click("continue").await, 303);
        operator.get(&scene.urls.show()).await.says("</svg>Running</span>");
    }
    // Clicked by two at once, and once too often.
    for (word, other) in [("pause", "continue"), ("continue", "pause")] {
        let (one, two) = tokio::join!(click(word), click(word));
        assert_eq!(one.min(two), 303);
        assert_eq!(one.max(two), 409, "{word} twice, before {other}");
    }
    assert_eq!(click("pause").await, 303);
    std::fs::write(folder.path().join("first-may-end"), "").unwrap();
    scene.is(ReleaseStatus::Paused).await;
    assert_eq!((lines(&ran), lines(&ended)), (vec!["first".to_owned()], vec!["first".to_owned()]));
    operator.get(&scene.urls.show()).await.says("</svg>Paused</span>");
    let (one, two) = tokio::join!(click("continue"), click("continue"));
    assert_eq!((one.min(two), one.max(two)), (303, 409));
    until("the second script runs", async || lines(&ran).len() == 2).await;
    std::fs::write(folder.path().join("second-may-end"), "").unwrap();
    let last = scene.is(ReleaseStatus::Successful).await.last.unwrap();
    assert_eq!((lines(&ran), lines(&ended)), (lines(&ended), vec!["first".to_owned(), "second".to_owned()]));
    assert!(last.tasks.iter().all(|task| task.attempt == 1));
    scene.app.stops().await;
}

/// As many gates side by side as a phase may have, but one: there a script runs.
fn many_gates() -> String {
    use std::fmt::Write as _;
    let mut yaml = String::from("name: shop-web\nphases:\n  - name: Ask\n    groups:\n");
    for number in 1..20 {
        writeln!(yaml, "      - [{{name: gate-{number}, type: manual-approval, approvers: [approver, second]}}]")
            .unwrap();
    }
    yaml.push_str(
        "      - [{name: runs, script: sleep 600}]\n  - {name: After, tasks: [{name: after, script: 'true'}]}\n",
    );
    yaml
}

async fn row_24_one_click_closes_every_gate_and_parallel_gates_do_not_block_each_other(db: Db) {
    let scene = Scene::with(&db, &many_gates()).await;
    let operator = scene.browser("operator").await;
    let (approver, second) = (scene.browser("approver").await, scene.browser("second").await);
    scene.executes(&operator).await;
    scene.task_is("gate-19", TaskStatus::ToBeApproved).await;
    scene.task_is("runs", TaskStatus::Running).await;
    // Ten gates are decided at the same time, in no order, by two people.
    let decides = (1..=10).rev().map(|number| {
        let (browser, url) = (if number % 2 == 0 { &approver } else { &second }, format!("gate-{number}"));
        let url = scene.urls.decision(1, &url);
        async move { browser.post(&url, &[("verdict", "agree"), ("round", "1")]).await.status }
    });
    assert_eq!(futures_util::future::join_all(decides).await, [303; 10]);
    assert_eq!(scene.last().await.tasks.iter().filter(|task| task.agreed() == 1).count(), 10);
    approver.get("/approvals").await.says("<span class=\"count\">9");
    // One question, one answer.
    let dialog = operator.get(&scene.urls.operation("terminate")).await;
    dialog.says("Will be stopped:").says("<span>gate-11 (waits for a decision)</span>").says("<span>runs</span>");
    assert!(!dialog.text.contains("gate-10"), "it is decided");
    assert_eq!(operator.post(&scene.urls.operation("terminate"), &[("execution", "1")]).await.status, 303);
    let ended = scene.is(ReleaseStatus::ReleaseFailed).await.last.unwrap();
    for task in &ended.tasks[10..20] {
        assert_eq!(task.state.status(), TaskStatus::Cancelled, "{}", task.name);
    }
    approver.get("/approvals").await.says("Nothing waits for you");
    let late = approver.post(&scene.urls.decision(1, "gate-11"), &[("verdict", "agree"), ("round", "1")]).await;
    assert_eq!(late.status, 409);
    late.says("gate-11 does not ask any more: the release has ended.");
    scene.app.stops().await;
}
