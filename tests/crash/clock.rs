//! The machine's clock is set forward and back by an hour while scripts run, while a wait and a deadline are pending, and
//! over a restart. What is a time of day moves with the clock: waits, deadlines, sessions. What is a length of time does
//! not: no script times out for it. Nothing is started twice, and everything goes on.
//!
//! The clock is that of the real program and of the processes that supervise its scripts, set by libfaketime.

use std::path::{Path, PathBuf};

use tollgate::domain::execution::{Execution, FailReason, TaskState};
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::status::{ReleaseStatus, TaskStatus};

use crate::db::Db;
use crate::flow;
use crate::installation::{Installation, People};
use crate::program::Program;
use crate::team_folder::team_folder;
use crate::until::until;

on_both!(a_clock_that_is_set_forward_ends_waits_and_no_scripts, a_clock_that_is_set_back_holds_up_nothing,);

/// A script, a wait beside it, a gate with a deadline, and another script.
const CLOCKS: &str = r#"
name: clocks
team: Platform
region: eu-west
phases:
  - name: Work
    groups:
      - - name: long
          workingFolder: clocks
          timeout: 10m
          script: |
            echo "$TOLLGATE_TASK $TOLLGATE_ATTEMPT" >> ran
            n=0
            while ! [ -e go ]; do n=$((n + 1)); echo "line $n"; echo "$n" >> lines; sleep 0.02; done
      - - name: rest
          type: wait
          for: 30m
  - name: Gate
    tasks:
      - name: go-live
        type: manual-approval
        approvers: [approver]
        deadline: 30m
  - name: After
    tasks:
      - name: after
        workingFolder: clocks
        timeout: 3s
        retry: { attempts: 2, delay: 0s }
        script: |
          echo "$TOLLGATE_TASK $TOLLGATE_ATTEMPT" >> ran
          [ "$TOLLGATE_ATTEMPT" = 2 ] || sleep 60
"#;

/// An installation on a clock that can be set.
struct Scene {
    here: Installation,
    release: ReleaseId,
    clock: PathBuf,
}

impl Scene {
    /// The release task runs: its script, and the wait.
    async fn running(db: Db) -> (Self, Program, People) {
        let here = Installation::new(db);
        let mut scene = Self { clock: here.data().with_extension("clock"), here, release: ReleaseId::nil() };
        scene.set_clock("+0");
        let program = scene.starts();
        scene.release = scene.here.imports(CLOCKS).await;
        let people = People::sign_in(&program).await;
        let tasks = [("task", "long"), ("task", "rest"), ("task", "go-live"), ("task", "after"), ("execution", "0")];
        assert_eq!(people.operator.post(&scene.page("/execute"), &tasks).await.status, 303);
        until("it runs", async || scene.lines() > 5).await;
        (scene, program, people)
    }

    fn starts(&self) -> Program {
        let (clock, library) = (self.clock.display().to_string(), library().display().to_string());
        let environment = [
            ("LD_PRELOAD", library.as_str()),
            ("FAKETIME_TIMESTAMP_FILE", &clock),
            ("FAKETIME_NO_CACHE", "1"),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ];
        self.here.starts_with(&environment).unwrap()
    }

    /// By so many seconds from the real time.
    fn set_clock(&self, by: &str) {
        let aside = self.clock.with_extension("new");
        std::fs::write(&aside, by).unwrap();
        std::fs::rename(aside, &self.clock).unwrap();
    }

    fn lines(&self) -> usize {
        self.here.wrote("clocks", "lines").len()
    }

    async fn goes_on(&self) {
        let before = self.lines();
        until("the script goes on", async || self.lines() > before + 50).await;
        assert!(matches!(self.state("long").await, TaskState::Running { attempt: 1, .. }));
    }

    fn lets_it_go(&self) {
        std::fs::write(team_folder(&self.here.data()).join("clocks/go"), "").unwrap();
    }

    async fn execution(&self) -> Execution {
        self.here.execution(self.release, 1).await
    }

    async fn state(&self, task: &str) -> TaskState {
        let execution = self.execution().await;
        execution.tasks[execution.index(task).unwrap()].state.clone()
    }

    async fn is(&self, status: ReleaseStatus) {
        until(&format!("it is {status:?}"), async || self.execution().await.status() == status).await;
    }

