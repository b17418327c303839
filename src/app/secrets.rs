//! Operations on secrets: whoever may sets one or has it forgotten, and the server itself reads it. Nobody is shown one.
//!
//! Another operation keeps a secret beside what it changes with [`App::keep_secret`], in its own transaction, and whoever
//! uses it asks [`App::reveal`] for it at that moment.

use super::{App, AppError, Caller};
use crate::domain::event::AccountEvent;
use crate::domain::policy;
use crate::domain::secrets::{self, SecretFault, SecretLabel, SecretOwner, SecretSlot};
pub use crate::keyring::Plaintext;
use crate::store::{KeptSecret, SealedSecret, Stamp, WriteTx, new_id};

/// Why an operation on secrets did nothing.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// It cannot be kept, or not be read.
    #[error("a secret cannot be used: {0:?}")]
    Fault(SecretFault),
    /// Another reason.
    #[error(transparent)]
    App(AppError),
}

impl<E: Into<AppError>> From<E> for SecretError {
    fn from(error: E) -> Self {
        Self::App(error.into())
    }
}

impl From<SecretFault> for SecretError {
    fn from(fault: SecretFault) -> Self {
        Self::Fault(fault)
    }
}

impl App {
    /// Sets a secret: the installation's for administrators, a team's for its managers. No token may.
    pub async fn set_secret(&self, caller: &Caller, slot: &SecretSlot, value: &Plaintext) -> Result<(), SecretError> {
        let tx = self.store.begin_write().await?;
        let stamp = self.may_set(&tx, caller, slot.owner).await?;
        self.keep_secret(&tx, &stamp, slot, value).await?;
        Ok(tx.commit().await?)
    }

    /// Has a secret forgotten; answers whether there was one.
    pub async fn forget_secret(&self, caller: &Caller, slot: &SecretSlot) -> Result<bool, SecretError> {
        let tx = self.store.begin_write().await?;
        let stamp = self.may_set(&tx, caller, slot.owner).await?;
        let was_there = self.drop_secret(&tx, &stamp, slot).await?;
        tx.commit().await?;
        Ok(was_there)
    }

    /// Keeps a secret and writes that down, as part of what that transaction does. Whoever calls it has asked whether the
    /// caller may.
    pub(super) async fn keep_secret(
        &self,
        tx: &WriteTx,
        stamp: &Stamp,
        slot: &SecretSlot,
        value: &Plaintext,
    ) -> Result<(), SecretError> {
        self.keep_secret_for(tx, stamp, slot, value, false).await
    }

    /// The same for a secret that tasks may be given, or may not.
    pub(super) async fn keep_secret_for(
        &self,
        tx: &WriteTx,
        stamp: &Stamp,
        slot: &SecretSlot,
        value: &Plaintext,
        for_tasks: bool,
    ) -> Result<(), SecretError> {
        secrets::check(slot, value.expose())?;
        let with = match tx.encryption_key().await? {
            Some(known) => known,
            None => tx.settle_encryption_key(*self.keyring.ids()?.first().ok_or(SecretFault::NoKeys)?).await?,
        };
        let id = new_id();
        let ciphertext = self.keyring.seal(with, &slot.binding(id), value)?;
        tx.put_secret(SealedSecret { id, slot: slot.clone(), ciphertext, key: with, for_tasks }, stamp).await?;
        Ok(tx.account_event(stamp, &AccountEvent::SecretSet(self.label(slot).await?)).await?)
    }

    /// Forgets a secret and writes that down, as part of what that transaction does; answers whether there was one.
    pub(super) async fn drop_secret(
        &self,
        tx: &WriteTx,
        stamp: &Stamp,
        slot: &SecretSlot,
    ) -> Result<bool, SecretError> {
        let was_there = tx.remove_secret(slot).await?;
        if was_there {
            tx.account_event(stamp, &AccountEvent::SecretForgotten(self.label(slot).await?)).await?;
        }
        Ok(was_there)
    }

    /// The value of a secret, for the server itself and for what it is for; nothing if none is set.
    pub async fn reveal(&self, slot: &SecretSlot) -> Result<Option<Plaintext>, SecretError> {
        let Some(sealed) = self.store.sealed_secret(slot).await? else { return Ok(None) };
        Ok(Some(self.keyring.open(&sealed.slot.binding(sealed.id), &sealed.ciphertext)?))
    }

    /// What may be told of the secrets of that owner: which there are, and who set each when.
    pub async fn secrets_of(&self, caller: &Caller, owner: SecretOwner) -> Result<Vec<KeptSecret>, AppError> {
        match owner {
            SecretOwner::Server => caller.reads_everything()?,
            SecretOwner::Team(team) if caller.may_read_team(team) => {}
            SecretOwner::Team(_) | SecretOwner::Environment(_) => return Err(AppError::NotFound),
        }
        Ok(self.store.kept_secrets(Some(owner)).await?)
    }

    async fn may_set(&self, tx: &WriteTx, caller: &Caller, owner: SecretOwner) -> Result<Stamp, AppError> {
        let now = self.clock.now();
        if matches!(caller, Caller::CommandLine) {
            return Ok(Stamp::tollgate(now));
        }
        let user = tx.user(caller.in_person()?.id).await?.ok_or(AppError::NotFound)?;
        let may = match owner {
            SecretOwner::Server => user.administrator,
            SecretOwner::Team(team) => policy::may_manage(&user, team),
            SecretOwner::Environment(_) => false,
        };
        if may { Ok(caller.stamp(&user, now)) } else { Err(AppError::NotFound) }
    }

    async fn label(&self, slot: &SecretSlot) -> Result<SecretLabel, AppError> {
        let (team, environment) = match slot.owner {
            SecretOwner::Server => (None, None),
            SecretOwner::Team(team) => (Some(self.store.team_name(team).await?.ok_or(AppError::NotFound)?), None),
            SecretOwner::Environment(id) => {
                let environment = self.store.environment(id).await?.ok_or(AppError::NotFound)?;
                (self.store.team_name(environment.team_id).await?, Some(environment.name))
            }
        };
        Ok(SecretLabel { purpose: slot.purpose, team, name: slot.own_name(), environment })
    }
}
