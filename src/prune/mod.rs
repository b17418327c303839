//! Pruning: removes logs, run folders, drafts and deleted release tasks when their time is over, and gives room back.
//!
//! A server does it in the background in small steps, and `tollgate prune` at once, also when no server runs. Both work off
//! the same queue of rows, see `store::removals`: whatever ends them in between, the next one goes on. Files that no row knows of
//! are left to the command: they are there after a crash at most.

mod background;
pub mod folders;
mod lock;
mod reserve;
mod survey;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use tokio::task::spawn_blocking;

use crate::app::{App, PassStep, RemovalPlace};
use crate::data_layout::DataLayout;
use crate::domain::ids::ExecutionId;
use crate::failpoints;
use crate::store::Removal;
use folders::{FolderRemoval, FolderSize};

pub use lock::PruneLock;
pub use reserve::{Reserve, ReserveChange};
pub use survey::Survey;

/// How many rows of the queue are read at once.
const BATCH_SIZE: u64 = 200;

/// How many rows of logs one statement removes: some megabytes at most.
const LOG_ROWS_A_STEP: u64 = 32;

/// How many pieces of artefacts one statement removes, each of a megabyte at most.
const ARTEFACT_ROWS_A_STEP: u64 = 8;

/// How many folders are asked for at once.
const FOLDERS_A_STEP: usize = 200;

/// Pages of a SQLite file that are given back in one step: a megabyte.
const PAGES_A_STEP: u64 = 256;

/// What was removed.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Pruned {
    /// How many executions lost their logs and run folders.
    pub executions: u64,
    /// How many run folders of executions were removed here.
    pub folders: u64,
    /// What was in them.
    pub size: FolderSize,
    /// How many rows of logs were removed from the database.
    pub log_rows: u64,
    /// Run folders, among those, that no row knew of.
    pub stray: u64,
    /// How many are left since a script still runs there, or they could not be removed.
    pub left: u64,
    /// How many drafts went.
    pub drafts: u64,
    /// How many deleted release tasks went for good.
    pub purged: u64,
    /// How many run folders wait for the replica of that name to remove them.
    pub elsewhere: BTreeMap<String, u64>,
}

/// Prunes one installation.
#[derive(Clone)]
pub struct Pruner {
    app: App,
    folders: DataLayout,
    /// The data folder's own name; none if no server ever served it.
    replica: Option<String>,
}

impl Pruner {
    /// With that data folder, whose own name that is.
    pub fn new(app: App, folders: DataLayout, replica: Option<String>) -> Self {
        Self { app, folders, replica }
    }

    /// The same, with the name that is written in the data folder.
    pub fn here(app: App, data: &Path) -> io::Result<Self> {
        let replica = match std::fs::read_to_string(data.join("node")) {
            Ok(name) => Some(name.trim().to_owned()).filter(|name| !name.is_empty()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        Ok(Self::new(app, DataLayout::new(data)?, replica))
    }

    /// Removes everything whose time is over, and files that no row knows of.
    pub async fn prune(&self) -> anyhow::Result<Pruned> {
        let lock = Arc::new(PruneLock::take(self.folders.data()).await.context("the data folder cannot be locked")?);
        let mut pruned = self.decide().await?;
        self.queue_stray_logs().await?;
        self.work_off(&mut pruned, &lock).await?;
        self.remove_strays(&mut pruned, &lock).await?;
        pruned.elsewhere = self.elsewhere().await?;
        Ok(pruned)
    }

    /// Removes everything whose time is over; what a server does now and then. Nothing while somebody else removes files.
    pub async fn pass(&self) -> anyhow::Result<Pruned> {
        let Some(lock) = PruneLock::try_take(self.folders.data())? else { return Ok(Pruned::default()) };
        let mut pruned = self.decide().await?;
        self.work_off(&mut pruned, &Arc::new(lock)).await?;
        Ok(pruned)
    }

    /// Writes down what is to be removed, in small transactions, without touching a file.
    async fn decide(&self) -> anyhow::Result<Pruned> {
        let mut decided = Pruned::default();
        loop {
            match self.app.purge_some().await? {
                0 => break,
                purged => decided.purged += purged,
            }
        }
        loop {
            match self.app.expire_drafts().await? {
                0 => break,
                drafts => decided.drafts += drafts,
            }
        }
        let mut after = None;
        while let (queued, PassStep::Upto(last)) = self.app.queue_due(after).await? {
            decided.executions += queued;
            after = Some(last);
        }
        Ok(decided)
    }

    /// Removes what the queue names and can be removed here, and then its rows.
    async fn work_off(&self, pruned: &mut Pruned, lock: &Arc<PruneLock>) -> anyhow::Result<()> {
        let mut left: BTreeSet<ExecutionId> = BTreeSet::new();
        loop {
            let found = self.app.store.removals(self.replica.as_deref(), BATCH_SIZE).await?;
            let open: Vec<Removal> =
                found.into_iter().filter(|it| is_of_logs(it) || !left.contains(&it.execution_id)).collect();
            if open.is_empty() {
                pruned.left += left.len() as u64;
                return Ok(());
            }
            for removal in open {
                if !self.carry_out(&removal, pruned, lock).await? {
                    left.insert(removal.execution_id);
                }
            }
        }
    }

    /// Answers whether nothing is left of it there.
    async fn carry_out(&self, removal: &Removal, pruned: &mut Pruned, lock: &Arc<PruneLock>) -> anyhow::Result<bool> {
        if is_of_logs(removal) {
            loop {
                let rows = self.app.store.remove_log_rows(removal.execution_id, LOG_ROWS_A_STEP).await?;
                pruned.log_rows += rows;
                if rows < LOG_ROWS_A_STEP {
                    break;
                }
            }
            while self.app.store.remove_artefact_rows(removal.execution_id, ARTEFACT_ROWS_A_STEP).await? > 0 {}
        } else if !self.remove_folder(removal.execution_id, pruned, lock).await? {
            return Ok(false);
        }
        // The row goes last: a crash before this leaves it, and whoever finds it removes what is gone already.
        failpoints::reach("prune.removed");
        self.app.store.end_removal(removal).await?;
        failpoints::reach("prune.ended");
        Ok(true)
    }

    /// Where waiting for the disk holds up nobody. The lock is held as long as that takes, whoever gives up waiting.
    async fn remove_folder(
        &self,
        execution: ExecutionId,
        pruned: &mut Pruned,
        lock: &Arc<PruneLock>,
    ) -> anyhow::Result<bool> {
        let which = self.app.store.removed_files(execution).await?;
        let (folders, lock) = (self.folders.clone(), Arc::clone(lock));
        let removed = spawn_blocking(move || {
            let _lock = lock;
            folders::remove(&folders, execution, &which)
        });
        match removed.await? {
            Ok(FolderRemoval::Removed(size)) => {
                pruned.folders += 1;
                pruned.size.add(size);
                Ok(true)
            }
            Ok(FolderRemoval::NotThere) => Ok(true),
            Ok(FolderRemoval::InUse) => Ok(false),
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, %execution, "could not remove run folder; will retry");
                Ok(false)
            }
        }
    }

