//! Ends of scripts on hosts, and what keeps them from being started.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use tollgate::domain::failure_cause::{FailureCause, OutputFault};
use tollgate::domain::outcome::{Outcome, Outputs};
use tollgate::domain::ssh::{NoConnection, SshFailure};
use tollgate::executors::PrivateText;

use super::stage::{Notes, Stage, job, text_of};
use crate::netns;
use crate::processes::lives;
use crate::sshd::Sshd;

fn errored(outcome: Option<Outcome>) -> SshFailure {
    match outcome {
        Some(Outcome::Errored { cause: FailureCause::Ssh(failure) }) => failure,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_script_gets_what_it_is_given_and_gives_outputs_and_nothing_is_left() {
    let (sshd, stage, notes) = (Sshd::greeting("echo 'Welcome!'; printf 'no end of line'"), Stage::new(), Notes::new());
    let mut job = job(
        &sshd,
        "#!/bin/sh\necho \"$A|$TOLLGATE_HOST|$TOLLGATE_HOST_ADDRESS|$(cat \"$FILE\")|$(umask)|$(pwd)\"\necho \"$TOKEN\"\n\
         echo $TOKEN | base64\nprintf 'half a line' >&2\necho version=7 >\"$TOLLGATE_OUTPUT\"\n",
    );
    job.environment = [("A".to_owned(), "it's \"$HOME\"\nü".to_owned())].into();
    job.private_environment = [("TOKEN".to_owned(), PrivateText::new("hunter2-hunter2"))].into();
    job.secrets = vec![PrivateText::new("hunter2-hunter2")];
    job.files = vec![tollgate::supervise::script_spec::GivenFile {
        name: "log".to_owned(),
        variable: "FILE".to_owned(),
        text: "it's a file".to_owned(),
    }];
    let outputs: Outputs = [("version".to_owned(), "7".to_owned())].into();
    assert_eq!(stage.run(&job, &notes).await, Outcome::Succeeded { outputs });
    let log = notes.log(0);
    let home = sshd.home().display().to_string();
    assert_eq!(log[0], "it's \"$HOME\"");
    assert_eq!(log[1], format!("ü|host-0|127.0.0.1|it's a file|0022|{home}"));
    assert_eq!((log[2].as_str(), &log[3][..3], log[4].as_str(), log.len()), ("***", "***", "half a line", 5));
    assert!(!notes.all().contains("hunter2") && !notes.all().contains("PRIVATE KEY"));
    assert_eq!(sshd.runs(), Vec::<std::path::PathBuf>::new(), "the folder of the run is gone");
    let left = fs::read_dir(stage.folder.path()).unwrap().count();
    assert_eq!(left, 0, "no socket and no file is left");
}

#[tokio::test]
async fn a_script_that_fails_takes_too_long_or_gives_no_outputs_says_so() {
    let sshd = Sshd::start();
    let run = async |script: &str, timeout: u64| {
        let (stage, notes) = (Stage::new(), Notes::new());
        let job = tollgate::executors::SshJob { timeout: Duration::from_secs(timeout), ..job(&sshd, script) };
        stage.run(&job, &notes).await;
        notes.outcome(0).unwrap()
    };
    let (failed, late, wrong) = tokio::join!(
        async { run("exit 3", 60).await },
        async {
            let sshd = Sshd::start();
            let (stage, notes) = (Stage::new(), Notes::new());
            let mut job = job(&sshd, "trap '' TERM\necho $$ >\"$HOME/pid\"\nwhile :; do sleep 1; done");
            (job.timeout, job.grace) = (Duration::from_secs(1), Duration::from_secs(1));
            stage.run(&job, &notes).await;
            assert!(!lives(&text_of(&sshd.home().join("pid")).await));
            notes.outcome(0).unwrap()
        },
        async {
            let sshd = Sshd::start();
            let (stage, notes) = (Stage::new(), Notes::new());
            stage.run(&job(&sshd, "echo nonsense >\"$TOLLGATE_OUTPUT\""), &notes).await;
            notes.outcome(0).unwrap()
        }
    );
    assert_eq!(failed, Outcome::Failed { cause: FailureCause::Exited { status: 3 } });
    assert_eq!(late, Outcome::TimedOut { seconds: 1 });
    let fault = OutputFault::NoValue { line: "nonsense".to_owned() };
    assert_eq!(wrong, Outcome::Failed { cause: FailureCause::OutputLine { line: 1, fault } });
}

#[tokio::test]
async fn b1_a_script_that_is_stopped_has_no_process_left_on_the_host() {
    let (sshd, stage, notes) = (Sshd::start(), Stage::new(), Notes::new());
    let script = "(setsid sh -c 'echo $$ >\"$HOME/apart\"; exec sleep 60' &)\nsleep 60 & echo $! >\"$HOME/pid\"\nwait";
    let job = job(&sshd, script);
    let stops = async {
        let pids = [text_of(&sshd.home().join("pid")).await, text_of(&sshd.home().join("apart")).await];
        assert!(pids.iter().all(|pid| lives(pid)));
        notes.stop.cancel();
        pids
    };
    let (outcome, pids) = tokio::join!(stage.run(&job, &notes), stops);
    assert_eq!(outcome, Outcome::Stopped);
    assert!(!pids.iter().any(|pid| lives(pid)), "{pids:?}");
}

#[tokio::test]
async fn what_a_script_leaves_running_goes_on_only_where_that_is_wanted() {
    for leave_running in [true, false] {
        let (sshd, stage, notes) = (Sshd::start(), Stage::new(), Notes::new());
        let script = "(setsid sh -c 'echo $$ >\"$HOME/pid\"; exec sleep 60' >/dev/null 2>&1 &)\n\
                      until [ -s \"$HOME/pid\" ]; do sleep 0.01; done";
        let job = tollgate::executors::SshJob { leave_running, ..job(&sshd, script) };
        assert_eq!(stage.run(&job, &notes).await, Outcome::Succeeded { outputs: Outputs::new() });
        let pid = text_of(&sshd.home().join("pid")).await;
        assert_eq!(lives(&pid), leave_running);
        if let Some(pid) = pid.trim().parse().ok().and_then(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
    }
}

#[tokio::test]
async fn b3_another_host_key_is_refused_with_both_fingerprints() {
    let (sshd, stage, notes) = (Sshd::start(), Stage::new(), Notes::new());
    let job = job(&sshd, "true");
    let pinned = sshd.host_key();
    sshd.change_key();
    let outcome = stage.run(&job, &notes).await;
    let seen = sshd.host_key().fingerprint();
    let changed = SshFailure::HostKeyChanged {
        host: "host-0".to_owned(),
        address: "127.0.0.1".to_owned(),
        kind: "ssh-ed25519".to_owned(),
        pinned: pinned.fingerprint(),
        seen,
    };
    assert_eq!(errored(notes.outcome(0)), changed);
    let Outcome::Failed { cause } = outcome else { panic!("{outcome:?}") };
    let cause = FailureCause::Hosts {
        failed: 1,
        untried: 0,
        of: 1,
        host: "host-0".to_owned(),
        cause: Box::new(FailureCause::Ssh(changed)),
    } == cause;
    assert!(cause);
    assert_eq!(sshd.runs().len(), 0, "nothing was sent there");
}

#[tokio::test]
async fn a_host_that_cannot_be_worked_on_says_why() {
    let stage = Stage::new();
    let sshd = Sshd::start();
    let run = async |job: tollgate::executors::SshJob| {
        let notes = Notes::new();
        stage.run(&job, &notes).await;
        errored(notes.outcome(0))
    };
    let mut unpinned = job(&sshd, "true");
    unpinned.hosts[0].keys.clear();
    assert_eq!(run(unpinned).await, SshFailure::NotPinned);

    let mut unknown = job(&sshd, "true");
    unknown.hosts[0].host.address = "no-such-host.invalid".to_owned();
    assert_eq!(run(unknown).await, SshFailure::UnknownName { address: "no-such-host.invalid".to_owned() });

    let mut closed = job(&sshd, "true");
    closed.hosts[0].host.port = 1;
    let why = NoConnection::Refused;
    assert_eq!(run(closed).await, SshFailure::NotConnected { address: "127.0.0.1".to_owned(), port: 1, why });

    let no_shell = Sshd::greeting("echo 'This account is not available.'; exit 1");
    let said = "This account is not available.".to_owned();
    assert_eq!(run(job(&no_shell, "true")).await, SshFailure::NoShell { said });

    fs::write(sshd.home().join(".tollgate"), "a file").unwrap();
    assert!(matches!(run(job(&sshd, "true")).await, SshFailure::NotWritable { .. }));

    sshd.forget_keys();
    let SshFailure::SignIn { user, fingerprint, ways } = run(job(&sshd, "true")).await else { panic!("a refusal") };
    assert_eq!((user, ways.as_str()), (sshd.host("").user, "publickey"));
    assert!(fingerprint.starts_with("SHA256:"));
}

#[tokio::test]
async fn a_host_without_room_or_where_nothing_can_be_run_says_so() {
    if !netns::is_apart("endings::a_host_without_room_or_where_nothing_can_be_run_says_so") {
        return;
    }
    let stage = Stage::new();
    let run = async |options: &str, script: &str, fill: usize| {
        let (sshd, notes) = (Sshd::start(), Notes::new());
        netns::mount(options, &sshd.home());
        // However much of it fits.
        let _ = fs::write(sshd.home().join("filler"), vec![b'x'; fill]);
        stage.run(&job(&sshd, script), &notes).await;
        notes.outcome(0)
    };
    assert!(matches!(errored(run("size=64k", "true", 1 << 20).await), SshFailure::NoRoom { .. }));
    assert!(matches!(errored(run("noexec", "#!/bin/sh\ntrue", 0).await), SshFailure::NothingRuns { .. }));
    let well = Some(Outcome::Succeeded { outputs: Outputs::new() });
    assert_eq!(run("noexec", "true", 0).await, well, "the shell reads it");
    // How it ended is known though the disk is full by then.
    let full = run("size=128k", "cat /dev/zero >\"$HOME/zeros\" 2>/dev/null\nexit 3", 0).await;
    assert_eq!(full, Some(Outcome::Failed { cause: FailureCause::Exited { status: 3 } }));
}

#[tokio::test]
async fn a_tool_that_is_not_on_the_host_is_named() {
    let (stage, notes) = (Stage::new(), Notes::new());
    let sshd = Sshd::greeting(
        "mkdir -p \"$HOME/bin\"; for t in sh head grep tail wc mkdir mv rm rmdir sleep date chmod; do \
         ln -sf \"$(command -v $t)\" \"$HOME/bin/$t\"; done; export PATH=\"$HOME/bin\"",
    );
    stage.run(&job(&sshd, "true"), &notes).await;
    assert_eq!(errored(notes.outcome(0)), SshFailure::NoTool { tool: "setsid".to_owned() });
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_ssh_is_answered_by_the_agent() {
    let (sshd, stage, notes) = (Sshd::start(), Stage::new(), Notes::new());
    let job = job(&sshd, "until [ -e \"$HOME/go\" ]; do sleep 0.01; done");
    let looks = async {
        crate::until::until("a run", async || notes.all().contains("asked")).await;
        let folder = fs::read_dir(stage.folder.path()).unwrap().next().unwrap().unwrap().path();
        assert_eq!(fs::metadata(&folder).unwrap().permissions(), Permissions::from_mode(0o40700));
        let mut asking = std::process::Command::new("ssh-add");
        let asked = asking.arg("-l").env("SSH_AUTH_SOCK", folder.join("agent")).output().unwrap();
        // One with no key would say so there.
        assert!(!asked.status.success() && asked.stdout.is_empty(), "{asked:?}");
        assert!(!folder.join("upstream").exists());
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap_or_default();
            assert!(!text.contains("PRIVATE"), "{}", path.display());
        }
        fs::write(sshd.home().join("go"), "").unwrap();
    };
    let (outcome, ()) = tokio::join!(stage.run(&job, &notes), looks);
    assert_eq!(outcome, Outcome::Succeeded { outputs: BTreeMap::new() });
}
