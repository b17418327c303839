//! Four eyes along every road: whoever had a hand in starting something does not agree to it, however they came to it.

use tollgate::domain::decide::Command;
use tollgate::domain::execution::{Start, Verdict};
use tollgate::domain::people::{Actor, User};
use tollgate::domain::policy::{self, Agreement};
use tollgate::domain::refusal::Refusal;
use tollgate::domain::status::ReleaseStatus;

use crate::world::{World, decision, person, user};

const PLAN: &str = "
    phase one: compile
    phase two: guarded
    phase three: confirmed
    task guarded: approval by @approver
    task confirmed: trigger
";

/// An operator and approver who did not execute it.
fn both() -> User {
    user("both", "operator,approver")
}

fn agrees(world: &mut World, who: &User) -> Result<(), Refusal> {
    world.ask(who, &decision("guarded", Verdict::Agree, ""))
}

fn is_refused(world: &mut World, who: &User, how: Start) {
    let refused = Err(Refusal::OwnRelease { task: "guarded".to_owned(), how });
    assert_eq!(agrees(world, who), refused);
    assert_eq!(world.ask(who, &decision("guarded", Verdict::Reject, "No.")), refused);
    assert_eq!(policy::may_decide(who, world.execution(), 1, world.now), None, "the button is not there either");
}

fn failed() -> World {
    let mut world = World::written(PLAN);
    world.execute(&person("operator"));
    world.ends("compile", "fails");
    assert_eq!(world.status(), ReleaseStatus::ReleaseFailed);
    world
}

#[test]
fn s5_who_retried_does_not_agree() {
    let mut world = failed();
    world.ask(&both(), &Command::Retry).expect("an operator may");
    world.ends("compile", "succeeds");
    is_refused(&mut world, &both(), Start::Retried);
    agrees(&mut world, &person("approver")).expect("somebody else may");
}

#[test]
fn s5_who_skipped_does_not_agree() {
    let mut world = failed();
    let skip = Command::Skip { task: "compile".to_owned(), comment: "Built by hand.".to_owned() };
    world.ask(&both(), &skip).expect("an operator may");
    is_refused(&mut world, &both(), Start::Skipped);
    agrees(&mut world, &person("approver")).expect("somebody else may");
}

#[test]
fn s5_who_saved_the_version_that_runs_does_not_agree() {
    let mut world = World::written(PLAN);
    world.release.edited_by = Actor::from(&both());
    world.execute(&person("operator"));
    world.ends("compile", "succeeds");
    is_refused(&mut world, &both(), Start::Edited);
    agrees(&mut world, &person("approver")).expect("somebody else may");
}

#[test]
fn s5_what_a_later_version_changes_counts_when_it_runs() {
    let mut world = World::written(PLAN);
    world.execute(&person("operator"));
    world.release.edited_by = Actor::from(&both());
    world.ends("compile", "succeeds");
    agrees(&mut world, &both()).expect("the version that runs is not theirs");
}

#[test]
fn s5_an_administrator_who_retried_does_not_override() {
    let mut world = failed();
    let chief = user("chief", "operator,administrator");
    world.ask(&chief, &Command::Retry).expect("an operator may");
    world.ends("compile", "succeeds");
    is_refused(&mut world, &chief, Start::Retried);
}

#[test]
fn s5_whoever_retries_stays_a_starter_when_another_retries_too() {
    let mut world = failed();
    world.ask(&both(), &Command::Retry).expect("an operator may");
    world.ends("compile", "fails");
    world.ask(&person("operator"), &Command::Retry).expect("an operator may");
    world.ends("compile", "succeeds");
    is_refused(&mut world, &both(), Start::Retried);
    is_refused(&mut world, &user("operator", "operator,approver"), Start::Executed);
}

#[test]
fn s5_whoever_only_pauses_and_continues_is_no_starter() {
    let mut world = World::written(PLAN);
    world.execute(&person("operator"));
    world.ends("compile", "succeeds");
    world.ask(&both(), &Command::Pause).expect("an operator may");
    world.ask(&both(), &Command::Continue).expect("an operator may");
    agrees(&mut world, &both()).expect("nothing was started again");
}

#[test]
fn s5_a_manual_trigger_asks_for_no_second_pair_of_eyes() {
    let mut world = failed();
    world.ask(&both(), &Command::Retry).expect("an operator may");
    world.ends("compile", "succeeds");
    agrees(&mut world, &person("approver")).expect("somebody else may");
    world.ask(&both(), &decision("confirmed", Verdict::Agree, "")).expect("any operator or approver may");
    assert_eq!(world.status(), ReleaseStatus::Successful);
}

#[test]
fn s5_starters_are_not_counted_among_those_who_can_agree() {
    let mut world = failed();
    world.ask(&both(), &Command::Retry).expect("an operator may");
    world.ends("compile", "succeeds");
    let users = [both(), person("approver"), person("operator")];
    assert_eq!(policy::agreement(&users, world.execution(), 1), Agreement { missing: 1, able: 1 });
    let named: Vec<_> = policy::approvers(&users, world.execution(), 1).iter().map(|user| user.name.clone()).collect();
    assert_eq!(named, ["approver"]);
}
