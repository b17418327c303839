//! Artefacts: whether each is as it was kept, and whether there is anything that belongs to none.

use anyhow::{Context as _, bail};
use sha2::{Digest as _, Sha256};

use crate::app::secret::hexadecimal;
use crate::config::DataConfig;
use crate::domain::visible;
use crate::messages::counted;
use crate::store::{AttemptKey, KeptArtefact, Store};

/// So many artefacts are asked for at once.
const ARTEFACTS_A_STEP: u64 = 100;

/// Reads every artefact, and says how many there are.
pub async fn artefacts(data: &DataConfig) -> anyhow::Result<String> {
    let store = Store::connect_patiently(&data.url()).await.context("the database cannot be opened")?;
    let (mut found, mut looked_at, mut last) = (0, 0, None);
    loop {
        let some = store.some_artefacts(last.as_ref(), ARTEFACTS_A_STEP).await?;
        for kept in &some {
            looked_at += 1;
            // It may have been removed while it was read.
            if !is_whole(&store, kept).await? && is_there(&store, kept).await? {
                found += 1;
                let of = place(&store, kept.attempt).await?;
                tell!("FOUND {} is not as it was kept: {of}", visible::text(&kept.artefact.path));
            }
        }
        last = some.into_iter().next_back();
        if last.is_none() {
            break;
        }
    }
    for attempt in store.stray_artefacts().await? {
        found += 1;
        tell!("FOUND parts of artefacts that belong to none: {}", place(&store, attempt).await?);
    }
    store.close().await?;
    let looked_at = counted(looked_at, "artefact");
    match found {
        0 => Ok(format!("{looked_at}, each as it was kept")),
        _ => bail!("{} in {looked_at}", counted(found, "finding")),
    }
}

async fn is_whole(store: &Store, kept: &KeptArtefact) -> anyhow::Result<bool> {
    let (mut hash, mut at) = (Sha256::new(), 0);
    while at < kept.artefact.size {
        let piece = store.artefact_bytes(kept.attempt, kept.position, at).await?.unwrap_or_default();
        if piece.is_empty() {
            return Ok(false);
        }
        hash.update(&piece);
        at += piece.len() as u64;
    }
    Ok(at == kept.artefact.size && hexadecimal(&hash.finalize()) == kept.artefact.sha256)
}

async fn is_there(store: &Store, kept: &KeptArtefact) -> anyhow::Result<bool> {
    let task = kept.attempt.task_run_id;
    let found = store.artefacts_of(&[task]).await?;
    Ok(found.get(&task).is_some_and(|all| all.contains(kept)))
}

async fn place(store: &Store, attempt: AttemptKey) -> anyhow::Result<String> {
    let place = store.artefact_place(attempt.task_run_id).await?;
    Ok(place.map_or_else(String::new, |place| {
        let said = format!("{}#{}, {}, attempt {}", place.release, place.number, place.task, attempt.number);
        visible::text(&said).into_owned()
    }))
}
