//! Secrets: whether the key file has what each needs.

use anyhow::{Context as _, bail};

use crate::app::{App, Caller};
use crate::clock::Clock;
use crate::config::{DataConfig, KeyConfig};
use crate::keyring::Keyring;
use crate::messages::{Locale, counted};
use crate::store::Store;

/// Opens every secret, and says how many there are.
pub async fn secrets(data: &DataConfig, keys: &KeyConfig) -> anyhow::Result<String> {
    let file = keys.file(data);
    let keyring = Keyring::of_file(file.clone())?;
    let store = Store::connect_patiently(&data.url()).await.context("the database cannot be opened")?;
    let app = App { keyring: keyring.clone(), ..App::new(store, Clock::system()) };
    let state = app.key_state(&Caller::CommandLine).await.context("the database cannot be read")?;
    let missing = state.missing();
    if !missing.is_empty() {
        bail!("{}", Locale::default().secrets().keys_missing(&file, &missing, &state.has.unwrap_or_default()));
    }
    let damaged = app.count_damaged(&keyring).await.context("the database cannot be read")?;
    if damaged > 0 {
        bail!("{}", Locale::default().secrets().not_opened(damaged));
    }
    app.store.close().await?;
    let all: u64 = state.used.values().sum();
    Ok(format!("{}, each opens with its key", counted(usize::try_from(all).unwrap_or(usize::MAX), "secret")))
}
