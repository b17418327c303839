//! Complaints of users of other systems, where it takes the real program to show: one test a complaint, named after its
//! row of the list that the project keeps. The others are in `tests/it/wishes`.

use std::process::Stdio;
use std::time::{Duration, Instant};

use rand::RngExt;
use reqwest::Method;
use rustix::process::{Pid, Signal, kill_process};
use tollgate::domain::event::Event;
use tollgate::domain::execution::{Execution, FailReason, Intent, TaskState};
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::status::{ReleaseStatus, TaskStatus};
use tollgate::store::{Cursor, Happened};
use tollgate::supervise::folder::RunFolder;

use crate::browser::{Browser, Page};
use crate::db::Db;
use crate::installation::{Installation, People};
use crate::processes::lives;
use crate::program::{self, ANYWHERE};
use crate::until::until;

on_both!(
    row_01_a_gate_outlives_many_quick_restarts,
    row_02_nothing_stays_running_for_ever_after_a_restart_and_terminate_works,
    row_10_what_a_click_is_answered_with_is_stored_already,
);

fn page(release: ReleaseId) -> String {
    format!("/regions/eu-west/release-tasks/{release}")
}

fn decision(release: ReleaseId, task: &str) -> String {
    format!("{}/executions/1/tasks/{task}/decision", page(release))
}

async fn clicks(browser: &Browser, release: ReleaseId, word: &str) -> Page {
    browser.post(&format!("{}/{word}", page(release)), &[("execution", "1")]).await
}

async fn executes(browser: &Browser, release: ReleaseId, tasks: &[&str]) {
    let form: Vec<(&str, &str)> = tasks.iter().map(|task| ("task", *task)).chain([("execution", "0")]).collect();
    let answer = browser.post(&format!("{}/execute", page(release)), &form).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
}

fn task<'e>(execution: &'e Execution, name: &str) -> &'e TaskState {
    &execution.tasks[execution.index(name).unwrap()].state
}

const GATED: &str = "
name: gated
team: Platform
region: eu-west
phases:
  - name: Build
    tasks:
      - name: build
        workingFolder: gated
        script: echo build >> ran
  - name: Ask
    tasks:
      - name: go-live
        type: manual-approval
        approvers: [approver]
        deadline: 30days
  - name: Deploy
    tasks:
      - name: deploy
        workingFolder: gated
        script: echo deploy >> ran
";

/// Starts it and kills it after that long, wherever it is by then.
async fn starts_and_dies(here: &Installation, after: Duration) {
    let mut command = program::command(crate::PROGRAM, &here.data(), Some(&here.db.url));
    let quiet = command.args(["demo", "--listen", ANYWHERE]).stdout(Stdio::null()).stderr(Stdio::null());
    let (mut child, started) = (quiet.spawn().unwrap(), Instant::now());
    until("the moment", async || started.elapsed() >= after).await;
    child.kill().unwrap();
    child.wait().unwrap();
}

