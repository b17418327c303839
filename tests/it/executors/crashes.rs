//! Once and never twice, whatever dies.

use std::time::Duration;

use rustix::process::{Signal, kill_process};
use tollgate::domain::outcome::Outcome;
use tollgate::executors::Stop;
use tollgate::messages::{Locale, failure_cause};

use super::stage::{MOMENTS, Stage, succeeded, until};
use crate::processes::{leads_a_session, lives};

#[tokio::test]
async fn an_attempt_that_is_run_twice_starts_once() {
    for _ in 0..5 {
        let stage = Stage::new("echo once >> mark; echo line");
        let runs: Vec<_> = (0..4).map(|_| stage.begin(&Stop::new())).collect();
        for run in runs {
            assert_eq!(run.await.unwrap(), succeeded());
        }
        assert_eq!(stage.run().await, succeeded());
        assert_eq!(stage.made("mark").await, "once\n");
        assert_eq!(stage.texts(), ["line"]);
    }
}

#[tokio::test]
async fn a_server_that_comes_back_picks_the_script_up() {
    let stage = Stage::new(
        "echo once >> mark; n=0; while ! [ -e go ]; do n=$((n+1)); echo $n; sleep 0.01; done; echo a=$n > $TOLLGATE_OUTPUT",
    );
    let first = stage.begin(&Stop::new());
    stage.made("mark").await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    let before = stage.lines().len();
    until("the script goes on", || (stage.lines().len() > before + 3).then_some(())).await;

    let second = stage.begin(&Stop::new());
    std::fs::write(stage.file("go"), "").unwrap();
    let Outcome::Succeeded { outputs } = second.await.unwrap() else { panic!("not succeeded") };
    let last: usize = outputs["a"].parse().unwrap();
    let expected: Vec<_> = (1..=last).map(|n| n.to_string()).collect();
    assert_eq!(stage.texts(), expected);
    assert_eq!(stage.made("mark").await, "once\n");
}

#[tokio::test]
async fn a_server_that_comes_back_at_any_moment_starts_nothing_twice() {
    for moment in MOMENTS.into_iter().chain(["exit.json"]) {
        let stage = Stage::new("echo once >> mark; sleep 0.02; echo line");
        let first = stage.begin(&Stop::new());
        stage.reached(moment).await;
        first.abort();
        assert_eq!(stage.run().await, succeeded(), "at {moment}");
        assert_eq!(stage.made("mark").await, "once\n");
        assert_eq!(stage.texts(), ["line"]);
    }
}

#[tokio::test]
async fn a_script_that_was_picked_up_can_be_stopped() {
    let stage = Stage::new("echo on > mark; sleep 600");
    let first = stage.begin(&Stop::new());
    stage.made("mark").await;
    first.abort();
    let stop = Stop::new();
    let second = stage.begin(&stop);
    stop.cancel();
    assert_eq!(second.await.unwrap(), Outcome::Stopped);
}

#[tokio::test]
async fn a_script_whose_supervisor_was_killed_is_interrupted_and_ended() {
    let mut stage = Stage::new("echo once >> mark; sleep 600 & echo $! > child; timeout 900 sleep 600");
    stage.order.grace = Duration::from_millis(500);
    let run = stage.begin(&Stop::new());
    let child = stage.made("child").await;
    kill_process(stage.supervisor().unwrap(), Signal::KILL).unwrap();
    assert!(matches!(run.await.unwrap(), Outcome::Interrupted { .. }));
    until("the child is gone", || (!lives(&child)).then_some(())).await;
    assert!(matches!(stage.run().await, Outcome::Interrupted { .. }));
    assert_eq!(stage.made("mark").await, "once\n");
}

#[tokio::test]
async fn a_supervisor_that_is_told_to_end_without_a_stop_goes_on() {
    let stage = Stage::new("echo on > mark; while ! [ -e go ]; do sleep 0.01; done");
    let run = stage.begin(&Stop::new());
    stage.made("mark").await;
    let supervisor = stage.supervisor().unwrap();
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        kill_process(supervisor, signal).unwrap();
    }
    std::fs::write(stage.file("go"), "").unwrap();
    assert_eq!(run.await.unwrap(), succeeded());
}

#[tokio::test]
async fn a_supervisor_has_a_session_of_its_own() {
    let stage = Stage::new("echo on > mark; while ! [ -e go ]; do sleep 0.01; done");
    let run = stage.begin(&Stop::new());
    stage.made("mark").await;
    assert!(leads_a_session(stage.supervisor().unwrap()));
    std::fs::write(stage.file("go"), "").unwrap();
    run.await.unwrap();
}

#[tokio::test]
async fn a_supervisor_killed_at_any_moment_starts_nothing_twice() {
    for moment in MOMENTS {
        let stage = Stage::new("echo once >> mark; while ! [ -e go ]; do sleep 0.01; done");
        let run = stage.begin(&Stop::new());
        stage.reached(moment).await;
        // Whoever is found: before `supervisor.json` is there, the supervisor is known by nobody and lives on.
        if let Some(supervisor) = stage.supervisor() {
            kill_process(supervisor, Signal::KILL).unwrap();
        }
        std::fs::create_dir_all(&stage.order.default_folder).unwrap();
        std::fs::write(stage.file("go"), "").unwrap();
        let outcome = run.await.unwrap();
        assert!(matches!(outcome, Outcome::Succeeded { .. } | Outcome::Interrupted { .. }), "at {moment}: {outcome:?}");
        let marks = std::fs::read_to_string(stage.file("mark")).unwrap_or_default();
        assert!(marks == "once\n" || (marks.is_empty() && outcome != succeeded()), "at {moment}: {marks:?}");
        assert_eq!(stage.run().await, outcome);
    }
}

#[tokio::test]
async fn a_run_folder_that_was_started_and_lost_its_end_is_interrupted() {
    let stage = Stage::new("echo ran > mark");
    std::fs::write(stage.order.folder.join("started"), "").unwrap();
    assert!(matches!(stage.run().await, Outcome::Interrupted { .. }));
    assert!(!stage.file("mark").exists());
}

#[tokio::test]
async fn a_run_folder_that_goes_away_is_interrupted_and_not_run_again() {
    let stage = Stage::new("echo once >> mark; while ! [ -e go ]; do sleep 0.01; done");
    let run = stage.begin(&Stop::new());
    stage.made("mark").await;
    std::fs::remove_dir_all(&stage.order.folder).unwrap();
    std::fs::write(stage.file("go"), "").unwrap();
    let Outcome::Interrupted { cause } = run.await.unwrap() else { panic!("not interrupted") };
    let message = failure_cause(&cause, Locale::English);
    assert!(message.contains("run folder of the script is gone"), "{message}");
    assert_eq!(stage.made("mark").await, "once\n");
}

/// Errored is repeated by the retry policy, and what may have run must not be.
#[tokio::test]
async fn an_ending_that_cannot_be_read_is_interrupted() {
    let stage = Stage::new("echo ran > mark");
    stage.run().await;
    std::fs::write(stage.order.folder.join("exit.json"), "{").unwrap();
    let Outcome::Interrupted { cause } = stage.run().await else { panic!("not interrupted") };
    let message = failure_cause(&cause, Locale::English);
    assert!(message.contains("how it ended is not known"), "{message}");
}
