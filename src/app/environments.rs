//! Operations on environments: whoever is in the team reads them, its managers make, change and delete them.

use super::{App, AppError, Caller};
use crate::domain::environment::{
    EnvironmentFault, EnvironmentOptions, EnvironmentSettings, MAX_ENVIRONMENTS, check_name, check_settings,
};
use crate::domain::event::{AccountEvent, ObjectChange, TeamObject};
use crate::domain::ids::{EnvironmentId, RegionId, TeamId};
use crate::domain::people::{Role, User};
use crate::domain::scripts::ScriptPermission;
use crate::store::{
    ComponentPlace, Environment, EnvironmentUse, EnvironmentVersion, IdAndName, ListedComponent, Stamp, StoreError,
    WriteTx, new_id,
};

/// An environment, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedEnvironment {
    /// What people say of it.
    pub description: String,
    /// What it is made of.
    pub settings: EnvironmentSettings,
}

/// The environments of a region, as far as somebody may read them.
#[derive(Debug, Clone)]
pub struct EnvironmentList {
    /// Each with the team that owns it, and how many components are in it.
    pub environments: Vec<(Environment, IdAndName<TeamId>, usize)>,
    /// The teams in which the caller may make one.
    pub managed: Vec<IdAndName<TeamId>>,
}

/// Why somebody may read an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnvironmentAccess {
    /// They may read what its team owns.
    Own,
    /// It is lent to a team of theirs, or that has something there still: its scripts and hosts are not their business.
    Lent,
}

/// A component that runs in an environment.
#[derive(Debug, Clone)]
pub struct RunningComponent {
    /// It.
    pub listed: ListedComponent,
    /// What its places are called.
    pub place: ComponentPlace,
    /// The team of its application, if it is another one than the environment's.
    pub team: Option<IdAndName<TeamId>>,
    /// Whether the caller may look at it.
    pub is_readable: bool,
}

/// One environment.
#[derive(Debug, Clone)]
pub struct EnvironmentDetail {
    /// It.
    pub environment: Environment,
    /// The team that owns it.
    pub team: IdAndName<TeamId>,
    /// Why the caller may read it.
    pub access: EnvironmentAccess,
    /// The other teams that may release there.
    pub lent: Vec<IdAndName<TeamId>>,
    /// What runs there, as far as the caller may know.
    pub components: Vec<RunningComponent>,
    /// Which executions worked there last, as far as the caller may know, the newest first.
    pub uses: Vec<EnvironmentUse>,
    /// Every version, the newest first; none where it is another team's.
    pub versions: Vec<EnvironmentVersion>,
    /// Whether the caller may change it.
    pub may_manage: bool,
    /// Whether its team may have scripts run on the server.
    pub scripts: ScriptPermission,
}

/// Why nothing was done to an environment.
#[derive(Debug, thiserror::Error)]
pub enum EnvironmentError {
    /// What was typed will not do.
    #[error("not valid: {0:?}")]
    Invalid(Vec<EnvironmentFault>),
    /// Somebody else saved a version since.
    #[error("changed since")]
    ChangedSince,
    /// Components are in it.
    #[error("not empty")]
    NotEmpty,
    /// Another reason.
    #[error(transparent)]
    App(AppError),
}

impl<E: Into<AppError>> From<E> for EnvironmentError {
    fn from(error: E) -> Self {
        match error.into() {
            AppError::Store(StoreError::Stale) => Self::ChangedSince,
            other => Self::App(other),
        }
    }
}

/// So many uses of an environment its page shows.
const MAX_USES: u64 = 20;

/// Whether they may make and change environments of that team: who only administers does none of a team's work.
pub(super) fn manages(user: &User, team: TeamId) -> bool {
    user.has(team, Role::Manager)
}

/// All that is wrong with a new environment beside those that the team has there.
fn faults(name: &str, typed: &TypedEnvironment, known: &[Environment]) -> Vec<EnvironmentFault> {
    let named = check_name(name, known.iter().map(|known| known.name.as_str()));
    let too_many = (known.len() >= MAX_ENVIRONMENTS).then_some(EnvironmentFault::TooMany);
    named.into_iter().chain(check_settings(&typed.description, &typed.settings)).chain(too_many).collect()
}

