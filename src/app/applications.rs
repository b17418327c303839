//! Operations on applications and components: whoever is in the team reads them, its operators make applications, and
//! components come and change by release tasks.

use super::{App, AppError, Caller};
use crate::domain::application::{ApplicationFault, check_application};
use crate::domain::event::{AccountEvent, ObjectChange, TeamObject};
use crate::domain::ids::{ApplicationId, ComponentId, RegionId, TeamId};
use crate::domain::names::description_fault;
use crate::domain::people::{Role, User};
use crate::store::{
    ComponentPlace, IdAndName, ListedComponent, Revision, RevisionMaker, Stamp, StoreError, TeamApplication, WriteTx,
    new_id,
};

/// So many revisions are listed at once.
const REVISIONS_SHOWN: u64 = 50;

/// The applications that somebody may read.
#[derive(Debug, Clone)]
pub struct ApplicationList {
    /// Each with the team that owns it, and its components in the region.
    pub applications: Vec<(TeamApplication, IdAndName<TeamId>, Vec<ListedComponent>)>,
    /// The teams in which the caller may make one.
    pub operated: Vec<IdAndName<TeamId>>,
}

/// One application.
#[derive(Debug, Clone)]
pub struct ApplicationDetail {
    /// It.
    pub application: TeamApplication,
    /// The team that owns it.
    pub team: IdAndName<TeamId>,
    /// Its components in all regions, each with the names of its places.
    pub components: Vec<(ListedComponent, ComponentPlace)>,
    /// Whether the caller may change it.
    pub may_operate: bool,
}

/// One component.
#[derive(Debug, Clone)]
pub struct ComponentDetail {
    /// It.
    pub component: ListedComponent,
    /// What its places are called.
    pub place: ComponentPlace,
    /// Its newest revisions, the newest first, each with who made it.
    pub revisions: Vec<(Revision, Option<RevisionMaker>)>,
    /// The execution that works on it.
    pub held_by: Option<RevisionMaker>,
    /// Whether the caller may make release tasks for it.
    pub may_operate: bool,
}

/// Why nothing was done to an application.
#[derive(Debug, thiserror::Error)]
pub enum ApplicationError {
    /// What was typed will not do.
    #[error("not valid: {0:?}")]
    Invalid(Vec<ApplicationFault>),
    /// It has components.
    #[error("not empty")]
    NotEmpty,
    /// Another reason.
    #[error(transparent)]
    App(AppError),
}

impl<E: Into<AppError>> From<E> for ApplicationError {
    fn from(error: E) -> Self {
        Self::App(error.into())
    }
}

fn operates(user: &User, team: TeamId) -> bool {
    user.has(team, Role::Operator)
}

impl App {
    /// The applications of the teams that the caller may read, with their components in that region.
    pub async fn applications(&self, caller: &Caller, region: RegionId) -> Result<ApplicationList, AppError> {
        let teams = self.readable_teams(caller).await?;
        let ids: Vec<TeamId> = teams.iter().map(|team| team.id).collect();
        let found = self.store.applications(&ids).await?;
        let components = self.store.components_of_region(region, &ids).await?;
        let applications = found
            .into_iter()
            .filter_map(|application| {
                let team = teams.iter().find(|team| team.id == application.team_id)?.clone();
                let own = components.iter().filter(|listed| listed.component.application == application.id);
                let own = own.cloned().collect();
                Some((application, team, own))
            })
            .collect();
        let may = |team: &IdAndName<TeamId>| caller.user().is_ok_and(|user| operates(user, team.id));
        let operated = teams.iter().filter(|team| may(team)).cloned().collect();
        Ok(ApplicationList { applications, operated })
    }

    /// One application. To whoever may not read what its team owns there is none.
    pub async fn application(&self, caller: &Caller, id: ApplicationId) -> Result<ApplicationDetail, AppError> {
        let application = self.store.application(id).await?.ok_or(AppError::NotFound)?;
        let teams = self.readable_teams(caller).await?;
        let team = teams.into_iter().find(|team| team.id == application.team_id).ok_or(AppError::NotFound)?;
        let components = self.store.placed_components(id).await?;
        let may_operate = caller.user().is_ok_and(|user| operates(user, team.id));
        Ok(ApplicationDetail { application, team, components, may_operate })
    }

    /// One component in that region. To whoever may not read what its team owns there is none.
    pub async fn component(
        &self,
        caller: &Caller,
        region: RegionId,
        id: ComponentId,
    ) -> Result<ComponentDetail, AppError> {
        let place = self.store.component_place(id).await?.filter(|place| place.region_id == region);
        let place = place.filter(|place| caller.may_see(place.team_id, false)).ok_or(AppError::NotFound)?;
        let component = self.store.component(id).await?.ok_or(AppError::NotFound)?;
        let revisions = self.store.made_revisions(id, REVISIONS_SHOWN).await?;
        let held_by = self.store.component_holder(id).await?;
        let may_operate = caller.user().is_ok_and(|user| operates(user, place.team_id));
        Ok(ComponentDetail { component, place, revisions, held_by, may_operate })
    }

