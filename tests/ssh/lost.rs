//! Connections that are lost, and servers that die: the script runs once all the same, and its log is whole.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Barrier;
use tollgate::domain::failure_cause::FailureCause;
use tollgate::domain::outcome::{Outcome, Outputs};
use tollgate::domain::ssh::SshFailure;
use tollgate::executors::{Host as _, PrivateText};

use super::stage::{Notes, Stage, When, job, shared, text_of};
use crate::sshd::Sshd;

/// Says that it runs, and goes on when it is let.
const SCRIPT: &str = "echo run >>\"$HOME/runs\"\necho begun\nuntil [ -e \"$HOME/go\" ]; do sleep 0.01; done\n\
                      i=0; while [ $i -lt 200 ]; do i=$((i+1)); echo \"line $i\"; done\necho x=1 >\"$TOLLGATE_OUTPUT\"";

fn done() -> Outcome {
    let outputs: Outputs = [("x".to_owned(), "1".to_owned())].into();
    Outcome::Succeeded { outputs }
}

fn is_whole(sshd: &Sshd, notes: &Notes) {
    assert_eq!(fs::read_to_string(sshd.home().join("runs")).unwrap(), "run\n", "it ran once");
    let log: Vec<String> = notes.log(0).into_iter().filter(|line| !line.starts_with("[tollgate]")).collect();
    let whole: Vec<String> =
        std::iter::once("begun".to_owned()).chain((1..=200).map(|number| format!("line {number}"))).collect();
    assert_eq!(log, whole);
}

#[tokio::test]
async fn a_server_that_dies_at_any_record_has_run_the_script_once_and_its_log_is_whole() {
    let stage = Stage::new();
    let mut died = 0;
    for number in 1.. {
        let mut is_over = false;
        for when in [When::Before, When::After] {
            let sshd = Sshd::start();
            let deaths = Arc::new(AtomicUsize::new(0));
            let counted = Arc::clone(&deaths);
            let notes =
                shared(move |at, moment| (at, moment) == (number, when) && counted.fetch_add(1, Ordering::SeqCst) == 0);
            fs::write(sshd.home().join("go"), "").unwrap();
            assert_eq!(stage.run(&job(&sshd, SCRIPT), &notes).await, done(), "{number} {when:?}");
            is_whole(&sshd, &notes);
            died += deaths.load(Ordering::SeqCst);
            is_over |= deaths.load(Ordering::SeqCst) == 0;
        }
        if is_over {
            break;
        }
    }
    assert!(died >= 6, "there are at least three records, and it died before and after each");
}

#[tokio::test]
async fn two_replicas_that_start_one_attempt_at_once_run_the_script_once() {
    let (sshd, stage) = (Sshd::start(), Stage::new());
    let meeting = Arc::new(Barrier::new(2));
    let [one, other] = [(); 2].map(|()| Notes::that_meet(&meeting));
    let job = job(&sshd, SCRIPT);
    let lets_go = async {
        text_of(&sshd.home().join("runs")).await;
        fs::write(sshd.home().join("go"), "").unwrap();
    };
    let (first, second, ()) = tokio::join!(stage.run(&job, &one), stage.run(&job, &other), lets_go);
    // Whoever comes later may find that the folder is gone.
    assert!([&first, &second].contains(&&done()), "{first:?} {second:?}");
    is_whole(&sshd, if first == done() { &one } else { &other });
}

#[tokio::test]
async fn connections_that_are_cut_again_and_again_lose_nothing() {
    let (sshd, stage) = (Arc::new(Sshd::start()), Stage::new());
    let cut = Arc::clone(&sshd);
    // At every record but the last ones the connection is gone when it is made.
    let notes = shared(move |at, when| {
        if when == When::After && at <= 12 {
            cut.cut();
        }
        false
    });
    fs::write(sshd.home().join("go"), "").unwrap();
    assert_eq!(stage.run(&job(&sshd, SCRIPT), &notes).await, done());
    is_whole(&sshd, &notes);
    assert!(notes.log(0).iter().any(|line| line.contains("connection to the host was lost")));
    assert!(notes.log(0).iter().any(|line| line.contains("connected again")));
}

