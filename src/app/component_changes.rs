//! Changes of applications and components by the tasks of an execution: what a task finds when it is due, what is written
//! down before anything is run, and what became of it. All of it is in the transaction that saves the execution, so that a
//! crash leaves either both or neither.

mod admission;
mod built;
mod finding;
mod looking;

use std::collections::{BTreeMap, BTreeSet};

use super::{App, AppError};
use crate::domain::component::{Component, ComponentChange};
use crate::domain::component_wait::ReadyTasks;
use crate::domain::environment::ReleaseLock;
use crate::domain::event::Event;
use crate::domain::execution::{AttemptKind, Execution, Moment};
use crate::domain::git::Commit;
use crate::domain::ids::{ApplicationId, EnvironmentId};
use crate::domain::outcome::Outcome;
use crate::domain::ssh::SshHost;
use crate::store::{AttemptKey, Environment, Revision, TaskChange, TeamApplication, WriteTx};

/// What is written down when an attempt at a task begins.
#[derive(Debug, Clone)]
enum ChangePlan {
    /// An application is made.
    MakeApplication(TeamApplication),
    /// An application that the task made goes.
    RemoveApplication(ApplicationId),
    /// A revision is deployed: a new one, in a component that may be new too, or the one that the task brought before.
    Deploy { component: Component, revision: Option<NewRevision>, change: ComponentChange, place: ChangePlace },
    /// Work is done in an environment, at no component.
    Work { place: ChangePlace },
    /// What the task brought is undone.
    Undo { component: Component, change: ComponentChange, place: ChangePlace },
}

/// A revision that is to be deployed.
#[derive(Debug, Clone)]
struct NewRevision {
    revision: Revision,
    /// The commits that it was built from, by their repositories.
    built_from: BTreeMap<String, Commit>,
}

/// Where work is done.
#[derive(Debug, Clone)]
struct ChangePlace {
    /// The environment, and how many releases work there at a time.
    environment: (EnvironmentId, ReleaseLock),
    /// The version of that.
    environment_version: u32,
    /// The hosts of that, if it is some.
    hosts: Vec<SshHost>,
}

impl ChangePlace {
    fn of(environment: &Environment) -> Self {
        let hosts = environment.settings.ssh().map(|ssh| ssh.hosts.clone()).unwrap_or_default();
        let lock = environment.options.lock;
        Self { environment: (environment.id, lock), environment_version: environment.version, hosts }
    }
}

/// What the tasks of an execution that are due find, and what is written down when they begin.
#[derive(Debug, Default)]
pub(super) struct ComponentPlans {
    /// What they find.
    pub(super) ready: ReadyTasks,
    plans: BTreeMap<usize, ChangePlan>,
}

