//! Invariants of every event of every history, and in every state.

use chrono::{Duration, TimeDelta};
use tollgate::domain::decide::{self, Command, ExecutionRequest, NewIds, Selection};
use tollgate::domain::event::Event;
use tollgate::domain::execution::{AttemptKind, Direction, Execution, Intent, SkipReason, TaskState, Verdict};
use tollgate::domain::ids::{ExecutionId, TaskRunId};
use tollgate::domain::kinds::Kind;
use tollgate::domain::people::{Actor, User};
use tollgate::domain::places::Places;
use tollgate::domain::refusal::{Operation, Refusal};
use tollgate::domain::scripts::ScriptPermission;
use tollgate::domain::status::{ReleaseStatus, TaskStatus};
use tollgate::domain::{policy, schedule};

use crate::random::PEOPLE;
use crate::world::{World, decision, outcome, person};

/// What the event may do to the execution before it.
pub fn judge_event(before: &Execution, event: &Event, after: &Execution) {
    only_a_command_leaves_the_end(before, event);
    who_asks_again_is_a_starter(event, after);
    assert!(after.starters.starts_with(&before.starters), "who is a starter stays one");
    for index in 0..before.tasks.len() {
        if before.tasks[index].state != after.tasks[index].state {
            a_task_leaves_its_end_only_when_asked(before, index, event);
        }
        assert!(after.tasks[index].attempt >= before.tasks[index].attempt, "attempt numbers never fall");
        assert!(after.tasks[index].decisions.starts_with(&before.tasks[index].decisions), "decisions stay");
    }
    match event {
        Event::AttemptStarted { task, attempt, kind, .. } => {
            let run = &before.tasks[*task];
            assert_eq!(*attempt, run.attempt + 1, "attempt numbers grow by one");
            assert_eq!(run.state.in_flight(), None, "one attempt at a time");
            may_start(before);
            match kind {
                AttemptKind::Do => its_turn_forward(before, *task),
                AttemptKind::Undo => its_turn_back(before, *task),
            }
        }
        Event::CheckpointOpened { task, again, .. } => {
            may_start(before);
            match again {
                None => its_turn_forward(before, *task),
                Some(_) => {
                    assert!(matches!(before.tasks[*task].state, TaskState::Successful { .. }), "it was agreed to");
                }
            }
            assert_eq!(after.tasks[*task].round, before.tasks[*task].round + 1, "each asking is a new round");
        }
        Event::AttemptEnded { task, attempt, .. } => {
            assert_eq!(before.tasks[*task].state.in_flight().map(|(number, _)| number), Some(*attempt));
        }
        Event::Ended { status } => {
            assert!(!before.anything_in_flight(), "nothing is left running behind the end");
            assert!(!status.is_active());
            assert_eq!(*status, after.status());
        }
        Event::Decided { task, decision, .. } => {
            let twice = before.tasks[*task].current_decisions().any(|earlier| earlier.by == decision.by);
            assert!(!twice, "each decides once");
            four_eyes_see_it(before, *task, &decision.by);
        }
        Event::AlsoStartedBy { who, .. } => {
            let counts = |who: &Actor| {
                after.started_by.is_same_person(who)
                    || after.starters.iter().any(|starter| starter.who.is_same_person(who))
            };
            assert!(who.iter().all(counts), "whoever answers for it counts as a starter");
        }
        Event::PlaceAsked { task, .. } => {
            assert!(before.spec(*task).kind.runs_on_server(), "only a script wants a place");
            assert_eq!(before.tasks[*task].waits, None, "a place is asked for once");
            assert!(after.tasks[*task].waits.is_some(), "it waits, and may start when there is a place");
            assert_eq!(before.tasks[*task].state, after.tasks[*task].state, "nothing begins");
        }
        Event::ComponentAwaited { task, .. } => {
            assert!(before.spec(*task).kind.change().is_some(), "only what changes a component waits for one");
            assert!(after.tasks[*task].held.is_some(), "it waits, and may start when it is free");
            assert_eq!(before.tasks[*task].state, after.tasks[*task].state, "nothing begins");
        }
        Event::Superseded(_) => {
            assert!(!before.anything_in_flight(), "nothing runs of what is superseded");
            assert_eq!(before.status(), ReleaseStatus::ToBeApproved, "it waits for a person");
        }
        Event::Executed { .. }
        | Event::CheckpointExpired { .. }
        | Event::TaskCancelled { .. }
        | Event::PauseAsked
        | Event::Continued
        | Event::TerminateAsked
        | Event::RetryAsked { .. }
        | Event::TaskSkipped { .. }
        | Event::RollBackAsked
        | Event::Resumed => {}
        Event::PolicyRollBack { version, failed, .. } => {
            assert_eq!(before.status(), ReleaseStatus::ReleaseFailed, "only what failed is rolled back by itself");
            assert_eq!((*version, after.direction), (before.version, Direction::Back));
            let has_failed = |name: &String| before.failures().iter().any(|(task, _)| task == name);
            assert!(failed.iter().all(has_failed), "it names what failed: {failed:?}");
        }
    }
}