    /// Logs that came after those of their execution were removed, from a machine that was late.
    async fn queue_stray_logs(&self) -> anyhow::Result<()> {
        loop {
            let stray = self.app.store.executions_with_stray_logs(BATCH_SIZE).await?;
            if stray.is_empty() {
                return Ok(());
            }
            let place = RemovalPlace::Database;
            let rows: Vec<_> =
                stray.into_iter().map(|execution_id| Removal { execution_id, place: place.clone() }).collect();
            let tx = self.app.store.begin_write().await?;
            tx.insert_removals(&rows, self.app.clock.now()).await?;
            tx.commit().await?;
        }
    }

    /// Removes run folders that no row knows of.
    async fn remove_strays(&self, pruned: &mut Pruned, lock: &Arc<PruneLock>) -> anyhow::Result<()> {
        for execution in self.strays().await? {
            let before = pruned.folders;
            if !self.remove_folder(execution, pruned, lock).await? {
                pruned.left += 1;
            }
            pruned.stray += pruned.folders - before;
        }
        Ok(())
    }

    /// The executions that have a folder here, though no row of the database says that they may.
    async fn strays(&self) -> anyhow::Result<Vec<ExecutionId>> {
        // Listed first: the row of an execution is there before its folder.
        let there = folders::executions(&self.folders).context("the run folders cannot be listed")?;
        if there.is_empty() || !self.is_known().await? {
            return Ok(Vec::new());
        }
        let queued: BTreeSet<ExecutionId> = self.queued_here().await?;
        let mut strays = Vec::new();
        for some in there.chunks(FOLDERS_A_STEP) {
            let without = self.app.store.without_files(some).await?;
            strays.extend(without.into_iter().filter(|id| !queued.contains(id)));
        }
        Ok(strays)
    }

    async fn queued_here(&self) -> anyhow::Result<BTreeSet<ExecutionId>> {
        let rows = self.app.store.removals(self.replica.as_deref(), u64::from(u32::MAX)).await?;
        Ok(rows.into_iter().filter(|it| !is_of_logs(it)).map(|it| it.execution_id).collect())
    }

    /// Whether this data folder and this database belong together. Otherwise every folder would look as if nobody knew it.
    async fn is_known(&self) -> anyhow::Result<bool> {
        match &self.replica {
            Some(replica) => Ok(self.app.store.knows_replica(replica).await?),
            None => Ok(false),
        }
    }

    async fn elsewhere(&self) -> anyhow::Result<BTreeMap<String, u64>> {
        let names: BTreeMap<String, String> =
            self.app.store.replicas().await?.into_iter().map(|replica| (replica.id, replica.name)).collect();
        let queued = self.app.store.queued_removals().await?;
        let elsewhere = queued.into_iter().filter_map(|(place, count)| match place {
            RemovalPlace::Machine(replica) if Some(&replica) != self.replica.as_ref() => {
                Some((names.get(&replica).cloned().unwrap_or(replica), count))
            }
            RemovalPlace::Machine(_) | RemovalPlace::OnlyMachine | RemovalPlace::Database => None,
        });
        Ok(elsewhere.collect())
    }

    /// Gives what the database does not use back to the disk, step by step, with a pause between two.
    pub async fn give_back(&self, pause: std::time::Duration) -> anyhow::Result<()> {
        while self.app.store.give_back(PAGES_A_STEP).await? {
            tokio::time::sleep(pause).await;
        }
        Ok(self.app.store.shrink_log().await?)
    }
}

fn is_of_logs(removal: &Removal) -> bool {
    removal.place == RemovalPlace::Database
}
