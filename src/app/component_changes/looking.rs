//! Look at what the tasks of an execution that are due find: who is in their way, and what they do if nobody is.

use std::collections::{BTreeMap, BTreeSet};

use super::ComponentPlans;
use super::finding::Due;
use crate::app::{App, AppError};
use crate::domain::component::ChangeFault;
use crate::domain::component_wait::{Holder, LockedObject, Readiness, closes_circle};
use crate::domain::environment::{NamedEnvironment, ReleaseLock, UsableEnvironment, named};
use crate::domain::execution::{Direction, Execution, Moment};
use crate::domain::ids::{ComponentId, EnvironmentId, ExecutionId};
use crate::domain::kinds::CatalogChange;
use crate::store::{TaskChange, WriteTx};

/// Where a task works, as far as that is there already.
#[derive(Clone, Copy, Default)]
struct TaskPlace {
    component: Option<ComponentId>,
    environment: Option<EnvironmentId>,
}

/// Who works on what the tasks that are due are about.
struct Holders {
    components: BTreeMap<ComponentId, Holder>,
    environments: BTreeMap<EnvironmentId, Vec<Holder>>,
    locks: BTreeMap<EnvironmentId, ReleaseLock>,
}

impl Holders {
    /// The other execution that is in the way of that one.
    fn in_the_way(&self, of: ExecutionId, place: TaskPlace) -> Option<&Holder> {
        self.of_environment(of, place.environment).or_else(|| {
            let holder = self.components.get(&place.component?)?;
            (holder.execution != of).then_some(holder)
        })
    }

    /// Whoever is in already goes on, also where others were let in before only one was.
    fn of_environment(&self, of: ExecutionId, environment: Option<EnvironmentId>) -> Option<&Holder> {
        let id = environment?;
        let holders = self.environments.get(&id).filter(|_| self.locks.get(&id).is_some_and(|it| it.is_exclusive()))?;
        if holders.iter().any(|holder| holder.execution == of) { None } else { holders.first() }
    }
}

impl App {
    /// Looks at what the tasks of an execution find that change components or work in environments, and stand in a line. Until
    /// the end of that write nobody else begins to work on a component, or in an environment, that is free for one of them.
    pub(in crate::app) async fn look_at_components(
        &self,
        tx: &WriteTx,
        execution: &Execution,
        now: Moment,
    ) -> Result<ComponentPlans, AppError> {
        let due = |task: &usize| execution.tasks[*task].is_in_line() && execution.spec(*task).kind.is_looked_at();
        let due: Vec<usize> = (0..execution.tasks.len()).filter(due).collect();
        if due.is_empty() {
            return Ok(ComponentPlans::default());
        }
        let place = tx.release_place(execution.release_id).await?.ok_or(AppError::NotFound)?;
        let usable = tx.usable_environments(place.team_id, place.region_id).await?;
        let of = |task| Due { tx, execution, task, place: &place, usable: &usable, now };
        let mut places = BTreeMap::new();
        for &task in &due {
            places.insert(task, of(task).task_place().await?);
        }
        let holders = hold(tx, places.values().copied()).await?;
        // What was changed before they were held is seen from here on.
        let usable = tx.usable_environments(place.team_id, place.region_id).await?;
        let mut plans = ComponentPlans::default();
        for task in due {
            let due = Due { tx, execution, task, place: &place, usable: &usable, now };
            let readiness = match holders.in_the_way(execution.id, places[&task]) {
                Some(holder) => due.held(holder.clone()).await?,
                None => due.looked_at(&mut plans).await?,
            };
            plans.ready.insert(task, readiness);
        }
        Ok(plans)
    }

    /// While a checkpoint waits, an execution lets those environments go in which nothing of it is under way, if that is what
    /// their lock says.
    pub(in crate::app) async fn let_environments_go(
        &self,
        tx: &WriteTx,
        execution: &Execution,
        now: Moment,
    ) -> Result<(), AppError> {
        let mut leave = tx.environments_to_let_go(execution.id).await?;
        if leave.is_empty() {
            return Ok(());
        }
        let is_at_work = |task: &usize| {
            let state = &execution.tasks[*task].state;
            state.in_flight().is_some() || state.delayed_until().is_some()
        };
        let at_work: Vec<_> =
            (0..execution.tasks.len()).filter(is_at_work).map(|task| execution.tasks[task].id).collect();
        let kept = tx.environments_of_tasks(&at_work).await?;
        leave.retain(|id| !kept.contains(id));
        Ok(tx.leave_environments(execution.id, Some(&leave), now).await?)
    }
}