/// Nobody who started, edited, retried or skipped decides where four eyes are wanted.
fn four_eyes_see_it(before: &Execution, task: usize, by: &Actor) {
    let Kind::ManualApproval(approval) = &before.spec(task).kind else { return };
    let mut starters = before.starters.iter().map(|starter| &starter.who).chain([&before.started_by]);
    let own = starters.any(|starter| starter.is_same_person(by));
    assert!(approval.starter_may_approve || !own, "{} decides on what they started", by.name());
}

/// Whoever asks for something to be started again counts as a starter from then on.
fn who_asks_again_is_a_starter(event: &Event, after: &Execution) {
    let by = match event {
        Event::RetryAsked { by } => by.as_ref().expect("somebody retries"),
        Event::TaskSkipped { why: SkipReason::ByPerson { by, .. }, .. } => by,
        _ => return,
    };
    let mut starters = after.starters.iter().map(|starter| &starter.who).chain([&after.started_by]);
    assert!(starters.any(|starter| starter.is_same_person(by)), "{} has started it again", by.name());
}

fn only_a_command_leaves_the_end(before: &Execution, event: &Event) {
    if before.ended_at.is_some() {
        let asked = matches!(
            event,
            Event::RetryAsked { .. } | Event::TaskSkipped { .. } | Event::RollBackAsked | Event::PolicyRollBack { .. }
        );
        assert!(asked, "{event:?} after the end");
    }
}

fn a_task_leaves_its_end_only_when_asked(before: &Execution, index: usize, event: &Event) {
    let undone = matches!(event, Event::AttemptStarted { task, kind: AttemptKind::Undo, .. } if *task == index);
    let asked = match before.tasks[index].state.status() {
        TaskStatus::Successful | TaskStatus::Skipped => undone,
        TaskStatus::Failed | TaskStatus::Cancelled => {
            undone || matches!(event, Event::RetryAsked { .. } | Event::TaskSkipped { .. })
        }
        TaskStatus::RolledBack => false,
        TaskStatus::RollbackFailed => matches!(event, Event::RollBackAsked),
        TaskStatus::Waiting | TaskStatus::Running | TaskStatus::ToBeApproved | TaskStatus::RollingBack => true,
    };
    assert!(asked, "{event:?} changed {:?}", before.tasks[index]);
}

fn may_start(before: &Execution) {
    assert_eq!(before.intent, Intent::Run, "nothing starts unless it was ordered");
    assert!(!schedule::is_halted(before), "nothing starts behind a failure");
}

/// Whether more may come of a task in this state without being asked for.
fn is_open(execution: &Execution, index: usize) -> bool {
    let status = execution.tasks[index].state.status();
    matches!(status, TaskStatus::Running | TaskStatus::ToBeApproved | TaskStatus::RollingBack)
}

fn its_turn_forward(before: &Execution, task: usize) {
    assert_eq!(before.direction, Direction::Forward);
    let place = before.tasks[task].place;
    for (index, other) in before.tasks.iter().enumerate() {
        let through = match other.state.status() {
            TaskStatus::Successful | TaskStatus::Skipped => true,
            TaskStatus::Failed => before.spec(index).kind.goes_on(),
            _ => false,
        };
        if other.place.phase == place.phase && other.place.is_before(place) {
            assert!(through, "{} starts before {} is through", before.tasks[task].name, other.name);
        } else if other.place.phase < place.phase {
            assert!(!is_open(before, index), "{} starts while {} is open", before.tasks[task].name, other.name);
            assert!(through || before.definition.best_effort, "a phase starts behind one that is not through");
        } else if other.place.phase > place.phase {
            assert!(!is_open(before, index), "a later phase is under way already");
        }
    }
}

fn its_turn_back(before: &Execution, task: usize) {
    assert_eq!(before.direction, Direction::Back);
    assert!(before.needs_undo(task), "only what was begun and has an undo, and only until it is undone");
    let place = before.tasks[task].place;
    for (index, other) in before.tasks.iter().enumerate() {
        if place.is_before(other.place) && other.place.phase == place.phase {
            assert!(!before.needs_undo(index), "a group is undone from its end");
        } else if place.phase < other.place.phase {
            assert_eq!(other.state.in_flight(), None, "a newer phase is being undone");
            assert!(!before.needs_undo(index) || before.definition.best_effort, "the newest phase is undone first");
        }
    }
}

/// What holds in every state.
pub fn judge_state(world: &World) {
    buttons_are_guards(world);
    an_attempt_ends_once(world);
    the_engine_comes_to_rest(world);
    it_wakes_exactly_when_something_is_due(world);
    the_status_says_what_is_under_way(world.execution());
}

