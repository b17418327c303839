//! Somebody takes run folders away: while a script runs, after it ended, and while the server is away. The attempt is
//! Interrupted, nothing is started a second time, and people are told in a sentence.

use std::fs;
use std::path::PathBuf;

use reqwest::Method;
use tollgate::domain::execution::{Execution, FailReason};
use tollgate::domain::failure_cause::FailureCause;
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::status::ReleaseStatus;
use tollgate::store::Backend;

use crate::browser::Page;
use crate::db::Db;
use crate::installation::{Installation, People};
use crate::program::Program;
use crate::team_folder::team_folder;
use crate::until::until;

on_both!(
    a_run_folder_that_goes_away_while_its_script_runs_is_told,
    a_script_whose_run_folder_is_gone_can_be_terminated,
    run_folders_that_go_away_while_the_server_is_away_start_nothing_again,
    logs_that_were_taken_away_are_told_and_hold_up_nothing,
);

/// A script that runs until it is let go, at its first attempt.
const WAITS: &str = r#"
name: waits
team: Platform
region: eu-west
phases:
  - name: Work
    tasks:
      - name: wait-for-it
        workingFolder: waits
        script: |
          echo "it begins"
          echo "$TOLLGATE_EXECUTION $TOLLGATE_ATTEMPT" >> ran
          while [ "$TOLLGATE_ATTEMPT" = 1 ] && ! [ -e go ]; do sleep 0.02; done
"#;

/// What people are told of an attempt whose run folder is gone.
const GONE: &str = "The run folder of the script is gone, and with it how the script ended.";

/// An installation with that release task, executed once.
struct Scene {
    here: Installation,
    people: People,
    release: ReleaseId,
}

impl Scene {
    async fn set(db: Db) -> (Self, Program) {
        let here = Installation::new(db);
        let program = here.starts();
        let release = here.imports(WAITS).await;
        let people = People::sign_in(&program).await;
        (Self { here, people, release }, program)
    }

    /// The same, and the script runs.
    async fn running(db: Db) -> (Self, Program) {
        let (scene, program) = Self::set(db).await;
        scene.executes("0").await;
        until("it runs", async || scene.ran() == ["1 1"]).await;
        (scene, program)
    }

    async fn executes(&self, seen: &str) {
        let form = [("task", "wait-for-it"), ("execution", seen)];
        assert_eq!(self.people.operator.post(&self.page("/execute"), &form).await.status, 303);
    }

    /// The same of a server that dies when the work is claimed: that may be before its answer is on its way.
    async fn executes_before_it_dies(&self, seen: &str) {
        let headers = [("sec-fetch-site", "same-origin")];
        let body = format!("task=wait-for-it&execution={seen}");
        let answer = self.people.operator.tries(Method::POST, &self.page("/execute"), &headers, &body).await;
        assert!(answer.is_err() || answer.is_ok_and(|answer| answer.status == 303));
    }

    fn ran(&self) -> Vec<String> {
        self.here.wrote("waits", "ran")
    }

    fn runs(&self) -> PathBuf {
        self.here.data().join("runs")
    }

    fn lets_it_go(&self) {
        fs::write(team_folder(&self.here.data()).join("waits/go"), "").unwrap();
    }

    async fn last(&self) -> Execution {
        self.here.db.store.release(self.release).await.unwrap().unwrap().last.unwrap()
    }

    async fn ends(&self) -> Execution {
        until("it ends", async || self.last().await.ended_at.is_some()).await;
        self.last().await
    }

    /// It ended so, people are told so, and nothing of it runs any more; retried, it succeeds.
    async fn is_interrupted_and_can_be_retried(&self, ran: &[&str]) {
        let ended = self.ends().await;
        let failure = ended.tasks[0].state.failure();
        assert!(
            failure.is_some_and(|(why, cause)| {
                why == FailReason::Interrupted && *cause == FailureCause::RunFolderGone
            }),
            "{failure:?}"
        );
        self.task().await.says("Interrupted").says(GONE);
        until("nothing of it runs", async || self.here.scripts().is_empty() && self.here.supervisors().is_empty())
            .await;
        assert_eq!(self.ran(), ran);
        assert_eq!(self.people.operator.post(&self.page("/retry"), &[("execution", "1")]).await.status, 303);
        until("it is retried", async || self.last().await.tasks[0].attempt == 2).await;
        assert_eq!(self.ends().await.status(), ReleaseStatus::Successful);
        assert_eq!(self.ran(), [ran, &["1 2"]].concat());
    }

