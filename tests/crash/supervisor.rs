//! The process that supervises a script is killed, at every point that has a name: before the script may have been started
//! another one is started; after that the attempt is Interrupted, its script is ended, and a person may retry.

use rustix::process::{Signal, kill_process};
use tollgate::domain::execution::{Execution, FailReason};
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::status::ReleaseStatus;
use tollgate::failpoints::FAILS_AT;
use tollgate::supervise::folder::RunFolder;

use crate::db::Db;
use crate::installation::{Installation, People};
use crate::until::until;

on_both!(
    a_supervising_process_that_dies_at_any_point_repeats_nothing,
    one_that_dies_while_the_server_is_away_is_found_out_at_the_next_start,
    f6_one_that_dies_while_it_drops_a_part_of_a_log_leaves_both_ends,
);

/// Before these no script was started: another process supervises it, and nobody sees a difference.
const BEFORE: [&str; 4] = ["supervise.begun", "supervise.locked", "supervise.known", "supervise.prepared"];

/// From here on the script may have been started, and how it ended is not known.
const BETWEEN: [&str; 6] = [
    "supervise.started",
    "supervise.spawned",
    "supervise.log.middle:1",
    "supervise.log.middle:4",
    "supervise.ended",
    "supervise.aside",
];

/// How it ended is written down.
const AFTER: [&str; 1] = ["supervise.written"];

/// Two scripts that write four lines, with a pause in the middle of each.
const TWO: &str = r#"
name: two
team: Platform
region: eu-west
phases:
  - name: Work
    tasks:
      - name: first
        workingFolder: two
        script: &counts |
          echo "$TOLLGATE_EXECUTION $TOLLGATE_TASK $TOLLGATE_ATTEMPT" >> ran
          for n in 1 2 3 4; do
            printf 'line '
            sleep 0.02
            echo "$n"
          done
          echo "$TOLLGATE_EXECUTION $TOLLGATE_TASK $TOLLGATE_ATTEMPT" >> ended
      - name: second
        workingFolder: two
        retry: { attempts: 3, delay: 0s }
        script: *counts
"#;

/// A script whose log is too long, at its first attempt.
const LOUD: &str = r#"
name: loud
team: Platform
region: eu-west
phases:
  - name: Work
    tasks:
      - name: loud
        script: |
          [ "$TOLLGATE_ATTEMPT" = 1 ] || exit 0
          yes 'noise noise noise noise noise noise' | head -n 220000
          sleep 600
"#;

/// A script that runs until it is told to go on, and others that it started.
const LONG: &str = r#"
name: long
team: Platform
region: eu-west
phases:
  - name: Work
    tasks:
      - name: long
        workingFolder: long
        script: |
          echo "$TOLLGATE_ATTEMPT" >> ran
          [ "$TOLLGATE_ATTEMPT" = 1 ] || exit 0
          timeout 600 sleep 600 &
          sleep 600
"#;

async fn a_supervising_process_that_dies_at_any_point_repeats_nothing(db: Db) {
    let here = Installation::new(db);
    let program = here.starts();
    let release = here.imports(TWO).await;
    let people = People::sign_in(&program).await;
    drop(program);
    let mut number = 0;
    for (points, lost) in [(&BEFORE[..], false), (&BETWEEN[..], true), (&AFTER[..], false)] {
        for point in points {
            for (nth, task) in [(1, "first"), (2, "second")] {
                number += 1;
                let program = here.starts_with(&[("TOLLGATE_FAIL_AT", &format!("{nth}/{point}"))]).unwrap();
                let at = (*point, task);
                one_that_dies(&here, &people.at(&program), (release, number), at, lost).await;
            }
        }
    }
    assert_eq!(here.scripts(), []);
}

/// One execution in which the process that supervises the first attempt of a task dies at a point.
async fn one_that_dies(
    here: &Installation,
    people: &People,
    (release, number): (ReleaseId, u32),
    (point, task): (&str, &str),
    lost: bool,
) {
    executes(people, release, number, &["first", "second"]).await;
    let ended = ends(here, release, number).await;
    let complaint = RunFolder::new(here.folders().attempt(ended.id, task, 1)).last_complaint().unwrap_or_default();
    let name = point.split(':').next().unwrap();
    assert_eq!(complaint, format!("{FAILS_AT}{name}"), "the process was killed at {point}");
    let attempts = |task: &str| if lost && task == at_task(&ended) { 2 } else { 1 };
    if lost {
        is_interrupted(&ended, task);
        here.log_has_no_hole(ended.id, task, 1);
        let page = people.operator.get(&page_of(release, number, task)).await;
        page.says("Interrupted").says("ended before it could write down how the script ended");
        let retry = format!("/regions/eu-west/release-tasks/{release}/retry");
        assert_eq!(people.operator.post(&retry, &[("execution", &number.to_string())]).await.status, 303);
        until("it is retried", async || is_over(&here.execution(release, number).await, 2)).await;
    }
    let done = here.execution(release, number).await;
    assert_eq!(done.status(), ReleaseStatus::Successful, "{point} {task}: {:?}", done.tasks);
    for task in ["first", "second"] {
        let last = attempts(task);
        assert_eq!(done.tasks[done.index(task).unwrap()].attempt, last, "{point}");
        for (file, attempt) in [("ran", 1), ("ended", 1), ("ran", 2), ("ended", 2)] {
            let line = format!("{number} {task} {attempt}");
            let times = here.wrote("two", file).iter().filter(|it| **it == line).count();
            // What was lost sight of may have been ended anywhere.
            let expected =
                if attempt < last { 0..=1 } else { usize::from(attempt == last)..=usize::from(attempt == last) };
            assert!(expected.contains(&times), "{point}: {line} is {times} times in {file}");
        }
        let lines = here.log(done.id, task, last);
        let lines: Vec<_> = lines.iter().map(|line| (line.number, line.text.as_str())).collect();
        assert_eq!(lines, [(1, "line 1"), (2, "line 2"), (3, "line 3"), (4, "line 4")], "{point}");
    }
}

