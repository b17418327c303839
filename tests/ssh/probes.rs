//! Probes of hosts, and keys.

use std::process::Command;

use tollgate::domain::ssh::{KeyFault, ProbeStep, SshFailure};
use tollgate::executors::ssh::read_private_key;
use tollgate::executors::{HostExecutor as _, PrivateText};

use super::stage::Stage;
use crate::sshd::Sshd;

#[tokio::test]
async fn a_probe_tells_each_step_up_to_the_first_that_fails() {
    let (sshd, stage) = (Sshd::start(), Stage::new());
    let (host, key) = (sshd.host("a"), PrivateText::new(sshd.private_key()));
    let seen = stage.executor.host_keys(&host).await.unwrap();
    assert_eq!(seen, [sshd.host_key()]);
    std::fs::create_dir_all(sshd.home().join(".tollgate/runs/old.run")).unwrap();
    std::fs::write(sshd.home().join(".tollgate/runs/old.run/exit"), "exited 0").unwrap();

    let checks = stage.executor.probe(&host, &seen, &key).await;
    let steps: Vec<ProbeStep> = checks.iter().map(|check| check.what).collect();
    let all = [
        ProbeStep::Resolve,
        ProbeStep::Connect,
        ProbeStep::HostKey,
        ProbeStep::SignIn,
        ProbeStep::Shell,
        ProbeStep::Folder,
        ProbeStep::Clock,
        ProbeStep::Leftovers,
    ];
    assert_eq!(steps, all, "{checks:?}");
    assert!(checks.iter().all(|check| check.result.is_ok()), "{checks:?}");
    assert_eq!(checks[7].result.as_deref(), Ok("old.run"));
    assert_eq!(sshd.runs().len(), 1, "nothing of the probe is left");

    let last = async |keys: &[_]| {
        let checks = stage.executor.probe(&host, keys, &key).await;
        let last = checks.last().unwrap();
        (last.what, last.result.clone().unwrap_err())
    };
    assert_eq!(last(&[]).await, (ProbeStep::HostKey, SshFailure::NotPinned));
    assert!(matches!(last(&[Sshd::start().host_key()]).await, (ProbeStep::HostKey, SshFailure::HostKeyChanged { .. })));
    sshd.forget_keys();
    assert!(matches!(last(&seen).await, (ProbeStep::SignIn, SshFailure::SignIn { .. })));
    sshd.refuse(true);
    assert!(matches!(last(&seen).await, (ProbeStep::SignIn, SshFailure::Broken { .. })));
}

#[tokio::test]
async fn b4_a_pasted_key_of_every_kind_is_tried_by_openssh() {
    let folder = tempfile::tempdir().unwrap();
    let made = |name: &str, options: &[&str]| {
        let path = folder.path().join(name);
        let made = Command::new("ssh-keygen").args(["-q", "-C", "", "-f"]).arg(&path).args(options).status();
        assert!(made.unwrap().success());
        std::fs::read_to_string(path).unwrap()
    };
    for (kind, options) in [
        ("ssh-ed25519", ["-t", "ed25519", "-m", "RFC4716"]),
        ("ssh-rsa", ["-t", "rsa", "-m", "PEM"]),
        ("ecdsa-sha2-nistp256", ["-t", "ecdsa", "-m", "PKCS8"]),
    ] {
        let key = made(kind, &[&options[..], &["-N", ""]].concat());
        for pasted in [key.replace('\n', "\r\n"), key.replace('\n', " "), key.trim_end().to_owned()] {
            let known = read_private_key(&pasted).await;
            assert!(known.as_ref().is_ok_and(|known| known.kind == kind), "{kind} {known:?}");
        }
        let cut = key.lines().take(3).chain(key.lines().last()).collect::<Vec<_>>().join("\n");
        assert_eq!(read_private_key(&cut).await, Err(KeyFault::CutOff), "{kind}");
        let locked = made(&format!("{kind}.locked"), &[&options[..], &["-N", "a pass phrase"]].concat());
        assert_eq!(read_private_key(&locked).await, Err(KeyFault::PassPhrase), "{kind}");
        let public = std::fs::read_to_string(folder.path().join(format!("{kind}.pub"))).unwrap();
        assert_eq!(read_private_key(&public).await, Err(KeyFault::Public));
        let at = key.len() / 2;
        let damaged = [&key[..at], if key[at..].starts_with('A') { "B" } else { "A" }, &key[at + 1..]].concat();
        let damaged = read_private_key(&damaged).await;
        assert!(damaged == Err(KeyFault::Refused) || damaged.is_ok(), "{damaged:?}");
    }
}
