//! The Release Process View of an execution, or of a definition that was never executed.

use std::collections::HashMap;

use super::view::{Card, CheckpointView, Lane, PhaseView, ProcessView, SaidLine};
use crate::app::reads::HostTarget;
use crate::domain::component_wait::ComponentWait;
use crate::domain::definition::{Definition, Task};
use crate::domain::execution::{DecisionAuthority, Execution, FailReason, Moment, SkipReason, TaskRun, TaskState};
use crate::domain::git::SourceState;
use crate::domain::people::Person;
use crate::domain::policy;
use crate::domain::refusal::Operation;
use crate::domain::status::TaskStatus;
use crate::domain::version_change::{VersionChange, VersionChanges};
use crate::messages::{Locale, failure_cause, kind};
use crate::pages::components::release_context::Subject;
use crate::pages::components::{Action, ActionStyle, Elapsed, Look, Status, When, checkpoint};
use crate::pages::executions;
use crate::pages::executions::variables_view::VariableLines;
use crate::pages::release_tasks::detail::ExecutionDetail;
use crate::runlog;

/// The view of a definition that was never executed.
pub fn planned(definition: &Definition, changes: &VersionChanges) -> ProcessView {
    let card = |task: &Task| Card {
        name: task.name.clone(),
        kind: kind(&task.kind, Locale::default()).to_owned(),
        status: TaskStatus::Waiting.into(),
        change: changed(task, changes.get(&task.name).cloned()),
        checkpoint: task.kind.gate().map(|gate| CheckpointView { needed: gate.needed(), ..CheckpointView::default() }),
        ..Card::default()
    };
    let phases = definition.phases.iter().enumerate().map(|(index, phase)| PhaseView {
        number: index + 1,
        name: phase.name.clone(),
        status: TaskStatus::Waiting.into(),
        time: None,
        live: false,
        lanes: phase.groups.iter().map(|group| Lane { cards: group.tasks.iter().map(card).collect() }).collect(),
    });
    ProcessView { variables: VariableLines::default(), phases: phases.collect() }
}

/// The view of an execution.
pub fn of(subject: &Subject, execution: &Execution, detail: &ExecutionDetail, people: &[Person]) -> ProcessView {
    // What the reader may do is asked once: the status of the whole is not to be made anew for every card.
    let may_skip = subject.is_last(execution) && subject.permissions().can(Operation::Skip);
    let mut cards: HashMap<(usize, usize), Vec<Card>> = HashMap::new();
    for (index, run) in execution.tasks.iter().enumerate() {
        let lane = cards.entry((run.place.phase, run.place.group)).or_default();
        let mut card = card(subject, execution, index, detail, may_skip);
        if let Some(gate) = &mut card.checkpoint {
            gate.impasse = checkpoint::impasse(people, execution, index);
        }
        lane.push(card);
    }
    let live = live_phase(execution);
    let phases = execution.definition.phases.iter().enumerate().map(|(index, phase)| PhaseView {
        number: index + 1,
        name: phase.name.clone(),
        status: phase_status(execution, index),
        time: detail
            .lengths
            .of_phase(execution, index)
            .map(|length| Elapsed { without: None, ..Elapsed::of(length, subject.now()) }),
        live: live == Some(index),
        lanes: (0..phase.groups.len())
            .map(|group| Lane { cards: cards.remove(&(index, group)).unwrap_or_default() })
            .collect(),
    });
    ProcessView { variables: executions::of_execution(execution), phases: phases.collect() }
}

/// The status of a phase. One that is half done when all is over waits for a retry, it does not run.
pub fn phase_status(execution: &Execution, phase: usize) -> Status {
    let status = execution.phase_status(phase);
    if execution.ended_at.is_some() && status == TaskStatus::Running {
        TaskStatus::Waiting.into()
    } else {
        status.into()
    }
}

/// The first phase in which something is under way; when all is over, the first in which something failed.
fn live_phase(execution: &Execution) -> Option<usize> {
    let live = |run: &&TaskRun| {
        matches!(run.state.status(), TaskStatus::Running | TaskStatus::ToBeApproved | TaskStatus::RollingBack)
    };
    let failed = |run: &&TaskRun| run.state.failure().is_some();
    let mut tasks = execution.tasks.iter();
    let found = if execution.ended_at.is_none() { tasks.find(live) } else { tasks.find(failed) };
    found.map(|run| run.place.phase)
}

