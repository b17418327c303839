//! Plans the steps that are due, from the state alone. Asked twice without a change between, it answers the same.

mod happening;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::component_wait::{Holder, Readiness};
use super::decide;
use super::event::Event;
use super::execution::{
    AttemptKind, CancelReason, Direction, Execution, FailReason, Intent, Moment, TaskRun, TaskState,
};
use super::failure_cause::FailureCause;
use super::failure_policy;
use super::outcome::{Outcome, Outputs};
use super::placement::Placement;
use super::places::Places;
use super::rollup::is_fulfilled;
use super::scripts::ScriptPermission;
use happening::event_of;

/// Something that the engine should do to an execution. `task` is an index of `Execution::tasks`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Start an attempt at doing or undoing the task.
    Start {
        /// Which task.
        task: usize,
        /// Doing or undoing.
        kind: AttemptKind,
    },
    /// Put the task in the line of those that wait for a place to run a script.
    AskPlace {
        /// Which task.
        task: usize,
    },
    /// Put the task in the line of those that wait for a component or an environment.
    AwaitComponent {
        /// Which task.
        task: usize,
        /// Who works on it.
        holder: Holder,
    },
    /// Ask for a decision.
    Open {
        /// Which task.
        task: usize,
        /// Name of the environment that was changed since it was approved, if it is asked again for that.
        again: Option<String>,
    },
    /// The time of a task that lets time pass is over, or it is stopped.
    EndWait {
        /// Which task.
        task: usize,
        /// Over, or stopped.
        outcome: Outcome,
    },
    /// The deadline of an open checkpoint has passed.
    Expire {
        /// Which task.
        task: usize,
    },
    /// Close what is open or due later, because the release ends.
    Cancel {
        /// Which task.
        task: usize,
        /// Why.
        why: CancelReason,
    },
    /// A retried execution is under way again.
    Resume,
    /// Nothing is left to do.
    Finish,
}

/// Attempts that must be stopped because the execution is being terminated: task, attempt, kind.
pub fn to_stop(execution: &Execution) -> Vec<(usize, u32, AttemptKind)> {
    if execution.ended_at.is_some() || execution.intent != Intent::Terminate {
        return Vec::new();
    }
    let in_flight = |(task, run): (usize, &TaskRun)| run.state.in_flight().map(|(attempt, kind)| (task, attempt, kind));
    execution.tasks.iter().enumerate().filter_map(in_flight).collect()
}

/// What should happen to the execution at `now`. Empty: it waits for work, a place, a clock or a person, or is over.
pub fn next_steps(execution: &Execution, now: Moment, places: &Places) -> Vec<Step> {
    if execution.ended_at.is_some() {
        return Vec::new();
    }
    let mut steps = waits_over(execution, now);
    match execution.intent {
        Intent::Terminate => steps.extend(closing(execution, &CancelReason::Terminated)),
        Intent::Pause { .. } => {
            if is_halted(execution) {
                steps.extend(closing(execution, &CancelReason::ReleaseEnded));
            }
        }
        Intent::Run | Intent::Retry => {
            if is_halted(execution) {
                steps.extend(closing(execution, &CancelReason::ReleaseEnded));
            } else {
                let expired = expired(execution, now);
                // What expires ends the release: nothing may start in the same breath.
                let starts = if expired.is_empty() { starting(execution, now, places) } else { Vec::new() };
                steps.extend(expired);
                let waits = |step: &Step| matches!(step, Step::AskPlace { .. } | Step::AwaitComponent { .. });
                let begins = starts.iter().any(|step| !waits(step));
                if execution.intent == Intent::Retry && begins {
                    steps.push(Step::Resume);
                }
                steps.extend(starts);
            }
        }
    }
    if steps.is_empty() && is_exhausted(execution) {
        steps.push(Step::Finish);
    }
    steps
}

/// The earliest moment at which `next_steps` has something to say without anything else happening before;
/// `None` while it waits for work, for a place or for a person, or is over.
pub fn wake_at(execution: &Execution) -> Option<Moment> {
    if !next_steps(execution, DateTime::<Utc>::MIN_UTC, &Places::NONE).is_empty() {
        // What is due at once is due on a clock that was set back, too, and on that of another machine.
        return Some(DateTime::UNIX_EPOCH);
    }
    if execution.ended_at.is_some() {
        return None;
    }
    let goes_on = matches!(execution.intent, Intent::Run | Intent::Retry);
    let standing = frontier(execution);
    let clocks = execution.tasks.iter().enumerate().filter_map(|(index, task)| {
        let deadline = || task.state.asking().flatten().filter(|_| goes_on && expires(execution, index));
        let delayed = || task.state.delayed_until().filter(|_| !task.is_in_line());
        let due = || delayed().filter(|_| goes_on && standing.contains(&index));
        task.state.timer().or_else(deadline).or_else(due)
    });
    clocks.min()
}

