//! Deployments: what an attempt is to make of a component, read from what was written down when the attempt was claimed.

use crate::domain::environment::EnvironmentSettings;
use crate::domain::execution::AttemptKind;
use crate::domain::ids::TaskRunId;
use crate::executors::Deployment;
use crate::store::{Result, Store, TaskChange};

/// The deployment of a task; nothing if it changes no component.
pub(super) async fn find(store: &Store, task: TaskRunId, kind: AttemptKind) -> Result<Option<Deployment>> {
    let Some(TaskChange::Component { id, change, environment_version }) = store.task_change(task).await? else {
        return Ok(None);
    };
    let Some(place) = store.component_place(id).await? else { return Ok(None) };
    let settings = store.environment_version(place.environment_id, environment_version).await?;
    let Some(EnvironmentSettings::Command(scripts)) = settings else { return Ok(None) };
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
        application: place.application,
        component: place.component,
        environment_id: place.environment_id,
        environment: place.environment,
        scripts,
        revision: revision.number,
        version: revision.version,
        specification: revision.specification,
        previous,
        removes: kind == AttemptKind::Undo && change.before.is_none(),
    }))
}
