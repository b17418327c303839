//! The permission *scripts on the server*: who is told so, and what an attempt without it comes to.

use tollgate::domain::decide::{self, Command, ExecutionRequest, NewIds, Selection};
use tollgate::domain::execution::{FailReason, Verdict};
use tollgate::domain::ids::{ExecutionId, TaskRunId};
use tollgate::domain::policy;
use tollgate::domain::refusal::{Operation, Refusal};
use tollgate::domain::scripts::ScriptPermission;
use tollgate::domain::status::ReleaseStatus;
use tollgate::messages::{Locale, failure_cause};

use crate::states;
use crate::world::{World, decision, person};

fn missing() -> ScriptPermission {
    ScriptPermission::Missing { team: "shop".to_owned() }
}

/// What each operation is refused with, the button and the guard alike.
fn refused(world: &World, operation: Operation) -> bool {
    let operator = person("operator");
    let guard = policy::check(&operator, (&world.release).into(), operation);
    assert_eq!(policy::permitted(&operator, (&world.release).into()).can(operation), guard.is_ok());
    match guard {
        Ok(()) => false,
        Err(refusal) => {
            assert_eq!(refusal, Refusal::ScriptsNotPermitted { operation, team: "shop".to_owned() });
            true
        }
    }
}

#[test]
fn without_it_only_what_would_run_a_script_is_refused() {
    for (name, mut world) in states::all() {
        let operator = person("operator");
        let before = policy::permitted(&operator, (&world.release).into());
        world.release.scripts = missing();
        for operation in Operation::ALL.into_iter().filter(|operation| before.can(*operation)) {
            let runs = matches!(operation, Operation::Execute | Operation::Retry | Operation::RollBack);
            assert!(!refused(&world, operation) || runs, "{name}: {operation:?}");
        }
    }
}

#[test]
fn execute_is_refused_for_a_script_and_not_for_waits_and_checkpoints() {
    let mut world =
        World::written("phase one: gate\nphase two: pause\ntask gate: approval by approver\ntask pause: wait 5");
    world.release.scripts = missing();
    assert!(!refused(&world, Operation::Execute));
    let mut world = World::written("phase one: gate\nphase two: deploy\ntask gate: approval by approver");
    world.release.scripts = missing();
    assert!(refused(&world, Operation::Execute));
    let saved = world.release.scripts.check(&world.release.definition);
    assert_eq!(saved, Err(Refusal::ScriptNotSaved { task: "deploy".to_owned(), team: "shop".to_owned() }));
    let request = ExecutionRequest::newest(&world.release, &Selection::All);
    let ids = NewIds { execution: ExecutionId::nil(), task_run: &mut TaskRunId::nil };
    let made = decide::execute(&world.release, &request, &person("operator"), world.now, ids);
    assert!(matches!(made, Err(Refusal::ScriptsNotPermitted { .. })), "{made:?}");
}

#[test]
fn retry_and_roll_back_are_refused_for_the_scripts_that_they_would_run() {
    let mut world =
        World::written("phase one: a\nphase two: gate\ntask a: undo\ntask gate: approval by approver, within 5");
    let operator = person("operator");
    world.execute(&operator);
    world.work();
    world.pass(10);
    assert_eq!(world.status(), ReleaseStatus::ReleaseFailed);
    world.release.scripts = missing();
    assert!(!refused(&world, Operation::Retry), "only the checkpoint is left");
    assert!(refused(&world, Operation::RollBack), "a would be undone");
    let asked = world.ask(&operator, &Command::RollBack);
    assert!(matches!(asked, Err(Refusal::ScriptsNotPermitted { operation: Operation::RollBack, .. })), "{asked:?}");

    let mut world = World::written("phase one: a");
    world.execute(&operator);
    world.ends("a", "fails");
    world.release.scripts = missing();
    assert!(refused(&world, Operation::Retry));
    assert!(!refused(&world, Operation::RollBack), "there is nothing to undo");
}

#[test]
fn an_attempt_without_it_is_errored_as_it_starts_and_tried_again_as_its_policy_says() {
    let mut world = World::written("phase one: gate\nphase two: a\ntask gate: trigger\ntask a: tries 3 every 10");
    world.execute(&person("operator"));
    world.release.scripts = missing();
    world.ask(&person("operator"), &decision("gate", Verdict::Agree, "")).expect("it is confirmed");
    let a = world.index("a");
    assert_eq!(world.in_flight(), [0; 0]);
    assert!(world.execution().tasks[a].state.delayed_until().is_some());
    world.pass(10);
    assert_eq!(world.execution().tasks[a].attempt, 2);
    world.pass(10);
    let (reason, cause) = world.execution().tasks[a].state.failure().expect("it failed");
    let message = failure_cause(cause, Locale::English);
    assert_eq!(reason, FailReason::Errored);
    assert!(message.contains("`tollgate team allow-scripts shop`"), "{message}");
    world.release.scripts = ScriptPermission::Granted;
    world.ask(&person("operator"), &Command::Retry).expect("it is retried");
    assert_eq!(world.in_flight(), [a]);
}

#[test]
fn what_follows_it_does_not_start_either_where_one_is_errored() {
    let mut world = World::written("phase one: gate\nphase two: a | b\ntask gate: trigger");
    world.execute(&person("operator"));
    world.release.scripts = missing();
    let continue_on_error = decision("gate", Verdict::Agree, "");
    world.ask(&person("operator"), &continue_on_error).expect("it is confirmed");
    assert_eq!(world.execution().failures(), [("a", FailReason::Errored)], "and b never began");
}

#[test]
fn a_roll_back_script_without_it_is_errored_and_one_that_runs_goes_on() {
    let mut world = World::written("phase one: a\nphase two: b\ntask a: undo\ntask b: undo");
    let operator = person("operator");
    world.execute(&operator);
    world.work();
    world.ask(&operator, &Command::RollBack).expect("it is rolled back");
    world.release.scripts = missing();
    world.advance();
    assert_eq!(world.in_flight(), [world.index("b")], "what runs is left alone");
    world.ends("b", "succeeds");
    assert_eq!(world.status(), ReleaseStatus::RollbackFailed);
    assert_eq!(world.execution().failures(), [("a", FailReason::Errored)]);
}
