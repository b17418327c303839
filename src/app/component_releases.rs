//! Deploy Again and Promote: release tasks that bring a component to a revision that ran before, or that runs elsewhere.

use super::{App, AppError, Caller, ReleaseContent};
use crate::domain::component_release::{PromotedFields, ReleaseTarget, release_of};
use crate::domain::definition::Definition;
use crate::domain::environment::ApproverRule;
use crate::domain::ids::{ComponentId, RegionId};
use crate::domain::names;
use crate::domain::policy;
use crate::domain::release::ReleaseOwner;
use crate::domain::specification::Specification;
use crate::store::{ComponentPlace, ListedComponent};

/// A release task that is to be made.
#[derive(Debug, Clone)]
pub struct ComponentRelease {
    /// Where it belongs.
    pub owner: ReleaseOwner,
    /// The component that it deploys.
    pub target: ComponentPlace,
    /// The version that it brings there.
    pub version: String,
    /// An offered name, and what it does.
    pub content: ReleaseContent,
}

/// A component to which another's revision can go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromotionTarget {
    /// The component.
    pub component: ListedComponent,
    /// What its places are called.
    pub place: ComponentPlace,
}

/// What can be promoted, and where to.
#[derive(Debug, Clone)]
pub struct PromotionOffer {
    /// What its places are called.
    pub place: ComponentPlace,
    /// The version that runs.
    pub version: String,
    /// The components of its team in other environments: those of its name first, then those of its application.
    pub targets: Vec<PromotionTarget>,
}

/// Why there is nothing to release.
#[derive(Debug, thiserror::Error)]
pub enum ComponentReleaseError {
    /// Nothing runs of the component.
    #[error("nothing runs")]
    NothingRuns,
    /// The environment needs an approval, which a release task of one task alone has not.
    #[error("needs approval")]
    NeedsApproval {
        /// Its name.
        environment: String,
        /// What is needed.
        rule: ApproverRule,
    },
    /// Another reason.
    #[error(transparent)]
    App(AppError),
}

impl<E: Into<AppError>> From<E> for ComponentReleaseError {
    fn from(error: E) -> Self {
        Self::App(error.into())
    }
}

impl App {
    /// A release task that deploys a revision of a component again; the current one if none is named.
    pub async fn deploy_again(
        &self,
        caller: &Caller,
        region: RegionId,
        id: ComponentId,
        revision: Option<u32>,
    ) -> Result<ComponentRelease, ComponentReleaseError> {
        let (component, place) = self.operated_component(caller, region, id).await?;
        let number = revision.or(component.component.current).ok_or(ComponentReleaseError::NothingRuns)?;
        let wanted = self.store.revision(id, number).await?.ok_or(AppError::NotFound)?;
        self.needs_no_approval(&place).await?;
        let running = self.running_specification(&component).await?;
        Ok(release(place, running.as_ref(), wanted.version, wanted.specification))
    }

    /// The components to which what runs of that one can go.
    pub async fn promotion_offer(
        &self,
        caller: &Caller,
        region: RegionId,
        id: ComponentId,
    ) -> Result<PromotionOffer, ComponentReleaseError> {
        let (component, place) = self.operated_component(caller, region, id).await?;
        let version = component.version.ok_or(ComponentReleaseError::NothingRuns)?;
        let mut targets: Vec<PromotionTarget> = self
            .store
            .team_components(place.team_id)
            .await?
            .into_iter()
            .filter(|(_, other)| other.environment_id != place.environment_id)
            .map(|(component, place)| PromotionTarget { component, place })
            .collect();
        targets.sort_by_key(|target| {
            let other = &target.place;
            (other.component != place.component, other.application_id != place.application_id)
        });
        Ok(PromotionOffer { place, version, targets })
    }

    /// A release task that brings another component of the team to what runs of that one.
    pub async fn promote(
        &self,
        caller: &Caller,
        (region, id): (RegionId, ComponentId),
        to: ComponentId,
        fields: PromotedFields,
    ) -> Result<ComponentRelease, ComponentReleaseError> {
        let (component, place) = self.operated_component(caller, region, id).await?;
        let number = component.component.current.ok_or(ComponentReleaseError::NothingRuns)?;
        let promoted = self.store.revision(id, number).await?.ok_or(AppError::NotFound)?;
        let there = self.store.component_place(to).await?;
        let is_other =
            |there: &ComponentPlace| there.team_id == place.team_id && there.environment_id != place.environment_id;
        let there = there.filter(is_other).ok_or(AppError::NotFound)?;
        self.needs_no_approval(&there).await?;
        let target = self.store.component(to).await?.ok_or(AppError::NotFound)?;
        let running = self.running_specification(&target).await?;
        let wanted = fields.of(&promoted.specification, running.as_ref());
        Ok(release(there, running.as_ref(), promoted.version, wanted))
    }

    /// A component in that region for which the caller may make release tasks.
    async fn operated_component(
        &self,
        caller: &Caller,
        region: RegionId,
        id: ComponentId,
    ) -> Result<(ListedComponent, ComponentPlace), AppError> {
        let place = self.store.component_place(id).await?.filter(|place| place.region_id == region);
        let place = place.filter(|place| caller.may_see(place.team_id, false)).ok_or(AppError::NotFound)?;
        caller.check_create()?;
        if !matches!(caller, Caller::CommandLine) {
            policy::check_create(caller.user()?, place.team_id)?;
        }
        let component = self.store.component(id).await?.ok_or(AppError::NotFound)?;
        Ok((component, place))
    }

    /// That what is released there alone needs no approval before: a release task with that checkpoint releases it then.
    async fn needs_no_approval(&self, place: &ComponentPlace) -> Result<(), ComponentReleaseError> {
        let environment = self.store.environment(place.environment_id).await?;
        let Some(environment) = environment else { return Ok(()) };
        match environment.options.approval {
            None => Ok(()),
            Some(rule) => Err(ComponentReleaseError::NeedsApproval { environment: environment.name, rule }),
        }
    }

    async fn running_specification(&self, of: &ListedComponent) -> Result<Option<Specification>, AppError> {
        let Some(current) = of.component.current else { return Ok(None) };
        Ok(self.store.revision(of.component.id, current).await?.map(|revision| revision.specification))
    }
}

fn release(
    target: ComponentPlace,
    running: Option<&Specification>,
    version: String,
    wanted: Specification,
) -> ComponentRelease {
    let to = ReleaseTarget {
        application: &target.application,
        component: &target.component,
        environment: &target.environment,
        running,
    };
    let definition: Definition = release_of(to, &version, wanted);
    let content = ReleaseContent { name: names::offered(rand::random()), description: String::new(), definition };
    let owner = ReleaseOwner { team: target.team_id, region: target.region_id };
    ComponentRelease { owner, target, version, content }
}
