//! Regressions: one test for each thing that once went wrong.

use chrono::Duration;
use tollgate::domain::decide::{self, Command};
use tollgate::domain::execution::{TaskState, Verdict};
use tollgate::domain::policy;
use tollgate::domain::refusal::Refusal;
use tollgate::domain::schedule;
use tollgate::domain::status::{ReleaseStatus, TaskStatus};

use crate::world::{World, decision, person};

#[test]
fn a_checkpoint_that_expires_keeps_a_late_attempt_of_another_group_from_starting() {
    let mut world = World::written(
        "phase one: gate | work\ntask gate: approval by approver, within 10\ntask work: tries 2 every 10",
    );
    world.execute(&person("operator"));
    world.ends("work", "fails");
    // The engine was away: the deadline and the next attempt fall due in the same tick.
    world.pass(60);
    assert_eq!(world.status(), ReleaseStatus::ReleaseFailed);
    assert_eq!(world.execution().tasks[world.index("work")].attempt, 1);
}

#[test]
fn a_second_roll_back_does_not_wake_for_what_an_older_phase_still_has_to_undo() {
    let mut world = World::written("best effort\nphase one: a\nphase two: b\ntask a: undo\ntask b: undo");
    let operator = person("operator");
    world.execute(&operator);
    world.work();
    world.ask(&operator, &Command::RollBack).expect("it can be rolled back");
    world.ends("b", "fails");
    world.ends("a", "fails");
    assert_eq!(world.status(), ReleaseStatus::RollbackFailed);
    world.pass(5);
    world.ask(&operator, &Command::RollBack).expect("it goes on");
    assert_eq!(world.execution().tasks[world.index("b")].state.status(), TaskStatus::RollingBack);
    assert_eq!(schedule::wake_at(world.execution()), None, "it waits for the work on b alone");
}

#[test]
fn who_changed_their_name_is_the_same_person() {
    let mut world = World::written("phase one: gate\ntask gate: approval by @approver, needs 2");
    let mut starter = person("starter");
    let mut approver = person("approver");
    world.execute(&starter);
    world.ask(&approver, &decision("gate", Verdict::Agree, "")).expect("the first agrees");
    "renamed".clone_into(&mut approver.name);
    "also-renamed".clone_into(&mut starter.name);
    let again = world.ask(&approver, &decision("gate", Verdict::Agree, ""));
    assert!(matches!(again, Err(Refusal::DecidedAlready { .. })), "{again:?}");
    assert_eq!(policy::may_decide(&approver, world.execution(), 0, world.now), None);
    let own = world.ask(&starter, &decision("gate", Verdict::Agree, ""));
    assert!(matches!(own, Err(Refusal::OwnRelease { .. })), "{own:?}");
}

#[test]
fn who_comes_late_is_told_who_closed_the_checkpoint_and_not_who_spoke_before() {
    let mut world = World::written("phase one: gate\ntask gate: approval by @approver, needs 2, within 60");
    world.execute(&person("operator"));
    world.ask(&person("approver"), &decision("gate", Verdict::Agree, "")).expect("the first agrees");
    world.pass(60);
    let late = world.ask(&person("approver2"), &decision("gate", Verdict::Agree, ""));
    assert!(matches!(late, Err(Refusal::DeadlinePassed { .. })), "{late:?}");
    world.ask(&person("operator"), &Command::Retry).expect("it asks again");
    world.ask(&person("approver"), &decision("gate", Verdict::Reject, "No.")).expect("the first rejects");
    let late = world.ask(&person("approver2"), &decision("gate", Verdict::Agree, ""));
    let Err(Refusal::CheckpointClosed { by: Some((who, verdict, _)), .. }) = late else { panic!("{late:?}") };
    assert_eq!((who.as_str(), verdict), ("approver", Verdict::Reject));
}

#[test]
fn the_button_is_gone_from_the_deadline_on_even_before_the_engine_has_looked() {
    let mut world = World::written("phase one: gate\ntask gate: approval by approver, within 60");
    let approver = person("approver");
    world.execute(&person("operator"));
    let deadline = world.now + Duration::seconds(60);
    let agree = decision("gate", Verdict::Agree, "");
    let before = deadline - Duration::microseconds(1);
    assert!(policy::may_decide(&approver, world.execution(), 0, before).is_some());
    assert!(decide::decide(&world.release, &approver, &agree, before).is_ok());
    assert_eq!(policy::may_decide(&approver, world.execution(), 0, deadline), None);
    let refused = decide::decide(&world.release, &approver, &agree, deadline);
    assert!(matches!(refused, Err(Refusal::DeadlinePassed { .. })), "{refused:?}");
}

#[test]
fn a_phase_of_a_release_that_is_over_does_not_run() {
    let mut world = World::written("phase one: a b");
    let operator = person("operator");
    world.execute(&operator);
    world.ask(&operator, &Command::Pause).expect("it pauses");
    world.ends("a", "succeeds");
    world.ask(&operator, &Command::Terminate).expect("it ends");
    assert_eq!(world.status(), ReleaseStatus::ReleaseFailed);
    assert!(matches!(world.execution().tasks[1].state, TaskState::Waiting));
    assert_eq!(world.execution().phase_status(0), TaskStatus::Cancelled);
}
