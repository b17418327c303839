//! Places for scripts: what waits for one, what does not, and what a task in the line comes to.

use tollgate::domain::decide::Command;
use tollgate::domain::execution::TaskState;
use tollgate::domain::places::Places;
use tollgate::domain::schedule;
use tollgate::domain::status::{ReleaseStatus, TaskStatus};

use crate::invariants::judge_state;
use crate::world::{World, person};

/// Executed while as many scripts run as may.
fn full(text: &str) -> World {
    let mut world = World::written(text);
    world.places = Places::Only { tasks: [].into(), running: 16, ready: None };
    world.execute(&person("operator"));
    world
}

fn in_line(world: &World) -> Vec<&str> {
    let waiting = world.execution().tasks.iter().filter(|task| task.waits.is_some());
    waiting.map(|task| task.name.as_str()).collect()
}

/// That task gets a place, and no other.
fn gets_a_place(world: &mut World, task: &str) {
    world.places = Places::Only { tasks: [world.index(task)].into(), running: 15, ready: None };
    world.advance();
}

#[test]
fn only_scripts_wait_for_a_place() {
    let mut world = full("phase one: a | pause | gate\ntask pause: wait 5\ntask gate: trigger");
    assert_eq!(in_line(&world), ["a"]);
    let (a, waits) = (world.index("a"), world.execution().tasks[0].waits.expect("it waits"));
    assert_eq!((waits.since, waits.running), (world.now, 16));
    assert_eq!(world.execution().tasks[a].state, TaskState::Waiting);
    assert_eq!(world.execution().tasks[a].started_at, None, "its time has not begun");
    assert_eq!(world.execution().tasks[world.index("gate")].state.status(), TaskStatus::ToBeApproved);
    judge_state(&world);
    gets_a_place(&mut world, "a");
    assert_eq!((in_line(&world).len(), world.in_flight()), (0, vec![a]));
    judge_state(&world);
}

#[test]
fn no_clock_wakes_whoever_waits_for_a_place() {
    let mut world = full("phase one: a | b");
    assert_eq!(in_line(&world), ["a", "b"]);
    assert_eq!(schedule::wake_at(world.execution()), None);
    world.pass(3600);
    assert_eq!(world.log.len(), 3, "it asks once");
    gets_a_place(&mut world, "b");
    assert_eq!(in_line(&world), ["a"], "and keeps its place in the line");
}

#[test]
fn pause_and_terminate_work_at_once() {
    let operator = person("operator");
    let mut world = full("phase one: a");
    world.ask(&operator, &Command::Pause).expect("it is paused");
    assert_eq!((world.status(), in_line(&world).len()), (ReleaseStatus::Paused, 0));
    judge_state(&world);
    world.pass(5);
    world.ask(&operator, &Command::Continue).expect("it goes on");
    assert_eq!(world.execution().tasks[0].waits.expect("it waits again").since, world.now);
    world.ask(&operator, &Command::Terminate).expect("it is terminated");
    assert_eq!((world.status(), in_line(&world).len()), (ReleaseStatus::ReleaseFailed, 0));
    assert_eq!(world.execution().tasks[0].attempt, 0);
}

#[test]
fn whoever_may_not_start_any_more_leaves_the_line() {
    let mut world = full("phase one: a | b");
    gets_a_place(&mut world, "a");
    assert_eq!(in_line(&world), ["b"]);
    world.ends("a", "fails");
    assert_eq!((world.status(), in_line(&world).len()), (ReleaseStatus::ReleaseFailed, 0));
    judge_state(&world);
}

#[test]
fn a_retry_is_retrying_until_something_has_a_place() {
    let mut world = full("phase one: a");
    gets_a_place(&mut world, "a");
    world.ends("a", "fails");
    world.places = Places::NONE;
    world.ask(&person("operator"), &Command::Retry).expect("it is retried");
    assert_eq!((world.status(), in_line(&world)), (ReleaseStatus::Retrying, vec!["a"]));
    judge_state(&world);
    gets_a_place(&mut world, "a");
    assert_eq!(world.status(), ReleaseStatus::Running);
}

#[test]
fn a_roll_back_waits_too() {
    let mut world = full("phase one: a\ntask a: undo");
    gets_a_place(&mut world, "a");
    world.ends("a", "succeeds");
    world.places = Places::NONE;
    world.ask(&person("operator"), &Command::RollBack).expect("it is rolled back");
    assert_eq!((world.status(), in_line(&world)), (ReleaseStatus::RollingBack, vec!["a"]));
    assert_eq!(world.execution().tasks[0].state.status(), TaskStatus::Successful, "nothing has begun");
    judge_state(&world);
    gets_a_place(&mut world, "a");
    world.ends("a", "succeeds");
    assert_eq!(world.status(), ReleaseStatus::RolledBack);
}

#[test]
fn a_next_attempt_waits_and_is_due_on_a_clock_that_was_set_back_too() {
    let mut world = full("phase one: a\ntask a: tries 2 every 10");
    gets_a_place(&mut world, "a");
    world.places = Places::NONE;
    world.ends("a", "fails");
    assert_eq!(in_line(&world).len(), 0, "it is not due yet");
    world.pass(10);
    assert_eq!((in_line(&world), schedule::wake_at(world.execution())), (vec!["a"], None));
    judge_state(&world);
    world.pass(-60);
    gets_a_place(&mut world, "a");
    assert_eq!(world.in_flight(), [0]);
}
