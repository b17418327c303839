//! Deployments: what an attempt is to make of a component, read from what was written down when the attempt was claimed.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::execution::AttemptKind;
use crate::domain::ssh::HostKey;
use crate::executors::Deployment;
use crate::store::{AttemptKey, Result, Store, TaskChange};

/// The deployment of an attempt; nothing if it changes no component.
pub(super) async fn find(store: &Store, attempt: AttemptKey, kind: AttemptKind) -> Result<Option<Deployment>> {
    let task = attempt.task_run_id;
    let Some(TaskChange::Component { id, change, environment_version }) = store.task_change(task).await? else {
        return Ok(None);
    };
    let Some(place) = store.component_place(id).await? else { return Ok(None) };
    let settings = store.environment_version(place.environment_id, environment_version).await?;
    let Some(settings) = settings else { return Ok(None) };
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
    let (mut pinned, mut done) = (BTreeMap::<String, Vec<HostKey>>::new(), BTreeSet::new());
    if settings.ssh().is_some() {
        for key in store.pinned_keys(place.environment_id).await? {
            pinned.entry(key.address).or_default().push(key.key);
        }
        let hosts = store.host_targets(attempt).await?;
        done.extend(hosts.into_iter().filter(|host| host.is_done_before).map(|host| host.host));
    }
    Ok(Some(Deployment {
        pinned,
        done,
        application: place.application,
        component: place.component,
        environment_id: place.environment_id,
        environment_team: place.environment_team_id,
        environment: place.environment,
        settings,
        revision: revision.number,
        version: revision.version,
        specification: revision.specification,
        previous,
        removes: kind == AttemptKind::Undo && change.before.is_none(),
    }))
}
