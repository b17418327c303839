//! Random definitions, and what random people, workers and clocks do to them.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use tollgate::domain::decide::Command;
use tollgate::domain::definition::{Definition, Group, Phase, Task};
use tollgate::domain::execution::Verdict;
use tollgate::domain::failure_policy::{FailurePolicy, FurtherEnd};
use tollgate::domain::kinds::{Kind, ManualApproval, ManualTrigger, OnDeadline, Retry, Wait};
use tollgate::domain::people::{Role, User};
use tollgate::domain::status::ReleaseStatus;
use tollgate::domain::variables::{Variable, VariableSpec};

use crate::invariants::judge_event;
use crate::notation::{command, verify};
use crate::world::{World, decision, outcome, person};

/// Everybody who asks for something.
pub const PEOPLE: [&str; 8] =
    ["starter", "operator", "approver", "approver2", "viewer", "manager", "administrator", "stranger"];

const OUTCOMES: [&str; 8] =
    ["succeeds", "succeeds", "succeeds", "fails", "errors", "times-out", "is-interrupted", "is-stopped"];

/// Something that happens to a release.
#[derive(Debug, Clone)]
pub enum Move {
    /// A person asks for something; the engine has not looked yet.
    Ask { who: usize, what: usize, task: usize, comment: bool },
    /// An attempt under way ends.
    Report { task: usize, how: usize },
    /// A worker reports what is not, or not any more, under way.
    ReportStale { task: usize, attempt: u32 },
    /// A person executes in the place of an execution that waits.
    Supersede { who: usize },
    /// Time passes; the engine has not looked yet.
    Pass { seconds: i64 },
    /// The engine looks.
    Tick,
}

/// Up to three phases of up to three groups of up to three tasks.
pub fn definitions() -> impl Strategy<Value = Definition> {
    let groups = vec(vec(kinds(), 1..=3), 1..=3);
    let flags = (any::<bool>(), any::<bool>(), option::of((0..3_usize, any::<[bool; 4]>())));
    (flags, variables(), vec(groups, 1..=3)).prop_map(|((best_effort, supersede, policy), variables, phases)| {
        let on_failure = policy.filter(|_| !best_effort).map(|(from, listed)| FailurePolicy {
            from: format!("phase-{}", from.min(phases.len() - 1)),
            also: FurtherEnd::ALL.into_iter().zip(listed).filter(|(_, is)| *is).map(|(end, _)| end).collect(),
        });
        let mut count = 0;
        let mut task = |kind| {
            count += 1;
            Task { name: format!("task-{count}"), description: String::new(), kind }
        };
        let mut group = |kinds: Vec<Kind>| Group { tasks: kinds.into_iter().map(&mut task).collect() };
        let phases = phases.into_iter().enumerate().map(|(index, groups)| Phase {
            name: format!("phase-{index}"),
            groups: groups.into_iter().map(&mut group).collect(),
        });
        Definition { best_effort, supersede, on_failure, variables, phases: phases.collect() }
    })
}

/// Up to two variables, with a default or none: whoever executes gives no values.
fn variables() -> impl Strategy<Value = Vec<Variable>> {
    vec(option::of("[a-z0-9]{0,3}"), 0..=2).prop_map(|defaults| {
        let named = defaults.into_iter().enumerate();
        named
            .map(|(index, default)| Variable {
                name: format!("v{index}"),
                spec: VariableSpec { default, ..VariableSpec::default() },
            })
            .collect()
    })
}

fn kinds() -> impl Strategy<Value = Kind> {
    let retry = (1..=3_u32, 0..=20_u64).prop_map(|(attempts, delay)| Retry { attempts, delay });
    let work = (any::<bool>(), any::<bool>(), retry)
        .prop_map(|(undo, continue_on_error, retry)| command(undo, continue_on_error, retry));
    let wait = (1..=40_u64).prop_map(|seconds| Kind::Wait(Wait::Seconds { seconds }));
    let approval = (1..=2_u32, any::<bool>(), option::of(5..=60_u64), any::<bool>(), any::<bool>()).prop_map(
        |(required, starter_may_approve, deadline, stays, by_role)| {
            Kind::ManualApproval(ManualApproval {
                approvers: if by_role {
                    Vec::new()
                } else {
                    ["starter", "approver", "approver2"].map(str::to_owned).into()
                },
                roles: if by_role { vec![Role::Approver] } else { Vec::new() },
                required,
                starter_may_approve,
                deadline,
                on_deadline: if stays { OnDeadline::Stay } else { OnDeadline::Reject },
                check: String::new(),
            })
        },
    );
    let verify = (any::<bool>(), 1..=2_u32)
        .prop_map(|(continue_on_error, attempts)| verify(continue_on_error, Retry { attempts, delay: 5 }));
    prop_oneof![6 => work, 2 => verify, 1 => wait, 2 => approval, 1 => Just(Kind::ManualTrigger(ManualTrigger::default()))]
}

