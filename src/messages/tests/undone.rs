//! Sentences that people in the field asked for.

use crate::domain::event::Event;
use crate::domain::execution::AttemptKind;
use crate::domain::failure_cause::FailureCause;
use crate::domain::outcome::{Outcome, Outputs};
use crate::domain::refusal::{Refusal, Unasked};
use crate::messages::{Locale, event, failure_cause, refusal};

#[test]
fn f31_the_end_of_a_roll_back_is_told_as_such() {
    let cause = || FailureCause::Text("It failed.".to_owned());
    for (outcome, told) in [
        (Outcome::Succeeded { outputs: Outputs::new() }, "undid web"),
        (Outcome::Failed { cause: cause() }, "saw the roll back of web fail: It failed"),
        (
            Outcome::TimedOut { seconds: 1 },
            "stopped the roll back of web, because it took longer than its timeout of 1 second",
        ),
        (Outcome::Errored { cause: cause() }, "could not carry out the roll back of web: It failed"),
        (Outcome::Interrupted { cause: cause() }, "lost sight of the roll back of web: It failed"),
        (Outcome::Stopped, "stopped the roll back of web"),
    ] {
        let kind = AttemptKind::Undo;
        let undone = Event::AttemptEnded { task: 0, name: "web".to_owned(), attempt: 2, kind, outcome, again_at: None };
        assert_eq!(event(&undone, Locale::default()), told);
    }
}

#[test]
fn f21_one_second_is_one_second() {
    let told = |seconds| failure_cause(&FailureCause::TimedOut { seconds }, Locale::default());
    assert_eq!(told(1), "It took longer than its timeout of 1 second.");
    assert_eq!(told(60), "It took longer than its timeout of 60 seconds.");
}

#[test]
fn f12_a_refusal_says_why_a_checkpoint_does_not_ask_somebody() {
    for (why, told) in [
        (Unasked::NotNamed, "go-live does not ask you: it names neither you nor a role of yours."),
        (
            Unasked::NamedOnly,
            "go-live names you, but you do not hold the role approver in the team. Its managers can give it to you.",
        ),
        (
            Unasked::NamedNoMember,
            "go-live names you, but you are not a member of the team. Its managers can make you one, with the role \
             approver.",
        ),
        (Unasked::NeitherRole, "go-live asks the operators and approvers of the team, and you are neither."),
    ] {
        let refused = Refusal::NotAnApprover { task: "go-live".to_owned(), why };
        assert_eq!(refusal(&refused, Locale::default()), told);
    }
}
