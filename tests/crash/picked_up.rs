//! The real program is killed and started again: nothing that it answered is lost, and no script runs twice.

use std::time::{Duration, Instant};

use rand::RngExt;
use rustix::process::{Pid, Signal, kill_process};
use tollgate::domain::execution::Execution;
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::status::ReleaseStatus;

use crate::db::Db;
use crate::installation::{Installation, People};
use crate::program::Program;
use crate::until::until;

on_both!(
    a_script_outlives_a_kill_of_the_server,
    what_was_answered_survives_a_kill_at_once,
    kills_at_any_moment_repeat_nothing,
    a_server_that_is_told_to_stop_lets_its_scripts_go_on,
);

/// How far the script counts.
const COUNTED: usize = 120;

/// Counts into a file and into its log, at one pace.
const COUNTER: &str = r#"
name: counter
team: Platform
region: eu-west
phases:
  - name: Work
    tasks:
      - name: count
        workingFolder: counted
        script: |
          echo "start $TOLLGATE_ATTEMPT" >> starts
          n=0
          while [ "$n" -lt 120 ]; do
            n=$((n + 1))
            echo "line $n" >> lines
            echo "line $n"
            sleep 0.03
          done
  - name: After
    tasks:
      - name: after
        workingFolder: counted
        script: echo after >> starts
"#;

/// Short tasks one after the other and beside each other, and one that fails at first.
const HURDLES: &str = r#"
name: hurdles
team: Platform
region: eu-west
phases:
  - name: Begin
    groups:
      - - name: left-1
          workingFolder: counted
          script: &once |
            echo "$TOLLGATE_TASK $TOLLGATE_ATTEMPT" >> starts
            sleep 0.15
            echo "$TOLLGATE_TASK $TOLLGATE_ATTEMPT" >> ends
        - name: left-2
          workingFolder: counted
          script: *once
      - - name: right-1
          workingFolder: counted
          script: *once
        - name: right-2
          workingFolder: counted
          script: *once
  - name: Stumble
    tasks:
      - name: stumble
        workingFolder: counted
        retry: { attempts: 3, delay: 1s }
        script: |
          echo "$TOLLGATE_TASK $TOLLGATE_ATTEMPT" >> starts
          sleep 0.15
          echo "$TOLLGATE_TASK $TOLLGATE_ATTEMPT" >> ends
          [ "$TOLLGATE_ATTEMPT" != 1 ]
  - name: Finish
    tasks:
      - name: last-1
        workingFolder: counted
        script: *once
      - name: last-2
        workingFolder: counted
        script: *once
"#;

/// Brings a release task in and has it executed.
async fn executes(here: &Installation, program: &Program, definition: &str) -> ReleaseId {
    let release = here.imports(definition).await;
    let people = People::sign_in(program).await;
    let definition = here.db.store.release(release).await.unwrap().unwrap().definition;
    let tasks = definition.tasks().map(|(_, task)| ("task", task.name.as_str()));
    let form: Vec<_> = tasks.chain([("execution", "0")]).collect();
    let answer = people.operator.post(&format!("/regions/eu-west/release-tasks/{release}/execute"), &form).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    release
}

async fn ends_successful(here: &Installation, release: ReleaseId) -> Execution {
    until("the execution ends", async || here.execution(release, 1).await.ended_at.is_some()).await;
    let execution = here.execution(release, 1).await;
    assert_eq!(execution.status(), ReleaseStatus::Successful, "{:?}", execution.tasks);
    execution
}

/// The counter counted once, in its file and in its log.
async fn counted_once(here: &Installation, release: ReleaseId) {
    let execution = ends_successful(here, release).await;
    let whole: Vec<String> = (1..=COUNTED).map(|number| format!("line {number}")).collect();
    assert_eq!(here.wrote("counted", "starts"), ["start 1", "after"]);
    assert_eq!(here.wrote("counted", "lines"), whole);
    let lines = here.log(execution.id, "count", 1);
    assert_eq!(lines.iter().map(|line| line.text.clone()).collect::<Vec<_>>(), whole);
    assert!(lines.iter().zip(1..).all(|(line, number)| line.number == number));
    assert_eq!(here.db.store.attempts_of(execution.id).await.unwrap().len(), 2);
}

async fn a_script_outlives_a_kill_of_the_server(db: Db) {
    let here = Installation::new(db);
    let program = here.starts();
    let release = executes(&here, &program, COUNTER).await;
    until("it counts", async || here.wrote("counted", "lines").len() > 9).await;
    drop(program);
    let at = here.wrote("counted", "lines").len();
    until("it counts without the server", async || here.wrote("counted", "lines").len() > at + 9).await;
    let _again = here.starts();
    counted_once(&here, release).await;
}

async fn what_was_answered_survives_a_kill_at_once(db: Db) {
    let here = Installation::new(db);
    let program = here.starts();
    let release = executes(&here, &program, COUNTER).await;
    drop(program);
    let _again = here.starts();
    counted_once(&here, release).await;
}

async fn kills_at_any_moment_repeat_nothing(db: Db) {
    let here = Installation::new(db);
    let mut program = here.starts();
    let release = executes(&here, &program, HURDLES).await;
    let mut moments = Vec::new();
    for _ in 0..5 {
        let (started, moment) = (Instant::now(), Duration::from_millis(rand::rng().random_range(0..300)));
        until("the moment", async || started.elapsed() >= moment).await;
        moments.push(moment);
        drop(program);
        program = here.starts();
    }
    println!("killed after {moments:?}");
    ends_successful(&here, release).await;
    let (mut starts, mut ends) = (here.wrote("counted", "starts"), here.wrote("counted", "ends"));
    starts.sort();
    ends.sort();
    let each = ["last-1 1", "last-2 1", "left-1 1", "left-2 1", "right-1 1", "right-2 1", "stumble 1", "stumble 2"];
    assert_eq!(starts, each);
    assert_eq!(ends, each);
}

async fn a_server_that_is_told_to_stop_lets_its_scripts_go_on(db: Db) {
    let here = Installation::new(db);
    let mut program = here.starts();
    let release = executes(&here, &program, COUNTER).await;
    until("it counts", async || here.wrote("counted", "lines").len() > 9).await;
    kill_process(Pid::from_child(&program.child), Signal::TERM).unwrap();
    let status = program.child.wait().unwrap();
    assert!(status.success(), "{status}");
    let at = here.wrote("counted", "lines").len();
    assert!(at < COUNTED, "it waits for the script");
    until("it counts without the server", async || here.wrote("counted", "lines").len() > at).await;
    let _again = here.starts();
    counted_once(&here, release).await;
}
