//! Why a task failed, in one line.

use chrono::DateTime;

use super::{decision, go_live};
use crate::domain::definition::TaskPosition;
use crate::domain::execution::{DecisionAuthority, FailReason, TaskRun, TaskState, Verdict};
use crate::domain::failure_cause::FailureCause;
use crate::domain::ids::TaskRunId;
use crate::domain::outcome::Outputs;
use crate::messages::{Locale, failed_task};

fn task(name: &str, state: TaskState) -> TaskRun {
    TaskRun {
        id: TaskRunId::nil(),
        place: TaskPosition { phase: 0, group: 0, position: 0 },
        name: name.to_owned(),
        state,
        started_at: None,
        attempt: 1,
        tries: 1,
        begun: true,
        round: 1,
        waits: None,
        held: None,
        removed: None,
        outputs: Outputs::new(),
        decisions: Vec::new(),
    }
}

fn failed(name: &str, reason: FailReason, message: &str) -> TaskRun {
    let at = DateTime::UNIX_EPOCH;
    task(name, TaskState::Failed { reason, cause: FailureCause::Text(message.to_owned()), at })
}

#[test]
fn every_reason_has_its_sentence() {
    for (reason, message, sentence) in [
        (FailReason::Failed, "The script ended with status 3.", "web failed: The script ended with status 3."),
        (FailReason::TimedOut, "It took longer.", "web timed out: It took longer."),
        (FailReason::Errored, "No folder.", "web could not be carried out: No folder."),
        (FailReason::Interrupted, "The machine went down.", "web was interrupted: The machine went down."),
        (FailReason::Expired, "Nobody decided.", "web expired: Nobody decided."),
        (FailReason::Terminated, "It was stopped.", "web was stopped: It was stopped."),
        (FailReason::Rejected, "no", "web was rejected."),
    ] {
        assert_eq!(failed_task(&failed("web", reason, message), Locale::default()).as_deref(), Some(sentence));
    }
    assert_eq!(failed_task(&task("web", TaskState::Waiting), Locale::default()), None);
}

#[test]
fn a_rejection_quotes_who_rejected() {
    let mut gate = failed("go-live", FailReason::Rejected, "");
    gate.decisions.push(decision(Verdict::Agree, DecisionAuthority::Approver, "fine"));
    gate.decisions.push(decision(Verdict::Reject, DecisionAuthority::Approver, "the prices are wrong"));
    assert_eq!(
        failed_task(&gate, Locale::default()),
        Some(format!("{} was rejected by approver: “the prices are wrong”", go_live()))
    );
    gate.decisions[1].comment.clear();
    assert_eq!(failed_task(&gate, Locale::default()).as_deref(), Some("go-live was rejected by approver."));
}

#[test]
fn a_roll_back_that_failed_says_what_could_not_be_undone() {
    let at = DateTime::UNIX_EPOCH;
    let state =
        TaskState::RollbackFailed { reason: FailReason::Failed, cause: FailureCause::Text("No.".to_owned()), at };
    assert_eq!(
        failed_task(&task("deploy", state), Locale::default()).as_deref(),
        Some("The roll back of deploy failed: No.")
    );
}
