//! A release task in every state that it can be in, each reached as people and workers reach it.

use tollgate::app::AppError;
use tollgate::domain::decide::{Command, Selection};
use tollgate::domain::definition::Definition;
use tollgate::domain::execution::{TaskState, Verdict};
use tollgate::domain::failure_cause::FailureCause;
use tollgate::domain::ids::ReleaseId;
use tollgate::domain::kinds::Retry;
use tollgate::domain::outcome::Outcome;
use tollgate::domain::status::ReleaseStatus;
use tollgate::messages::{Locale, release_status};
use uuid::Uuid;

use crate::engine::executor::Work;
use crate::engine::stage::{Stage, said};
use crate::engine::tasks::{approval, command, command_with, phases};

/// Every state, by the name that the tests have for it.
pub const STATES: [&str; 19] = [
    "To release",
    "Running",
    "Running, the next attempt is due later",
    "To be approved",
    "Pausing",
    "Paused before the checkpoint",
    "Paused at the checkpoint",
    "Retrying",
    "Successful",
    "Release failed, a task failed",
    "Release failed, the checkpoint was rejected",
    "Release failed, the checkpoint expired",
    "Release failed, terminated while it ran",
    "Release failed, terminated while it was paused",
    "Release failed, terminated at the checkpoint",
    "Rolling back",
    "Rolling back, the next attempt is due later",
    "Rolled back",
    "Rollback failed",
];

/// Longer than any test waits, shorter than the deadline of the checkpoint.
const DELAY: u64 = 600;
const DEADLINE: u64 = 3600;

/// A release task that has come into a state.
pub struct Placed {
    pub release: ReleaseId,
    pub name: String,
    /// The attempt that is under way, if one is.
    pub work: Option<Work>,
}

/// Work that is tried twice and can be undone, a gate, and work behind it.
fn definition() -> Definition {
    let first = command_with("task-a", |a| a.retry = Retry { attempts: 2, delay: DELAY });
    phases(vec![vec![vec![first]], vec![vec![approval("go-live", 1, Some(DEADLINE))]], vec![vec![command("task-b")]]])
}

/// Brings a new release task there.
pub async fn place(stage: &Stage, name: &str, state: &str) -> Placed {
    let release = stage.release(name, definition()).await;
    let mut placed = Placed { release, name: name.to_owned(), work: None };
    match state {
        "To release" => {}
        "Running" => placed.executed(stage).await,
        "Running, the next attempt is due later" => {
            placed.executed(stage).await;
            placed.work.take().unwrap().fails();
            let delayed = |state: &TaskState| matches!(state, TaskState::Delayed { .. });
            stage.until(release, "it is tried again later", |last| delayed(&last.tasks[0].state)).await;
        }
        "To be approved" => placed.at_the_gate(stage).await,
        "Pausing" => {
            placed.executed(stage).await;
            stage.does(release, &Command::Pause).await;
        }
        "Paused before the checkpoint" => {
            placed.executed(stage).await;
            stage.does(release, &Command::Pause).await;
            placed.work.take().unwrap().succeeds();
            stage.until_status(release, ReleaseStatus::Paused).await;
        }
        "Paused at the checkpoint" => {
            placed.at_the_gate(stage).await;
            stage.does(release, &Command::Pause).await;
        }
        "Retrying" => {
            placed.failed(stage).await;
            stage.asks("operator", release, &Command::Retry).await.unwrap();
        }
        "Successful" => placed.successful(stage).await,
        "Release failed, a task failed" => placed.failed(stage).await,
        "Release failed, the checkpoint was rejected" => {
            placed.at_the_gate(stage).await;
            stage.says("approver", release, "go-live", Verdict::Reject).await.unwrap();
            stage.tick().await;
        }
        "Release failed, the checkpoint expired" => {
            placed.at_the_gate(stage).await;
            stage.passes(i64::try_from(DEADLINE).unwrap());
            stage.tick().await;
        }
        "Release failed, terminated while it ran" => {
            placed.executed(stage).await;
            placed.terminated(stage).await;
        }
        "Release failed, terminated while it was paused" => {
            placed.executed(stage).await;
            stage.does(release, &Command::Pause).await;
            placed.work.take().unwrap().succeeds();
            stage.until_status(release, ReleaseStatus::Paused).await;
            placed.terminated(stage).await;
        }
        "Release failed, terminated at the checkpoint" => {
            placed.at_the_gate(stage).await;
            placed.terminated(stage).await;
        }
        "Rolling back" => placed.rolling_back(stage).await,
        "Rolling back, the next attempt is due later" => {
            placed.rolling_back(stage).await;
            placed.work.take().unwrap().succeeds();
            placed.work = Some(placed.begins(stage).await);
            placed.work.take().unwrap().fails();
            let delayed = |state: &TaskState| matches!(state, TaskState::RollbackDelayed { .. });
            stage.until(release, "it is undone later", |last| delayed(&last.tasks[0].state)).await;
        }
        "Rolled back" => {
            placed.rolling_back(stage).await;
            placed.work.take().unwrap().succeeds();
            placed.begins(stage).await.succeeds();
            stage.until_status(release, ReleaseStatus::RolledBack).await;
        }
        "Rollback failed" => {
            placed.rolling_back(stage).await;
            placed.work.take().unwrap().ends(lost());
            stage.until_status(release, ReleaseStatus::RollbackFailed).await;
        }
        other => panic!("{other} is no state"),
    }
    let status = stage.status_of(release).await;
    assert!(state.starts_with(release_status(status, Locale::English)), "{state} is {status:?}");
    placed
}

