//! The real program is killed and started again: nothing that it answered is lost, and no script runs twice.

use std::path::PathBuf;
use std::process::Output;
use std::time::{Duration, Instant};

use rand::RngExt;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tollgate::domain::execution::Execution;
use tollgate::domain::status::ReleaseStatus;
use tollgate::folders::Folders;
use tollgate::runlog::read_tail;
use uuid::Uuid;

use crate::db::Db;
use crate::program::{self, ANYWHERE, Program};
use crate::web::browser::Browser;

on_both!(
    a_script_outlives_a_kill_of_the_server,
    what_was_answered_survives_a_kill_at_once,
    kills_at_any_moment_repeat_nothing,
    a_server_that_is_told_to_stop_lets_its_scripts_go_on,
);

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
          while [ "$n" -lt 60 ]; do
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

/// A demo with one release task more, in a folder of its own.
struct Installation {
    db: Db,
    folder: TempDir,
}

impl Installation {
    fn new(db: Db) -> Self {
        Self { db, folder: tempfile::tempdir().unwrap() }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn starts(&self) -> Program {
        Program::start(&self.data(), Some(&self.db.url), ANYWHERE)
    }

    fn runs(&self, arguments: &[&str]) -> Output {
        program::command(&self.data(), Some(&self.db.url)).args(arguments).output().unwrap()
    }

    /// Brings a release task in and has it executed.
    async fn executes(&self, program: &Program, definition: &str) -> Uuid {
        let file = self.folder.path().join("release.yaml");
        std::fs::write(&file, definition).unwrap();
        let imported = self.runs(&["import", file.to_str().unwrap()]);
        assert!(imported.status.success(), "{imported:?}");
        let name = definition.lines().find_map(|line| line.strip_prefix("name: ")).unwrap();
        let browser = Browser::new(program.url.strip_prefix("http://").unwrap().parse().unwrap());
        assert_eq!(browser.signs_in("operator", &program.passwords["operator"]).await.status, 303);
        let list = browser.get(&format!("/regions/eu-west/release-tasks?q={name}")).await;
        let (_, link) = list.text.split_once("class=\"main\" href=\"/regions/eu-west/release-tasks/").unwrap();
        let release: Uuid = link.split('"').next().unwrap().parse().unwrap();
        let definition = self.db.store.release(release).await.unwrap().unwrap().definition;
        let tasks = definition.tasks().map(|(_, task)| ("task", task.name.as_str()));
        let form: Vec<_> = tasks.chain([("execution", "0")]).collect();
        let answer = browser.post(&format!("/regions/eu-west/release-tasks/{release}/execute"), &form).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        release
    }

    async fn execution(&self, release: Uuid) -> Execution {
        self.db.store.execution_numbered(release, 1).await.unwrap().expect("what was answered is there")
    }

    async fn ends_successful(&self, release: Uuid) -> Execution {
        until("the execution ends", async || self.execution(release).await.ended_at.is_some()).await;
        let execution = self.execution(release).await;
        assert_eq!(execution.status(), ReleaseStatus::Successful, "{:?}", execution.tasks);
        execution
    }

    /// Lines of a file that the scripts wrote.
    fn wrote(&self, name: &str) -> Vec<String> {
        let file = Folders::new(&self.data()).unwrap().workspace("counted").join(name);
        std::fs::read_to_string(file).unwrap_or_default().lines().map(str::to_owned).collect()
    }

    /// The counter counted once, in its file and in its log.
    async fn counted_once(&self, release: Uuid) {
        let execution = self.ends_successful(release).await;
        let whole: Vec<String> = (1..=60).map(|number| format!("line {number}")).collect();
        assert_eq!(self.wrote("starts"), ["start 1", "after"]);
        assert_eq!(self.wrote("lines"), whole);
        let log = Folders::new(&self.data()).unwrap().log(execution.id, "count", 1);
        let lines = read_tail(&log, 1000).unwrap().lines;
        assert_eq!(lines.iter().map(|line| line.text.clone()).collect::<Vec<_>>(), whole);
        assert!(lines.iter().zip(1..).all(|(line, number)| line.number == number));
        assert_eq!(self.db.store.attempts_of(execution.id).await.unwrap().len(), 2);
    }
}

/// Waits for something that comes.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let asked = Instant::now();
    while !is_so().await {
        assert!(asked.elapsed() < Duration::from_mins(1), "{what}: not in a minute");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn a_script_outlives_a_kill_of_the_server(db: Db) {
    let here = Installation::new(db);
    let program = here.starts();
    let release = here.executes(&program, COUNTER).await;
    until("it counts", async || here.wrote("lines").len() > 9).await;
    drop(program);
    let at = here.wrote("lines").len();
    until("it counts without the server", async || here.wrote("lines").len() > at + 9).await;
    let _again = here.starts();
    here.counted_once(release).await;
}

async fn what_was_answered_survives_a_kill_at_once(db: Db) {
    let here = Installation::new(db);
    let program = here.starts();
    let release = here.executes(&program, COUNTER).await;
    drop(program);
    let _again = here.starts();
    here.counted_once(release).await;
}

async fn kills_at_any_moment_repeat_nothing(db: Db) {
    let here = Installation::new(db);
    let mut program = here.starts();
    let release = here.executes(&program, HURDLES).await;
    let mut moments = Vec::new();
    for _ in 0..5 {
        let (started, moment) = (Instant::now(), Duration::from_millis(rand::rng().random_range(0..300)));
        until("the moment", async || started.elapsed() >= moment).await;
        moments.push(moment);
        drop(program);
        program = here.starts();
    }
    println!("killed after {moments:?}");
    here.ends_successful(release).await;
    let (mut starts, mut ends) = (here.wrote("starts"), here.wrote("ends"));
    starts.sort();
    ends.sort();
    let each = ["last-1 1", "last-2 1", "left-1 1", "left-2 1", "right-1 1", "right-2 1", "stumble 1", "stumble 2"];
    assert_eq!(starts, each);
    assert_eq!(ends, each);
}

async fn a_server_that_is_told_to_stop_lets_its_scripts_go_on(db: Db) {
    let here = Installation::new(db);
    let mut program = here.starts();
    let release = here.executes(&program, COUNTER).await;
    until("it counts", async || here.wrote("lines").len() > 9).await;
    kill_process(Pid::from_child(&program.child), Signal::TERM).unwrap();
    let told = Instant::now();
    let status = program.child.wait().unwrap();
    assert!(status.success(), "{status}");
    assert!(told.elapsed() < Duration::from_secs(5), "it waits for the script");
    let at = here.wrote("lines").len();
    assert!(at < 60, "the script was to run still");
    until("it counts without the server", async || here.wrote("lines").len() > at).await;
    let _again = here.starts();
    here.counted_once(release).await;
}

#[test]
fn two_servers_do_not_share_a_data_folder() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let _first = Program::start(&data, None, ANYWHERE);
    let second = program::command(&data, None).args(["serve", "--listen", ANYWHERE]).output().unwrap();
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(!second.status.success());
    assert!(said.contains(&format!("another Tollgate serves this data folder: {}", data.display())), "{said}");
}
