//! How scripts end, and what is said about it.

use std::process::Command;
use std::time::{Duration, Instant};

use tokio::time::timeout;
use tollgate::domain::outcome::Outcome;
use tollgate::executors::Stop;
use tollgate::messages::{Locale, failure_cause};

use super::stage::{MOMENTS, Stage, failed, in_words, succeeded, until};
use crate::processes::lives;

/// Longer than anything takes that ends; what runs by itself here runs for longer.
const LONG: Duration = Duration::from_mins(2);

#[tokio::test]
async fn a_script_that_ends_with_0_succeeds() {
    assert_eq!(Stage::new("true").run().await, succeeded());
}

#[tokio::test]
async fn a_script_that_ends_with_another_status_fails() {
    assert_eq!(in_words(Stage::new("exit 3").run().await), failed("The script ended with status 3."));
    let unknown = Stage::new("no-such-command-here").run().await;
    assert_eq!(in_words(unknown), failed("The script ended with status 127: a command was not found."));
}

#[tokio::test]
async fn a_script_that_a_signal_ended_fails() {
    assert_eq!(in_words(Stage::new("kill -9 $$").run().await), failed("The script was ended by signal 9 (SIGKILL)."));
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
    let Outcome::Errored { cause } = stage.run().await else { panic!("not errored") };
    let message = failure_cause(&cause, Locale::English);
    assert_eq!(message, format!("There is no working folder `{nowhere}`."));

    let mut stage = Stage::new("true");
    std::fs::write(&stage.order.workspace, "in the way").unwrap();
    stage.order.working_folder = Some("site".to_owned());
    let Outcome::Errored { cause } = stage.run().await else { panic!("not errored") };
    let message = failure_cause(&cause, Locale::English);
    assert!(message.contains("/workspace` could not be made"), "{message}");

    let Outcome::Errored { cause } = Stage::new("#!/no/such/interpreter\n").run().await else { panic!("not errored") };
    let message = failure_cause(&cause, Locale::English);
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
async fn f14_a_script_that_cannot_start_says_why_in_the_users_terms() {
    let said = async |stage: Stage| match stage.run().await {
        Outcome::Errored { cause } => failure_cause(&cause, Locale::English),
        other => panic!("{other:?}"),
    };
    let mut long = Stage::new("true");
    long.order.environment.insert("ALL_OF_IT".to_owned(), "x".repeat(160 * 1024));
    let message = said(long).await;
    assert!(message.contains("the variable ALL_OF_IT has 160 KiB with its name"), "{message}");

    let message = said(Stage::new("#!/bin/sh\r\necho hi\r\n")).await;
    assert!(message.contains("its first line `#!/bin/sh` ends with CR LF, as on Windows"), "{message}");

    for (script, words) in [
        ("#!/usr/bin/env python3\r\nprint(1)\r\n", "its first line `#!/usr/bin/env python3` ends with CR LF"),
        ("#!/bin/sh\recho hi\r", "its first line `#!/bin/sh` ends with a CR alone"),
        ("#!\necho hi\n", "its first line is `#!` and names no program"),
        ("#!/usr/bin/env bash -e\necho hi\n", "env takes `bash -e` as the name of one program"),
        ("#!/tmp\n", "its first line `#!/tmp` names a folder"),
    ] {
        let message = said(Stage::new(script)).await;
        assert!(message.contains(words), "{message}");
    }
    let message = said(Stage::new(&format!("#!/{}\n", "a".repeat(300)))).await;
    assert!(message.contains("longer than the 255 bytes that the system reads"), "{message}");

    let message = said(Stage::new("#!/etc/passwd\n")).await;
    assert!(message.contains("the interpreter `#!/etc/passwd` may not be run"), "{message}");

    let mut stage = Stage::new("true");
    let file = stage.home().join("site");
    std::fs::write(&file, "").unwrap();
    stage.order.working_folder = Some(file.display().to_string());
    let message = said(stage).await;
    assert!(message.contains("/site` is not a folder"), "{message}");

    let mut stage = Stage::new("true");
    std::fs::create_dir_all(&stage.order.workspace).unwrap();
    std::fs::write(stage.order.workspace.join("site"), "").unwrap();
    stage.order.working_folder = Some("site".to_owned());
    let message = said(stage).await;
    assert!(message.contains("/workspace/site` is not a folder"), "{message}");
}

/// Says to the test that runs in a mount namespace where its file system is mounted.
const MOUNT: &str = "TOLLGATE_TEST_MOUNT";

/// Runs the test that follows in a mount namespace of its own, in which nothing can be run in the folder for temporary files.
#[test]
fn f14_a_script_on_a_file_system_without_programs_is_told_the_mount() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("unshare");
    command.arg("--mount");
    if !rustix::process::getuid().is_root() {
        command.args(["--user", "--map-root-user"]);
    }
    let mount = format!("mount -t tmpfs -o noexec tollgate-test \"${MOUNT}\" && exec \"$@\"");
    command.args(["sh", "-c", &mount, "sh"]).arg(std::env::current_exe().unwrap());
    command.args(["--exact", "executors::endings::on_a_noexec_mount", "--ignored", "--nocapture"]);
    let ran = command.env(MOUNT, folder.path()).env("TMPDIR", folder.path()).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    if said.contains("running 1 test") {
        assert!(
            ran.status.success() && said.contains("1 passed"),
            "in a mount namespace of its own it failed:\n{said}"
        );
    } else {
        // Containers and some kernels let nobody mount. They have such a file system themselves, which may be named.
        tokio::runtime::Runtime::new().unwrap().block_on(names_a_mount_of_the_machine(&said));
    }
}