/// What is never tried again by itself.
fn lost() -> Outcome {
    Outcome::Interrupted { cause: FailureCause::Text("lost sight of".to_owned()) }
}

impl Placed {
    /// The attempt of this release task that starts next.
    pub async fn begins(&self, stage: &Stage) -> Work {
        loop {
            let work = stage.calls.next().await;
            if work.told("TOLLGATE_RELEASE") == self.name {
                return work;
            }
        }
    }

    /// What runs ends as it is told to.
    pub async fn stops(&mut self) {
        if let Some(work) = self.work.take() {
            work.ends_when_told().await;
        }
    }

    async fn executed(&mut self, stage: &Stage) {
        stage.execute(self.release).await.unwrap();
        stage.tick().await;
        self.work = Some(self.begins(stage).await);
    }

    async fn at_the_gate(&mut self, stage: &Stage) {
        self.executed(stage).await;
        self.work.take().unwrap().succeeds();
        stage.until_status(self.release, ReleaseStatus::ToBeApproved).await;
    }

    async fn failed(&mut self, stage: &Stage) {
        self.executed(stage).await;
        self.work.take().unwrap().ends(lost());
        stage.until_status(self.release, ReleaseStatus::ReleaseFailed).await;
    }

    async fn successful(&mut self, stage: &Stage) {
        self.at_the_gate(stage).await;
        stage.says("approver", self.release, "go-live", Verdict::Agree).await.unwrap();
        stage.tick().await;
        self.begins(stage).await.succeeds();
        stage.until_status(self.release, ReleaseStatus::Successful).await;
    }

    async fn terminated(&mut self, stage: &Stage) {
        stage.does(self.release, &Command::Terminate).await;
        self.stops().await;
        stage.until_status(self.release, ReleaseStatus::ReleaseFailed).await;
    }

    async fn rolling_back(&mut self, stage: &Stage) {
        self.successful(stage).await;
        stage.does(self.release, &Command::RollBack).await;
        self.work = Some(self.begins(stage).await);
    }

    /// Asks for something by the name of its button.
    pub async fn asks(&self, stage: &Stage, button: &str) -> Result<(), AppError> {
        let operator = stage.caller("operator").await;
        let because = || "because".to_owned();
        let command = match button {
            "Execute" => return stage.app.execute(&operator, self.release, &Selection::All).await.map(drop),
            "Clone" => {
                let copy = format!("copy-{}", Uuid::now_v7().simple());
                return stage.app.clone_release(&operator, self.release, copy.as_str()).await.map(drop);
            }
            "Delete" => return stage.app.delete(&operator, self.release).await,
            "Agree" | "Reject" => {
                let verdict = if button == "Agree" { Verdict::Agree } else { Verdict::Reject };
                return stage.asks("approver", self.release, &said("go-live", verdict)).await.map(drop);
            }
            "Pause" => Command::Pause,
            "Continue" => Command::Continue,
            "Terminate" => Command::Terminate,
            "Retry" => Command::Retry,
            "Skip task-a" => Command::Skip { task: "task-a".to_owned(), comment: because() },
            "Skip go-live" => Command::Skip { task: "go-live".to_owned(), comment: because() },
            "Roll Back" => Command::RollBack,
            other => panic!("there is no button {other}"),
        };
        stage.asks("operator", self.release, &command).await.map(drop)
    }
}