    async fn agrees(&self, people: &People, round: &str) {
        let form = [("verdict", "agree"), ("round", round), ("comment", "")];
        let answer = people.approver.post(&self.page("/executions/1/tasks/go-live/decision"), &form).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
    }

    /// It ended well; each script ran as often as it was to, and the audit tells it in the order in which it was.
    async fn ended_well(&self, asked: usize) {
        self.is(ReleaseStatus::Successful).await;
        assert_eq!(self.here.wrote("clocks", "ran"), ["long 1", "after 1", "after 2"]);
        let log = self.here.log(self.execution().await.id, "long", 1);
        let texts: Vec<_> = log.into_iter().map(|line| line.text).collect();
        assert_eq!(texts, (1..=self.lines()).map(|n| format!("line {n}")).collect::<Vec<_>>());
        let audit = self.here.audit_of(self.execution().await.id).await;
        let words: Vec<String> =
            audit.iter().map(|activity| flow::told(std::slice::from_ref(activity)).concat()).collect();
        assert!(words.first().unwrap().contains("\"executed\"") && words.last().unwrap().contains("\"ended\""));
        assert_eq!(words.iter().filter(|said| said.contains("checkpoint_opened")).count(), asked);
        let at = |what: &str| words.iter().position(|said| said.contains(what)).unwrap();
        assert!(at("long: ") < at("go-live: ") && at("go-live: ") < at("after: "), "{words:#?}");
    }

    fn page(&self, rest: &str) -> String {
        format!("/regions/eu-west/release-tasks/{}{rest}", self.release)
    }
}

/// Where tests/run has put libfaketime.
fn library() -> PathBuf {
    let machines = std::fs::read_dir("/usr/lib").unwrap().flatten().map(|entry| entry.path());
    let found = machines.map(|machine| machine.join("faketime/libfaketimeMT.so.1")).find(|file| Path::exists(file));
    found.expect("libfaketime is needed for tests of the clock: `apt-get install libfaketime`")
}

async fn a_clock_that_is_set_forward_ends_waits_and_no_scripts(db: Db) {
    let (scene, program, people) = Scene::running(db).await;
    assert!(matches!(scene.state("rest").await, TaskState::Running { .. }));
    scene.set_clock("+3600");
    until("the wait is over", async || scene.state("rest").await.status() == TaskStatus::Successful).await;
    scene.goes_on().await;
    drop(program);
    let program = scene.starts();
    let people = people.at(&program);
    scene.goes_on().await;
    assert_eq!(people.operator.get(&scene.page("")).await.status, 200, "a session outlives an hour");
    scene.lets_it_go();
    scene.is(ReleaseStatus::ToBeApproved).await;

    scene.set_clock("+7200");
    scene.is(ReleaseStatus::ReleaseFailed).await;
    assert_eq!(scene.state("go-live").await.failure().map(|(why, _)| why), Some(FailReason::Expired));
    assert_eq!(people.operator.post(&scene.page("/retry"), &[("execution", "1")]).await.status, 303);
    scene.is(ReleaseStatus::ToBeApproved).await;
    scene.agrees(&people, "2").await;
    scene.ended_well(2).await;
}

async fn a_clock_that_is_set_back_holds_up_nothing(db: Db) {
    let (scene, program, people) = Scene::running(db).await;
    scene.set_clock("-3600");
    scene.goes_on().await;
    assert!(matches!(scene.state("rest").await, TaskState::Running { .. }), "a wait lasts until its time has come");
    drop(program);
    // Whoever signed in before the clock was set back may do so again.
    let program = scene.starts();
    let signed_in = People::sign_in(&program).await;
    let people = people.at(&program);
    assert_eq!(people.operator.get(&scene.page("")).await.status, 200, "a session outlives an hour");
    scene.set_clock("-7200");
    for _ in 0..2 {
        let again = People::sign_in(&program).await;
        assert_eq!(again.operator.get(&scene.page("")).await.status, 200);
    }
    scene.goes_on().await;
    scene.lets_it_go();
    until("the script has ended", async || scene.state("long").await.status() == TaskStatus::Successful).await;
    scene.set_clock("+3600");
    scene.is(ReleaseStatus::ToBeApproved).await;

    scene.set_clock("-3600");
    scene.agrees(&signed_in, "1").await;
    drop(program);
    let _program = scene.starts();
    // Nobody waits here for the hour that the clock was set back.
    scene.ended_well(1).await;
}
