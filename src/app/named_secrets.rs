//! Operations on named secrets: whoever reads what a team owns reads their names, its managers set and forget them, and work is
//! given their values. Nobody is shown one.

use std::collections::{BTreeMap, HashMap};

use super::secrets::SecretError;
use super::{App, AppError, Caller};
use crate::domain::event::AccountEvent;
use crate::domain::execution::{Execution, Moment};
use crate::domain::failure_cause::SecretProblem;
use crate::domain::ids::{EnvironmentId, RegionId, TeamId};
use crate::domain::named_secrets::{self, NamedSecretFault};
use crate::domain::secrets::{SecretFault, SecretLabel, SecretOwner, SecretPurpose, SecretSlot};
use crate::failpoints;
use crate::keyring::Plaintext;
use crate::store::{AttemptKey, Environment, IdAndName, KeptSecret, SealedSecret, Stamp, WriteTx};

/// Whose named secrets are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretPlace {
    /// A team's.
    Team(TeamId),
    /// An environment's, in that region.
    Environment(RegionId, EnvironmentId),
}

/// The named secrets of a team or an environment, as far as anybody is told of them.
#[derive(Debug, Clone)]
pub struct NamedSecrets {
    /// The team.
    pub team: IdAndName<TeamId>,
    /// The environment, if they are of one.
    pub environment: Option<Environment>,
    /// By name, each with the time when work was last given it.
    pub secrets: Vec<(KeptSecret, Option<Moment>)>,
    /// Whether the caller may set and forget them.
    pub may_manage: bool,
    /// Why this server can keep and read none, if it is so.
    pub unusable: Option<SecretFault>,
}

/// A named secret, as typed.
pub struct TypedSecret {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Plaintext,
    /// Whether every task of the team may be given it, and not the scripts of environments alone.
    pub for_tasks: bool,
}

/// Why a named secret was not set.
#[derive(Debug, thiserror::Error)]
pub enum NamedSecretError {
    /// What was typed will not do.
    #[error("not valid: {0:?}")]
    Invalid(Vec<NamedSecretFault>),
    /// Another reason.
    #[error(transparent)]
    App(AppError),
}

impl<E: Into<AppError>> From<E> for NamedSecretError {
    fn from(error: E) -> Self {
        Self::App(error.into())
    }
}

/// The secrets of an attempt, each with its value, or why it has none.
#[derive(Default)]
pub struct GivenSecrets {
    /// Those that its work names.
    pub named: BTreeMap<String, Result<Plaintext, SecretProblem>>,
    /// The one with which its environment is reached, if it needs one.
    pub key: Option<Result<Plaintext, SecretProblem>>,
}

/// Which secrets an attempt needs.
#[derive(Debug, Clone, Default)]
pub struct NeededSecrets {
    /// The names of those that its work is given.
    pub names: Vec<String>,
    /// The name of the one with which its environment is reached.
    pub key: Option<String>,
}

/// Where the secrets of an attempt are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretScope {
    /// A task of that team: those of the team that are for tasks.
    Task(TeamId),
    /// A task of a team in an environment: the environment's unless another team lends it, then the team's, as far as they are
    /// for tasks.
    TaskIn {
        /// The environment.
        environment: EnvironmentId,
        /// The team that owns it.
        owner: TeamId,
        /// The team of the task.
        team: TeamId,
    },
    /// The scripts of an environment: its own, then those of its team.
    Environment(EnvironmentId, TeamId),
}

impl SecretScope {
    /// Whose they may be, from first to last.
    fn owners(self) -> Vec<SecretOwner> {
        match self {
            Self::Task(team) => vec![SecretOwner::Team(team)],
            Self::TaskIn { owner, team, .. } if owner != team => vec![SecretOwner::Team(team)],
            Self::TaskIn { environment: id, team, .. } | Self::Environment(id, team) => {
                vec![SecretOwner::Environment(id), SecretOwner::Team(team)]
            }
        }
    }

    /// Whose the one may be with which the environment is reached, from first to last.
    fn key_owners(self) -> Vec<SecretOwner> {
        match self {
            Self::Task(_) => Vec::new(),
            Self::TaskIn { environment: id, owner, .. } | Self::Environment(id, owner) => {
                vec![SecretOwner::Environment(id), SecretOwner::Team(owner)]
            }
        }
    }