impl App {
    /// Writes down what happened to components with what happened to the execution.
    pub(super) async fn change_components(
        &self,
        tx: &WriteTx,
        execution: &Execution,
        events: &[Event],
        plans: &ComponentPlans,
        now: Moment,
    ) -> Result<(), AppError> {
        for event in events {
            match event {
                Event::AttemptStarted { task, attempt, kind, .. } => {
                    if let Some(plan) = plans.plans.get(task) {
                        begin(tx, execution, (*task, *attempt, *kind), plan, now).await?;
                    }
                }
                Event::AttemptEnded { task, kind, attempt, outcome, again_at: None, .. }
                    if execution.spec(*task).kind.change().is_some() =>
                {
                    end(tx, execution, (*task, Some(*attempt)), (*kind, outcome), now).await?;
                }
                // It was to be tried again, and its release ended before.
                Event::TaskCancelled { task, .. } if execution.spec(*task).kind.change().is_some() => {
                    for kind in [AttemptKind::Do, AttemptKind::Undo] {
                        end(tx, execution, (*task, None), (kind, &Outcome::Stopped), now).await?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

async fn begin(
    tx: &WriteTx,
    execution: &Execution,
    (task, number, kind): (usize, u32, AttemptKind),
    plan: &ChangePlan,
    now: Moment,
) -> Result<(), AppError> {
    let run = execution.tasks[task].id;
    let attempt = AttemptKey { task_run_id: run, number };
    match plan {
        ChangePlan::MakeApplication(application) => {
            tx.insert_application(application, now).await?;
            tx.save_task_change(run, &TaskChange::Application { id: application.id, undone: false }).await?;
        }
        ChangePlan::RemoveApplication(id) => {
            tx.remove_application(*id, now).await?;
            tx.save_task_change(run, &TaskChange::Application { id: *id, undone: true }).await?;
        }
        ChangePlan::Deploy { component, revision, change, place } => {
            // One that is there already has revisions, whoever made it.
            if component.last == 0 && revision.is_some() {
                tx.insert_component(component, now).await?;
            }
            if let Some(NewRevision { revision, built_from }) = revision {
                tx.insert_revision(component.id, revision).await?;
                tx.insert_revision_sources(component.id, revision.number, built_from).await?;
            }
            let mut component = component.clone();
            component.begin(*change);
            save(tx, (execution, task), &component, (*change, place), now).await?;
            plan_hosts(tx, attempt, kind, &place.hosts).await?;
        }
        ChangePlan::Work { place } => {
            tx.use_environment(place.environment, execution.id, now).await?;
            let (environment, environment_version) = (place.environment.0, place.environment_version);
            tx.save_task_change(run, &TaskChange::Work { environment, environment_version }).await?;
            plan_hosts(tx, attempt, kind, &place.hosts).await?;
        }
        ChangePlan::Undo { component, change, place } => {
            let mut component = component.clone();
            component.begin_undo(*change);
            save(tx, (execution, task), &component, (*change, place), now).await?;
            plan_hosts(tx, attempt, kind, &place.hosts).await?;
        }
    }
    Ok(())
}

/// Where the attempt before was of the same kind, what it did on a host is not done again.
async fn plan_hosts(tx: &WriteTx, attempt: AttemptKey, kind: AttemptKind, hosts: &[SshHost]) -> Result<(), AppError> {
    if hosts.is_empty() {
        return Ok(());
    }
    let before = AttemptKey { number: attempt.number - 1, ..attempt };
    let is_alike = tx.attempt_kind(before).await? == Some(kind);
    let done = if is_alike { tx.done_hosts(before).await? } else { BTreeSet::new() };
    Ok(tx.plan_hosts(attempt, hosts, &done).await?)
}

async fn save(
    tx: &WriteTx,
    (execution, task): (&Execution, usize),
    component: &Component,
    (change, place): (ComponentChange, &ChangePlace),
    now: Moment,
) -> Result<(), AppError> {
    tx.use_environment(place.environment, execution.id, now).await?;
    tx.save_component(component, now).await?;
    tx.lock_component(component.id, execution.id, now).await?;
    let change = TaskChange::Component { id: component.id, change, environment_version: place.environment_version };
    Ok(tx.save_task_change(execution.tasks[task].id, &change).await?)
}

async fn end(
    tx: &WriteTx,
    execution: &Execution,
    (task, attempt): (usize, Option<u32>),
    (kind, outcome): (AttemptKind, &Outcome),
    now: Moment,
) -> Result<(), AppError> {
    let run = execution.tasks[task].id;
    let Some(TaskChange::Component { id, mut change, environment_version }) = tx.task_change(run).await? else {
        return Ok(());
    };
    let Some(mut component) = tx.component(id).await? else { return Ok(()) };
    // An attempt that could not begin has changed nothing.
    if !component.is_changing(change, kind) {
        return Ok(());
    }
    let well = matches!(outcome, Outcome::Succeeded { .. });
    for (number, state) in component.end(&mut change, kind, well) {
        tx.set_revision_state(id, number, state).await?;
    }
    if let Some(number) = attempt
        && let Some(count) = tx.host_count(AttemptKey { task_run_id: run, number }).await?
    {
        component.is_on(count);
    }
    tx.save_component(&component, now).await?;
    if change.created && change.undone {
        tx.remove_component(id, now).await?;
    }
    Ok(tx.save_task_change(run, &TaskChange::Component { id, change, environment_version }).await?)
}