    /// Makes an application of a team.
    pub async fn make_application(
        &self,
        caller: &Caller,
        team: TeamId,
        name: &str,
        description: &str,
    ) -> Result<TeamApplication, ApplicationError> {
        let tx = self.begin_admission().await?;
        let stamp = self.operates_team(&tx, caller, team).await?;
        let known = tx.applications_of(team).await?;
        let names: Vec<&str> = known.iter().map(|known| known.name.as_str()).collect();
        let faults = check_application(name, description, &names);
        if !faults.is_empty() {
            return Err(ApplicationError::Invalid(faults));
        }
        let (name, description) = (name.to_owned(), description.to_owned());
        let made = TeamApplication { id: new_id(), team_id: team, name, description };
        // Somebody else was faster, at this very moment.
        let taken = |error| match error {
            StoreError::NameTaken => {
                ApplicationError::Invalid(vec![ApplicationFault::NameTaken { by: made.name.clone() }])
            }
            other => other.into(),
        };
        tx.insert_application(&made, stamp.at).await.map_err(taken)?;
        let team = self.team_name(team).await?;
        tx.account_event(
            &stamp,
            &AccountEvent::ObjectChanged {
                object: TeamObject::Application,
                name: made.name.clone(),
                team,
                change: ObjectChange::Made,
                version: None,
            },
        )
        .await?;
        self.admit(&tx, &made.id).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// Changes what people say of an application.
    pub async fn describe_application(
        &self,
        caller: &Caller,
        id: ApplicationId,
        description: &str,
    ) -> Result<(), ApplicationError> {
        let tx = self.store.begin_write().await?;
        let application = tx.application(id).await?.ok_or(AppError::NotFound)?;
        let stamp = self.operates_team(&tx, caller, application.team_id).await?;
        if let Some(count) = description_fault(description) {
            return Err(ApplicationError::Invalid(vec![ApplicationFault::Description { count }]));
        }
        tx.describe_application(id, description).await?;
        let team = self.team_name(application.team_id).await?;
        tx.account_event(
            &stamp,
            &AccountEvent::ObjectChanged {
                object: TeamObject::Application,
                name: application.name,
                team,
                change: ObjectChange::Changed,
                version: None,
            },
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// Deletes an application that has no component; answers its name.
    pub async fn delete_application(&self, caller: &Caller, id: ApplicationId) -> Result<String, ApplicationError> {
        let tx = self.store.begin_write().await?;
        let application = tx.application(id).await?.ok_or(AppError::NotFound)?;
        let stamp = self.operates_team(&tx, caller, application.team_id).await?;
        if !tx.remove_application(id, stamp.at).await? {
            return Err(ApplicationError::NotEmpty);
        }
        let team = self.team_name(application.team_id).await?;
        let event = AccountEvent::ObjectChanged {
            object: TeamObject::Application,
            name: application.name.clone(),
            team,
            change: ObjectChange::Deleted,
            version: None,
        };
        tx.account_event(&stamp, &event).await?;
        tx.commit().await?;
        Ok(application.name)
    }

    /// Changes what people say of a component.
    pub async fn describe_component(
        &self,
        caller: &Caller,
        region: RegionId,
        id: ComponentId,
        description: &str,
    ) -> Result<(), ApplicationError> {
        let place = self.place_in(caller, region, id).await?;
        let tx = self.store.begin_write().await?;
        let stamp = self.operates_team(&tx, caller, place.team_id).await?;
        if let Some(count) = description_fault(description) {
            return Err(ApplicationError::Invalid(vec![ApplicationFault::Description { count }]));
        }
        if !tx.describe_component(id, description).await? {
            return Err(AppError::NotFound.into());
        }
        tx.account_event(&stamp, &self.component_event(&place, ObjectChange::Changed).await?).await?;
        Ok(tx.commit().await?)
    }

    /// Deletes a component of which nothing runs and on which nobody works; answers its name.
    pub async fn delete_component(
        &self,
        caller: &Caller,
        region: RegionId,
        id: ComponentId,
    ) -> Result<String, ApplicationError> {
        let place = self.place_in(caller, region, id).await?;
        let tx = self.store.begin_write().await?;
        let stamp = self.operates_team(&tx, caller, place.team_id).await?;
        if !tx.remove_idle_component(id, stamp.at).await? {
            return Err(ApplicationError::NotEmpty);
        }
        tx.account_event(&stamp, &self.component_event(&place, ObjectChange::Deleted).await?).await?;
        tx.commit().await?;
        Ok(place.component)
    }

    /// What a component and its places are called, if it is in that region and the caller may read it.
    async fn place_in(&self, caller: &Caller, region: RegionId, id: ComponentId) -> Result<ComponentPlace, AppError> {
        let place = self.store.component_place(id).await?.filter(|place| place.region_id == region);
        let place = place.filter(|place| caller.may_see(place.team_id, false)).ok_or(AppError::NotFound)?;
        self.store.component(id).await?.ok_or(AppError::NotFound)?;
        Ok(place)
    }

    async fn component_event(&self, place: &ComponentPlace, change: ObjectChange) -> Result<AccountEvent, AppError> {
        let name = format!("{}/{}", place.application, place.component);
        let team = self.team_name(place.team_id).await?;
        Ok(AccountEvent::ObjectChanged { object: TeamObject::Component, name, team, change, version: None })
    }

    /// What is written beside what an operator of that team does, as they are now.
    async fn operates_team(&self, tx: &WriteTx, caller: &Caller, team: TeamId) -> Result<Stamp, AppError> {
        let now = self.clock.now();
        if matches!(caller, Caller::CommandLine) {
            return Ok(Stamp::command_line(now));
        }
        caller.check_create()?;
        let user = caller.now(tx, now).await?;
        if operates(&user, team) { Ok(caller.stamp(&user, now)) } else { Err(AppError::NotFound) }
    }
}
