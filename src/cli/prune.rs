//! `tollgate prune`: removes what need not be kept any longer, and says what takes room; also while the installation is served.

use std::time::Duration;

use anyhow::Context;
use clap::Args;
use tokio::task::spawn_blocking;

use super::open;
use crate::config::DataConfig;
use crate::data_layout::DataLayout;
use crate::free_space::FreeSpace;
use crate::messages::{counted, size};
use crate::prune::folders::FolderSize;
use crate::prune::{Pruned, Pruner, Reserve, Survey};
use crate::startup::DataDirLock;
use crate::store::{Backend, Store};
use crate::supervise::temporary;

/// With less free space than this the reserve goes first: the database needs some to remove anything.
const NEARLY_FULL: u64 = 16 * 1024 * 1024;

/// A file is written anew only where there is so much room beside what it needs for that.
const SPARE: u64 = 16 * 1024 * 1024;

/// What to remove.
#[derive(Debug, Args)]
pub struct Prune {
    /// Say what would be removed, and change nothing
    #[arg(long, env = "TOLLGATE_PRUNE_DRY_RUN")]
    dry_run: bool,
    #[command(flatten)]
    data: DataConfig,
}

impl Prune {
    /// Does it, and says what it did.
    pub async fn run(self) -> anyhow::Result<()> {
        let data = self.data.clone().resolved()?;
        data.find()?;
        let space = FreeSpace::of(&data.folder, 0);
        // Held to the end where no server has it: none starts while the database is written anew.
        let alone = if data.folder.exists() && !self.dry_run { DataDirLock::try_take(&data.folder)? } else { None };
        let free = || space.room().map_or(u64::MAX, |room| room.free);
        if !self.dry_run && free() < NEARLY_FULL {
            Reserve::of(&data.folder).release().context("the reserve on the disk cannot be released")?;
            if alone.is_some() {
                let folders = DataLayout::new(&data.folder)?;
                spawn_blocking(move || temporary::sweep(&folders.temporaries())).await?;
            }
        }
        let app = open(self.data).await?;
        let store = app.store.clone();
        let pruner = Pruner::here(app, &data.folder).context("the data folder cannot be read")?;
        if self.dry_run {
            tell_survey(&pruner.survey().await?);
        } else {
            let before = store.size().await?;
            tell(&pruner.prune().await?);
            if alone.is_some() {
                rewrite(&store, &free).await?;
            }
            pruner.give_back(Duration::ZERO).await?;
            let after = store.size().await?;
            if after.total < before.total {
                tell!("gave {} of the database back to the disk", size(before.total - after.total));
            }
        }
        tell_room(&store, &space).await?;
        Ok(store.close().await?)
    }
}

/// Writes a database anew that cannot give room back step by step, as one that an earlier version made, if it has any to give.
async fn rewrite(store: &Store, free: &dyn Fn() -> u64) -> anyhow::Result<()> {
    let database = store.size().await?;
    if store.backend() == Backend::Postgres || database.gives_back {
        return Ok(());
    }
    // In the write-ahead log first, and then in the file.
    let used = database.total.saturating_sub(database.free.unwrap_or_default());
    let needed = used.saturating_mul(2).saturating_add(SPARE);
    if free() < needed {
        tell!(
            "the database cannot give room back step by step yet: that needs it to be written anew, and {} free for it",
            size(needed)
        );
        return Ok(());
    }
    store.rewrite().await.context("the database cannot be written anew")?;
    tell!("wrote the database anew: from now on it gives room back step by step");
    Ok(())
}

fn number(count: u64, thing: &str) -> String {
    counted(usize::try_from(count).unwrap_or(usize::MAX), thing)
}

fn files(of: FolderSize) -> String {
    format!("{}, {}", number(of.files, "file"), size(of.bytes))
}

fn tell_survey(found: &Survey) {
    tell!(
        "would remove logs and run folders of {}: {} here ({}), {} of logs in the database ({})",
        number(found.executions, "execution"),
        number(found.folders, "folder"),
        files(found.size),
        number(found.log_rows, "row"),
        size(found.log_bytes)
    );
    tell!(
        "would remove {} that nothing in the database refers to ({})",
        number(found.stray, "folder"),
        files(found.stray_size)
    );
    tell!("would remove {} that nobody changed for 90 days", number(found.drafts, "draft"));
    tell!("would delete {} for good, deleted 30 days ago or earlier", number(found.purged, "release task"));
    for (replica, count) in &found.elsewhere {
        tell!("{} to be removed by the replica {replica}", number(*count, "folder"));
    }
}

fn tell(done: &Pruned) {
    tell!(
        "removed logs and run folders of {}: {} here ({}), {} of logs in the database",
        number(done.executions, "execution"),
        number(done.folders - done.stray, "folder"),
        files(done.size),
        number(done.log_rows, "row")
    );
    tell!("removed {} that nothing in the database referred to", number(done.stray, "folder"));
    tell!("removed {} that nobody changed for 90 days", number(done.drafts, "draft"));
    tell!("deleted {} for good, deleted 30 days ago or earlier", number(done.purged, "release task"));
    if done.left > 0 {
        tell!("left {}: a script runs there still, or the log of the server says why", number(done.left, "folder"));
    }
    for (replica, count) in &done.elsewhere {
        tell!("{} left to the replica {replica}", number(*count, "folder"));
    }
}

async fn tell_room(store: &Store, space: &FreeSpace) -> anyhow::Result<()> {
    let database = store.size().await?;
    let parts = database.free.map(|unused| {
        format!(", of which {} are used and {} are not", size(database.total.saturating_sub(unused)), size(unused))
    });
    tell!("database: {}{}", size(database.total), parts.unwrap_or_default());
    if let Some(room) = space.room() {
        tell!("disk of the data folder: {} free of {}", size(room.free), size(room.total));
    }
    Ok(())
}
