//! Everything that can happen or be refused has its sentence.

use chrono::{DateTime, TimeZone as _, Utc};

use super::*;
use crate::domain::event::{AccountEvent, Event, GateOutcome, NewLabels, ReleaseEvent};
use crate::domain::execution::{
    AttemptKind, CancelReason, Decision, DecisionAuthority, SkipReason, Start, Supersession, Verdict,
};
use crate::domain::failure_cause::FailureCause;
use crate::domain::ids::{ReleaseId, UserId};
use crate::domain::outcome::{Outcome, Outputs};
use crate::domain::people::{Actor, Role};
use crate::domain::refusal::{CommentFor, Denial, Operation, Refusal};
use crate::domain::status::{ReleaseStatus, TaskStatus};
use crate::domain::variables::VariableValues;

fn at() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 14, 3, 9).single().expect("it is a time")
}

fn person(name: &str) -> Actor {
    Actor::Person { id: UserId::nil(), name: name.to_owned() }
}

fn decision(verdict: Verdict, standing: DecisionAuthority, comment: &str) -> Decision {
    Decision {
        round: 1,
        by: person("approver"),
        verdict,
        standing,
        comment: comment.to_owned(),
        at: at(),
        environments: Vec::new(),
    }
}

fn go_live() -> String {
    "go-live".to_owned()
}

#[test]
fn every_refusal_has_its_sentence() {
    let closed = |status, by| Refusal::CheckpointClosed { task: go_live(), status, by };
    for (because, sentence) in [
        (
            Refusal::NotPermitted { operation: Operation::Terminate, needs: vec![Role::Operator, Role::Manager] },
            "You may not use Terminate here: it needs the role operator or manager in the team. Ask whoever runs \
             this Tollgate for it.",
        ),
        (
            Refusal::NotNow { operation: Operation::Execute, status: ReleaseStatus::Running },
            "Execute is not possible now, because the release task is Running. It is possible when nothing of it is \
             under way.",
        ),
        (
            Refusal::BeingTerminated { operation: Operation::Pause },
            "Pause is not possible now, because the release task is being terminated. Wait until what still runs has \
             ended.",
        ),
        (
            Refusal::OnHold { status: ReleaseStatus::Paused },
            "Nothing is decided while the release task is Paused. Somebody of the team must click Continue first.",
        ),
        (
            closed(TaskStatus::Successful, Some(("approver2".to_owned(), Verdict::Agree, at()))),
            "go-live is decided already: approver2 agreed on 22 Nov 2026, 14:03 UTC. There is nothing left to decide.",
        ),
        (closed(TaskStatus::Waiting, None), "go-live does not ask yet: what comes before it has not ended."),
        (
            Refusal::DecidedAlready { task: go_live(), verdict: Verdict::Reject, at: at() },
            "You have decided go-live already: you rejected on 22 Nov 2026, 14:03 UTC. Each approver decides once.",
        ),
        (
            Refusal::OwnRelease { task: go_live(), how: Start::Retried },
            "You retried this release, and go-live asks for a second pair of eyes.",
        ),
        (
            Refusal::OwnRelease { task: go_live(), how: Start::Executed },
            "You started this release, and go-live asks for a second pair of eyes.",
        ),
        (
            Refusal::OwnRelease { task: go_live(), how: Start::Skipped },
            "You skipped a failed task of this release, and go-live asks for a second pair of eyes.",
        ),
        (
            Refusal::OwnRelease { task: go_live(), how: Start::Edited },
            "You saved the version that this release runs, and go-live asks for a second pair of eyes.",
        ),
        (Refusal::CommentNeeded { to: CommentFor::Reject }, "Write in Comments why you reject it."),
        (Refusal::CommentNeeded { to: CommentFor::Skip }, "Write in Comments why the task is skipped."),
        (
            Refusal::CommentNeeded { to: CommentFor::Override },
            "Write in Comments why you decide as an administrator: you are not one of its approvers.",
        ),
        (Refusal::CommentTooLong { most: 2000 }, "The comment is too long: it may have at most 2000 characters."),
        (Refusal::NothingChosen, "No task is chosen. Choose at least one."),
        (
            Refusal::NoSuchTask { task: "web".to_owned() },
            "There is no task web here. It may have been renamed since the page was opened: open it again.",
        ),
        (
            Refusal::GateLeftOut { gates: vec![go_live(), "legal".to_owned()] },
            "go-live and legal cannot be left out while a task behind is chosen. Choose the checkpoint, or leave out \
             all that is behind it.",
        ),
        (
            Refusal::NotSkippable { task: go_live(), status: TaskStatus::Failed },
            "go-live is a checkpoint, and a checkpoint is never skipped. Retry asks the approvers again.",
        ),
        (
            Refusal::NotSkippable { task: "web".to_owned(), status: TaskStatus::Waiting },
            "web is Waiting, and only a task that failed can be skipped.",
        ),
        (
            Refusal::DeadlinePassed { task: go_live(), deadline: at() },
            "The deadline of go-live passed on 22 Nov 2026, 14:03 UTC. Retry asks the approvers again.",
        ),
        (
            Refusal::ScriptNotSaved { task: "web".to_owned(), team: "shop".to_owned() },
            "web would run a script on the server, and the team shop lacks the permission for that. An administrator \
             gives it with `tollgate team allow-scripts shop`.",
        ),
        (
            Refusal::ScriptsNotPermitted { operation: Operation::RollBack, team: "shop".to_owned() },
            "Roll Back would run scripts on the server, and the team shop lacks the permission for that. An administrator \
             gives it with `tollgate team allow-scripts shop`.",
        ),
        (Refusal::Deleted, "This release task is deleted. Its executions can still be read by administrators."),
        (Refusal::StaleAttempt, "This attempt has ended already."),
    ] {
        assert_eq!(refusal(&because, Locale::default()), sentence);
    }
}

