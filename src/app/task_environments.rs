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
    let tasks: Vec<usize> =
        (0..execution.tasks.len()).filter(|task| execution.spec(*task).kind.runs_in_environment()).collect();
    if tasks.is_empty() || execution.direction == Direction::Back {
        return Ok(TaskEnvironments::new());
    }
    let updated = |task: &usize| match execution.spec(*task).kind.change() {
        Some(CatalogChange::UpdateComponent(update)) => Some(update.component.clone()),
        Some(CatalogChange::CreateApplication(_) | CatalogChange::CreateComponent(_)) | None => None,
    };
    let names: Vec<ComponentName> = tasks.iter().filter_map(updated).collect();
    let usable = tx.usable_environments(execution.team_id, region).await?;
    let there = tx.component_environments(execution.team_id, &names).await?;
    let of_name = |name: &str| match named(name, execution.team_id, &usable) {
        NamedEnvironment::One(one) => Some(one),
        NamedEnvironment::Several(_) | NamedEnvironment::None => None,
    };
    let mut made: BTreeMap<&str, &UsableEnvironment> = BTreeMap::new();
    let mut found = TaskEnvironments::new();
    for task in tasks {
        let kind = &execution.spec(task).kind;
        let environment = match kind.change() {
            Some(CatalogChange::CreateApplication(_)) => None,
            Some(CatalogChange::CreateComponent(create)) => {
                let one = of_name(&create.environment);
                made.extend(one.map(|one| (create.component.0.as_str(), one)));
                one
            }
            Some(CatalogChange::UpdateComponent(update)) => {
                let id = there.get(&update.component.0);
                let known = id.and_then(|id| usable.iter().find(|usable| usable.id == *id));
                known.or_else(|| made.get(update.component.0.as_str()).copied())
            }
            None => kind.target().and_then(of_name),
        };
        found.extend(environment.map(|environment| (task, environment.clone())));
    }
    Ok(found)
}
