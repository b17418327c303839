//! Finding of what a task that changes an application or a component does when it is due and nobody is in its way.

use super::{ChangePlace, ChangePlan, ComponentPlans, NewRevision};
use crate::app::AppError;
use crate::domain::component::{
    ChangeFault, Component, ComponentChange, ComponentStatus, MAX_APPLICATIONS, MAX_COMPONENTS, RevisionState,
};
use crate::domain::component_wait::Readiness;
use crate::domain::environment::UsableEnvironment;
use crate::domain::execution::{Direction, Execution, Moment};
use crate::domain::failure_cause::FailureCause;
use crate::domain::ids::ComponentId;
use crate::domain::kinds::{
    CatalogChange, ComponentName, CreateApplication, CreateComponent, IfExists, UpdateComponent,
};
use crate::domain::outcome::{Outcome, Outputs};
use crate::domain::placement::Placement;
use crate::domain::reference::{self, Reference};
use crate::domain::specification::{self, Specification};
use crate::domain::values::Names;
use crate::store::{Environment, ReleasePlace, Revision, TaskChange, TeamApplication, WriteTx, new_id};

/// How a task goes on that is due.
enum Found {
    /// It ends at once, and that is written down with it.
    Ends(Outcome, Option<ChangePlan>),
    /// It has work to do at that component, and there that work lives.
    Begins(ChangePlan, Placement),
}

/// Why one does not.
pub(super) enum Obstacle {
    Fault(ChangeFault),
    Cause(FailureCause),
    /// The checkpoint of that index is to be asked again, since the environment of that name was changed.
    AsksAgain(usize, String),
    App(AppError),
}

impl From<ChangeFault> for Obstacle {
    fn from(fault: ChangeFault) -> Self {
        Self::Fault(fault)
    }
}

impl<E: Into<AppError>> From<E> for Obstacle {
    fn from(error: E) -> Self {
        Self::App(error.into())
    }
}

pub(super) type Answer<T> = std::result::Result<T, Obstacle>;

/// A task that is due, and where its execution belongs.
#[derive(Clone, Copy)]
pub(super) struct Due<'d> {
    pub(super) tx: &'d WriteTx,
    pub(super) execution: &'d Execution,
    pub(super) task: usize,
    pub(super) place: &'d ReleasePlace,
    /// The environments that release tasks of its team can name.
    pub(super) usable: &'d [UsableEnvironment],
    pub(super) now: Moment,
}