/// A script whose first line names a place on a file system of this machine on which nothing can be run.
async fn names_a_mount_of_the_machine(why: &str) {
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap();
    let is_noexec = |line: &&str| line.split(' ').nth(5).is_some_and(|how| how.split(',').any(|word| word == "noexec"));
    let point = mounts.lines().filter(is_noexec).filter_map(|line| line.split(' ').nth(4));
    let mount = point.min_by_key(|point| point.len()).unwrap_or_else(|| {
        panic!("nothing can be mounted here, and nothing is mounted with noexec; make one of both possible: {why}")
    });
    let Outcome::Errored { cause } = Stage::new(&format!("#!{mount}\n")).run().await else { panic!("not errored") };
    let message = failure_cause(&cause, Locale::English);
    assert!(message.contains(&format!("the file system at `{mount}` is mounted with noexec")), "{message}");
}

#[tokio::test]
#[ignore = "the test before runs it in a mount namespace"]
async fn on_a_noexec_mount() {
    let mount = std::env::var(MOUNT).expect("the test that starts this one says where it is");
    let stage = Stage::new("#!/bin/sh\necho hi\n");
    assert!(stage.home().starts_with(&mount));
    let Outcome::Errored { cause } = stage.run().await else { panic!("not errored") };
    let message = failure_cause(&cause, Locale::English);
    assert!(message.contains(&format!("the file system at `{mount}` is mounted with noexec")), "{message}");
    // The way out that the sentence names.
    assert_eq!(Stage::new("echo hi\n").run().await, succeeded());
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
    assert_eq!(in_words(wrong.run().await), failed("Line 1 of the outputs is not `name=value`: `hello`."));
}

#[tokio::test]
async fn a_script_that_ignores_term_is_killed_after_its_timeout_and_grace() {
    let mut stage = Stage::new("trap '' TERM; sleep 600 & echo $! > child; echo on; wait; wait; sleep 600");
    (stage.order.timeout, stage.order.grace) = (Duration::from_secs(3), Duration::from_millis(200));
    let begin = Instant::now();
    assert_eq!(timeout(LONG, stage.run()).await, Ok(Outcome::TimedOut { seconds: 3 }));
    assert!(begin.elapsed() >= Duration::from_millis(3200));
    assert_eq!(stage.texts(), ["on"]);
    let child = stage.made("child").await;
    until("the child is gone", || (!lives(&child)).then_some(())).await;
}

#[tokio::test]
async fn a_script_that_heeds_term_may_clean_up() {
    let mut stage = Stage::new("trap 'echo bye; exit 0' TERM; sleep 600 & wait");
    (stage.order.timeout, stage.order.grace) = (Duration::from_secs(3), Duration::from_mins(5));
    assert!(matches!(timeout(LONG, stage.run()).await, Ok(Outcome::TimedOut { .. })), "its grace is waited for");
    assert_eq!(stage.texts(), ["bye"]);
}

#[tokio::test]
async fn a_stop_ends_the_script_and_what_it_started() {
    let stage = Stage::new("timeout 900 sleep 600 & echo $! > child; setsid sleep 2 & echo $$ > main; wait");
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
        let stage = Stage::new("sleep 600");
        let stop = Stop::new();
        let run = stage.begin(&stop);
        stage.reached(moment).await;
        stop.cancel();
        assert_eq!(run.await.unwrap(), Outcome::Stopped, "at {moment}");
    }
}

