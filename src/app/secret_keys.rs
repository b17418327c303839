//! Operations on the keys of secrets: another key takes the place of the one that encrypts, step by step, each of which can be the
//! last before a crash. Whoever begins again goes on from there.
//!
//! A rotation adds a key to the end of the key file, and says so in the database. When every replica that serves has it, it is
//! put first in the file and encrypts. Then every secret is encrypted anew. Nobody encrypts with the old key by then, since
//! whoever does asks the database in the same transaction: so when no secret needs it, it is taken out of the file.

use std::collections::BTreeMap;

use super::secrets::SecretError;
use super::{App, AppError, Caller};
use crate::domain::event::AccountEvent;
use crate::domain::ids::SecretId;
use crate::domain::secrets::{KeyId, SecretFault, SecretLabel, SecretOwner};
use crate::failpoints;
use crate::keyring::{Key, KeyFile, KeyFileFault, Keyring};
use crate::store::{KeptSecret, ReplicaKeys, SealedSecret, Stamp};

/// How many secrets are encrypted anew in one transaction.
const BATCH_SIZE: u64 = 100;

/// Why a rotation does not go on.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// There is no key file: whatever serves here makes it.
    #[error("there is no key file")]
    NoFile,
    /// Secrets need keys that the file lacks.
    #[error("keys are missing: {missing:?}")]
    Missing {
        /// Those.
        missing: Vec<KeyId>,
        /// The keys in the file.
        has: Vec<KeyId>,
    },
    /// Another machine began a rotation to a key that the file lacks.
    #[error("another rotation goes over to {0}")]
    Elsewhere(KeyId),
    /// The key file cannot be read or written.
    #[error(transparent)]
    File(#[from] KeyFileFault),
    /// Another reason.
    #[error(transparent)]
    Secret(SecretError),
}

impl<E: Into<SecretError>> From<E> for RotationError {
    fn from(error: E) -> Self {
        Self::Secret(error.into())
    }
}

/// How a rotation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The key that encrypts now.
    pub key: KeyId,
    /// How many secrets were encrypted anew.
    pub resealed: u64,
    /// How many do not open with their key, which is therefore kept.
    pub damaged: u64,
    /// The keys that the file has not any more.
    pub dropped: Vec<KeyId>,
}

/// What is known of the keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyState {
    /// The keys that this server has; or why it has none.
    pub has: Result<Vec<KeyId>, SecretFault>,
    /// The one that encrypts, once one does.
    pub encrypts: Option<KeyId>,
    /// How many secrets each has encrypted.
    pub used: BTreeMap<KeyId, u64>,
    /// The replicas that serve, with theirs.
    pub replicas: Vec<ReplicaKeys>,
}

impl KeyState {
    /// The keys that secrets need and this server lacks.
    pub fn missing(&self) -> Vec<KeyId> {
        let has = self.has.as_deref().unwrap_or_default();
        self.used.keys().copied().filter(|key| !has.contains(key)).collect()
    }
}

impl App {
    /// What is known of the keys, for administrators.
    pub async fn key_state(&self, caller: &Caller) -> Result<KeyState, AppError> {
        caller.reads_everything()?;
        Ok(KeyState {
            has: self.keyring.ids(),
            encrypts: self.store.encryption_key().await?,
            used: self.store.secrets_by_key().await?,
            replicas: self.store.replica_keys().await?,
        })
    }

    /// Every secret, for the command line on the server: which there are, never what.
    pub async fn every_secret(&self, caller: &Caller) -> Result<Vec<KeptSecret>, AppError> {
        caller.reads_everything()?;
        Ok(self.store.kept_secrets(None).await?)
    }

    /// Begins a rotation, or goes on with one that was cut off; answers to which key it goes.
    pub async fn begin_rotation(&self, file: &KeyFile) -> Result<KeyId, RotationError> {
        let keys = file.keys()?;
        let has = keys.ids();
        let first = *has.first().ok_or(RotationError::NoFile)?;
        let needed = self.store.secrets_by_key().await?.into_keys().chain(self.store.encryption_key().await?);
        let missing: Vec<KeyId> = needed.filter(|key| !has.contains(key)).collect();
        if !missing.is_empty() {
            return Err(RotationError::Missing { missing, has });
        }
        if let Some(next) = self.store.next_encryption_key().await? {
            return if has.contains(&next) { Ok(next) } else { Err(RotationError::Elsewhere(next)) };
        }
        let fresh = Key::fresh()?;
        let id = fresh.id();
        // Before the database says so: what it names has to be in a file.
        file.replace(&keys.with(fresh))?;
        failpoints::reach("secret.rotate.added");
        let tx = self.store.begin_write().await?;
        tx.settle_encryption_key(first).await?;
        let next = tx.settle_next_key(id).await?;
        tx.commit().await?;
        failpoints::reach("secret.rotate.begun");
        if next == id { Ok(id) } else { Err(RotationError::Elsewhere(next)) }
    }

    /// The replicas that serve, beside that one, and have not said that they have that key.
    pub async fn replicas_without(&self, key: KeyId, but: Option<&str>) -> Result<Vec<ReplicaKeys>, AppError> {
        let mut replicas = self.store.replica_keys().await?;
        replicas.retain(|replica| but != Some(replica.id.as_str()) && !replica.keys.contains(&key));
        Ok(replicas)
    }