    /// Whether one is given that is not for tasks.
    fn gives_all(self) -> bool {
        match self {
            Self::Task(_) | Self::TaskIn { .. } => false,
            Self::Environment(..) => true,
        }
    }
}

impl App {
    /// The named secrets of a place. To whoever may not read what the team owns there are none.
    pub async fn named_secrets(&self, caller: &Caller, place: SecretPlace) -> Result<NamedSecrets, AppError> {
        let environment = match place {
            SecretPlace::Team(_) => None,
            SecretPlace::Environment(region, id) => {
                let found = self.store.environment(id).await?.filter(|found| found.region_id == region);
                Some(found.ok_or(AppError::NotFound)?)
            }
        };
        let id = match (place, &environment) {
            (SecretPlace::Team(id), _) => id,
            (SecretPlace::Environment(..), environment) => environment.as_ref().ok_or(AppError::NotFound)?.team_id,
        };
        let teams = self.readable_teams(caller).await?;
        let team = teams.into_iter().find(|team| team.id == id).ok_or(AppError::NotFound)?;
        let owner = environment.as_ref().map_or(SecretOwner::Team(id), |of| SecretOwner::Environment(of.id));
        let mut used = self.store.last_secret_uses(owner).await?;
        let kept = self.store.kept_secrets(Some(owner)).await?;
        let named = kept.into_iter().filter(|kept| kept.slot.purpose == SecretPurpose::Named);
        let secrets = named.map(|kept| (used.remove(&kept.slot.name), kept)).map(|(used, kept)| (kept, used)).collect();
        let may_manage = caller.user().is_ok_and(|user| super::environments::manages(user, id));
        let unusable = match self.keyring.ids() {
            Ok(keys) if keys.is_empty() => Some(SecretFault::NoKeys),
            Ok(_) => None,
            Err(fault) => Some(fault),
        };
        Ok(NamedSecrets { team, environment, secrets, may_manage, unusable })
    }

    /// Sets a named secret. Whoever has it from before is given the new value with the next attempt.
    pub async fn set_named_secret(
        &self,
        caller: &Caller,
        place: SecretPlace,
        typed: &TypedSecret,
    ) -> Result<(), NamedSecretError> {
        let tx = self.store.begin_write().await?;
        let (owner, stamp) = self.manages_secrets(&tx, caller, place).await?;
        let value = Plaintext::new(named_secrets::straight(typed.value.expose()));
        let known = tx.secret_names(owner).await?;
        let faults = named_secrets::check(&typed.name, value.expose(), known.iter().map(String::as_str));
        if !faults.is_empty() {
            return Err(NamedSecretError::Invalid(faults));
        }
        let slot = SecretSlot::named(owner, &typed.name);
        match self.keep_secret_for(&tx, &stamp, &slot, &value, typed.for_tasks).await {
            Ok(()) => Ok(tx.commit().await?),
            Err(SecretError::Fault(fault)) => Err(NamedSecretError::Invalid(vec![NamedSecretFault::NotKept(fault)])),
            Err(SecretError::App(error)) => Err(NamedSecretError::App(error)),
        }
    }

    /// Has a named secret forgotten. There must be one.
    pub async fn forget_named_secret(&self, caller: &Caller, place: SecretPlace, name: &str) -> Result<(), AppError> {
        let tx = self.store.begin_write().await?;
        let (owner, stamp) = self.manages_secrets(&tx, caller, place).await?;
        match self.drop_secret(&tx, &stamp, &SecretSlot::named(owner, name)).await {
            Ok(true) => Ok(tx.commit().await?),
            Ok(false) | Err(SecretError::Fault(_)) => Err(AppError::NotFound),
            Err(SecretError::App(error)) => Err(error),
        }
    }