impl Due<'_> {
    pub(super) fn change(&self) -> Option<CatalogChange<'_>> {
        self.execution.spec(self.task).kind.change()
    }

    pub(super) fn component_name(&self) -> Option<String> {
        match self.change()? {
            CatalogChange::CreateApplication(_) => None,
            CatalogChange::CreateComponent(create) => Some(create.component.0.clone()),
            CatalogChange::UpdateComponent(update) => Some(update.component.0.clone()),
        }
    }

    pub(super) async fn looked_at(&self, plans: &mut ComponentPlans) -> Result<Readiness, AppError> {
        let (readiness, plan) = match self.found().await {
            Ok(Found::Ends(outcome, plan)) => (Readiness::Ends(outcome), plan),
            Ok(Found::Begins(plan, placement)) => (Readiness::Free { placement }, Some(plan)),
            Err(Obstacle::Fault(fault)) => (Readiness::Ends(fault.outcome()), None),
            Err(Obstacle::Cause(cause)) => (Readiness::Ends(Outcome::Errored { cause }), None),
            Err(Obstacle::AsksAgain(gate, environment)) => (Readiness::AsksAgain { gate, environment }, None),
            Err(Obstacle::App(error)) => return Err(error),
        };
        plans.plans.extend(plan.map(|plan| (self.task, plan)));
        Ok(readiness)
    }

    async fn found(&self) -> Answer<Found> {
        let earlier = self.tx.task_change(self.execution.tasks[self.task].id).await?;
        if self.execution.direction == Direction::Back {
            return self.undo(earlier).await;
        }
        match self.change() {
            Some(CatalogChange::CreateApplication(create)) => self.create_application(create, earlier).await,
            Some(CatalogChange::CreateComponent(create)) => self.create_component(create, earlier).await,
            Some(CatalogChange::UpdateComponent(update)) => self.update_component(update, earlier).await,
            None => self.work().await,
        }
    }

    /// Its work is done in the environment that it names.
    async fn work(&self) -> Answer<Found> {
        let name = self.execution.spec(self.task).kind.target().ok_or(Obstacle::Cause(FailureCause::NothingToRun))?;
        let environment = self.named_environment(name).await?;
        self.admit(&environment).await?;
        Ok(works_in(&environment))
    }

    async fn create_application(&self, create: &CreateApplication, earlier: Option<TaskChange>) -> Answer<Found> {
        let known = self.tx.applications_of(self.place.team_id).await?;
        let there = known.iter().find(|application| application.name.eq_ignore_ascii_case(&create.application));
        if let Some(there) = there {
            let is_ours = matches!(earlier, Some(TaskChange::Application { id, undone: false }) if id == there.id);
            let keeps = match create.if_exists {
                IfExists::Keep | IfExists::Update => true,
                IfExists::Fail => is_ours,
            };
            return if keeps {
                Ok(done())
            } else {
                Err(ChangeFault::ApplicationExists { name: there.name.clone() }.into())
            };
        }
        if known.len() >= MAX_APPLICATIONS {
            return Err(ChangeFault::TooMany.into());
        }
        let (id, team_id, name) = (new_id(), self.place.team_id, create.application.clone());
        let application = TeamApplication { id, team_id, name, description: String::new() };
        Ok(Found::Ends(succeeded(), Some(ChangePlan::MakeApplication(application))))
    }

    async fn create_component(&self, create: &CreateComponent, earlier: Option<TaskChange>) -> Answer<Found> {
        let name = &create.component;
        let application = self.needed_application(name).await?;
        let environment = self.named_environment(&create.environment).await?;
        if let Some(component) = self.tx.component_named(application.id, name.parts().1).await? {
            if let Some(plan) = again(&component, earlier, &environment) {
                self.admit(&environment).await?;
                return Ok(Found::Begins(plan, environment.settings.placement()));
            }
            let is_ours = is_of(earlier, component.id);
            match create.if_exists {
                IfExists::Keep => return Ok(done()),
                IfExists::Fail if !is_ours => return Err(ChangeFault::ComponentExists { name: name.0.clone() }.into()),
                IfExists::Fail | IfExists::Update => {}
            }
            if component.environment != environment.id {
                let environment = self.tx.environment(component.environment).await?;
                let environment = environment.map(|environment| environment.name).unwrap_or_default();
                return Err(ChangeFault::OtherEnvironment { name: name.0.clone(), environment }.into());
            }
            self.admit(&environment).await?;
            let base = self.running(&component).await?.unwrap_or_default();
            let set = self.filled(&create.spec)?;
            let fields = specification::updated(&base, set, []);
            return self.deploys(component, is_ours, (&create.version, fields), &environment).await;
        }
        if self.tx.count_components(application.id).await? >= MAX_COMPONENTS {
            return Err(ChangeFault::TooMany.into());
        }
        self.admit(&environment).await?;
        let component = Component {
            id: new_id(),
            application: application.id,
            environment: environment.id,
            name: name.parts().1.to_owned(),
            status: ComponentStatus::NotDeployed,
            current: None,
            last: 0,
        };
        let fields = self.filled(&create.spec)?;
        self.deploys(component, true, (&create.version, fields), &environment).await
    }

    async fn update_component(&self, update: &UpdateComponent, earlier: Option<TaskChange>) -> Answer<Found> {
        let name = &update.component;
        let application = self.needed_application(name).await?;
        let found = self.component(&application, name).await?;
        let component = found.ok_or_else(|| ChangeFault::NoComponent { name: name.0.clone() })?;
        let environment = self.tx.environment(component.environment).await?;
        let environment = environment.filter(|environment| environment.region_id == self.place.region_id);
        let environment = environment.ok_or_else(|| ChangeFault::OtherRegion { name: name.0.clone() })?;
        self.admit(&environment).await?;
        if let Some(plan) = again(&component, earlier, &environment) {
            return Ok(Found::Begins(plan, environment.settings.placement()));
        }
        let base = self.running(&component).await?;
        let base = base.ok_or_else(|| ChangeFault::NothingDeployed { name: name.0.clone() })?;
        if let Some(field) = update.unset.iter().find(|field| !base.contains_key(*field)) {
            return Err(ChangeFault::NotSet { field: field.clone() }.into());
        }
        let set = self.filled(&update.set)?;
        let fields = specification::updated(&base, set, update.unset.iter().map(String::as_str));
        self.deploys(component, false, (&update.version, fields), &environment).await
    }

    /// A new revision of that component is to be deployed.
    async fn deploys(
        &self,
        component: Component,
        created: bool,
        (version, fields): (&str, Specification),
        environment: &Environment,
    ) -> Answer<Found> {
        let version = self.fill(version)?;
        if let Some(problem) = specification::version_fault(&version) {
            return Err(ChangeFault::Version { problem }.into());
        }
        if let Some((field, problem)) = specification::check_specification(&fields).into_iter().next() {
            return Err(ChangeFault::Specification { field, problem }.into());
        }
        let change =
            ComponentChange { revision: component.last + 1, before: component.current, created, undone: false };
        let revision = Revision {
            number: change.revision,
            version,
            specification: fields,
            state: RevisionState::Deploying,
            execution_id: Some(self.execution.id),
            task: self.execution.tasks[self.task].name.clone(),
            made_at: self.now,
        };
        let built_from = self.built_from(&component, &revision.specification).await?;
        let place = ChangePlace::of(environment);
        let revision = Some(NewRevision { revision, built_from });
        let plan = ChangePlan::Deploy { component, revision, change, place };
        Ok(Found::Begins(plan, environment.settings.placement()))
    }

    async fn undo(&self, earlier: Option<TaskChange>) -> Answer<Found> {
        match earlier {
            None | Some(TaskChange::Application { undone: true, .. }) => Ok(done()),
            Some(TaskChange::Application { id, undone: false }) => {
                let Some(application) = self.tx.application(id).await? else { return Ok(done()) };
                if self.tx.count_components(id).await? > 0 {
                    return Err(ChangeFault::NotEmpty { name: application.name }.into());
                }
                Ok(Found::Ends(succeeded(), Some(ChangePlan::RemoveApplication(id))))
            }
            Some(TaskChange::Work { environment, .. }) => {
                let environment = self.tx.environment(environment).await?;
                let environment = environment.ok_or(Obstacle::Cause(FailureCause::NothingToRun))?;
                self.admit_team(&environment).await?;
                Ok(works_in(&environment))
            }
            Some(TaskChange::Component { change, .. }) if change.undone => Ok(done()),
            Some(TaskChange::Component { id, change, .. }) => {
                let Some(component) = self.tx.component(id).await? else { return Ok(done()) };
                if !component.still_has(change) {
                    let (name, revision) = (self.component_name().unwrap_or_default(), component.last);
                    return Err(ChangeFault::ChangedSince { name, revision }.into());
                }
                let environment = self.tx.environment(component.environment).await?;
                let environment = environment.ok_or(Obstacle::Cause(FailureCause::NothingToRun))?;
                if change.before.is_none() && environment.settings.scripts().remove.is_none() {
                    return Err(ChangeFault::NoRemove { environment: environment.name }.into());
                }
                if change.before.is_some() {
                    self.admit_team(&environment).await?;
                } else {
                    self.admit_scripts(&environment).await?;
                }
                let place = ChangePlace::of(&environment);
                let plan = ChangePlan::Undo { component, change, place };
                Ok(Found::Begins(plan, environment.settings.placement()))
            }
        }
    }

    pub(super) async fn application(&self, name: &str) -> Result<Option<TeamApplication>, AppError> {
        let found = self.tx.application_named(self.place.team_id, name).await?;
        Ok(found.filter(|application| application.name == name))
    }

    async fn needed_application(&self, name: &ComponentName) -> Answer<TeamApplication> {
        let name = name.parts().0;
        let found = self.application(name).await?;
        Ok(found.ok_or_else(|| ChangeFault::NoApplication { name: name.to_owned() })?)
    }

    pub(super) async fn component(
        &self,
        of: &TeamApplication,
        name: &ComponentName,
    ) -> Result<Option<Component>, AppError> {
        let name = name.parts().1;
        Ok(self.tx.component_named(of.id, name).await?.filter(|component| component.name == name))
    }

    /// The specification of what runs of a component.
    pub(super) async fn running(&self, component: &Component) -> Answer<Option<Specification>> {
        let Some(current) = component.current else { return Ok(None) };
        Ok(self.tx.revision(component.id, current).await?.map(|revision| revision.specification))
    }

    pub(super) fn fill(&self, text: &str) -> Answer<String> {
        let ReleasePlace { name, region, team, .. } = self.place;
        let names = Names { release: name, region, team };
        let lookup = |reference: &Reference| self.execution.value(self.task, names, reference);
        reference::fill(text, &lookup)
            .map_err(|missing| Obstacle::Cause(FailureCause::NoValue { reference: missing.0.to_string() }))
    }

    fn filled(&self, fields: &Specification) -> Answer<Specification> {
        fields.iter().map(|(field, text)| Ok((field.clone(), self.fill(text)?))).collect()
    }
}

/// Whether a task made or changed that component before.
fn is_of(earlier: Option<TaskChange>, component: ComponentId) -> bool {
    match earlier {
        Some(TaskChange::Component { id, change, .. }) => id == component && !change.undone,
        Some(TaskChange::Application { .. } | TaskChange::Work { .. }) | None => false,
    }
}

/// A task that is tried again deploys the revision that it brought, as long as nobody brought a newer one.
fn again(component: &Component, earlier: Option<TaskChange>, environment: &Environment) -> Option<ChangePlan> {
    let Some(TaskChange::Component { id, change, .. }) = earlier else { return None };
    let is_newest = id == component.id && component.last == change.revision && !change.undone;
    let place = ChangePlace::of(environment);
    is_newest.then(|| ChangePlan::Deploy { component: component.clone(), revision: None, change, place })
}

fn works_in(environment: &Environment) -> Found {
    let plan = ChangePlan::Work { place: ChangePlace::of(environment) };
    Found::Begins(plan, environment.settings.placement())
}

fn succeeded() -> Outcome {
    Outcome::Succeeded { outputs: Outputs::new() }
}

fn done() -> Found {
    Found::Ends(succeeded(), None)
}
