//! Roll outs over several hosts.

use std::fs;

use tollgate::domain::failure_cause::FailureCause;
use tollgate::domain::outcome::{Outcome, Outputs};
use tollgate::domain::ssh::{FailedLimit, HowMany};
use tollgate::executors::SshJob;

use super::stage::{Notes, Stage, job_on};
use crate::sshd::Sshd;

/// Hosts that take one key.
fn hosts(count: usize) -> Vec<Sshd> {
    let hosts: Vec<Sshd> = (0..count).map(|_| Sshd::start()).collect();
    hosts
}

#[tokio::test]
async fn b5_unreachable_is_failed_and_the_limit_holds_over_all_batches() {
    let (all, stage) = (hosts(4), Stage::new());
    for sshd in &all {
        sshd.take_key_of(&all[0]);
    }
    fs::write(all[2].home().join("fails"), "").unwrap();
    let hosts: Vec<&Sshd> = all.iter().collect();
    let script = "[ ! -e \"$HOME/fails\" ] || exit 3\necho \"x=$TOLLGATE_HOST\" >\"$TOLLGATE_OUTPUT\"";
    let run = async |limit: HowMany| {
        let notes = Notes::new();
        let mut job = SshJob { batch: HowMany::Count(1), limit: FailedLimit(limit), ..job_on(&hosts, script) };
        job.hosts[0].host.port = 1;
        (stage.run(&job, &notes).await, notes)
    };
    let (outcome, notes) = run(HowMany::Count(1)).await;
    let Outcome::Failed { cause: FailureCause::Hosts { failed, untried, of, host, cause } } = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!((failed, untried, of, host.as_str()), (2, 1, 4, "host-0"));
    assert!(matches!(*cause, FailureCause::Ssh(_)));
    assert!(matches!(notes.outcome(1), Some(Outcome::Succeeded { .. })));
    assert_eq!(notes.outcome(2), Some(Outcome::Failed { cause: FailureCause::Exited { status: 3 } }));
    assert_eq!(notes.outcome(3), None, "it was not tried");

    let (outcome, notes) = run(HowMany::Percent(50)).await;
    let outputs: Outputs = [("x".to_owned(), "host-1".to_owned())].into();
    assert_eq!(outcome, Outcome::Succeeded { outputs }, "so many may fail");
    assert!(notes.outcome(3).is_some());
}

#[tokio::test]
async fn what_an_earlier_attempt_has_done_is_not_done_again() {
    let (sshd, stage, notes) = (Sshd::start(), Stage::new(), Notes::new());
    let mut job = job_on(&[&sshd, &sshd], "echo \"$TOLLGATE_HOST\" >>\"$HOME/ran\"");
    job.hosts[0].is_done = true;
    assert_eq!(stage.run(&job, &notes).await, Outcome::Succeeded { outputs: Outputs::new() });
    assert_eq!(fs::read_to_string(sshd.home().join("ran")).unwrap(), "host-1\n");
    assert_eq!(stage.run(&job, &notes).await, Outcome::Succeeded { outputs: Outputs::new() }, "it is told once more");
    assert_eq!(fs::read_to_string(sshd.home().join("ran")).unwrap(), "host-1\n");
}
