//! How scripts end, and what is said about it.

use std::time::{Duration, Instant};

use tollgate::domain::outcome::Outcome;
use tollgate::executors::Stop;

use super::stage::{MOMENTS, Stage, failed, succeeded, until};
use crate::processes::lives;

#[tokio::test]
async fn a_script_that_ends_with_0_succeeds() {
    assert_eq!(Stage::new("true").run().await, succeeded());
}

#[tokio::test]
async fn a_script_that_ends_with_another_status_fails() {
    assert_eq!(Stage::new("exit 3").run().await, failed("The script ended with status 3."));
    let unknown = Stage::new("no-such-command-here").run().await;
    assert_eq!(unknown, failed("The script ended with status 127: a command was not found."));
}

#[tokio::test]
async fn a_script_that_a_signal_ended_fails() {
    assert_eq!(Stage::new("kill -9 $$").run().await, failed("The script was ended by signal 9 (SIGKILL)."));
}

#[tokio::test]
async fn an_interpreter_may_be_named() {
    let stage = Stage::new("#!/bin/cat\nhello");
    assert_eq!(stage.run().await, succeeded());
    assert_eq!(stage.texts(), ["#!/bin/cat", "hello"]);
}

#[tokio::test]
async fn what_cannot_be_run_is_errored() {
    let mut stage = Stage::new("true");
    let nowhere = stage.file("nowhere").display().to_string();
    stage.order.working_folder = Some(nowhere.clone());
    let Outcome::Errored { message } = stage.run().await else { panic!("not errored") };
    assert_eq!(message, format!("There is no working folder `{nowhere}`."));

    let mut stage = Stage::new("true");
    std::fs::write(&stage.order.workspace, "in the way").unwrap();
    stage.order.working_folder = Some("site".to_owned());
    let Outcome::Errored { message } = stage.run().await else { panic!("not errored") };
    assert!(message.contains("/workspace` could not be made"), "{message}");

    let Outcome::Errored { message } = Stage::new("#!/no/such/interpreter\n").run().await else {
        panic!("not errored")
    };
    assert!(message.contains("there is no interpreter `#!/no/such/interpreter`"), "{message}");

    let mut stage = Stage::new("true");
    std::fs::write(stage.home().join("file"), "").unwrap();
    stage.order.folder = stage.home().join("file/attempt");
    assert!(matches!(stage.run().await, Outcome::Errored { .. }));

    let mut stage = Stage::new("true");
    stage.executor = tollgate::executors::command::CommandExecutor::with_program("/no/such/program");
    assert!(matches!(stage.run().await, Outcome::Errored { .. }));
    stage.executor = tollgate::executors::command::CommandExecutor::with_program("/bin/false");
    assert!(matches!(stage.run().await, Outcome::Errored { .. }));
}

#[tokio::test]
async fn a_working_folder_may_be_named() {
    let mut stage = Stage::new("pwd");
    let folder = stage.order.workspace.join("sites/shop");
    stage.order.working_folder = Some("sites/shop".to_owned());
    assert_eq!(stage.run().await, succeeded());
    assert_eq!(stage.texts(), [folder.to_str().unwrap()]);

    let mut stage = Stage::new("pwd");
    stage.order.working_folder = Some("/usr".to_owned());
    assert_eq!(stage.run().await, succeeded());
    assert_eq!(stage.texts(), ["/usr"]);
}

#[tokio::test]
async fn a_script_gives_outputs() {
    let stage = Stage::new("echo image=shop:7 >> $TOLLGATE_OUTPUT; echo version=1=2 >> $TOLLGATE_OUTPUT");
    let outputs = [("image", "shop:7"), ("version", "1=2")];
    let outputs = outputs.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    assert_eq!(stage.run().await, Outcome::Succeeded { outputs });

    let wrong = Stage::new("echo hello > $TOLLGATE_OUTPUT");
    assert_eq!(wrong.run().await, failed("Line 1 of the outputs is not `name=value`: `hello`."));
}

#[tokio::test]
async fn a_script_that_ignores_term_is_killed_after_its_timeout_and_grace() {
    let mut stage = Stage::new("trap '' TERM; sleep 30 & echo $! > child; echo on; wait; wait; sleep 30");
    (stage.order.timeout, stage.order.grace) = (Duration::from_secs(1), Duration::from_millis(200));
    let begin = Instant::now();
    assert_eq!(stage.run().await, Outcome::TimedOut { seconds: 1 });
    assert!(begin.elapsed() >= Duration::from_millis(1200) && begin.elapsed() < Duration::from_secs(20));
    assert_eq!(stage.texts(), ["on"]);
    let child = stage.made("child").await;
    until("the child is gone", || (!lives(&child)).then_some(())).await;
}

#[tokio::test]
async fn a_script_that_heeds_term_may_clean_up() {
    let mut stage = Stage::new("trap 'echo bye; exit 0' TERM; sleep 30 & wait");
    (stage.order.timeout, stage.order.grace) = (Duration::from_secs(1), Duration::from_secs(25));
    let begin = Instant::now();
    assert!(matches!(stage.run().await, Outcome::TimedOut { .. }));
    assert_eq!(stage.texts(), ["bye"]);
    assert!(begin.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn a_stop_ends_the_script_and_what_it_started() {
    let stage = Stage::new("timeout 60 sleep 30 & echo $! > child; setsid sleep 2 & echo $$ > main; wait");
    let stop = Stop::new();
    let run = stage.begin(&stop);
    let (child, main) = (stage.made("child").await, stage.made("main").await);
    assert!(lives(&child) && lives(&main));
    stop.cancel();
    assert_eq!(run.await.unwrap(), Outcome::Stopped);
    for pid in [&child, &main] {
        until("it is gone", || (!lives(pid)).then_some(())).await;
    }
}

#[tokio::test]
async fn what_is_stopped_before_it_starts_does_not_start() {
    let stage = Stage::new("echo ran > mark");
    let stop = Stop::new();
    stop.cancel();
    assert_eq!(stage.begin(&stop).await.unwrap(), Outcome::Stopped);
    assert!(!stage.file("mark").exists());
    assert_eq!(stage.run().await, Outcome::Stopped);
}

#[tokio::test]
async fn a_stop_at_any_moment_ends_the_attempt() {
    for moment in MOMENTS {
        let stage = Stage::new("sleep 30");
        let stop = Stop::new();
        let run = stage.begin(&stop);
        stage.reached(moment).await;
        stop.cancel();
        assert_eq!(run.await.unwrap(), Outcome::Stopped, "at {moment}");
    }
}

#[tokio::test]
async fn a_child_that_stays_behind_does_not_hold_up_the_end() {
    let stage = Stage::new("sleep 30 & echo $! > child; echo done");
    let begin = Instant::now();
    assert_eq!(stage.run().await, succeeded());
    assert!(begin.elapsed() < Duration::from_secs(20));
    assert_eq!(stage.texts(), ["done"]);
    let child = stage.made("child").await;
    until("the child is gone", || (!lives(&child)).then_some(())).await;
}

#[tokio::test]
async fn a_process_with_a_session_of_its_own_lives_on() {
    let stage = Stage::new("setsid sh -c 'echo $$ > daemon; exec sleep 5' & while ! [ -s daemon ]; do :; done");
    assert_eq!(stage.run().await, succeeded());
    let daemon = stage.made("daemon").await;
    assert!(lives(&daemon));
    let pid = rustix::process::Pid::from_raw(daemon.trim().parse().unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}