/// Carries out every step that is due, until nothing is left to do at `now`; answers what happened, in order. An attempt
/// that its team is not permitted ends as it starts, and needs no place.
pub fn advance(execution: &mut Execution, now: Moment, scripts: &ScriptPermission, places: &Places) -> Vec<Event> {
    let all = places.for_all(execution.tasks.len());
    let places = if scripts.missing().is_some() { &all } else { places };
    let mut happened = Vec::new();
    loop {
        let steps = next_steps(execution, now, places);
        if steps.is_empty() {
            return happened;
        }
        for step in steps {
            let event = event_of(execution, &step, now, places);
            execution.apply(&event, now);
            // What follows of itself is one with what it follows from: a crash never comes between the two.
            let follows = if matches!(event, Event::Ended { .. }) {
                failure_policy::roll_back(execution)
            } else {
                ends_at_once(execution, &event, (scripts, places), now)
            };
            happened.push(event);
            if let Some(event) = follows {
                execution.apply(&event, now);
                happened.push(event);
                // It may keep the others from being started.
                break;
            }
        }
    }
}

/// How the attempt that starts with that event ends at once: there is nothing to run, or its team may not have scripts run
/// on the server.
fn ends_at_once(
    execution: &Execution,
    event: &Event,
    (scripts, places): (&ScriptPermission, &Places),
    now: Moment,
) -> Option<Event> {
    let Event::AttemptStarted { task, attempt, placement, .. } = event else { return None };
    let kind = &execution.spec(*task).kind;
    let nothing_runs = places.readiness(*task).filter(|_| kind.is_looked_at()).and_then(Readiness::end);
    let refused = || {
        let team = scripts.missing().filter(|_| *placement == Some(Placement::ThisMachine))?;
        Some(Outcome::Errored { cause: FailureCause::ScriptsNotPermitted { team: team.to_owned() } })
    };
    let outcome = nothing_runs.cloned().or_else(refused)?;
    decide::attempt_ended(execution, *task, *attempt, outcome, now).ok()
}

/// Tasks that may start now for the first time, whatever was ordered.
pub fn ready(execution: &Execution) -> Vec<usize> {
    match execution.direction {
        Direction::Forward if !is_halted(execution) => {
            frontier(execution).into_iter().filter(|task| execution.tasks[*task].state == TaskState::Waiting).collect()
        }
        Direction::Forward | Direction::Back => Vec::new(),
    }
}

/// Whether a failure keeps anything more from being started.
pub fn is_halted(execution: &Execution) -> bool {
    let best_effort = execution.definition.best_effort;
    let stops = |(index, task): (usize, &TaskRun)| match (task.state.failure(), execution.direction) {
        (None, Direction::Forward | Direction::Back) => false,
        (Some((FailReason::Rejected | FailReason::Expired, _)), Direction::Forward) => true,
        (Some(_), Direction::Forward) => !best_effort && !execution.spec(index).kind.goes_on(),
        (Some(_), Direction::Back) => !best_effort && matches!(task.state, TaskState::RollbackFailed { .. }),
    };
    execution.tasks.iter().enumerate().any(stops)
}

/// The tasks at which the current phase stands, one a group, in whatever state; empty when no phase is left.
fn frontier(execution: &Execution) -> Vec<usize> {
    let phases = execution.definition.phases.len();
    let order: Vec<usize> = match execution.direction {
        Direction::Forward => (0..phases).collect(),
        Direction::Back => (0..phases).rev().collect(),
    };
    order
        .into_iter()
        .map(|phase| {
            let groups = execution.definition.phases[phase].groups.len();
            (0..groups).filter_map(|group| standing_at(execution, phase, group)).collect::<Vec<usize>>()
        })
        .find(|tasks| !tasks.is_empty())
        .unwrap_or_default()
}

/// The task at which a group stands; none when the group is through, or stopped by a failure.
fn standing_at(execution: &Execution, phase: usize, group: usize) -> Option<usize> {
    let mut members: Vec<usize> = (0..execution.tasks.len())
        .filter(|i| (execution.tasks[*i].place.phase, execution.tasks[*i].place.group) == (phase, group))
        .collect();
    if execution.direction == Direction::Back {
        members.reverse();
    }
    for index in members {
        let state = &execution.tasks[index].state;
        match execution.direction {
            Direction::Forward => match state {
                TaskState::Successful { .. } | TaskState::Skipped { .. } => {}
                TaskState::Failed { .. } if execution.spec(index).kind.goes_on() => {}
                TaskState::Failed { .. } | TaskState::Cancelled { .. } => return None,
                TaskState::Waiting
                | TaskState::Running { .. }
                | TaskState::Delayed { .. }
                | TaskState::ToBeApproved { .. }
                | TaskState::RollingBack { .. }
                | TaskState::RollbackDelayed { .. }
                | TaskState::RolledBack { .. }
                | TaskState::RollbackFailed { .. } => return Some(index),
            },
            Direction::Back if matches!(state, TaskState::RollbackFailed { .. }) => return None,
            Direction::Back if execution.needs_undo(index) => return Some(index),
            Direction::Back => {}
        }
    }
    None
}

