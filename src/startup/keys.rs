//! The keys of secrets at the start: read before anything else is done to the data folder, made where there can be none yet, and
//! compared with what the database needs. A server that lacks one that is needed does not start.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};

use crate::app::App;
use crate::config::Config;
use crate::domain::secrets::KeyId;
use crate::keyring::{Key, Keyring, Keys, write_new};
use crate::messages::Locale;
use crate::store::{Backend, Store};

/// How often is looked whether the key file is another.
const REPORT_INTERVAL: Duration = Duration::from_secs(1);

/// The keys of the server's file; there may be none.
pub fn read(config: &Config) -> anyhow::Result<Keyring> {
    if config.keys.without_secrets {
        return Ok(Keyring::without_secrets());
    }
    Ok(Keyring::of_file(config.keys.file(&config.data))?)
}

/// Makes the key file if nothing was ever encrypted, and says so where a key is missing.
pub async fn settle(keyring: Keyring, config: &Config, store: &Store) -> anyhow::Result<Keyring> {
    let Ok(has) = keyring.ids() else {
        tracing::warn!("{}", Locale::default().secrets().served_without());
        return Ok(keyring);
    };
    let file = config.keys.file(&config.data);
    let used = store.secrets_by_key().await.context("the secrets cannot be read")?;
    let missing: Vec<KeyId> = used.into_keys().filter(|key| !has.contains(key)).collect();
    if !missing.is_empty() {
        bail!("{}", Locale::default().secrets().keys_missing(&file, &missing, &has));
    }
    let encrypts = store.encryption_key().await?;
    // On SQLite nobody else can have it: whoever lost a key that nothing needs begins with another.
    let others_may_have_it = store.backend() == Backend::Postgres && encrypts.is_some();
    let (keyring, made) = match has.first() {
        None if !others_may_have_it => (begin(&file)?, true),
        None | Some(_) => (keyring, false),
    };
    let Some(first) = keyring.ids().ok().and_then(|ids| ids.first().copied()) else {
        tracing::warn!("{}", Locale::default().secrets().key_not_made(&file, encrypts));
        return Ok(keyring);
    };
    let has = keyring.ids().unwrap_or_default();
    if encrypts.is_some_and(|key| has.contains(&key)) {
        return Ok(keyring);
    }
    let tx = store.begin_write().await?;
    if store.backend() == Backend::Sqlite {
        tx.set_encryption_key(first).await?;
    }
    let settled = tx.settle_encryption_key(first).await?;
    tx.commit().await?;
    if !has.contains(&settled) {
        if made {
            // Another replica began at the same time and was first. Nothing was encrypted with this one.
            std::fs::remove_file(&file).with_context(|| format!("{} cannot be removed", file.display()))?;
            return Ok(no_key(&file, settled));
        }
        tracing::warn!("{}", Locale::default().secrets().key_not_made(&file, Some(settled)));
    }
    Ok(keyring)
}

fn no_key(file: &Path, encrypts: KeyId) -> Keyring {
    tracing::warn!("{}", Locale::default().secrets().key_not_made(file, Some(encrypts)));
    Keyring::of_file(file.to_owned()).unwrap_or_default()
}

/// Makes the key file. Where somebody else was quicker, theirs is taken.
fn begin(file: &Path) -> anyhow::Result<Keyring> {
    let key = Key::fresh().map_err(|fault| anyhow::anyhow!("{}", Locale::default().secrets().secret_fault(&fault)))?;
    if write_new(file, &Keys::new(vec![key]))? {
        tracing::info!("{}", Locale::default().secrets().key_made(file));
    }
    Ok(Keyring::of_file(file.to_owned())?)
}

/// Says in the database which keys this replica has, as often as its file is another, so that no key is used that it lacks.
pub async fn report(app: App, replica: String) {
    if app.store.backend() == Backend::Sqlite {
        return;
    }
    loop {
        if let Ok(keys) = app.keyring.ids()
            && let Err(error) = app.store.report_keys(&replica, &keys).await
        {
            tracing::debug!(%error, "could not report keys; will retry");
        }
        tokio::time::sleep(REPORT_INTERVAL).await;
    }
}
