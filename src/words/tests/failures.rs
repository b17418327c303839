//! Why a release failed, in one line.

use std::sync::Arc;

use chrono::DateTime;
use uuid::Uuid;

use super::{decision, go_live};
use crate::domain::definition::{Definition, Place};
use crate::domain::execution::{
    Decision, Direction, Execution, FailReason, Order, Standing, TaskRun, TaskState, Verdict,
};
use crate::domain::outcome::Outputs;
use crate::domain::people::Actor;
use crate::words::{failure, undone_failure};

fn task(name: &str, state: TaskState, decisions: Vec<Decision>) -> TaskRun {
    TaskRun {
        id: Uuid::nil(),
        place: Place { phase: 0, group: 0, position: 0 },
        name: name.to_owned(),
        state,
        started_at: None,
        attempt: 1,
        tries: 1,
        begun: true,
        round: 1,
        outputs: Outputs::new(),
        decisions,
    }
}

fn failed(name: &str, reason: FailReason, message: &str) -> TaskRun {
    let at = DateTime::UNIX_EPOCH;
    task(name, TaskState::Failed { reason, message: message.to_owned(), at }, Vec::new())
}

fn execution(tasks: Vec<TaskRun>) -> Execution {
    Execution {
        id: Uuid::nil(),
        release_id: Uuid::nil(),
        team_id: Uuid::nil(),
        number: 1,
        version: 1,
        definition: Arc::new(Definition::default()),
        started_by: Actor::Tollgate,
        started_at: DateTime::UNIX_EPOCH,
        ended_at: None,
        direction: Direction::Forward,
        order: Order::Run,
        tasks,
        rev: 0,
    }
}

#[test]
fn every_reason_has_its_headline() {
    for (reason, message, sentence) in [
        (FailReason::Failed, "The script ended with status 3.", "web failed: The script ended with status 3."),
        (FailReason::TimedOut, "It took longer.", "web timed out: It took longer."),
        (FailReason::Errored, "No folder.", "web could not be carried out: No folder."),
        (FailReason::Interrupted, "The machine went down.", "web was interrupted: The machine went down."),
        (FailReason::Expired, "Nobody decided.", "web expired: Nobody decided."),
        (FailReason::Terminated, "It was stopped.", "web was stopped: It was stopped."),
        (FailReason::Rejected, "no", "web was rejected."),
    ] {
        let execution = execution(vec![failed("web", reason, message)]);
        assert_eq!(failure(&execution, None).as_deref(), Some(sentence));
        assert_eq!(undone_failure(&execution), None);
    }
}

#[test]
fn a_rejection_quotes_who_rejected() {
    let mut gate = failed("go-live", FailReason::Rejected, "");
    gate.decisions.push(decision(Verdict::Agree, Standing::Approver, "fine"));
    gate.decisions.push(decision(Verdict::Reject, Standing::Approver, "the prices are wrong"));
    let sentence = failure(&execution(vec![gate.clone()]), None);
    assert_eq!(sentence, Some(format!("{} was rejected by approver: “the prices are wrong”", go_live())));
    gate.decisions[1].comment.clear();
    assert_eq!(failure(&execution(vec![gate]), None).as_deref(), Some("go-live was rejected by approver."));
}

#[test]
fn several_failures_are_counted() {
    let one = |name| failed(name, FailReason::Failed, "No.");
    let two = execution(vec![one("a1"), one("a2")]);
    assert_eq!(failure(&two, None).as_deref(), Some("a1 failed: No. And one more task failed."));
    let three = execution(vec![one("a1"), one("a2"), one("a3")]);
    assert_eq!(failure(&three, None).as_deref(), Some("a1 failed: No. And 2 more tasks failed."));
    assert_eq!(failure(&execution(vec![task("a1", TaskState::Waiting, Vec::new())]), None), None);
}

#[test]
fn a_termination_names_who_did_it() {
    let mut execution = execution(vec![failed("web", FailReason::Failed, "No.")]);
    execution.order = Order::Terminate;
    assert_eq!(failure(&execution, Some("operator")).as_deref(), Some("Terminated by operator."));
    assert_eq!(failure(&execution, None).as_deref(), Some("Terminated."));
}

#[test]
fn a_roll_back_that_failed_says_what_could_not_be_undone() {
    let at = DateTime::UNIX_EPOCH;
    let state = TaskState::RollbackFailed { reason: FailReason::Failed, message: "No.".to_owned(), at };
    let execution = execution(vec![task("deploy", state, Vec::new())]);
    assert_eq!(undone_failure(&execution).as_deref(), Some("The roll back of deploy failed: No."));
    assert_eq!(failure(&execution, None), None);
}
