//! Every state of a task × everything that can happen to it: the state that follows, or why it does not happen.

use std::fmt::Write as _;

use chrono::Duration;
use tollgate::domain::decide::Command;
use tollgate::domain::execution::{
    CancelReason, Direction, FailReason, Intent, SkipReason, Supersession, TaskState, Verdict,
};
use tollgate::domain::failure_cause::FailureCause;
use tollgate::domain::people::Actor;
use tollgate::domain::refusal::Refusal;
use tollgate::messages::{Locale, fail_reason, release_status};

use crate::golden::name_of;
use crate::world::{World, decision, outcome, person, start};

const HAPPENS: [&str; 15] = [
    "succeeds",
    "fails",
    "times-out",
    "errors",
    "is-interrupted",
    "is-stopped",
    "Agree",
    "Reject",
    "Skip",
    "Retry",
    "Pause",
    "Terminate",
    "Roll Back",
    "the engine looks",
    "a day passes",
];

#[test]
fn every_state_of_a_task_and_all_that_can_happen_to_it() {
    let mut table = String::new();
    for (name, world) in states() {
        writeln!(table, "== {name}").expect("a string takes it");
        for happens in HAPPENS {
            writeln!(table, "{happens:<18}{}", follows(world(), happens)).expect("a string takes it");
        }
        table.push('\n');
    }
    insta::assert_snapshot!(table);
}

type Make = Box<dyn Fn() -> World>;

/// Work with an undo and a second try, or a gate, put in each state as it is while the release goes on or is over.
fn states() -> Vec<(&'static str, Make)> {
    let at = start();
    let until = at + Duration::seconds(30);
    let (failed, cause) = (FailReason::Failed, FailureCause::Text(String::new()));
    let comment = "Because.".to_owned();
    let by_person = SkipReason::ByPerson { by: Actor::Tollgate, comment };
    let superseded = CancelReason::Superseded(Supersession { by: Actor::Tollgate, execution: 2 });
    let (forward, back) = (Direction::Forward, Direction::Back);
    let running = TaskState::Running { attempt: 1, since: at, until: None };
    let undoing = TaskState::RollingBack { attempt: 1, since: at };
    let work = |state, tries, direction, over| make("work", state, tries, direction, over);
    vec![
        ("Waiting", work(TaskState::Waiting, 0, forward, false)),
        ("Waiting, the release is over", work(TaskState::Waiting, 0, forward, true)),
        ("Running, the first of two tries", work(running.clone(), 1, forward, false)),
        ("Running, the last try", work(running, 2, forward, false)),
        ("Delayed", work(TaskState::Delayed { until }, 1, forward, false)),
        (
            "To be approved",
            make("gate", TaskState::ToBeApproved { since: at, deadline: Some(until), again: None }, 0, forward, false),
        ),
        ("Successful", work(TaskState::Successful { at }, 1, forward, true)),
        ("Failed", work(TaskState::Failed { reason: failed, cause: cause.clone(), at }, 2, forward, true)),
        ("Skipped, not selected", work(TaskState::Skipped { why: SkipReason::NotSelected }, 0, forward, true)),
        ("Skipped by a person", work(TaskState::Skipped { why: by_person }, 1, forward, true)),
        ("Cancelled, superseded", make("gate", TaskState::Cancelled { why: superseded, at }, 0, forward, true)),
        ("Cancelled", work(TaskState::Cancelled { why: CancelReason::Terminated, at }, 1, forward, true)),
        ("Rolling back, the first of two tries", work(undoing.clone(), 1, back, false)),
        ("Rolling back, the last try", work(undoing, 2, back, false)),
        ("Rolling back, delayed", work(TaskState::RollbackDelayed { until }, 1, back, false)),
        ("Rolled back", work(TaskState::RolledBack { at }, 1, back, true)),
        ("Rollback failed", work(TaskState::RollbackFailed { reason: failed, cause, at }, 2, back, true)),
    ]
}

fn make(task: &'static str, state: TaskState, tries: u32, direction: Direction, over: bool) -> Make {
    Box::new(move || {
        let plan = format!(
            "phase one: {task}\ntask {task}: {}",
            if task == "work" { "undo, tries 2 every 30" } else { "approval by @approver, within 30" }
        );
        let mut world = World::written(&plan);
        world.execute_only(&person("operator"), None).expect("an operator executes");
        let now = world.now;
        let execution = world.execution_mut();
        let run = &mut execution.tasks[0];
        run.begun = tries > 0;
        (run.attempt, run.tries, run.round) = (tries.min(1), tries, 1);
        run.state = state.clone();
        execution.direction = direction;
        execution.intent = Intent::Run;
        execution.ended_at = over.then_some(now);
        world
    })
}

fn follows(mut world: World, happens: &str) -> String {
    let operator = person("operator");
    let task = world.execution().tasks[0].name.clone();
    let because = "Because.".to_owned();
    let answer = match happens {
        "Agree" => world.ask_only(&person("approver"), &decision(&task, Verdict::Agree, "")),
        "Reject" => world.ask_only(&person("approver"), &decision(&task, Verdict::Reject, "No.")),
        "Skip" => world.ask_only(&operator, &Command::Skip { task, comment: because }),
        "Retry" => world.ask_only(&operator, &Command::Retry),
        "Pause" => world.ask_only(&operator, &Command::Pause),
        "Terminate" => world.ask(&operator, &Command::Terminate),
        "Roll Back" => world.ask(&operator, &Command::RollBack),
        "the engine looks" => looked(&mut world, 0),
        "a day passes" => looked(&mut world, 86_400),
        word => world.report_only(0, outcome(word)),
    };
    match answer {
        Ok(()) => format!("{:<34}[{}]", state_of(&world), release_status(world.status(), Locale::English)),
        Err(refusal) => format!("refused: {}", name_of(&refusal)),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the clock is asked for as people are")]
fn looked(world: &mut World, seconds: i64) -> Result<(), Refusal> {
    world.pass(seconds);
    Ok(())
}

fn state_of(world: &World) -> String {
    let state = &world.execution().tasks[0].state;
    let said = format!("{state:?}");
    let variant = said.split([' ', '{']).next().unwrap_or_default();
    match state {
        TaskState::Failed { reason, .. } | TaskState::RollbackFailed { reason, .. } => {
            format!("{variant}, {}", fail_reason(*reason, Locale::English))
        }
        TaskState::Running { attempt, .. } | TaskState::RollingBack { attempt, .. } => {
            format!("{variant}, attempt {attempt}")
        }
        TaskState::Cancelled { why, .. } => {
            let why = format!("{why:?}");
            format!("{variant}, {}", why.split('(').next().unwrap_or_default())
        }
        _ => variant.to_owned(),
    }
}