impl App {
    /// The environments of a region.
    pub async fn environments(&self, caller: &Caller, region: RegionId) -> Result<EnvironmentList, AppError> {
        let teams = self.readable_teams(caller).await?;
        let ids: Vec<TeamId> = teams.iter().map(|team| team.id).collect();
        let found = self.store.environments(region, &ids).await?;
        let lent = self.store.lent_environments(region, &ids).await?;
        let counts = self.store.component_counts().await?;
        let all = self.store.teams().await?;
        let mut environments: Vec<_> = found
            .into_iter()
            .chain(lent)
            .filter_map(|environment| {
                let team = all.iter().find(|team| team.id == environment.team_id)?.clone();
                let count = counts.get(&environment.id).copied().unwrap_or_default();
                Some((environment, team, count))
            })
            .collect();
        environments.sort_by(|one: &(Environment, _, _), other| one.0.name.cmp(&other.0.name));
        let may = |team: &IdAndName<TeamId>| caller.user().is_ok_and(|user| manages(user, team.id));
        let managed = teams.iter().filter(|team| may(team)).cloned().collect();
        Ok(EnvironmentList { environments, managed })
    }

    /// One environment of that region. To whoever may not read what its team owns there is none.
    pub async fn environment(
        &self,
        caller: &Caller,
        region: RegionId,
        id: EnvironmentId,
    ) -> Result<EnvironmentDetail, AppError> {
        let found = self.store.environment(id).await?.filter(|found| found.region_id == region);
        let environment = found.ok_or(AppError::NotFound)?;
        let teams = self.store.teams().await?;
        let team = teams.iter().find(|team| team.id == environment.team_id).ok_or(AppError::NotFound)?.clone();
        let lent: Vec<TeamId> = self.store.lent_teams(id).await?.into_iter().map(|lent| lent.team).collect();
        let placed = self.store.with_places(self.store.components_in(id).await?).await?;
        let access = if caller.may_see(team.id, false) {
            EnvironmentAccess::Own
        } else if lent
            .iter()
            .chain(placed.iter().map(|(_, place)| &place.team_id))
            .any(|team| caller.may_see(*team, false))
        {
            EnvironmentAccess::Lent
        } else {
            return Err(AppError::NotFound);
        };
        let is_own = access == EnvironmentAccess::Own;
        let running = |(listed, place): (ListedComponent, ComponentPlace)| {
            let is_readable = caller.may_see(place.team_id, false);
            let of = teams.iter().find(|of| of.id == place.team_id && of.id != team.id).cloned();
            (is_own || is_readable).then_some(RunningComponent { listed, place, team: of, is_readable })
        };
        let components = placed.into_iter().filter_map(running).collect();
        let mut uses = self.store.environment_uses(id, MAX_USES).await?;
        uses.retain(|used| is_own || caller.may_see(used.maker.team_id, false));
        let versions = if is_own { self.store.environment_versions(id).await? } else { Vec::new() };
        let may_manage = caller.user().is_ok_and(|user| manages(user, team.id));
        let scripts = self.scripts_of(&team.name).await?;
        let lent = teams.iter().filter(|team| lent.contains(&team.id)).cloned().collect();
        Ok(EnvironmentDetail { environment, team, access, lent, components, uses, versions, may_manage, scripts })
    }