async fn row_01_a_gate_outlives_many_quick_restarts(db: Db) {
    let here = Installation::new(db);
    let program = here.starts();
    let people = People::sign_in(&program).await;
    let release = here.imports(GATED).await;
    executes(&people.operator, release, &["build", "go-live", "deploy"]).await;
    until("it asks", async || here.execution(release, 1).await.status() == ReleaseStatus::ToBeApproved).await;
    let before = here.execution(release, 1).await;
    drop(program);
    for _ in 0..12 {
        let moment = Duration::from_millis(rand::rng().random_range(0..250));
        starts_and_dies(&here, moment).await;
        // Whoever starts takes the execution up again, which counts as a save and changes nothing else.
        let after = here.execution(release, 1).await;
        let before = Execution { rev: after.rev, ..before.clone() };
        assert_eq!(after, before, "after {moment:?} it asks as before, with its deadline");
    }
    let program = here.starts();
    let people = people.at(&program);
    people.approver.get("/approvals").await.says("go-live");
    let form = [("verdict", "agree"), ("comment", "still fine"), ("round", "1")];
    assert_eq!(people.approver.post(&decision(release, "go-live"), &form).await.status, 303);
    drop(program);
    for _ in 0..3 {
        starts_and_dies(&here, Duration::from_millis(rand::rng().random_range(0..250))).await;
    }
    let _program = here.starts();
    until("it ends", async || here.execution(release, 1).await.ended_at.is_some()).await;
    let after = here.execution(release, 1).await;
    assert_eq!(after.status(), ReleaseStatus::Successful, "{after:?}");
    assert_eq!(here.wrote("gated", "ran"), ["build", "deploy"]);
    let gate = &after.tasks[1];
    assert_eq!((gate.round, gate.decisions.len(), gate.decisions[0].comment.as_str()), (1, 1, "still fine"));
    let activity = here.db.store.activity_in(after.id, Cursor::Newest, 100).await.unwrap();
    let asked = |happened: &Happened| matches!(happened, Happened::Execution(Event::CheckpointOpened { .. }));
    assert_eq!(activity.rows.iter().filter(|row| asked(&row.happened)).count(), 1, "it was asked once");
}

fn endless(name: &str) -> String {
    format!(
        "
name: {name}
team: Platform
region: eu-west
phases:
  - name: Work
    tasks:
      - name: work
        workingFolder: {name}
        script: echo $$ >> pids; while :; do sleep 0.1; done
"
    )
}

/// Two scripts run when the server dies; one dies with its supervisor meanwhile. After the start neither is Running for ever,
/// both can be ended and begun again, and what comes behind them is not held up.
async fn row_02_nothing_stays_running_for_ever_after_a_restart_and_terminate_works(db: Db) {
    let here = Installation::new(db);
    let program = here.starts();
    let people = People::sign_in(&program).await;
    let (lost, kept) = (here.imports(&endless("lost")).await, here.imports(&endless("kept")).await);
    for release in [lost, kept] {
        executes(&people.operator, release, &["work"]).await;
    }
    until("both run", async || here.wrote("lost", "pids").len() + here.wrote("kept", "pids").len() == 2).await;
    drop(program);
    let execution = here.execution(lost, 1).await;
    let folder = RunFolder::new(here.folders().attempt(execution.id, "work", 1));
    let supervisor = folder.identity().unwrap().living().unwrap();
    kill_process(supervisor, Signal::KILL).unwrap();
    let script = Pid::from_raw(here.wrote("lost", "pids")[0].parse().unwrap()).unwrap();
    // The script may have gone with its supervisor.
    let _ = kill_process(script, Signal::KILL);

    let program = here.starts();
    let people = people.at(&program);
    until("what was lost is told", async || here.execution(lost, 1).await.ended_at.is_some()).await;
    let told = here.execution(lost, 1).await;
    assert_eq!(told.status(), ReleaseStatus::ReleaseFailed);
    assert!(matches!(task(&told, "work"), TaskState::Failed { reason: FailReason::Interrupted, .. }), "{told:?}");
    people.operator.get(&page(lost)).await.says("interrupted");
    assert_eq!(here.execution(kept, 1).await.status(), ReleaseStatus::Running);

    // Stop does something, also to what was begun before the restart.
    assert_eq!(clicks(&people.operator, kept, "terminate").await.status, 303);
    until("it ends", async || here.execution(kept, 1).await.ended_at.is_some()).await;
    assert_eq!(task(&here.execution(kept, 1).await, "work").status(), TaskStatus::Cancelled);
    until("its script has ended", async || here.wrote("kept", "pids").iter().all(|pid| !lives(pid))).await;

    // Nothing starves behind it: the same release tasks, and others, run and end at once.
    assert_eq!(clicks(&people.operator, lost, "retry").await.status, 303);
    until("it runs again", async || here.wrote("lost", "pids").len() == 2).await;
    let behind = here.imports(&GATED.replace("name: gated", "name: behind")).await;
    executes(&people.operator, behind, &["build"]).await;
    until("it ends", async || here.execution(behind, 1).await.ended_at.is_some()).await;
    assert_eq!(clicks(&people.operator, lost, "terminate").await.status, 303);
    until("it ends", async || here.execution(lost, 1).await.ended_at.is_some()).await;
    until("its script has ended", async || here.wrote("lost", "pids").iter().all(|pid| !lives(pid))).await;
    assert_eq!(here.db.store.live_attempts().await.unwrap(), []);
    drop(program);
}