#[tokio::test]
async fn f2_what_is_left_running_is_ended_and_named_in_whichever_session_it_is() {
    let left = "nohup sleep 500 >/dev/null 2>&1 & echo $! > child; setsid sh -c 'echo $$ > daemon; exec sleep 501' & \
                while ! [ -s daemon ]; do :; done; echo done";
    let stage = Stage::new(left);
    assert_eq!(stage.run().await, succeeded());
    let (child, daemon) = (stage.made("child").await, stage.made("daemon").await);
    assert!(!lives(&child) && !lives(&daemon));
    let texts = stage.texts();
    assert_eq!((texts.len(), texts[0].as_str()), (2, "done"));
    assert!(
        texts[1].starts_with("The script has ended and left 2 processes (") && texts[1].contains("sleep "),
        "{texts:?}"
    );
    assert!(texts[1].contains(child.trim()) && texts[1].contains("systemd-run"), "{texts:?}");
}

#[tokio::test]
async fn f2_what_a_task_leaves_running_on_purpose_goes_on() {
    let mut stage = Stage::new("setsid sleep 500 >/dev/null 2>&1 & echo $! > daemon");
    stage.order.leave_running = true;
    assert_eq!(stage.run().await, succeeded());
    let daemon = stage.made("daemon").await;
    assert!(lives(&daemon));
    assert!(stage.texts()[0].contains("left 1 process (sleep "), "{:?}", stage.texts());
    let pid = rustix::process::Pid::from_raw(daemon.trim().parse().unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}

#[tokio::test]
async fn f2_what_ends_by_itself_when_the_script_has_is_let_end() {
    let stage = Stage::new("#!/bin/bash\nexec > >(cat) 2>&1\necho last");
    assert_eq!(stage.run().await, succeeded());
    assert_eq!(stage.texts(), ["last"]);
}

#[tokio::test]
async fn f3_a_stop_and_a_timeout_end_everything_even_what_should_go_on() {
    let script =
        "trap '' TERM; setsid sh -c 'trap \"\" TERM; echo $$ > daemon; while :; do sleep 0.1; done' & sleep 500";
    let of = |change: fn(&mut Stage)| {
        let mut stage = Stage::new(script);
        stage.order.grace = Duration::from_millis(200);
        stage.order.leave_running = true;
        change(&mut stage);
        stage
    };
    let (stage, stop) = (of(|_| {}), Stop::new());
    let run = stage.begin(&stop);
    let daemon = stage.made("daemon").await;
    stop.cancel();
    assert_eq!(run.await.unwrap(), Outcome::Stopped);
    assert!(!lives(&daemon));

    let stage = of(|stage| stage.order.timeout = Duration::from_secs(3));
    assert_eq!(stage.run().await, Outcome::TimedOut { seconds: 3 });
    assert!(!lives(&stage.made("daemon").await));
}

#[tokio::test]
async fn f3_what_is_left_of_a_script_that_lost_its_supervisor_is_ended_whatever_session_it_made() {
    let mut stage = Stage::new("setsid sh -c 'echo $$ > daemon; exec sleep 500' & sleep 501");
    stage.order.environment.insert("TOLLGATE_KEY".to_owned(), stage.home().display().to_string());
    let run = stage.begin(&Stop::new());
    let daemon = stage.made("daemon").await;
    rustix::process::kill_process(stage.supervisor().unwrap(), rustix::process::Signal::KILL).unwrap();
    assert!(matches!(run.await.unwrap(), Outcome::Interrupted { .. }));
    assert!(!lives(&daemon));
    assert!(!stage.order.temporary.exists());
}

/// A script can read its own output away between the moment at which its supervisor sees it and the one at which it reads.
#[tokio::test]
async fn f1_a_script_that_takes_its_own_output_back_is_timed_out_and_stopped() {
    let script = "#!/usr/bin/env python3\nimport os, random, time\nr = os.open('/proc/self/fd/1', os.O_RDONLY | os.O_NONBLOCK)\n\
                  while True:\n    os.write(1, b'x')\n    until = time.perf_counter() + random.random() * 0.0002\n    \
                  while time.perf_counter() < until: pass\n    try: os.read(r, 65536)\n    except BlockingIOError: pass\n    \
                  time.sleep(.0003)\n";
    let mut stage = Stage::new(script);
    stage.order.timeout = Duration::from_secs(4);
    stage.order.grace = Duration::from_millis(100);
    assert_eq!(stage.run().await, Outcome::TimedOut { seconds: 4 });
}

#[tokio::test]
async fn a_folder_that_a_script_has_shut_is_open_to_the_next() {
    let stage = Stage::new("chmod 000 \"$HOME\"; chmod 000 \"$TMPDIR\"");
    assert_eq!(stage.run().await, succeeded());
    let mode = |path: &std::path::Path| {
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions()) & 0o777
    };
    assert_eq!(mode(&stage.order.default_folder), 0o000);
    assert!(!stage.order.temporary.exists());
    let mut next = Stage::new("echo x > made");
    next.order.default_folder = stage.order.default_folder.clone();
    assert_eq!(next.run().await, succeeded());
    assert_eq!(mode(&stage.order.default_folder), 0o700);
}
