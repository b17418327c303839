//! How a task went: head, notices, attempts, what it was given and what it gave, who decided.

use std::collections::BTreeMap;
use std::num::NonZero;

use super::view::{AttemptRow, HostRow, ShownValue, TaskRunLive};
use super::{Found, artefacts, inputs};
use crate::app::reads::{HostTarget, ListedAttempt, Target};
use crate::domain::component_wait::ComponentWait;
use crate::domain::execution::{AttemptKind, Moment, TaskRun, TaskState};
use crate::domain::outcome::Outcome;
use crate::domain::policy;
use crate::domain::refusal::Operation;
use crate::http::error::HttpError;
use crate::messages::kinds::InputLabel;
use crate::messages::{self, Locale};
use crate::pages::components::release_urls::with_query;
use crate::pages::components::{
    Action, ActionStyle, Crumbs, Elapsed, Fact, FactValue, Link, Look, Notice, Status, When, checkpoint, commits, urls,
};
use crate::pages::kinds;
use crate::pages::release_tasks::process::{change_of, decide_action};
use crate::pages::release_tasks::view::ReleaseHead;

/// The part that refreshes itself, beside the log of that attempt.
pub async fn live(found: &Found, attempt: u32) -> Result<TaskRunLive, HttpError> {
    let (subject, run, now) = (&found.subject, found.run(), found.subject.now());
    let app = &subject.site.app;
    let attempts = app.task_attempts(&subject.visible, &found.execution, run).await?;
    let machines = app.replica_names().await?;
    let spec = found.execution.spec(found.task);
    let scripts = kinds::view(&spec.kind).scripts();
    let mut given = inputs::facts(found);
    given.extend(version_change(found).await?);
    given.extend(commit(found).await?);
    given.extend(checkpoint::able_fact(subject, &found.execution, found.task).await?);
    let status = Status::of_task(&run.state);
    let people = checkpoint::people(subject, &found.execution).await?;
    let impasse = checkpoint::impasse(&people, &found.execution, found.task);
    let impasse = impasse.map(|sentence| Notice::new(Look::Asking, "", sentence));
    Ok(TaskRunLive {
        announce: format!("{}: {}", run.name, status.words),
        notices: waits(run).or_else(|| notice(&run.state, &status)).into_iter().chain(impasse).collect(),
        head: head(found, status, now),
        attempts: attempts
            .iter()
            .map(|row| {
                let machine = row.replica.as_ref().and_then(|replica| machines.get(replica));
                AttemptRow { machine: machine.cloned(), ..attempt_row(found, row, attempt, now) }
            })
            .collect(),
        hosts: hosts(found, &attempts, attempt).await?,
        inputs: given,
        script: scripts.map(|shown| shown.script.to_owned()),
        rollback: scripts.and_then(|shown| shown.rollback).map(str::to_owned),
        environment: scripts.map(|shown| named(shown.environment)).unwrap_or_default(),
        outputs: named(&run.outputs),
        commits: commits::of_execution(subject, &found.execution, Some(&run.name)).await?,
        artefacts: artefacts::rows(found).await?,
        decisions: checkpoint::said(&run.decisions, now),
        refresh: refresh(found, attempt),
    })
}

/// The hosts on which that attempt works.
async fn hosts(found: &Found, attempts: &[ListedAttempt], shown: u32) -> Result<Vec<HostRow>, HttpError> {
    let Some(attempt) = attempts.iter().find(|row| row.number == shown) else { return Ok(Vec::new()) };
    if !found.execution.spec(found.task).kind.runs_in_environment() {
        return Ok(Vec::new());
    }
    let subject = &found.subject;
    let hosts = subject.site.app.host_targets(&subject.visible, &found.execution, found.run(), shown).await?;
    let url = subject.urls().task(found.execution.number, &found.run().name);
    let now = found.host.map_or(1, NonZero::get);
    let row = |(number, host): (u32, &HostTarget)| {
        let (name, place) = host.parts();
        HostRow {
            name: name.to_owned(),
            place: place.to_owned(),
            url: format!("{}#log", with_query(&url, &[("attempt", shown.to_string()), ("host", number.to_string())])),
            status: host_status(host, attempt),
            message: match &host.target.outcome {
                Some(outcome) => messages::outcome(outcome, Locale::default()).unwrap_or_default(),
                None => String::new(),
            },
            current: number == now,
        }
    };
    Ok((1..).zip(&hosts).map(row).collect())
}