/// Holds these components and environments, and finds who works there. Environments first, as everybody does.
async fn hold(tx: &WriteTx, places: impl Iterator<Item = TaskPlace> + Clone) -> Result<Holders, AppError> {
    let environments: BTreeSet<EnvironmentId> = places.clone().filter_map(|place| place.environment).collect();
    let environments: Vec<EnvironmentId> = environments.into_iter().collect();
    tx.hold_environments(&environments).await?;
    let components: Vec<ComponentId> = places.filter_map(|place| place.component).collect();
    tx.hold_components(&components).await?;
    let locks = tx.release_locks(&environments).await?;
    let has_locks = locks.values().any(|lock| lock.is_exclusive());
    Ok(Holders {
        components: if components.is_empty() { BTreeMap::new() } else { tx.component_holders(&components).await? },
        environments: if has_locks { tx.environment_holders(&environments).await? } else { BTreeMap::new() },
        locks,
    })
}

impl Due<'_> {
    /// The component that it is about, if there is one already, and the environment of that.
    async fn task_place(&self) -> Result<TaskPlace, AppError> {
        if self.execution.direction == Direction::Back {
            let change = self.tx.task_change(self.execution.tasks[self.task].id).await?;
            let id = match change {
                Some(TaskChange::Component { id, change, .. }) if !change.undone => id,
                Some(TaskChange::Work { environment, .. }) => {
                    return Ok(TaskPlace { component: None, environment: Some(environment) });
                }
                Some(TaskChange::Component { .. } | TaskChange::Application { .. }) | None => {
                    return Ok(TaskPlace::default());
                }
            };
            let environment = self.tx.component(id).await?.map(|component| component.environment);
            return Ok(TaskPlace { component: Some(id), environment });
        }
        let (name, environment) = match self.change() {
            Some(CatalogChange::CreateComponent(create)) => {
                (&create.component, self.usable_named(&create.environment).map(|one| one.id))
            }
            Some(CatalogChange::UpdateComponent(update)) => (&update.component, None),
            Some(CatalogChange::CreateApplication(_)) => return Ok(TaskPlace::default()),
            None => {
                let target = self.execution.spec(self.task).kind.target();
                let environment = target.and_then(|name| self.usable_named(name)).map(|one| one.id);
                return Ok(TaskPlace { component: None, environment });
            }
        };
        let Some(application) = self.application(name.parts().0).await? else {
            return Ok(TaskPlace { component: None, environment });
        };
        let component = self.component(&application, name).await?;
        let environment = environment.or(component.as_ref().map(|component| component.environment));
        Ok(TaskPlace { component: component.map(|component| component.id), environment })
    }

    /// The environment of that name, if it leads to one.
    fn usable_named(&self, name: &str) -> Option<&UsableEnvironment> {
        match named(name, self.place.team_id, self.usable) {
            NamedEnvironment::One(one) => Some(one),
            NamedEnvironment::Several(_) | NamedEnvironment::None => None,
        }
    }

    async fn held(&self, holder: Holder) -> Result<Readiness, AppError> {
        let object = match holder.object {
            LockedObject::Component(_) => LockedObject::Component(self.component_name().unwrap_or_default()),
            environment @ LockedObject::Environment { .. } => environment,
        };
        let waits = self.tx.component_waits().await?;
        if closes_circle(&waits, self.execution.id, holder.execution) {
            let Holder { release, number, .. } = holder;
            let fault = match object {
                LockedObject::Component(component) => ChangeFault::WouldWait { component, release, number },
                LockedObject::Environment { name: environment, .. } => {
                    ChangeFault::EnvironmentWouldWait { environment, release, number }
                }
            };
            return Ok(Readiness::Ends(fault.outcome()));
        }
        Ok(Readiness::Held(Holder { object, ..holder }))
    }
}