#[test]
fn who_comes_after_an_execution_was_superseded_is_told_by_which() {
    for (because, sentence) in [
        (
            Refusal::WouldSupersede { execution: 4 },
            "Execution 4 waits for a decision, and a new execution would close it. Open Execute again: it says so and asks \
             whether it may.",
        ),
        (
            Refusal::Superseded { execution: 4, newer: 5, by: "ann".to_owned() },
            "Execution 4 was superseded by execution 5, which ann started: it is over, and nothing of it can be decided or \
             executed any more.",
        ),
    ] {
        assert_eq!(refusal(&because, Locale::default()), sentence);
    }
}

#[test]
fn a_refused_operation_names_itself_and_the_status() {
    for operation in Operation::ALL {
        for status in ReleaseStatus::ALL {
            let sentence = refusal(&Refusal::NotNow { operation, status }, Locale::default());
            assert!(
                sentence.starts_with(super::operation(operation, Locale::English))
                    && sentence.contains(release_status(status, Locale::English)),
                "{sentence}"
            );
        }
    }
    for status in [
        TaskStatus::Waiting,
        TaskStatus::Running,
        TaskStatus::Successful,
        TaskStatus::Failed,
        TaskStatus::Skipped,
        TaskStatus::Cancelled,
        TaskStatus::RolledBack,
    ] {
        let sentence = refusal(&Refusal::CheckpointClosed { task: go_live(), status, by: None }, Locale::default());
        assert!(sentence.starts_with("go-live ") && sentence.ends_with('.'), "{sentence}");
    }
}

fn attempt(attempt: u32, outcome: Outcome, again_at: Option<DateTime<Utc>>) -> Event {
    Event::AttemptEnded { task: 0, name: "web".to_owned(), attempt, kind: AttemptKind::Do, outcome, again_at }
}

fn started(attempt: u32, kind: AttemptKind, until: Option<DateTime<Utc>>) -> Event {
    Event::AttemptStarted { task: 0, name: "web".to_owned(), attempt, kind, until, placement: None }
}

#[test]
fn what_is_asked_of_an_execution_has_its_sentence() {
    for (happened, sentence) in [
        (Event::PauseAsked, "paused it"),
        (Event::Continued, "continued it"),
        (Event::TerminateAsked, "terminated it"),
        (Event::RetryAsked { by: None }, "retried what had failed"),
        (
            Event::Executed {
                number: 3,
                version: 2,
                skipped: 0,
                variables: VariableValues::new(),
                edited_by: None,
                supersedes: Some(2),
            },
            "executed version 2 as execution 3, in the place of execution 2",
        ),
        (
            Event::Superseded(Supersession { by: person("ann"), execution: 3 }),
            "superseded it by execution 3: it waited for a decision",
        ),
    ] {
        assert_eq!(event(&happened, Locale::default()), sentence);
    }
}

#[test]
fn whoever_answers_for_a_service_is_told_with_the_reason() {
    let happened = Event::AlsoStartedBy { who: vec![person("ann"), person("ben")], how: Start::ByToken };
    let expected = "did so also on account of ann and ben: made or renewed the token with which it was done";
    assert_eq!(event(&happened, Locale::default()), expected);
}

#[test]
fn a_roll_back_by_policy_says_what_failed() {
    let told = |failed: &[&str]| {
        let failed = failed.iter().map(|name| (*name).to_owned()).collect();
        event(&Event::PolicyRollBack { version: 3, from: "Live".to_owned(), failed }, Locale::default())
    };
    assert_eq!(told(&["deploy"]), "of version 3 rolled it back, since deploy failed in the phase Live or after it");
    assert_eq!(told(&[]), "of version 3 rolled it back, since it was terminated in the phase Live or after it");
}