/// The last line of a log, unless why the task failed says the same: a check writes that into its log.
pub fn telling_line(run: &TaskRun, line: Option<&String>) -> Option<String> {
    let why = why(&run.state);
    let said_already = |line: &&String| why.as_deref().is_some_and(|why| runlog::shown(why) == **line);
    line.filter(|line| !said_already(line)).cloned()
}

fn card(subject: &Subject, execution: &Execution, index: usize, detail: &ExecutionDetail, may_skip: bool) -> Card {
    let run = &execution.tasks[index];
    let spec = execution.spec(index);
    // Who rejected it, and why, stands with the decisions.
    let why = why(&run.state).filter(|_| !matches!(run.state, TaskState::Failed { reason: FailReason::Rejected, .. }));
    Card {
        name: run.name.clone(),
        url: Some(subject.urls().task(execution.number, &run.name)),
        kind: kind(&spec.kind, Locale::default()).to_owned(),
        status: Status::of_task(&run.state),
        time: detail.lengths.of_task(execution, index).map(|length| Elapsed::of(length, subject.now())),
        note: note(run, spec, subject.now()),
        change: changed(spec, change_of(run, &detail.changes)).or_else(|| source(spec, detail.sources.get(&run.name))),
        hosts: detail
            .hosts
            .get(&index)
            .map(|hosts| Locale::default().components().hosts_done(HostTarget::count(hosts))),
        last_line: telling_line(run, detail.lines.get(&index)),
        why,
        checkpoint: gate_of(run, spec, subject.now()),
        actions: actions(subject, execution, index, may_skip),
    }
}

fn note(run: &TaskRun, spec: &Task, now: Moment) -> Option<String> {
    if let Some(ComponentWait { holder, .. }) = &run.held {
        return Some(Locale::default().components().waits_for(holder));
    }
    if let Some(waits) = run.waits {
        let said = Locale::default().release_tasks();
        // The status of a task that never began says already that it waits; between two attempts it says another thing.
        let is_waiting = run.state.status() == TaskStatus::Waiting;
        return Some(if is_waiting { said.for_a_place(waits.running) } else { said.waits_for_place(waits.running) });
    }
    let attempts = spec.kind.retry().attempts;
    match &run.state {
        TaskState::Delayed { until } | TaskState::RollbackDelayed { until } => {
            Some(Locale::default().release_tasks().next_attempt(run.tries, attempts, (*until - now).num_seconds()))
        }
        TaskState::Running { until: None, .. } | TaskState::RollingBack { .. } if attempts > 1 => {
            Some(Locale::default().release_tasks().attempt_of(run.tries, attempts))
        }
        TaskState::Running { until: Some(until), .. } => {
            Some(Locale::default().release_tasks().waits_until(*until, now))
        }
        TaskState::Skipped { why: SkipReason::NotSelected } => Some("Not chosen".to_owned()),
        TaskState::Running { .. }
        | TaskState::RollingBack { .. }
        | TaskState::Waiting
        | TaskState::ToBeApproved { .. }
        | TaskState::Successful { .. }
        | TaskState::Failed { .. }
        | TaskState::Skipped { .. }
        | TaskState::Cancelled { .. }
        | TaskState::RolledBack { .. }
        | TaskState::RollbackFailed { .. } => None,
    }
}

/// What the task changes, from which version to which if that is known.
fn changed(spec: &Task, change: Option<VersionChange>) -> Option<String> {
    let planned = spec.kind.change()?;
    if let Some(change) = change {
        return Some(Locale::default().components().version_change(&change));
    }
    let (name, version) = planned.target();
    let version = version.filter(|version| !version.contains("${"));
    let words = Locale::default().kinds();
    Some(version.map_or_else(|| name.to_owned(), |version| words.update_planned(name, version)))
}

/// The commit that a build works on.
fn source(spec: &Task, state: Option<&SourceState>) -> Option<String> {
    Some(Locale::default().kinds().source_on_card(spec.kind.source()?, state?))
}