    /// Goes over to that key, which every replica has: from now on it encrypts, and what others encrypted is encrypted anew.
    /// They are taken out of the file then, unless they are to be kept.
    pub async fn finish_rotation(&self, file: &KeyFile, next: KeyId, keep: bool) -> Result<Rotated, RotationError> {
        let keys = file.keys()?.led_by(next);
        file.replace(&keys)?;
        failpoints::reach("secret.rotate.first");
        let tx = self.store.begin_write().await?;
        if let Some(other) = tx.next_encryption_key().await?.filter(|other| *other != next) {
            return Err(RotationError::Elsewhere(other));
        }
        let before = tx.encryption_key().await?;
        if before != Some(next) {
            tx.set_encryption_key(next).await?;
            let stamp = Stamp::tollgate(self.clock.now());
            let (before, after) = (before.map(|key| key.to_string()), next.to_string());
            tx.account_event(&stamp, &AccountEvent::EncryptionKeyChanged { before, after }).await?;
        }
        tx.commit().await?;
        failpoints::reach("secret.rotate.switched");
        let keyring = Keyring::of_keys(keys.clone());
        let (resealed, damaged) = self.reseal(&keyring, next).await?;
        let mut dropped = Vec::new();
        if damaged == 0 {
            let tx = self.store.begin_write().await?;
            if tx.has_secrets_of_others(next).await? {
                return Err(SecretError::Fault(SecretFault::Damaged).into());
            }
            if !keep {
                dropped = keys.ids().into_iter().filter(|key| *key != next).collect();
                file.replace(&keys.only(next))?;
            }
            failpoints::reach("secret.rotate.dropped");
            tx.remove_next_key().await?;
            tx.commit().await?;
        }
        Ok(Rotated { key: next, resealed, damaged, dropped })
    }

    /// Encrypts what others encrypted with that key; answers how many that were, and how many do not open.
    async fn reseal(&self, keyring: &Keyring, next: KeyId) -> Result<(u64, u64), SecretError> {
        let (mut behind, mut resealed, mut damaged) = (SecretId::nil(), 0, 0);
        loop {
            let tx = self.store.begin_write().await?;
            let some = tx.secrets_of_others(next, behind, BATCH_SIZE).await?;
            let Some(last) = some.last() else { return Ok((resealed, damaged)) };
            behind = last.id;
            let mut anew = Vec::new();
            for secret in some {
                let binding = secret.slot.binding(secret.id);
                match keyring.open(&binding, &secret.ciphertext) {
                    Ok(value) => {
                        let ciphertext = keyring.seal(next, &binding, &value)?;
                        anew.push(SealedSecret { ciphertext, key: next, ..secret });
                    }
                    Err(fault) => {
                        tracing::error!(secret = %secret.id, ?fault, "secret not encrypted anew");
                        damaged += 1;
                    }
                }
            }
            resealed += anew.len() as u64;
            tx.reseal_secrets(anew).await?;
            tx.commit().await?;
            failpoints::reach("secret.rotate.batch");
        }
    }

    /// Forgets the secrets that no key in the file opens, because their keys are lost; answers which they were. The first key in
    /// the file encrypts from then on, if the one that did is lost too.
    pub async fn forget_unreadable(&self, file: &KeyFile) -> Result<Vec<SealedSecret>, RotationError> {
        let mut keys = file.keys()?;
        if keys.ids().is_empty() {
            keys = keys.with(Key::fresh()?);
            file.replace(&keys)?;
        }
        let has = keys.ids();
        let lost: Vec<KeyId> =
            self.store.secrets_by_key().await?.into_keys().filter(|key| !has.contains(key)).collect();
        let names: BTreeMap<_, _> = self.store.teams().await?.into_iter().map(|team| (team.id, team.name)).collect();
        let tx = self.store.begin_write().await?;
        let gone = tx.remove_secrets_of(&lost).await?;
        let stamp = Stamp::tollgate(self.clock.now());
        let told: Vec<AccountEvent> = gone
            .iter()
            .map(|secret| {
                let team = match secret.slot.owner {
                    SecretOwner::Team(team) => names.get(&team).cloned(),
                    SecretOwner::Server | SecretOwner::Environment(_) => None,
                };
                let (purpose, name) = (secret.slot.purpose, secret.slot.own_name());
                AccountEvent::SecretForgotten(SecretLabel { purpose, team, name, environment: None })
            })
            .collect();
        tx.account_events(&stamp, &told).await?;
        let before = tx.encryption_key().await?;
        if before.is_some_and(|key| !has.contains(&key)) {
            tx.set_encryption_key(has[0]).await?;
            let (before, after) = (before.map(|key| key.to_string()), has[0].to_string());
            tx.account_event(&stamp, &AccountEvent::EncryptionKeyChanged { before, after }).await?;
            tx.remove_next_key().await?;
        }
        tx.commit().await?;
        Ok(gone)
    }

    /// How many secrets of those keys do not open with them.
    pub async fn count_damaged(&self, keyring: &Keyring) -> Result<u64, AppError> {
        let (mut behind, mut damaged) = (SecretId::nil(), 0);
        loop {
            let some = self.store.sealed_secrets(behind, BATCH_SIZE).await?;
            let Some(last) = some.last() else { return Ok(damaged) };
            behind = last.id;
            let opens = |secret: &SealedSecret| {
                let opened = keyring.open(&secret.slot.binding(secret.id), &secret.ciphertext).map(drop);
                opened != Err(SecretFault::Damaged)
            };
            damaged += some.iter().filter(|secret| !opens(secret)).count() as u64;
        }
    }
}