#[tokio::test]
async fn a_script_goes_on_while_sshd_is_away() {
    let (sshd, stage, notes) = (Sshd::start(), Stage::new(), Notes::new());
    let away = async {
        text_of(&sshd.home().join("runs")).await;
        sshd.refuse(true);
        sshd.cut();
        crate::until::until("a lost connection", async || notes.log(0).iter().any(|line| line.contains("lost"))).await;
        fs::write(sshd.home().join("go"), "").unwrap();
        crate::until::until("its end", async || sshd.runs()[0].join("exit").exists()).await;
        sshd.refuse(false);
    };
    let job = job(&sshd, SCRIPT);
    let (outcome, ()) = tokio::join!(stage.run(&job, &notes), away);
    assert_eq!(outcome, done());
    is_whole(&sshd, &notes);
}

#[tokio::test]
async fn what_is_gone_or_rebooted_or_killed_on_the_host_is_not_begun_anew() {
    for (what, wanted) in [("folder", "folder_gone"), ("boot", "rebooted"), ("runner", "runner_lost")] {
        let (sshd, stage, notes) = (Sshd::start(), Stage::new(), Notes::new());
        let job = job(&sshd, SCRIPT);
        let breaks = async {
            text_of(&sshd.home().join("runs")).await;
            sshd.refuse(true);
            sshd.cut();
            crate::until::until("a lost connection", async || notes.log(0).iter().any(|l| l.contains("lost"))).await;
            let run = sshd.runs()[0].clone();
            match what {
                "folder" => fs::remove_dir_all(run).unwrap(),
                "boot" => {}
                _ => {
                    let pid = fs::read_to_string(run.join("pid")).unwrap();
                    let pid = pid.split(' ').next().unwrap().parse().ok().and_then(rustix::process::Pid::from_raw);
                    rustix::process::kill_process(pid.unwrap(), rustix::process::Signal::KILL).unwrap();
                }
            }
        };
        let gone = async {
            tokio::select! {
                outcome = stage.run(&job, &notes) => panic!("{outcome:?}"),
                () = breaks => {}
            }
        };
        gone.await;
        sshd.refuse(false);
        if what == "boot" {
            let mut records = notes.records.lock().unwrap();
            let record = records.get_mut(&0).unwrap();
            let progress = record.progress.take().unwrap();
            let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap();
            record.progress = Some(progress.replace(boot.trim(), "another"));
        }
        stage.run(&job, &notes).await;
        let Some(Outcome::Interrupted { cause: FailureCause::Ssh(failure) }) = notes.outcome(0) else {
            panic!("{what}: {:?}", notes.outcome(0));
        };
        assert_eq!(serde_json::to_value(&failure).unwrap()["ssh"], wanted);
        assert_eq!(fs::read_to_string(sshd.home().join("runs")).unwrap(), "run\n");
        fs::write(sshd.home().join("go"), "").unwrap();
    }
}

#[tokio::test]
async fn a_host_that_cannot_be_reached_to_be_stopped_is_named() {
    let (sshd, stage, notes) = (Sshd::start(), Stage::new(), Notes::new());
    let job = job(&sshd, SCRIPT);
    let stops = async {
        text_of(&sshd.home().join("runs")).await;
        sshd.refuse(true);
        sshd.cut();
        notes.stop().cancel();
    };
    let (outcome, ()) = tokio::join!(stage.run(&job, &notes), stops);
    let Outcome::Interrupted { cause: FailureCause::Ssh(SshFailure::NotStopped { host, last: Some(_) }) } = outcome
    else {
        panic!("{outcome:?}")
    };
    assert_eq!(host, "host-0");
    fs::write(sshd.home().join("go"), "").unwrap();
}