/// From which version to which it takes its component.
async fn version_change(found: &Found) -> Result<Option<Fact>, HttpError> {
    if found.execution.spec(found.task).kind.change().is_none() {
        return Ok(None);
    }
    let subject = &found.subject;
    let changes = subject.site.app.version_changes(&subject.visible, &found.execution).await?;
    let label = Locale::default().kinds().input_label(InputLabel::VersionChange);
    let change = change_of(found.run(), &changes);
    Ok(change.map(|change| Fact::text(label, Locale::default().components().version_change(&change))))
}

/// The commit that it works on.
async fn commit(found: &Found) -> Result<Option<Fact>, HttpError> {
    if found.execution.spec(found.task).kind.source().is_none() {
        return Ok(None);
    }
    let subject = &found.subject;
    let known = subject.site.app.sources(&subject.visible, &found.execution).await?;
    let words = Locale::default().kinds();
    let state = known.get(&found.run().name);
    Ok(state.map(|state| Fact::text(words.input_label(InputLabel::Commit), words.source_state(state))))
}

/// While the execution goes on there may be something new.
fn named(values: &BTreeMap<String, String>) -> Vec<ShownValue> {
    values.iter().map(|(name, value)| ShownValue { name: name.clone(), value: value.clone() }).collect()
}

fn refresh(found: &Found, attempt: u32) -> Option<String> {
    if found.execution.ended_at.is_some() {
        return None;
    }
    let url = found.subject.urls().task_live(found.execution.number, &found.run().name);
    let mut query = found.query(attempt);
    query.push(("seen", found.subject.mark.to_string()));
    Some(with_query(&url, &query))
}

fn head(found: &Found, status: Status, now: Moment) -> ReleaseHead {
    let (subject, execution, run) = (&found.subject, &found.execution, found.run());
    let (urls_of, spec) = (subject.urls(), execution.spec(found.task));
    let phase = &execution.definition.phases[run.place.phase];
    let mut facts =
        vec![Fact::text("Type", messages::kind(&spec.kind, Locale::default())), Fact::text("Phase", &phase.name)];
    facts.extend(run.started_at.map(|at| Fact::new("Started", FactValue::When(When::at(at, now)))));
    facts.extend(run.state.due().map(|(next, until)| {
        Fact::new(Locale::default().release_tasks().due(next), FactValue::When(When::at(until, now)))
    }));
    ReleaseHead {
        crumbs: Crumbs::new(
            vec![
                Link::new("Region Release Tasks", urls::release_tasks(&subject.region.name)),
                Link::new(&subject.release.name, urls_of.show()),
                Link::new(format!("Execution #{}", execution.number), urls_of.execution(execution.number)),
            ],
            &run.name,
        ),
        title: run.name.clone(),
        status,
        edited: None,
        description: (!spec.description.is_empty()).then(|| spec.description.clone()),
        facts,
        actions: actions(found),
        menu: None,
    }
}

/// What the reader may do with the task now; with one of an older execution nothing.
fn actions(found: &Found) -> Vec<Action> {
    let (subject, execution, task) = (&found.subject, &found.execution, found.task);
    let last = subject.is_last(execution);
    let (urls_of, name) = (subject.urls(), &found.run().name);
    // The very same as on its card.
    let decide = decide_action(subject, execution, task).filter(|_| last);
    let decide = decide.map(|action| if action.is_approval() { action.styled(ActionStyle::Primary) } else { action });
    let skips = policy::check(subject.user(), (&*subject.release).into(), Operation::Skip).is_ok()
        && policy::skippable(execution, task).is_ok();
    let skip =
        || Action::open(messages::operation(Operation::Skip, Locale::default()), urls_of.skip(execution.number, name));
    let offered = [decide, (skips && last).then(skip)];
    offered.into_iter().flatten().collect()
}

