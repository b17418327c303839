//! Every task of a canonical release fails once in every way; retried it succeeds, and then it is rolled back,
//! where every undo fails once too.

use std::fmt::Write as _;

use tollgate::domain::decide::Command;
use tollgate::domain::execution::Verdict;
use tollgate::domain::schedule;
use tollgate::domain::status::{ReleaseStatus, TaskStatus};
use tollgate::messages::{Locale, fail_reason, release_status, task_status};

use crate::world::{World, decision, outcome, person};

const PLAN: &str = "
    phase build: compile package | test
    phase gate: go-live
    phase deploy: deploy migrate | notify announce
    phase check: smoke
    task compile: undo
    task go-live: approval by approver, within 60
    task deploy: undo
    task migrate: undo
    task notify: undo, go on
";
const WORK: [&str; 8] = ["compile", "package", "test", "deploy", "migrate", "notify", "announce", "smoke"];
const UNDONE: [&str; 4] = ["compile", "deploy", "migrate", "notify"];
const WAYS: [&str; 4] = ["fails", "errors", "times-out", "is-interrupted"];

#[test]
fn every_task_fails_in_every_way_and_then_it_is_retried_and_rolled_back() {
    let mut report = String::new();
    for best_effort in [false, true] {
        writeln!(report, "== Best effort {}", if best_effort { "on" } else { "off" }).expect("a string takes it");
        for way in WAYS {
            for task in WORK {
                let mut world = started(best_effort);
                run(&mut world, Some((task, way)));
                writeln!(report, "{task} {way}: {}", told(&world)).expect("a string takes it");
                assert_eq!(world.status(), ReleaseStatus::ReleaseFailed);
                recovers(&mut world);
            }
        }
        for (said, world) in [("rejected", rejected(best_effort)), ("expired", expired(best_effort))] {
            let mut world = world;
            writeln!(report, "go-live is {said}: {}", told(&world)).expect("a string takes it");
            recovers(&mut world);
        }
        report.push('\n');
    }
    insta::assert_snapshot!(report);
}

#[test]
fn every_undo_fails_in_every_way_and_then_the_roll_back_goes_on() {
    let mut report = String::new();
    for best_effort in [false, true] {
        writeln!(report, "== Best effort {}", if best_effort { "on" } else { "off" }).expect("a string takes it");
        for way in WAYS {
            for task in UNDONE {
                let mut world = started(best_effort);
                run(&mut world, None);
                assert_eq!(world.status(), ReleaseStatus::Successful);
                world.ask(&person("operator"), &Command::RollBack).expect("it can be rolled back");
                run(&mut world, Some((task, way)));
                writeln!(report, "undoing {task} {way}: {}", told(&world)).expect("a string takes it");
                assert_eq!(world.status(), ReleaseStatus::RollbackFailed);
                rolls_back(&mut world);
            }
        }
        report.push('\n');
    }
    insta::assert_snapshot!(report);
}

#[test]
fn terminated_at_every_task_it_ends_at_once_and_can_be_retried() {
    for task in WORK {
        let mut world = started(false);
        run_until(&mut world, task);
        world.ask(&person("operator"), &Command::Terminate).expect("it is active");
        for (index, attempt, _) in schedule::to_stop(world.execution()) {
            world.report_attempt(index, attempt, outcome("is-stopped")).expect("the attempt is under way");
        }
        world.advance();
        assert_eq!(world.status(), ReleaseStatus::ReleaseFailed, "at {task}");
        assert_eq!(world.execution().tasks[world.index(task)].state.status(), TaskStatus::Cancelled);
        recovers(&mut world);
    }
}

fn started(best_effort: bool) -> World {
    let mut world = World::written(&format!("{}{PLAN}", if best_effort { "best effort" } else { "" }));
    world.execute(&person("operator"));
    world
}

fn rejected(best_effort: bool) -> World {
    let mut world = started(best_effort);
    world.work();
    world.ask(&person("approver"), &decision("go-live", Verdict::Reject, "No.")).expect("it waits");
    world
}

fn expired(best_effort: bool) -> World {
    let mut world = started(best_effort);
    world.work();
    world.pass(60);
    world
}

/// Works and agrees until it is over; one task, if any is named, ends as said the first time.
fn run(world: &mut World, mut fault: Option<(&str, &str)>) {
    while world.execution().ended_at.is_none() {
        let Some(task) = world.in_flight().first().copied() else {
            agree(world);
            continue;
        };
        let word = match fault {
            Some((at, way)) if world.index(at) == task => {
                fault = None;
                way
            }
            _ => "succeeds",
        };
        world.report(task, outcome(word)).expect("the attempt is under way");
    }
}

fn run_until(world: &mut World, name: &str) {
    while !world.in_flight().contains(&world.index(name)) {
        match world.in_flight().first().copied() {
            Some(task) => world.report(task, outcome("succeeds")).expect("the attempt is under way"),
            None => agree(world),
        }
    }
}

fn agree(world: &mut World) {
    world.ask(&person("approver"), &decision("go-live", Verdict::Agree, "")).expect("nothing but the gate waits");
}

fn recovers(world: &mut World) {
    world.ask(&person("operator"), &Command::Retry).expect("it can be retried");
    run(world, None);
    assert_eq!(world.status(), ReleaseStatus::Successful, "{}", told(world));
    world.ask(&person("operator"), &Command::RollBack).expect("it can be rolled back");
    run(world, None);
    is_undone(world);
}

fn rolls_back(world: &mut World) {
    world.ask(&person("operator"), &Command::RollBack).expect("it goes on");
    run(world, None);
    is_undone(world);
}

fn is_undone(world: &World) {
    assert_eq!(world.status(), ReleaseStatus::RolledBack, "{}", told(world));
    for task in UNDONE {
        assert_eq!(world.execution().tasks[world.index(task)].state.status(), TaskStatus::RolledBack);
    }
}

/// The status, and the tasks that are not simply Successful.
fn told(world: &World) -> String {
    let mut told = release_status(world.status(), Locale::English).to_owned();
    for run in &world.execution().tasks {
        let status = run.state.status();
        let reason = world.execution().failures().into_iter().find(|(name, _)| *name == run.name);
        match reason {
            Some((name, reason)) => write!(
                told,
                ", {name} {} ({})",
                task_status(status, Locale::English),
                fail_reason(reason, Locale::English)
            ),
            None if status == TaskStatus::Successful => Ok(()),
            None => write!(told, ", {} {}", run.name, task_status(status, Locale::English)),
        }
        .expect("a string takes it");
    }
    told
}
