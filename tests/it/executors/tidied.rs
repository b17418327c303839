//! Scripts that remove files of their own run folder, as `cd "$(dirname "$0")"; rm -rf ./*` does.

use rustix::process::{Pid, Signal, kill_process};
use tollgate::domain::outcome::Outcome;
use tollgate::executors::Stop;

use super::stage::{Stage, succeeded, until};
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

/// A script that removes that, marks its start, and goes on until it is told, or until the test is over, beside another
/// process.
fn tidying(removed: &str) -> Stage {
    Stage::new(&format!(
        "echo line; cd \"$(dirname \"$0\")\" && rm -rf {removed}; cd \"$HOME\"; echo once >> mark; \
         sleep 60 & echo $! > child; echo $PPID > parent; while [ -e mark ] && ! [ -e go ]; do sleep 0.01; done"
    ))
}

#[tokio::test]
async fn a_script_that_removes_what_its_supervisor_wrote_is_picked_up_and_not_started_again() {
    for removed in REMOVED {
        let stage = tidying(removed);
        let first = stage.begin(&Stop::new());
        stage.made("parent").await;
        first.abort();
        assert!(first.await.unwrap_err().is_cancelled());
        let second = stage.begin(&Stop::new());
        std::fs::write(stage.file("go"), "").unwrap();
        assert_eq!(second.await.unwrap(), succeeded(), "{removed}");
        assert_eq!(stage.made("mark").await, "once\n", "{removed}");
    }
}

#[tokio::test]
async fn a_script_that_removes_what_its_supervisor_wrote_can_be_stopped_by_the_next_server() {
    for removed in REMOVED {
        let stage = tidying(removed);
        let first = stage.begin(&Stop::new());
        let supervisor = stage.made("parent").await;
        first.abort();
        assert!(first.await.unwrap_err().is_cancelled());
        let stop = Stop::new();
        stop.cancel();
        assert_eq!(stage.begin(&stop).await.unwrap(), Outcome::Stopped, "{removed}");
        until("it has ended", || (!lives(&supervisor)).then_some(())).await;
        assert_eq!(stage.made("mark").await, "once\n", "{removed}");
    }
}

#[tokio::test]
async fn a_script_that_removes_what_its_supervisor_wrote_is_interrupted_with_its_supervisor() {
    for removed in REMOVED {
        let stage = tidying(removed);
        let first = stage.begin(&Stop::new());
        let supervisor = stage.made("parent").await;
        first.abort();
        assert!(first.await.unwrap_err().is_cancelled());
        kill_process(Pid::from_raw(supervisor.trim().parse().unwrap()).unwrap(), Signal::KILL).unwrap();
        until("it is gone", || (!lives(&supervisor)).then_some(())).await;
        let outcome = stage.run().await;
        assert!(matches!(outcome, Outcome::Interrupted { .. }), "{removed}: {outcome:?}");
        let child = stage.made("child").await;
        assert!(!lives(&child), "{removed}");
        assert_eq!(stage.made("mark").await, "once\n", "{removed}");
    }
}