/// That it waits for a component, an environment, or a place.
fn waits(run: &TaskRun) -> Option<Notice> {
    if let Some(ComponentWait { holder, .. }) = &run.held {
        let said = Locale::default().components().waits_for(holder);
        return Some(Notice::new(Look::Info, "Not started yet.", format!("{said}.")));
    }
    let waits = run.waits?;
    Some(Notice::new(Look::Info, "Not started yet.", Locale::default().release_tasks().waits_for_place(waits.running)))
}

fn notice(state: &TaskState, status: &Status) -> Option<Notice> {
    let (_, cause) = state.failure()?;
    let message = messages::failure_cause(cause, Locale::default());
    Some(Notice::new(status.look, format!("{}.", status.words), message))
}

fn attempt_row(found: &Found, row: &ListedAttempt, shown: u32, now: Moment) -> AttemptRow {
    let url = found.subject.urls().task(found.execution.number, &found.run().name);
    AttemptRow {
        name: messages::attempt(row.kind, row.number, Locale::default()),
        url: with_query(&url, &[("attempt", row.number.to_string())]),
        status: status(row.outcome.as_ref(), row.kind),
        message: row
            .outcome
            .as_ref()
            .and_then(|outcome| messages::outcome(outcome, Locale::default()))
            .unwrap_or_default(),
        started: When::at(row.started_at, now),
        time: Elapsed::between(row.started_at, row.ended_at, now),
        current: shown == row.number,
        machine: None,
    }
}

/// The host whose log tells most: the first that failed, or that is worked on, or the first of all. None where an attempt does not
/// work on hosts.
pub async fn telling_host(found: &Found, attempt: u32) -> Result<Option<NonZero<u32>>, HttpError> {
    if !found.execution.spec(found.task).kind.runs_in_environment() {
        return Ok(None);
    }
    let subject = &found.subject;
    let hosts = subject.site.app.host_targets(&subject.visible, &found.execution, found.run(), attempt).await?;
    let failed = |host: &HostTarget| !matches!(host.target.outcome, None | Some(Outcome::Succeeded { .. }));
    let runs = |host: &HostTarget| host.target.outcome.is_none() && host.target.progress.is_some();
    let at = hosts.iter().position(failed).or_else(|| hosts.iter().position(runs));
    let number = at.or((!hosts.is_empty()).then_some(0)).map(|at| u32::try_from(at + 1).unwrap_or(u32::MAX));
    Ok(number.and_then(NonZero::new))
}

fn host_status(host: &HostTarget, attempt: &ListedAttempt) -> Status {
    let words = Locale::default().components();
    let Target { progress, outcome, .. } = &host.target;
    if host.is_done_before {
        return Status::new(Look::Skipped, words.host_done_before());
    }
    if progress.is_none() && outcome.is_none() {
        return Status::new(Look::Idle, words.host_untried(attempt.outcome.is_some()));
    }
    status(outcome.as_ref(), attempt.kind)
}

fn status(outcome: Option<&Outcome>, kind: AttemptKind) -> Status {
    let look = match (outcome, kind) {
        (None, AttemptKind::Do) => Look::Running,
        (None, AttemptKind::Undo) => Look::RollingBack,
        (Some(Outcome::Succeeded { .. }), AttemptKind::Do) => Look::Done,
        (Some(Outcome::Succeeded { .. }), AttemptKind::Undo) => Look::RolledBack,
        (Some(Outcome::Failed { .. }), _) => Look::Failed,
        (Some(Outcome::TimedOut { .. }), _) => Look::Expired,
        (Some(Outcome::Errored { .. }), _) => Look::Errored,
        (Some(Outcome::Interrupted { .. }), _) => Look::Interrupted,
        (Some(Outcome::Stopped), _) => Look::Stopped,
    };
    Status::new(look, messages::attempt_status(outcome, kind, Locale::default()))
}