/// From which version to which a task takes its component; the way back while that is undone, and after it.
pub fn change_of(run: &TaskRun, changes: &VersionChanges) -> Option<VersionChange> {
    let change = changes.get(&run.name)?.clone();
    Some(match run.state.status() {
        TaskStatus::RollingBack | TaskStatus::RolledBack | TaskStatus::RollbackFailed => change.reversed(),
        TaskStatus::Waiting
        | TaskStatus::Running
        | TaskStatus::ToBeApproved
        | TaskStatus::Successful
        | TaskStatus::Failed
        | TaskStatus::Skipped
        | TaskStatus::Cancelled => change,
    })
}

/// Why a task is not done, in a sentence.
pub fn why(state: &TaskState) -> Option<String> {
    match state {
        TaskState::Failed { cause, .. } | TaskState::RollbackFailed { cause, .. } => {
            (!cause.is_empty()).then(|| failure_cause(cause, Locale::default()))
        }
        TaskState::Skipped { why: SkipReason::ByPerson { by, comment } } => {
            Some(Locale::default().release_tasks().skipped_by(by.name(), comment))
        }
        TaskState::Cancelled { why, .. } => Some(Locale::default().release_tasks().cancelled(why)),
        TaskState::Skipped { why: SkipReason::NotSelected }
        | TaskState::Waiting
        | TaskState::Running { .. }
        | TaskState::Delayed { .. }
        | TaskState::ToBeApproved { .. }
        | TaskState::Successful { .. }
        | TaskState::RollingBack { .. }
        | TaskState::RollbackDelayed { .. }
        | TaskState::RolledBack { .. } => None,
    }
}

fn gate_of(run: &TaskRun, spec: &Task, now: Moment) -> Option<CheckpointView> {
    let (gate, deadline) = (spec.kind.gate()?, run.state.asking().flatten());
    Some(CheckpointView {
        agreed: run.agreed(),
        needed: gate.needed(),
        decisions: run
            .decisions
            .iter()
            .map(|said| SaidLine {
                words: Locale::default().release_tasks().decision(said),
                when: When::at(said.at, now),
            })
            .collect(),
        impasse: None,
        deadline: deadline.map(|at| When::at(at, now)),
        then: if gate.expires() { "expires" } else { "decide by" }.to_owned(),
    })
}

fn actions(subject: &Subject, execution: &Execution, index: usize, may_skip: bool) -> Vec<Action> {
    let run = &execution.tasks[index];
    let mut actions = Vec::new();
    if !subject.is_last(execution) {
        return actions;
    }
    if let Some(action) = decide_action(subject, execution, index) {
        actions.push(action);
    }
    if run.state.status() == TaskStatus::ToBeApproved {
        let details = subject.urls().task(execution.number, &run.name);
        actions.push(Action::link("Details", details).styled(ActionStyle::SmallQuiet).about(run.name.clone()));
    }
    if may_skip && policy::skippable(execution, index).is_ok() {
        let url = subject.urls().skip(execution.number, &run.name);
        actions.push(Action::open("Skip", url).styled(ActionStyle::SmallQuiet).about(run.name.clone()));
    }
    actions
}

/// **Approve**, or the administrator's override, where the reader could decide that checkpoint now.
pub fn decide_action(subject: &Subject, execution: &Execution, index: usize) -> Option<Action> {
    let standing = policy::may_decide(subject.user(), execution, index, subject.now())?;
    let task = &execution.tasks[index].name;
    let url = subject.urls().decision(execution.number, task);
    let action = match standing {
        DecisionAuthority::Approver => Action::approve(url).waiting_since(execution.tasks[index].started_at),
        DecisionAuthority::Override => Action::open("Override", url).styled(ActionStyle::Small),
    };
    Some(action.about(task.clone()))
}

/// The look of each phase, for the small segments of a list.
pub fn segments(statuses: &[TaskStatus], over: bool) -> Vec<Look> {
    let look = |status: &TaskStatus| {
        if over && *status == TaskStatus::Running { Look::Idle } else { Look::from(*status) }
    };
    statuses.iter().map(look).collect()
}
