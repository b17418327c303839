//! Environments in which the tasks of an execution are going to work, as far as that is known before they are due, and the
//! approvals that those need.

use std::collections::BTreeMap;

use super::{App, AppError};
use crate::domain::approval::{self, SeenEnvironment, TaskEnvironments};
use crate::domain::environment::{NamedEnvironment, UsableEnvironment, named};
use crate::domain::event::Event;
use crate::domain::execution::{Direction, Execution};
use crate::domain::ids::RegionId;
use crate::domain::kinds::{CatalogChange, ComponentName};
use crate::domain::refusal::Refusal;
use crate::store::WriteTx;

impl App {
    /// That a new execution has every approval before it that the environments of its tasks need.
    pub(super) async fn check_approvals(
        &self,
        tx: &WriteTx,
        execution: &Execution,
        region: RegionId,
    ) -> Result<(), AppError> {
        let environments = task_environments(tx, execution, region).await?;
        match approval::unapproved(execution, &environments) {
            None => Ok(()),
            Some((task, environment, rule)) => {
                let (task, environment) = (execution.tasks[task].name.clone(), environment.name.clone());
                Err(Refusal::NotApproved { task, environment, rule: rule.clone() }.into())
            }
        }
    }

    /// Writes into decisions what environments they were made against.
    pub(super) async fn note_environments(
        &self,
        tx: &WriteTx,
        (execution, region): (&Execution, RegionId),
        events: &mut [Event],
    ) -> Result<(), AppError> {
        for event in events {
            let Event::Decided { decision, .. } = event else { continue };
            let mut seen: Vec<SeenEnvironment> = task_environments(tx, execution, region)
                .await?
                .values()
                .map(|environment| SeenEnvironment { id: environment.id, version: environment.version })
                .collect();
            seen.sort_unstable_by_key(|seen| seen.id);
            seen.dedup();
            decision.environments = seen;
        }
        Ok(())
    }
}

/// In which environments the tasks are going to work. A component that an earlier task makes is where that makes it.
async fn task_environments(
    tx: &WriteTx,
    execution: &Execution,
    region: RegionId,
) -> Result<TaskEnvironments, AppError> {
    let changes: Vec<(usize, CatalogChange<'_>)> = (0..execution.tasks.len())
        .filter_map(|task| Some((task, execution.spec(task).kind.change()?)))
        .filter(|_| execution.direction == Direction::Forward)
        .collect();
    let updated = |change: &CatalogChange<'_>| match change {
        CatalogChange::UpdateComponent(update) => Some(update.component.clone()),
        CatalogChange::CreateApplication(_) | CatalogChange::CreateComponent(_) => None,
    };
    let names: Vec<ComponentName> = changes.iter().filter_map(|(_, change)| updated(change)).collect();
    if changes.is_empty() {
        return Ok(TaskEnvironments::new());
    }
    let usable = tx.usable_environments(execution.team_id, region).await?;
    let there = tx.component_environments(execution.team_id, &names).await?;
    let mut made: BTreeMap<&str, &UsableEnvironment> = BTreeMap::new();
    let mut found = TaskEnvironments::new();
    for (task, change) in changes {
        let environment = match change {
            CatalogChange::CreateApplication(_) => None,
            CatalogChange::CreateComponent(create) => match named(&create.environment, execution.team_id, &usable) {
                NamedEnvironment::One(one) => {
                    made.insert(&create.component.0, one);
                    Some(one)
                }
                NamedEnvironment::Several(_) | NamedEnvironment::None => None,
            },
            CatalogChange::UpdateComponent(update) => {
                let id = there.get(&update.component.0);
                let known = id.and_then(|id| usable.iter().find(|usable| usable.id == *id));
                known.or_else(|| made.get(update.component.0.as_str()).copied())
            }
        };
        found.extend(environment.map(|environment| (task, environment.clone())));
    }
    Ok(found)
}