    async fn task(&self) -> Page {
        self.people.operator.get(&self.page("/executions/1/tasks/wait-for-it?attempt=1")).await
    }

    fn page(&self, rest: &str) -> String {
        format!("/regions/eu-west/release-tasks/{}{rest}", self.release)
    }
}

async fn a_run_folder_that_goes_away_while_its_script_runs_is_told(db: Db) {
    let (scene, _program) = Scene::running(db).await;
    fs::remove_dir_all(scene.runs()).unwrap();
    assert_eq!(scene.task().await.status, 200);
    scene.lets_it_go();
    scene.is_interrupted_and_can_be_retried(&["1 1"]).await;
}

async fn a_script_whose_run_folder_is_gone_can_be_terminated(db: Db) {
    let (scene, _program) = Scene::running(db).await;
    fs::remove_dir_all(scene.here.folders().attempt(scene.last().await.id, "wait-for-it", 1)).unwrap();
    assert_eq!(scene.people.operator.post(&scene.page("/terminate"), &[("execution", "1")]).await.status, 303);
    assert_eq!(scene.ends().await.status(), ReleaseStatus::ReleaseFailed);
    until("nothing of it runs", async || scene.here.scripts().is_empty()).await;
    assert_eq!(scene.ran(), ["1 1"]);
}

async fn run_folders_that_go_away_while_the_server_is_away_start_nothing_again(db: Db) {
    let (mut scene, program) = Scene::running(db).await;
    drop(program);
    assert!(!scene.here.scripts().is_empty());
    fs::remove_dir_all(scene.runs()).unwrap();
    let program = scene.here.starts();
    scene.people = scene.people.at(&program);
    scene.is_interrupted_and_can_be_retried(&["1 1"]).await;
    drop(program);

    // Claimed, and the server dies before it has started anything.
    let mut program = scene.here.starts_with(&[("TOLLGATE_FAIL_AT", "command.claimed")]).unwrap();
    scene.people = scene.people.at(&program);
    scene.executes_before_it_dies("1").await;
    tokio::task::block_in_place(|| program.child.wait()).unwrap();
    fs::remove_dir_all(scene.runs()).unwrap();
    let _program = scene.here.starts();
    let ended = scene.ends().await;
    assert_eq!(ended.number, 2);
    assert_eq!(ended.tasks[0].state.failure().map(|(why, _)| why), Some(FailReason::Interrupted));
    assert_eq!(scene.ran(), ["1 1", "1 2"], "nothing was started on a guess");
}

async fn logs_that_were_taken_away_are_told_and_hold_up_nothing(db: Db) {
    let (scene, _program) = Scene::running(db).await;
    scene.lets_it_go();
    assert_eq!(scene.ends().await.status(), ReleaseStatus::Successful);
    scene.task().await.says("it begins").says("The log ends here.");
    fs::remove_dir_all(scene.runs()).unwrap();
    let page = scene.task().await;
    match scene.here.db.store.backend() {
        Backend::Sqlite => page.says("The log is not there any more: its folder was removed from the data folder."),
        // It is shared in the database.
        Backend::Postgres => page.says("it begins"),
    };
    assert_eq!(scene.people.operator.get(&scene.page("")).await.status, 200);
    scene.executes("1").await;
    until("the next one ends", async || scene.last().await.number == 2 && scene.last().await.ended_at.is_some()).await;
    assert_eq!(scene.last().await.status(), ReleaseStatus::Successful);
    assert_eq!(scene.ran(), ["1 1", "2 1"]);
}