const STEPS: &str = "
name: steps
team: Platform
region: eu-west
phases:
  - name: Ask
    tasks:
      - name: go-live
        type: manual-approval
        approvers: [approver]
  - name: Work
    tasks:
      - name: work
        workingFolder: steps
        script: echo $$ >> pids; while :; do sleep 0.1; done
        rollback: echo undone >> undone
";

type Is = fn(&Execution) -> bool;

/// The server is killed with the answer of each click just received: what was answered is there, the status that follows is,
/// and the page of the next start says so.
async fn row_10_what_a_click_is_answered_with_is_stored_already(db: Db) {
    let here = Installation::new(db);
    let program = here.starts();
    let people = People::sign_in(&program).await;
    let release = here.imports(STEPS).await;
    executes(&people.operator, release, &["go-live", "work"]).await;
    drop(program);
    let mut there = here.execution(release, 1).await;
    assert!(there.status().is_active());
    // Each: who clicks what, and what must then be so.
    let asks: Is = |last| last.status() == ReleaseStatus::ToBeApproved;
    let steps: [(&str, Is, Is); 7] = [
        ("pause", asks, |last| last.status() == ReleaseStatus::Paused && matches!(last.intent, Intent::Pause { .. })),
        ("continue", |last| last.status() == ReleaseStatus::Paused, |last| last.intent == Intent::Run),
        ("reject", asks, |last| last.tasks[0].decisions.len() == 1),
        ("retry", |last| last.status() == ReleaseStatus::ReleaseFailed, |last| last.status().is_active()),
        ("agree", asks, |last| last.tasks[0].decisions.len() == 2),
        (
            "terminate",
            |last| matches!(task(last, "work"), TaskState::Running { .. }),
            |last| last.was_terminated() || last.ended_at.is_some(),
        ),
        (
            "roll-back",
            |last| last.status() == ReleaseStatus::ReleaseFailed,
            |last| matches!(last.status(), ReleaseStatus::RollingBack | ReleaseStatus::RolledBack),
        ),
    ];
    for (word, before, after) in steps {
        let program = here.starts();
        let people = people.at(&program);
        until(word, async || before(&here.execution(release, 1).await)).await;
        let round = here.execution(release, 1).await.tasks[0].round.to_string();
        let mut program = program;
        let answer = match word {
            "agree" | "reject" => {
                let form = [("verdict", word), ("comment", "so be it"), ("round", round.as_str())];
                people.approver.post(&decision(release, "go-live"), &form).await
            }
            word => clicks(&people.operator, release, word).await,
        };
        program.child.kill().unwrap();
        assert_eq!(answer.status, 303, "{word}: {}", answer.text);
        program.child.wait().unwrap();
        there = here.execution(release, 1).await;
        assert!(after(&there), "{word} was answered, and is not there: {there:#?}");
    }
    let program = here.starts();
    let people = people.at(&program);
    until("it is undone", async || here.execution(release, 1).await.status() == ReleaseStatus::RolledBack).await;
    let shown = people.operator.send(Method::GET, &page(release), &[], "").await;
    shown.says("Rolled back").says("approver rejected: so be it").says("approver agreed: so be it");
    assert_eq!((here.wrote("steps", "pids").len(), here.wrote("steps", "undone").len()), (1, 1));
    // A click on what is suspended is no silent nothing: it is refused in words.
    let refused = clicks(&people.operator, release, "terminate").await;
    assert_eq!(refused.status, 409);
    refused.says("Terminate is not possible now, because the release task is Rolled back.");
}