fn buttons_are_guards(world: &World) {
    for user in PEOPLE.map(person) {
        let permitted = policy::permitted(&user, (&world.release).into());
        let asked = |command: &Command| decide::decide(&world.release, &user, command, world.now).is_ok();
        for command in [Command::Pause, Command::Continue, Command::Terminate, Command::Retry, Command::RollBack] {
            assert_eq!(permitted.can(command.operation()), asked(&command), "{command:?} by {}", user.name);
        }
        assert_eq!(permitted.can(Operation::Execute), executes(world, &user));
        for (index, run) in world.execution().tasks.iter().enumerate() {
            let skip = Command::Skip { task: run.name.clone(), comment: "Because.".to_owned() };
            let skips = permitted.can(Operation::Skip) && policy::skippable(world.execution(), index).is_ok();
            assert_eq!(skips, asked(&skip), "skip {} by {}", run.name, user.name);
            let decides = policy::may_decide(&user, world.execution(), index, world.now).is_some();
            for verdict in [Verdict::Agree, Verdict::Reject] {
                let decision = decision(&run.name, verdict, "Because.");
                assert_eq!(decides, asked(&decision), "{decision:?} by {}", user.name);
            }
        }
    }
}

fn executes(world: &World, user: &User) -> bool {
    // Whoever executes has been told of what waits.
    let told = Some(world.release.last_number());
    let request = ExecutionRequest { supersedes: told, ..ExecutionRequest::newest(&world.release, &Selection::All) };
    let ids = NewIds { execution: ExecutionId::nil(), task_run: &mut TaskRunId::nil };
    decide::execute(&world.release, &request, user, world.now, ids).is_ok()
}

fn an_attempt_ends_once(world: &World) {
    for (index, run) in world.execution().tasks.iter().enumerate() {
        let current = run.state.in_flight().map(|(attempt, _)| attempt);
        for attempt in 0..=run.attempt + 1 {
            let ended = decide::attempt_ended(world.execution(), index, attempt, outcome("succeeds"), world.now);
            assert_eq!(ended.is_ok(), current == Some(attempt));
            assert!(ended.is_ok() || ended == Err(Refusal::StaleAttempt));
        }
    }
}

fn the_engine_comes_to_rest(world: &World) {
    let mut execution = world.execution().clone();
    let advance =
        |execution: &mut Execution| schedule::advance(execution, world.now, &ScriptPermission::Granted, &world.places);
    advance(&mut execution);
    assert_eq!(schedule::next_steps(&execution, world.now, &world.places), Vec::new());
    let rested = execution.clone();
    assert_eq!(advance(&mut execution), Vec::new());
    assert_eq!(rested, execution);
    let waits_for_a_person = matches!(execution.intent, Intent::Pause { .. })
        || execution.tasks.iter().any(|run| run.state.status() == TaskStatus::ToBeApproved);
    let queues = execution.tasks.iter().any(|run| run.waits.is_some());
    let goes_on = execution.anything_in_flight() || queues || schedule::wake_at(&execution).is_some();
    assert!(execution.ended_at.is_some() || goes_on || waits_for_a_person, "it is stuck");
}

fn it_wakes_exactly_when_something_is_due(world: &World) {
    let execution = world.execution();
    let due = |at| !schedule::next_steps(execution, at, &Places::NONE).is_empty();
    match schedule::wake_at(execution) {
        None => assert!(!due(world.now + Duration::days(1000)), "something is due that no clock wakes"),
        Some(at) if at <= execution.started_at => assert!(due(at), "it wakes for nothing"),
        Some(at) => {
            assert!(due(at), "it wakes for nothing");
            assert!(!due(at - TimeDelta::microseconds(1)), "it wakes too late");
        }
    }
}

fn the_status_says_what_is_under_way(execution: &Execution) {
    let status = execution.status();
    let open = execution.tasks.iter().any(|run| matches!(run.state, TaskState::ToBeApproved { .. }));
    assert_eq!(status.is_active(), execution.ended_at.is_none());
    match status {
        ReleaseStatus::ToBeApproved => assert!(open && !execution.anything_in_flight()),
        ReleaseStatus::Paused => assert!(!execution.anything_in_flight()),
        ReleaseStatus::Pausing => assert!(execution.anything_in_flight()),
        ReleaseStatus::Retrying => assert!(!execution.anything_in_flight() && !open),
        ReleaseStatus::RollingBack => assert!(!open),
        ReleaseStatus::RolledBack => {
            assert!((0..execution.tasks.len()).all(|index| !execution.needs_undo(index)));
        }
        ReleaseStatus::ToRelease => panic!("it was executed"),
        ReleaseStatus::Running
        | ReleaseStatus::Successful
        | ReleaseStatus::ReleaseFailed
        | ReleaseStatus::RollbackFailed => {}
    }
}
