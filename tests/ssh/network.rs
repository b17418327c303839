//! Hosts in networks of their own, where packets are dropped.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use tollgate::domain::outcome::Outcome;
use tollgate::executors::ssh::HostPatience;
use tollgate::executors::{PrivateText, SshExecutor, SshTarget};

use super::stage::{Notes, Stage, job, text_of};
use crate::netns::{self, Elsewhere};
use crate::sshd::{self, Sshd};
use crate::until::until;

#[tokio::test]
async fn b2_a_script_whose_packets_are_dropped_runs_once_and_is_found_again() {
    if !netns::is_apart("network::b2_a_script_whose_packets_are_dropped_runs_once_and_is_found_again") {
        return;
    }
    let elsewhere = Elsewhere::connected();
    let folder = sshd::folder("", "Port 22\n");
    let mut server = elsewhere.command(sshd::SSHD);
    server.args(["-D", "-e", "-f"]).arg(folder.path().join("config")).stderr(Stdio::null());
    let mut server = server.spawn().unwrap();

    let script = "echo run >>\"$HOME/runs\"\nuntil [ -e \"$HOME/go\" ]; do sleep 0.01; done\necho end";
    let mut job = job(&Sshd::start(), script);
    job.key = Ok(PrivateText::new(fs::read_to_string(folder.path().join("client")).unwrap()));
    job.hosts = vec![SshTarget {
        host: sshd::host("away", &elsewhere.address.to_string(), 22),
        keys: vec![sshd::host_key(folder.path())],
        is_done: false,
    }];
    let (stage, notes) = (Stage::new(), Notes::new());
    let executor = SshExecutor::new(stage.folder.path()).with_patience(HostPatience {
        connect: Duration::from_secs(1),
        alive: Duration::from_secs(1),
        tries: 100,
        pause: Duration::from_millis(20),
        max_pause: Duration::from_millis(200),
        ..HostPatience::default()
    });
    let stage = Stage { executor, ..stage };
    let home = folder.path().join("home");
    let drops = async {
        text_of(&home.join("runs")).await;
        elsewhere.drops(true);
        until("a lost connection", async || notes.log(0).iter().any(|line| line.contains("was lost"))).await;
        fs::write(home.join("go"), "").unwrap();
        until("its end", async || {
            fs::read_dir(home.join(".tollgate/runs")).unwrap().flatten().any(|run| run.path().join("exit").exists())
        })
        .await;
        elsewhere.drops(false);
    };
    let (outcome, ()) = tokio::join!(stage.run(&job, &notes), drops);
    assert_eq!(outcome, Outcome::Succeeded { outputs: [].into() });
    assert_eq!(fs::read_to_string(home.join("runs")).unwrap(), "run\n");
    let log: Vec<String> = notes.log(0).into_iter().filter(|line| !line.starts_with("[tollgate]")).collect();
    assert_eq!(log, ["end"]);
    server.kill().unwrap();
    server.wait().unwrap();
}