    /// Makes an environment of a team in a region.
    pub async fn make_environment(
        &self,
        caller: &Caller,
        (team, region): (TeamId, RegionId),
        name: &str,
        typed: &TypedEnvironment,
    ) -> Result<Environment, EnvironmentError> {
        let tx = self.begin_admission().await?;
        let stamp = self.manages_environments(&tx, caller, team).await?;
        let known = tx.environments_of(team, region).await?;
        let faults = faults(name, typed, &known);
        if !faults.is_empty() {
            return Err(EnvironmentError::Invalid(faults));
        }
        let made = Environment {
            id: new_id(),
            team_id: team,
            region_id: region,
            name: name.to_owned(),
            description: typed.description.clone(),
            version: 1,
            settings: typed.settings.clone(),
            options: EnvironmentOptions::default(),
            options_version: 0,
        };
        // Somebody else was faster, at this very moment.
        let taken = |error| match error {
            StoreError::NameTaken => {
                EnvironmentError::Invalid(vec![EnvironmentFault::NameTaken { by: made.name.clone() }])
            }
            other => other.into(),
        };
        tx.insert_environment(&made, &stamp).await.map_err(taken)?;
        let event = AccountEvent::ObjectChanged {
            object: TeamObject::Environment,
            name: made.name.clone(),
            team: self.team_name(team).await?,
            change: ObjectChange::Made,
            version: Some(1),
        };
        tx.account_event(&stamp, &event).await?;
        self.admit(&tx, &made.id).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// All that would be wrong with a new environment; for a form of which more cannot be read.
    pub async fn environment_faults(
        &self,
        (team, region): (TeamId, RegionId),
        name: &str,
        typed: &TypedEnvironment,
    ) -> Result<Vec<EnvironmentFault>, AppError> {
        Ok(faults(name, typed, &self.store.environments(region, &[team]).await?))
    }

    /// Saves an environment; what it is made of becomes its next version, unless nothing of that changed. `seen` is the
    /// version that the caller began from.
    pub async fn change_environment(
        &self,
        caller: &Caller,
        id: EnvironmentId,
        seen: u32,
        typed: &TypedEnvironment,
    ) -> Result<Environment, EnvironmentError> {
        let tx = self.store.begin_write().await?;
        let before = tx.environment(id).await?.ok_or(AppError::NotFound)?;
        let stamp = self.manages_environments(&tx, caller, before.team_id).await?;
        let faults = check_settings(&typed.description, &typed.settings);
        if !faults.is_empty() {
            return Err(EnvironmentError::Invalid(faults));
        }
        let version = if before.settings == typed.settings { before.version } else { before.version + 1 };
        let changed = Environment {
            description: typed.description.clone(),
            settings: typed.settings.clone(),
            version,
            ..before.clone()
        };
        if changed == before {
            return Ok(before);
        }
        tx.save_environment(&changed, seen, &stamp).await?;
        let team = self.team_name(before.team_id).await?;
        let event = AccountEvent::ObjectChanged {
            object: TeamObject::Environment,
            name: before.name,
            team,
            change: ObjectChange::Changed,
            version: Some(version),
        };
        tx.account_event(&stamp, &event).await?;
        tx.commit().await?;
        Ok(changed)
    }

    /// Deletes an environment in which there is no component; answers its name.
    pub async fn delete_environment(&self, caller: &Caller, id: EnvironmentId) -> Result<String, EnvironmentError> {
        let tx = self.store.begin_write().await?;
        let environment = tx.environment(id).await?.ok_or(AppError::NotFound)?;
        let stamp = self.manages_environments(&tx, caller, environment.team_id).await?;
        if !tx.remove_environment(id, stamp.at).await? {
            return Err(EnvironmentError::NotEmpty);
        }
        let team = self.team_name(environment.team_id).await?;
        self.forget_secrets_of(&tx, &stamp, &environment, &team).await?;
        let event = AccountEvent::ObjectChanged {
            object: TeamObject::Environment,
            name: environment.name.clone(),
            team,
            change: ObjectChange::Deleted,
            version: None,
        };
        tx.account_event(&stamp, &event).await?;
        tx.commit().await?;
        Ok(environment.name)
    }

    /// Whether the team of that name may have scripts run on the server.
    pub(super) async fn scripts_of(&self, team: &str) -> Result<ScriptPermission, AppError> {
        let own = self.store.script_permissions().await?.into_iter().find(|permission| permission.team == team);
        Ok(own.map_or(ScriptPermission::Granted, |permission| permission.scripts))
    }

    /// The teams whose things the caller may read, by name.
    pub(super) async fn readable_teams(&self, caller: &Caller) -> Result<Vec<IdAndName<TeamId>>, AppError> {
        let teams = self.store.teams().await?;
        Ok(teams.into_iter().filter(|team| caller.may_see(team.id, false)).collect())
    }

    pub(super) async fn team_name(&self, id: TeamId) -> Result<String, AppError> {
        let teams = self.store.teams().await?;
        teams.into_iter().find(|team| team.id == id).map(|team| team.name).ok_or(AppError::NotFound)
    }

    /// What is written beside what a manager of that team does, as they are now. To whoever may not read what the team owns
    /// there is no such thing.
    pub(super) async fn manages_environments(
        &self,
        tx: &WriteTx,
        caller: &Caller,
        team: TeamId,
    ) -> Result<Stamp, AppError> {
        let now = self.clock.now();
        if matches!(caller, Caller::CommandLine) {
            return Ok(Stamp::command_line(now));
        }
        // What is run on the server is no business of a token.
        caller.in_person()?;
        let user = caller.now(tx, now).await?;
        if manages(&user, team) { Ok(caller.stamp(&user, now)) } else { Err(AppError::NotFound) }
    }
}