/// The tasks of which an attempt may start as soon as they are due and have a place.
pub(super) fn startable(execution: &Execution) -> Vec<usize> {
    let goes_on = matches!(execution.intent, Intent::Run | Intent::Retry);
    if execution.ended_at.is_some() || !goes_on || is_halted(execution) { Vec::new() } else { frontier(execution) }
}

/// Where the work of an attempt lives that begins now.
fn placement(execution: &Execution, task: usize, places: &Places) -> Option<Placement> {
    let kind = &execution.spec(task).kind;
    if kind.is_looked_at() { places.readiness(task).and_then(Readiness::placement) } else { kind.placement() }
}

fn starting(execution: &Execution, now: Moment, places: &Places) -> Vec<Step> {
    let begin = |task: usize, kind: AttemptKind| {
        let (run, spec) = (&execution.tasks[task], &execution.spec(task).kind);
        if spec.is_looked_at() {
            match places.readiness(task) {
                // As one in line it is looked at. Due only since then, it has to wait for the next look.
                None => {
                    let asks = places.is_before_look() && !run.is_in_line();
                    return asks.then_some(Step::AskPlace { task });
                }
                Some(Readiness::Ends(_)) => return Some(Step::Start { task, kind }),
                Some(Readiness::AsksAgain { gate, environment }) => {
                    return Some(Step::Open { task: *gate, again: Some(environment.clone()) });
                }
                Some(Readiness::Held(holder)) => {
                    let is_told = run.held.as_ref().is_some_and(|held| held.holder == *holder);
                    return (!is_told).then(|| Step::AwaitComponent { task, holder: holder.clone() });
                }
                Some(Readiness::Free { .. }) => {}
            }
        }
        if places.has(task) || placement(execution, task, places) != Some(Placement::ThisMachine) {
            Some(Step::Start { task, kind })
        } else {
            run.waits.is_none().then_some(Step::AskPlace { task })
        }
    };
    let start = |task: usize| {
        let state = &execution.tasks[task].state;
        // Whoever is in the line is due, also on a clock that was set back: others would wait behind them.
        let in_line = execution.tasks[task].is_in_line();
        let due = in_line || state.delayed_until().is_some_and(|until| until <= now);
        match execution.direction {
            Direction::Forward if *state == TaskState::Waiting && execution.spec(task).kind.is_checkpoint() => {
                Some(Step::Open { task, again: None })
            }
            Direction::Forward if due || *state == TaskState::Waiting => begin(task, AttemptKind::Do),
            Direction::Forward => None,
            Direction::Back => {
                let untouched = state.delayed_until().is_none() && state.in_flight().is_none();
                if due || untouched { begin(task, AttemptKind::Undo) } else { None }
            }
        }
    };
    let mut asked = BTreeSet::new();
    // Two tasks may wait for one checkpoint: it is asked once.
    let once = |step: &Step| if let Step::Open { task, .. } = step { asked.insert(*task) } else { true };
    frontier(execution).into_iter().filter_map(start).filter(once).collect()
}

fn waits_over(execution: &Execution, now: Moment) -> Vec<Step> {
    let stopped = execution.intent == Intent::Terminate;
    let ends = |(task, run): (usize, &TaskRun)| {
        let until = run.state.timer()?;
        let over = || Outcome::Succeeded { outputs: Outputs::new() };
        (stopped || until <= now)
            .then(|| Step::EndWait { task, outcome: if stopped { Outcome::Stopped } else { over() } })
    };
    execution.tasks.iter().enumerate().filter_map(ends).collect()
}

/// Open checkpoints and attempts due later are closed when the release ends before them.
fn closing(execution: &Execution, why: &CancelReason) -> Vec<Step> {
    let closes =
        |(task, run): (usize, &TaskRun)| is_pending(&run.state).then(|| Step::Cancel { task, why: why.clone() });
    execution.tasks.iter().enumerate().filter_map(closes).collect()
}

/// Whether it waits for a person, or for the time of its next attempt.
fn is_pending(state: &TaskState) -> bool {
    state.asking().is_some() || state.delayed_until().is_some()
}

fn expired(execution: &Execution, now: Moment) -> Vec<Step> {
    let expires = |(task, run): (usize, &TaskRun)| {
        let deadline = run.state.asking().flatten()?;
        (deadline <= now && expires(execution, task)).then_some(Step::Expire { task })
    };
    execution.tasks.iter().enumerate().filter_map(expires).collect()
}

/// Whether the checkpoint ends when its deadline passes.
pub fn expires(execution: &Execution, task: usize) -> bool {
    execution.spec(task).kind.gate().is_some_and(|gate| gate.expires())
}

/// Nothing is under way or due, and nothing more may start.
fn is_exhausted(execution: &Execution) -> bool {
    let open = execution.tasks.iter().any(|task| task.state.in_flight().is_some() || is_pending(&task.state));
    let more = execution.intent != Intent::Terminate && !is_halted(execution) && !frontier(execution).is_empty();
    let fulfilled = execution.direction == Direction::Forward && execution.tasks.iter().all(|t| is_fulfilled(&t.state));
    !open && (fulfilled || !more)
}