#[tokio::test]
async fn a_long_log_is_whole_and_one_that_is_too_long_lacks_its_middle() {
    let lines = 300_000_usize;
    let script = format!("awk 'BEGIN {{ for (i = 1; i <= {lines}; i++) printf \"%069d\\n\", i }}'");
    for limit in [64_u64 * 1024 * 1024, 1024 * 1024] {
        let (sshd, stage, notes) = (Sshd::start(), Stage::new(), Notes::new());
        let job = tollgate::executors::SshJob { log_limit: limit, ..job(&sshd, &script) };
        assert_eq!(stage.run(&job, &notes).await, Outcome::Succeeded { outputs: Outputs::new() });
        let log = notes.log(0);
        let number = |line: &String| line.parse::<usize>().ok();
        let numbers: Vec<usize> = log.iter().filter_map(number).collect();
        assert_eq!((numbers[0], *numbers.last().unwrap()), (1, lines));
        if limit > 21 * 1024 * 1024 {
            assert_eq!(numbers, (1..=lines).collect::<Vec<_>>());
        } else {
            let gaps = numbers.windows(2).filter(|pair| pair[0] + 1 != pair[1]).count();
            assert_eq!(gaps, 1, "one gap in the middle");
            assert_eq!(log.len(), numbers.len() + 1, "one line says so");
            assert!((numbers.len() * 70) as u64 >= limit - 1000);
        }
    }
}

#[tokio::test]
async fn secrets_are_in_nothing_that_is_kept_and_in_no_file_of_the_host_but_the_log() {
    let secret = "correct-horse\nbattery-staple";
    let (sshd, stage) = (Arc::new(Sshd::start()), Stage::new());
    let cut = Arc::clone(&sshd);
    let notes = shared(move |at, when| {
        if when == When::After && at == 3 {
            cut.cut();
        }
        false
    });
    let script = "printf 'correct-'\nsleep 0.2\nprintf 'horse\\nbattery'\nsleep 0.2\nprintf -- '-staple\\n'\necho \"$TOKEN\"\n\
                  until [ -e \"$HOME/go\" ]; do sleep 0.01; done";
    let mut job = job(&sshd, script);
    job.private_environment = [("TOKEN".to_owned(), PrivateText::new(secret))].into();
    job.secrets = vec![PrivateText::new(secret)];
    let looks = async {
        crate::until::until("two masks", async || notes.log(0).iter().filter(|line| *line == "***").count() >= 2).await;
        let mut files = Vec::new();
        let mut folders = vec![sshd.home(), stage.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { folders.push(path) } else { files.push(path) }
            }
        }
        assert!(files.len() > 4);
        for file in files.iter().filter(|file| !file.ends_with("log")) {
            let text = fs::read(file).unwrap_or_default();
            let text = String::from_utf8_lossy(&text).into_owned();
            // The script of this test has it in pieces.
            assert!(!text.contains("correct-horse") && !text.contains("battery-staple"), "{}", file.display());
        }
        fs::write(sshd.home().join("go"), "").unwrap();
    };
    let (outcome, ()) = tokio::join!(stage.run(&job, &notes), looks);
    assert_eq!(outcome, Outcome::Succeeded { outputs: Outputs::new() });
    assert!(!notes.all().contains("horse") && !notes.all().contains("staple"), "{}", notes.all());
}

#[tokio::test]
async fn without_the_key_what_runs_is_waited_for_and_nothing_is_begun() {
    let (sshd, stage, notes) = (Sshd::start(), Stage::new(), Notes::new());
    let cause = FailureCause::Text("no key".to_owned());
    let keyless = tollgate::executors::SshJob { key: Err(cause.clone()), ..job(&sshd, SCRIPT) };
    assert_eq!(stage.run(&keyless, &notes).await, Outcome::Errored { cause });
    assert!(notes.records.lock().unwrap().is_empty());
    let begun = async {
        let (job, runs) = (job(&sshd, SCRIPT), sshd.home().join("runs"));
        tokio::select! {
            outcome = stage.run(&job, &notes) => panic!("{outcome:?}"),
            _ = text_of(&runs) => {}
        }
    };
    begun.await;
    tokio::select! {
        outcome = stage.run(&keyless, &notes) => panic!("{outcome:?}"),
        () = notes.sleep(Duration::from_millis(300)) => {}
    }
    fs::write(sshd.home().join("go"), "").unwrap();
    assert_eq!(stage.run(&job(&sshd, SCRIPT), &notes).await, done());
    is_whole(&sshd, &notes);
}
