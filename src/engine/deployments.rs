//! Deployments: where in an environment an attempt works and what it is to make of a component, read from what was written down
//! when the attempt was claimed.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::component::ComponentChange;
use crate::domain::execution::AttemptKind;
use crate::domain::ids::{ComponentId, EnvironmentId, TeamId};
use crate::domain::ssh::HostKey;
use crate::executors::{Deployment, EnvironmentPlace};
use crate::store::{AttemptKey, Result, Store, TaskChange};

/// Where an attempt works, and what it changes there, if that is a component.
pub(super) type FoundPlace = (EnvironmentPlace, Option<Deployment>);

/// The place and the deployment of an attempt; nothing if it works in no environment.
pub(super) async fn find(store: &Store, attempt: AttemptKey, kind: AttemptKind) -> Result<Option<FoundPlace>> {
    match store.task_change(attempt.task_run_id).await? {
        Some(TaskChange::Component { id, change, environment_version }) => {
            let Some(of) = store.component_place(id).await? else { return Ok(None) };
            let at = (of.environment_id, environment_version);
            let named = (of.environment, of.environment_team_id);
            let Some(place) = place(store, attempt, at, named).await? else { return Ok(None) };
            let names = (of.application, of.component);
            Ok(deployment(store, (id, change), names, kind).await?.map(|deployment| (place, Some(deployment))))
        }
        Some(TaskChange::Work { environment, environment_version }) => {
            let Some(known) = store.environment(environment).await? else { return Ok(None) };
            let named = (known.name, known.team_id);
            let place = place(store, attempt, (environment, environment_version), named).await?;
            Ok(place.map(|place| (place, None)))
        }
        Some(TaskChange::Application { .. }) | None => Ok(None),
    }
}

async fn place(
    store: &Store,
    attempt: AttemptKey,
    (environment_id, version): (EnvironmentId, u32),
    (environment, team): (String, TeamId),
) -> Result<Option<EnvironmentPlace>> {
    let Some(settings) = store.environment_version(environment_id, version).await? else { return Ok(None) };
    let (mut pinned, mut done) = (BTreeMap::<String, Vec<HostKey>>::new(), BTreeSet::new());
    if settings.ssh().is_some() {
        for key in store.pinned_keys(environment_id).await? {
            pinned.entry(key.address).or_default().push(key.key);
        }
        let hosts = store.host_targets(attempt).await?;
        done.extend(hosts.into_iter().filter(|host| host.is_done_before).map(|host| host.host));
    }
    Ok(Some(EnvironmentPlace { environment_id, team, environment, settings, pinned, done }))
}

async fn deployment(
    store: &Store,
    (id, change): (ComponentId, ComponentChange),
    (application, component): (String, String),
    kind: AttemptKind,
) -> Result<Option<Deployment>> {
    let (wanted, other) = match (kind, change.before) {
        (AttemptKind::Do, before) => (change.revision, before),
        (AttemptKind::Undo, Some(before)) => (before, Some(change.revision)),
        (AttemptKind::Undo, None) => (change.revision, None),
    };
    let Some(revision) = store.revision(id, wanted).await? else { return Ok(None) };
    let previous = match other {
        Some(other) => store.revision(id, other).await?.map(|revision| revision.version),
        None => None,
    };
    Ok(Some(Deployment {
        application,
        component,
        revision: revision.number,
        version: revision.version,
        specification: revision.specification,
        previous,
        removes: kind == AttemptKind::Undo && change.before.is_none(),
    }))
}