async fn f6_one_that_dies_while_it_drops_a_part_of_a_log_leaves_both_ends(db: Db) {
    let here = Installation::new(db);
    let program = here.starts();
    let release = here.imports(LOUD).await;
    let people = People::sign_in(&program).await;
    drop(program);
    let points = ["supervise.log.segment:1", "supervise.log.segment:7"];
    for (number, point) in (1..).zip(points) {
        let program = here.starts_with(&[("TOLLGATE_FAIL_AT", &format!("1/{point}"))]).unwrap();
        let people = people.at(&program);
        executes(&people, release, number, &["loud"]).await;
        let ended = ends(&here, release, number).await;
        is_interrupted(&ended, "loud");
        let lines = here.log(ended.id, "loud", 1);
        let mut next = 1;
        for line in &lines {
            assert_eq!(line.number, next, "{point}");
            next += line.dropped.max(1);
        }
        assert!(next > 50_000, "{point}: {next} lines");
        assert_eq!(lines.iter().any(|line| line.dropped > 0), point.ends_with('7'), "{point}");
        people.operator.get(&page_of(release, number, "loud")).await.says("noise noise");
        let retry = format!("/regions/eu-west/release-tasks/{release}/retry");
        assert_eq!(people.operator.post(&retry, &[("execution", &number.to_string())]).await.status, 303);
        until("it is retried", async || is_over(&here.execution(release, number).await, 2)).await;
    }
    assert_eq!(here.scripts(), []);
}

async fn one_that_dies_while_the_server_is_away_is_found_out_at_the_next_start(db: Db) {
    let here = Installation::new(db);
    let program = here.starts();
    let release = here.imports(LONG).await;
    let people = People::sign_in(&program).await;
    executes(&people, release, 1, &["long"]).await;
    until("it runs", async || here.wrote("long", "ran") == ["1"] && here.scripts().len() > 3).await;
    drop(program);
    let supervisors = here.supervisors();
    assert_eq!(supervisors.len(), 1);
    kill_process(supervisors[0], Signal::KILL).unwrap();
    until("it is gone", async || here.supervisors().is_empty()).await;
    assert!(!here.scripts().is_empty(), "nobody has ended what it left behind yet");
    let program = here.starts();
    let ended = ends(&here, release, 1).await;
    is_interrupted(&ended, "long");
    until("what it left behind is ended", async || here.scripts().is_empty()).await;
    let retry = format!("/regions/eu-west/release-tasks/{release}/retry");
    assert_eq!(people.at(&program).operator.post(&retry, &[("execution", "1")]).await.status, 303);
    until("it is retried", async || is_over(&here.execution(release, 1).await, 2)).await;
    assert_eq!(here.execution(release, 1).await.status(), ReleaseStatus::Successful);
    assert_eq!(here.wrote("long", "ran"), ["1", "2"]);
}

async fn executes(people: &People, release: ReleaseId, number: u32, tasks: &[&str]) {
    let seen = (number - 1).to_string();
    let form: Vec<_> = tasks.iter().map(|task| ("task", *task)).chain([("execution", seen.as_str())]).collect();
    let answer = people.operator.post(&format!("/regions/eu-west/release-tasks/{release}/execute"), &form).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
}

async fn ends(here: &Installation, release: ReleaseId, number: u32) -> Execution {
    until("it ends", async || here.execution(release, number).await.ended_at.is_some()).await;
    here.execution(release, number).await
}

/// Whether it has ended, and a task of it was tried so often.
fn is_over(execution: &Execution, attempts: u32) -> bool {
    execution.ended_at.is_some() && execution.tasks.iter().any(|task| task.attempt == attempts)
}

fn is_interrupted(execution: &Execution, task: &str) {
    let state = &execution.tasks[execution.index(task).unwrap()].state;
    assert_eq!(state.failure().map(|(reason, _)| reason), Some(FailReason::Interrupted), "{state:?}");
    assert_eq!(execution.status(), ReleaseStatus::ReleaseFailed);
}

/// The task that failed; none if none did.
fn at_task(execution: &Execution) -> &str {
    execution.tasks.iter().find(|task| task.state.failure().is_some()).map_or("", |task| task.name.as_str())
}

fn page_of(release: ReleaseId, number: u32, task: &str) -> String {
    format!("/regions/eu-west/release-tasks/{release}/executions/{number}/tasks/{task}")
}