/// What happens, in order.
pub fn histories() -> impl Strategy<Value = Vec<Move>> {
    let asks = (0..PEOPLE.len(), 0..10_usize, any::<usize>(), any::<bool>())
        .prop_map(|(who, what, task, comment)| Move::Ask { who, what, task, comment });
    let starters =
        (0..10_usize, any::<usize>()).prop_map(|(what, task)| Move::Ask { who: 0, what, task, comment: true });
    let reports = (any::<usize>(), 0..OUTCOMES.len()).prop_map(|(task, how)| Move::Report { task, how });
    let stale = (any::<usize>(), 0..4_u32).prop_map(|(task, attempt)| Move::ReportStale { task, attempt });
    let time = (0..=30_i64).prop_map(|seconds| Move::Pass { seconds });
    let supersedes = (0..PEOPLE.len()).prop_map(|who| Move::Supersede { who });
    let moves = prop_oneof![
        2 => asks, 3 => starters, 6 => reports, 1 => stale, 2 => time, 1 => supersedes, 5 => Just(Move::Tick)
    ];
    vec(moves, 0..60)
}

/// What number `what` asks for.
pub fn command_of(what: usize, task: &str, comment: &str) -> Command {
    match what {
        0 | 1 => decision(task, Verdict::Agree, comment),
        2 => decision(task, Verdict::Reject, comment),
        3 => Command::Pause,
        4 | 5 => Command::Continue,
        6 => Command::Terminate,
        7 => Command::Retry,
        8 => Command::Skip { task: task.to_owned(), comment: comment.to_owned() },
        _ => Command::RollBack,
    }
}

/// Carries the move out; whether it was refused is part of the history.
pub fn play(world: &mut World, step: &Move) {
    match step {
        Move::Ask { who, what, task, comment } => {
            let tasks = &world.execution().tasks;
            // Half of what is asked for is meant for a checkpoint that waits.
            let open: Vec<usize> = (0..tasks.len())
                .filter(|index| tollgate::domain::policy::checkpoint_waits(world.execution(), *index).is_ok())
                .collect();
            let index = if *comment && !open.is_empty() { open[task % open.len()] } else { task % tasks.len() };
            let name = tasks[index].name.clone();
            let asked = command_of(*what, &name, if *comment { "Because." } else { "" });
            let _refused = world.ask_only(&person(PEOPLE[*who]), &asked);
        }
        Move::Report { task, how } => {
            let under_way = world.in_flight();
            if !under_way.is_empty() {
                let task = under_way[task % under_way.len()];
                world.report_only(task, outcome(OUTCOMES[*how])).expect("the attempt is under way");
            }
        }
        Move::ReportStale { task, attempt } => {
            let task = task % world.execution().tasks.len();
            let run = &world.execution().tasks[task];
            let current = run.state.in_flight().map(|(attempt, _)| attempt);
            if current != Some(*attempt) {
                let before = world.execution().clone();
                world.report_attempt(task, *attempt, outcome("succeeds")).expect_err("it is not under way");
                assert_eq!(&before, world.execution());
            }
        }
        Move::Supersede { who } => supersede(world, &person(PEOPLE[*who])),
        Move::Pass { seconds } => world.now += chrono::Duration::seconds(*seconds),
        Move::Tick => world.advance(),
    }
}

/// Whoever may executes in the place of what waits; nothing else is closed, and nothing silently.
fn supersede(world: &mut World, who: &User) {
    let before = world.execution().clone();
    let may = world.status() == ReleaseStatus::ToBeApproved && world.release.definition.supersede;
    if before.ended_at.is_some() {
        return;
    }
    world.execute_only(who, None).expect_err("nobody closes what waits without having been told");
    let is_operator = who.roles.iter().any(|held| held.role == Role::Operator);
    let answer = world.supersede_only(who);
    assert_eq!(answer.is_ok(), may && is_operator, "{answer:?}");
    if answer.is_err() {
        assert_eq!(&before, world.execution());
        return;
    }
    let mut state = before;
    for (at, event) in &world.closing {
        let earlier = state.clone();
        state.apply(event, *at);
        judge_event(&earlier, event, &state);
    }
    assert_eq!(Some(&state), world.closed.as_ref(), "the events tell what became of it");
    assert_eq!(state.status(), ReleaseStatus::ReleaseFailed);
    assert!(state.superseded().is_some_and(|by| by.by.is(who)), "it says who took its place");
    assert_eq!(world.execution().number, state.number + 1);
}
