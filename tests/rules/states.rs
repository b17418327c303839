//! A release task in each state that it can be in, each reached as people and workers reach it.

use tollgate::domain::decide::Command;
use tollgate::domain::definition::Definition;
use tollgate::domain::execution::Verdict;

use crate::world::{World, decision, person, start};

/// Two phases of work round a gate that the starter may not approve; everything can be undone.
const PLAN: &str = "
    phase build: compile | test
    phase gate: go-live
    phase deploy: deploy
    task compile: undo
    task test: tries 2 every 30
    task go-live: approval by @approver, within 60
    task deploy: undo
";

/// Every state of a release task, named as a reader of the table would name it.
pub fn all() -> Vec<(&'static str, World)> {
    vec![
        ("To release", World::written(PLAN)),
        ("Running", running()),
        ("Running, a task failed and another is still in flight", failing()),
        ("Running, an attempt failed and the next is due later", delayed()),
        ("Running, being terminated", asked(running(), &Command::Terminate)),
        ("To be approved", to_be_approved()),
        ("To be approved, the deadline passed a moment ago", late()),
        ("Pausing", asked(running(), &Command::Pause)),
        ("Pausing, being terminated", asked(asked(running(), &Command::Pause), &Command::Terminate)),
        ("Paused", paused()),
        ("Paused at the checkpoint", asked(to_be_approved(), &Command::Pause)),
        ("To be approved, a new execution may take its place", superseding(to_be_approved())),
        ("To be approved, a new execution may take its place, the deadline passed a moment ago", superseding(late())),
        ("Running, a new execution may take its place when it waits", superseding(running())),
        ("Paused at the checkpoint, a new execution may take its place when it waits", superseding_paused()),
        ("Running, in the place of one that waited", superseded()),
        ("Retrying", retrying()),
        ("To be approved again, retried by another than who started it", retried_by_another()),
        ("Successful", successful()),
        ("Release failed, a task failed", failed()),
        ("Release failed, the checkpoint was rejected", rejected()),
        ("Release failed, the checkpoint expired", expired()),
        ("Release failed, terminated", terminated()),
        ("Rolling back", rolling_back()),
        ("Rolling back, being terminated", asked(rolling_back(), &Command::Terminate)),
        ("Rolled back", rolled_back()),
        ("Rollback failed", rollback_failed()),
        ("Deleted", deleted()),
    ]
}

fn running() -> World {
    let mut world = World::written(PLAN);
    world.execute(&person("starter"));
    world
}

fn asked(mut world: World, command: &Command) -> World {
    world.ask(&person("operator"), command).expect("the operator may");
    world
}

fn failing() -> World {
    let mut world = running();
    world.ends("compile", "fails");
    world
}

fn delayed() -> World {
    let mut world = running();
    world.ends("compile", "succeeds");
    world.ends("test", "fails");
    world
}

fn to_be_approved() -> World {
    let mut world = running();
    world.work();
    world
}

fn late() -> World {
    let mut world = to_be_approved();
    world.now = start() + chrono::Duration::seconds(60);
    world
}

/// The same with the option in the newest version, whatever version the last execution runs.
fn superseding(mut world: World) -> World {
    let definition = Definition { supersede: true, ..(*world.release.definition).clone() };
    world.release.definition = definition.into();
    world
}

fn superseding_paused() -> World {
    superseding(asked(to_be_approved(), &Command::Pause))
}

fn superseded() -> World {
    let mut world = superseding(to_be_approved());
    world.supersede_only(&person("starter")).expect("an operator may");
    world.advance();
    world
}

fn paused() -> World {
    let mut world = asked(running(), &Command::Pause);
    world.work();
    world
}

fn failed() -> World {
    let mut world = failing();
    world.ends("test", "succeeds");
    world
}

fn retrying() -> World {
    let mut world = failed();
    world.ask_only(&person("operator"), &Command::Retry).expect("it can be retried");
    world
}

/// The roles of who started it and who retried it are the other way round than everywhere else.
fn retried_by_another() -> World {
    let mut world = World::written(PLAN);
    world.execute(&person("operator"));
    world.work();
    world.ask(&person("approver"), &decision("go-live", Verdict::Reject, "No.")).expect("the approver may");
    world.ask(&person("starter"), &Command::Retry).expect("an operator may");
    world
}

fn successful() -> World {
    let mut world = to_be_approved();
    world.ask(&person("approver"), &decision("go-live", Verdict::Agree, "")).expect("the approver may");
    world.work();
    world
}

fn rejected() -> World {
    let mut world = to_be_approved();
    world.ask(&person("approver"), &decision("go-live", Verdict::Reject, "No.")).expect("the approver may");
    world
}

fn expired() -> World {
    let mut world = to_be_approved();
    world.pass(60);
    world
}

fn terminated() -> World {
    let mut world = asked(running(), &Command::Terminate);
    world.ends("compile", "is-stopped");
    world.ends("test", "is-stopped");
    world
}

fn rolling_back() -> World {
    asked(successful(), &Command::RollBack)
}

fn rolled_back() -> World {
    let mut world = rolling_back();
    world.work();
    world
}

fn rollback_failed() -> World {
    let mut world = rolling_back();
    world.ends("deploy", "fails");
    world
}

fn deleted() -> World {
    let mut world = successful();
    world.release.deleted_at = Some(world.now);
    world
}
