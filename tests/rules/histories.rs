//! Random histories of random definitions: nothing that people, workers and clocks do breaks an invariant.

use proptest::prelude::{ProptestConfig, any};
use proptest::{collection::vec, proptest};
use tollgate::domain::decide::Command;
use tollgate::domain::definition::Definition;
use tollgate::domain::event::Event;
use tollgate::domain::execution::{AttemptKind, Direction, Intent, TaskState, Verdict};
use tollgate::domain::outcome::Outcome;
use tollgate::domain::schedule;
use tollgate::domain::status::{ReleaseStatus, TaskStatus};

use crate::invariants::{judge_event, judge_state};
use crate::random::{Move, definitions, histories, play};
use crate::world::{World, decision, outcome, person};

/// More steps than any of these definitions can take.
const BOUND: usize = 2_000;

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_state_keeps_the_invariants(definition in definitions(), moves in histories()) {
        lived(definition, &moves, judge_state);
    }

    #[test]
    fn every_event_keeps_the_invariants_and_replaying_them_gives_the_same_state(
        definition in definitions(), moves in histories(),
    ) {
        let world = lived(definition, &moves, |_| {});
        replay(&world);
    }

    #[test]
    fn every_execution_ends(definition in definitions(), moves in histories(), luck in vec(any::<bool>(), 1..9)) {
        let mut world = lived(definition, &moves, |_| {});
        settle(&mut world, &luck);
        replay(&world);
    }

    #[test]
    fn what_failed_succeeds_when_it_is_retried_and_the_work_does(definition in definitions(), moves in histories()) {
        let mut world = lived(definition, &moves, |_| {});
        settle(&mut world, &[false, true]);
        if world.status() == ReleaseStatus::ReleaseFailed {
            world.ask(&person("operator"), &Command::Retry).expect("it can be retried");
            settle(&mut world, &[true]);
            assert_eq!(world.status(), ReleaseStatus::Successful);
        }
    }

    #[test]
    fn a_roll_back_undoes_each_begun_task_once_and_the_newest_phase_first(
        definition in definitions(), moves in histories(), luck in vec(any::<bool>(), 1..9),
    ) {
        let mut world = lived(definition, &moves, |_| {});
        settle(&mut world, &[true]);
        if world.execution().direction == Direction::Forward {
            rolls_back(&mut world, &luck);
        }
    }
}

/// Plays the history; `look` sees every state on the way.
fn lived(definition: Definition, moves: &[Move], look: impl Fn(&World)) -> World {
    let mut world = World::of(definition);
    world.execute_only(&person("starter"), None).expect("an operator executes");
    look(&world);
    for step in moves {
        play(&mut world, step);
        look(&world);
    }
    world
}

fn replay(world: &World) {
    let mut execution = world.fresh.clone().expect("it was executed");
    for (at, event) in &world.log {
        let before = execution.clone();
        execution.apply(event, *at);
        judge_event(&before, event, &execution);
    }
    assert_eq!(&execution, world.execution());
}

/// Workers, clocks and people do what they can until it is over. `luck` says which attempts succeed, and whether
/// people are faster than clocks.
fn settle(world: &mut World, luck: &[bool]) {
    for step in 0..BOUND {
        world.advance();
        if world.execution().ended_at.is_some() {
            return;
        }
        if let Some(task) = world.in_flight().first() {
            let word = if luck[step % luck.len()] { "succeeds" } else { "fails" };
            world.report_only(*task, outcome(word)).expect("the attempt is under way");
        } else if luck[step % luck.len()] && waits_for_a_person(world) {
            ask_a_person(world);
        } else if let Some(at) = schedule::wake_at(world.execution()) {
            world.now = world.now.max(at);
        } else {
            ask_a_person(world);
        }
    }
    panic!("it does not end: {:?}", world.execution());
}

fn waits_for_a_person(world: &World) -> bool {
    let execution = world.execution();
    matches!(execution.intent, Intent::Pause { .. })
        || execution.tasks.iter().any(|run| run.state.status() == TaskStatus::ToBeApproved)
}

fn ask_a_person(world: &mut World) {
    if matches!(world.execution().intent, Intent::Pause { .. }) {
        world.ask_only(&person("operator"), &Command::Continue).expect("it can go on");
        return;
    }
    let open = world.execution().tasks.iter().find(|run| run.state.status() == TaskStatus::ToBeApproved);
    let gate = open.expect("nothing but a checkpoint waits for a person").name.clone();
    let agree = decision(&gate, Verdict::Agree, "Seen.");
    world.ask_only(&person("administrator"), &agree).expect("an administrator may decide");
}

fn rolls_back(world: &mut World, luck: &[bool]) {
    let begun: Vec<usize> = (0..world.execution().tasks.len()).filter(|i| world.execution().needs_undo(*i)).collect();
    let expected = world.execution().undo_order();
    let operator = person("operator");
    world.ask(&operator, &Command::RollBack).expect("what is over can be rolled back");
    settle(world, luck);
    for _ in 0..20 {
        if world.status() == ReleaseStatus::RolledBack {
            break;
        }
        world.ask(&operator, &Command::RollBack).expect("it goes on with what is not undone");
        settle(world, &[true]);
    }
    assert_eq!(world.status(), ReleaseStatus::RolledBack);
    replay(world);
    let is_undone = |task: &usize| matches!(world.execution().tasks[*task].state, TaskState::RolledBack { .. });
    assert!(begun.iter().all(is_undone));
    assert_eq!(undone(world).len(), begun.len(), "each exactly once");
    if luck.iter().all(|lucky| *lucky) {
        let phase = |task: &usize| world.execution().tasks[*task].place.phase;
        let of = |tasks: &[usize]| tasks.iter().map(phase).collect::<Vec<_>>();
        assert_eq!(of(&undone(world)), of(&expected), "the phases come as the confirmation lists them");
        for task in &expected {
            let group = |other: &&usize| {
                let places = [*task, **other].map(|index| world.execution().tasks[index].place);
                (places[0].phase, places[0].group) == (places[1].phase, places[1].group)
            };
            let listed: Vec<&usize> = expected.iter().filter(group).collect();
            let done = undone(world);
            assert_eq!(done.iter().filter(group).collect::<Vec<_>>(), listed, "and so do the tasks of each group");
        }
    }
}

/// The tasks that were undone, in order.
fn undone(world: &World) -> Vec<usize> {
    let mut undoing = vec![false; world.execution().tasks.len()];
    let mut done = Vec::new();
    for (_, event) in &world.log {
        match event {
            Event::AttemptStarted { task, kind, .. } => undoing[*task] = *kind == AttemptKind::Undo,
            Event::AttemptEnded { task, outcome: Outcome::Succeeded { .. }, .. } if undoing[*task] => done.push(*task),
            _ => {}
        }
    }
    done
}
