//! Scripts that remove files of their own run folder, as `cd "$(dirname "$0")"; rm -rf ./*` does.

use tollgate::domain::outcome::Outcome;
use tollgate::executors::Stop;

use super::stage::{GOES_ON, Stage, until};
use crate::processes::lives;

/// What a script may remove, or put something else in its place.
const REMOVED: [&str; 8] = [
    "lock",
    "lock; touch lock",
    "supervisor.json",
    "lock supervisor.json",
    "lock; : > supervisor.json",
    "*.json log outputs lock",
    "./*",
    "./* ./.[!.]*",
];

/// A script that removes that and goes on until it is told, beside another process.
fn tidying(removed: &str) -> Stage {
    Stage::new(&format!(
        "echo line; cd \"$(dirname \"$0\")\" && rm -rf {removed}; cd \"$HOME\"; sleep 600 & echo $! > child; {GOES_ON}"
    ))
}

#[tokio::test]
async fn a_script_that_removes_what_its_supervisor_wrote_is_picked_up_and_not_started_again() {
    for removed in REMOVED {
        let stage = tidying(removed);
        stage.left_by_its_server().await;
        stage.is_picked_up(removed).await;
    }
}

#[tokio::test]
async fn a_script_that_removes_what_its_supervisor_wrote_can_be_stopped_by_the_next_server() {
    for removed in REMOVED {
        let stage = tidying(removed);
        let supervisor = stage.left_by_its_server().await;
        let stop = Stop::new();
        stop.cancel();
        assert_eq!(stage.begin(&stop).await.unwrap(), Outcome::Stopped, "{removed}");
        until("it has ended", || (!lives(&supervisor)).then_some(())).await;
        stage.started_once(removed).await;
    }
}

#[tokio::test]
async fn a_script_that_removes_what_its_supervisor_wrote_is_interrupted_with_its_supervisor() {
    for removed in REMOVED {
        let stage = tidying(removed);
        stage.left_by_all().await;
        let outcome = stage.run().await;
        assert!(matches!(outcome, Outcome::Interrupted { .. }), "{removed}: {outcome:?}");
        let child = stage.made("child").await;
        assert!(!lives(&child), "{removed}");
        stage.started_once(removed).await;
    }
}