    /// The values of the secrets that an attempt needs. That it is given them is written down first, once for the attempt.
    pub async fn give_secrets(
        &self,
        execution: &Execution,
        attempt: AttemptKey,
        scope: SecretScope,
        needed: &NeededSecrets,
    ) -> Result<GivenSecrets, AppError> {
        let found = self.sealed_by(&scope.owners(), &needed.names).await?;
        let key: Vec<String> = needed.key.iter().cloned().collect();
        let found_key = self.sealed_by(&scope.key_owners(), &key).await?;
        let value = |found: &HashMap<String, SealedSecret>, name: &String, gives_all: bool| match found.get(name) {
            None => Err(SecretProblem::Missing),
            Some(sealed) if !gives_all && !sealed.for_tasks => Err(SecretProblem::NotForTasks),
            Some(sealed) => {
                let opened = self.keyring.open(&sealed.slot.binding(sealed.id), &sealed.ciphertext);
                opened.map_err(|fault| named_secrets::problem(&fault))
            }
        };
        let named: BTreeMap<_, _> =
            needed.names.iter().map(|name| (name.clone(), value(&found, name, scope.gives_all()))).collect();
        let key = needed.key.as_ref().map(|name| value(&found_key, name, true));
        let has_all = named.values().chain(&key).all(Result::is_ok);
        // Where one is missing nothing is started, so that nothing is given.
        if has_all && !(needed.names.is_empty() && needed.key.is_none()) {
            let mut given: Vec<_> = found
                .values()
                .chain(found_key.values())
                .map(|sealed| (sealed.slot.owner, sealed.slot.name.clone()))
                .collect();
            given.sort_by(|one, other| one.1.cmp(&other.1));
            given.dedup();
            let tx = self.store.begin_write().await?;
            tx.note_secret_uses(execution, attempt, &given, &Stamp::tollgate(self.clock.now())).await?;
            tx.commit().await?;
            failpoints::reach("secrets.given");
        }
        Ok(GivenSecrets { named, key })
    }

    /// The secrets of these names, each of the first of these owners who has one.
    async fn sealed_by(
        &self,
        owners: &[SecretOwner],
        names: &[String],
    ) -> Result<HashMap<String, SealedSecret>, AppError> {
        let mut found = HashMap::new();
        if names.is_empty() {
            return Ok(found);
        }
        for owner in owners {
            for sealed in self.store.sealed_named_secrets(*owner, names).await? {
                found.entry(sealed.slot.name.clone()).or_insert(sealed);
            }
        }
        Ok(found)
    }

    /// The secret of that name with which an environment is reached: its own, or its team's; or why it has no value.
    pub async fn connection_key(
        &self,
        of: &Environment,
        name: &str,
    ) -> Result<Result<Plaintext, SecretProblem>, AppError> {
        let names = [name.to_owned()];
        for owner in [SecretOwner::Environment(of.id), SecretOwner::Team(of.team_id)] {
            if let Some(sealed) = self.store.sealed_named_secrets(owner, &names).await?.first() {
                let opened = self.keyring.open(&sealed.slot.binding(sealed.id), &sealed.ciphertext);
                return Ok(opened.map_err(|fault| named_secrets::problem(&fault)));
            }
        }
        Ok(Err(SecretProblem::Missing))
    }

    /// Has the secrets of an environment forgotten that goes, as part of what that transaction does.
    pub(super) async fn forget_secrets_of(
        &self,
        tx: &WriteTx,
        stamp: &Stamp,
        environment: &Environment,
        team: &str,
    ) -> Result<(), AppError> {
        let names = tx.remove_secrets_of_owner(SecretOwner::Environment(environment.id)).await?;
        let label = |name| SecretLabel {
            purpose: SecretPurpose::Named,
            team: Some(team.to_owned()),
            name: Some(name),
            environment: Some(environment.name.clone()),
        };
        let forgotten: Vec<_> = names.into_iter().map(label).map(AccountEvent::SecretForgotten).collect();
        Ok(tx.account_events(stamp, &forgotten).await?)
    }

    async fn manages_secrets(
        &self,
        tx: &WriteTx,
        caller: &Caller,
        place: SecretPlace,
    ) -> Result<(SecretOwner, Stamp), AppError> {
        let (owner, team) = match place {
            SecretPlace::Team(team) => (SecretOwner::Team(team), team),
            SecretPlace::Environment(region, id) => {
                let found = tx.environment(id).await?.filter(|found| found.region_id == region);
                (SecretOwner::Environment(id), found.ok_or(AppError::NotFound)?.team_id)
            }
        };
        Ok((owner, self.manages_environments(tx, caller, team).await?))
    }
}