fn opened(deadline: Option<DateTime<Utc>>, again: Option<&str>) -> Event {
    Event::CheckpointOpened { task: 0, name: go_live(), deadline, again: again.map(str::to_owned) }
}

#[test]
fn every_event_has_its_sentence() {
    let said = |text: &str| text.to_owned();
    let decided = |verdict, standing, gate| Event::Decided {
        task: 0,
        name: go_live(),
        decision: decision(verdict, standing, "fine"),
        gate,
    };
    let skip = SkipReason::ByPerson { by: person("operator"), comment: said("not needed") };
    for (happened, sentence) in [
        (
            Event::Executed {
                number: 3,
                version: 2,
                skipped: 0,
                variables: VariableValues::new(),
                edited_by: None,
                supersedes: None,
            },
            "executed version 2 as execution 3",
        ),
        (
            Event::Executed {
                number: 3,
                version: 2,
                skipped: 1,
                variables: [("version".to_owned(), "1.10".to_owned())].into(),
                edited_by: None,
                supersedes: None,
            },
            "executed version 2 as execution 3, without 1 task, with version = 1.10",
        ),
        (started(1, AttemptKind::Do, None), "started web"),
        (started(2, AttemptKind::Do, None), "started web (attempt 2)"),
        (started(1, AttemptKind::Do, Some(at())), "began web, which waits until 22 Nov 2026, 14:03 UTC"),
        (started(3, AttemptKind::Undo, None), "began to undo web (attempt 3)"),
        (attempt(1, Outcome::Succeeded { outputs: Outputs::new() }, None), "saw web succeed"),
        (
            attempt(
                1,
                Outcome::Failed { cause: FailureCause::Text(said("The script ended with status 3.")) },
                Some(at()),
            ),
            "saw web fail: The script ended with status 3; it is tried again at 22 Nov 2026, 14:03:09 UTC",
        ),
        (
            attempt(2, Outcome::TimedOut { seconds: 60 }, None),
            "stopped attempt 2 of web, because it took longer than its timeout of 60 seconds",
        ),
        (
            attempt(1, Outcome::Errored { cause: FailureCause::Text(said("No folder.")) }, None),
            "could not carry out web: No folder",
        ),
        (
            attempt(1, Outcome::Interrupted { cause: FailureCause::Text(said("Power.")) }, None),
            "lost sight of web: Power",
        ),
        (attempt(1, Outcome::Stopped, None), "stopped web"),
        (opened(None, None), "asked for a decision on go-live"),
        (opened(None, Some("prod")), "asked again for a decision on go-live, because prod was changed since"),
        (opened(Some(at()), None), "asked for a decision on go-live by 22 Nov 2026, 14:03 UTC"),
        (
            decided(Verdict::Agree, DecisionAuthority::Approver, GateOutcome::StillOpen),
            "agreed to go-live; more must agree",
        ),
        (decided(Verdict::Agree, DecisionAuthority::Approver, GateOutcome::Passed), "agreed to go-live"),
        (
            decided(Verdict::Reject, DecisionAuthority::Override, GateOutcome::Rejected),
            "rejected go-live, overriding its approvers as an administrator",
        ),
        (
            Event::CheckpointExpired { task: 0, name: go_live() },
            "closed go-live, because nobody decided before its deadline",
        ),
        (
            Event::TaskCancelled { task: 0, name: said("web"), why: CancelReason::Terminated },
            "cancelled web, because the release was terminated",
        ),
        (
            Event::TaskCancelled { task: 0, name: go_live(), why: CancelReason::ReleaseEnded },
            "closed go-live, because the release had ended",
        ),
        (
            Event::TaskSkipped { task: 0, name: said("web"), why: skip },
            "skipped web, which had failed, and retried the rest",
        ),
        (Event::TaskSkipped { task: 0, name: said("web"), why: SkipReason::NotSelected }, "left out web"),
        (Event::RollBackAsked, "rolled it back"),
        (
            Event::PlaceAsked { task: 0, name: "web".to_owned(), running: 16 },
            "let web wait for a place: 16 scripts run on this server",
        ),
        (Event::Resumed, "went on with the retry"),
        (Event::Ended { status: ReleaseStatus::Successful }, "saw it end: Successful"),
    ] {
        assert_eq!(event(&happened, Locale::default()), sentence);
    }
    assert_eq!(super::said(&decided(Verdict::Agree, DecisionAuthority::Approver, GateOutcome::Passed)), Some("fine"));
    assert_eq!(super::said(&Event::PauseAsked), None);
}

mod accounts;
mod broken_rules;
mod causes;
mod failures;
mod field;
mod sources;
mod undone;
mod wrong_files;
